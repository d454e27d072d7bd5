import { OAuthError } from '../oauth/errors.ts';
import { revocationId, type RevocationKind, type RevocationRecord } from '../revocation/record.ts';
import { allowOnly, type Page, readLimit, readPageToken, toAfter, toPageToken } from './page.ts';
import type { AdminContext, AdminRequest } from './request.ts';

const kinds: readonly RevocationKind[] = ['token', 'subject', 'client', 'session', 'key', 'issuer'];

/**
 * `GET /admin/revocations`: active revocations, in no order. With `kind` and `value` it reads one record; else it goes
 * through the whole table, at half a read unit for every 4 kB of it.
 *
 * @throws {@link OAuthError} `invalid_request` for a query that cannot be used
 */
export async function listRevocations(
  { query }: AdminRequest,
  context: AdminContext,
): Promise<Page<RevocationRecord>> {
  allowOnly(query, ['kind', 'issuer', 'value', 'limit', 'page']);
  const [kind, value] = [readKind(query), query.get('value')];
  if (kind !== undefined && value !== null) {
    const record = await context.revocations.get(
      revocationId(kind, query.get('issuer') ?? context.ownIssuer, value),
    );
    return { items: record !== undefined && stands(record, context) ? [record] : [] };
  }
  const after = readPageToken(query, toAfter);
  const { items, next } = await context.revocations.list({
    limit: readLimit(query),
    ...(after !== undefined && { after }),
  });
  const issuer = query.get('issuer');
  const isWanted = (record: RevocationRecord): boolean =>
    stands(record, context) &&
    (kind === undefined || record.kind === kind) &&
    (value === null || record.value === value) &&
    (issuer === null || record.issuer === issuer);
  return { items: items.filter(isWanted), ...(next !== undefined && { next: toPageToken({ after: next }) }) };
}

function stands({ expiresAt }: RevocationRecord, { verification }: AdminContext): boolean {
  return expiresAt > verification.now;
}

function readKind(query: URLSearchParams): RevocationKind | undefined {
  const text = query.get('kind');
  const kind = kinds.find((known) => known === text);
  if (text === null || kind !== undefined) return kind;
  throw new OAuthError('invalid_request', `kind must be one of ${kinds.join(', ')}`);
}
