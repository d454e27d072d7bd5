import type { Listed, ListPage, TokenQuery } from '../ports.ts';
import type { RevocationKind, RevocationRecord } from '../revocation/record.ts';
import type { AdminContext } from './request.ts';

/** How many there are; at least so many where not all were looked at. */
export interface Count {
  readonly count: number;
  readonly isComplete: boolean;
}

/** Items that one count looks at, so that it ends in time whatever the size of the table. */
const maxLooked = 5000;

/** Everything of a list that may be looked at, and whether that is all. */
export async function collect<T>(
  list: (page: ListPage) => Promise<Listed<T>>,
): Promise<{ readonly items: readonly T[]; readonly isComplete: boolean }> {
  const items: T[] = [];
  let after: string | undefined;
  for (let pages = 0; pages < maxLooked / 100 && items.length < maxLooked; pages += 1) {
    const limit = Math.min(1000, maxLooked - items.length);
    const page: Listed<T> = await list({ limit, ...(after !== undefined && { after }) });
    items.push(...page.items);
    after = page.next;
    if (after === undefined) return { items, isComplete: true };
  }
  return { items, isComplete: false };
}

const members = {
  subject: 'subject',
  client: 'clientId',
  session: 'sid',
  key: 'kid',
} as const satisfies Partial<Record<RevocationKind, string>>;

/** Unexpired tokens of the inventory that a revocation hits; null where the inventory knows nothing of such tokens. */
export async function countHits(record: RevocationRecord, context: AdminContext): Promise<Count | null> {
  const { tokens, ownIssuer, verification } = context;
  if (tokens === undefined || record.issuer !== ownIssuer) return null;
  if (record.kind === 'token') {
    const token = await tokens.get(record.value);
    const isHit = token !== undefined && token.expiresAt > verification.now;
    return { count: isHit ? 1 : 0, isComplete: true };
  }
  const by = record.kind === 'issuer' ? undefined : { name: members[record.kind], value: record.value };
  const query: TokenQuery = { expiresAfter: verification.now, ...(by && { by }) };
  const { items, isComplete } = await collect((page) => tokens.find(query, page));
  const { revokedBefore = Infinity } = record;
  return { count: items.filter(({ issuedAt }) => issuedAt <= revokedBefore).length, isComplete };
}
