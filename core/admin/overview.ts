import type { SigningKey } from '../keys/key-set.ts';
import type { RevocationKind } from '../revocation/record.ts';
import { collect, type Count } from './count.ts';
import type { AdminContext, AdminRequest } from './request.ts';

/** One schedule of the stack. Times are NumericDates. */
export interface ScheduleOverview {
  readonly name: string;
  readonly everySeconds: number;
  readonly lastRunAt?: number;
  readonly nextRunAt?: number;
}

/** What `GET /admin/overview` answers; a part is null where it is not known. */
export interface Overview {
  readonly issuer: string;
  /** Every trusted issuer, our own among them. */
  readonly issuers: readonly string[];
  readonly at: number;
  readonly liveTokens: Count | null;
  readonly revocations: { readonly byKind: Counts<RevocationKind>; readonly isComplete: boolean };
  /** Live tokens by why they were last refused. */
  readonly lastRefusals: { readonly byReason: Counts<string>; readonly isComplete: boolean } | null;
  readonly keys: readonly Omit<SigningKey, 'publicJwk' | 'original'>[] | null;
  /** When they ran is not recorded: an alarm says when they do not. */
  readonly schedules: readonly ScheduleOverview[] | null;
}

type Counts<K extends string> = Readonly<Partial<Record<K, number>>>;

/** `GET /admin/overview`: counts and key states on one page. */
export async function overview(_: AdminRequest, context: AdminContext): Promise<Overview> {
  const { ownIssuer, verification, tokens, revocations, keySets } = context;
  const { now } = verification;
  const [live, records, keySet] = await Promise.all([
    tokens && collect((page) => tokens.find({ expiresAfter: now }, page)),
    collect((page) => revocations.list(page)),
    keySets.readPublic(ownIssuer),
  ]);
  const standing = records.items.filter(({ expiresAt }) => expiresAt > now);
  const refused = live?.items.flatMap(({ lastRefusal }) => (lastRefusal ? [lastRefusal.reason] : [])) ?? [];
  return {
    issuer: ownIssuer,
    issuers: [...verification.issuers.keys()],
    at: now,
    liveTokens: live ? { count: live.items.length, isComplete: live.isComplete } : null,
    revocations: {
      byKind: countsOf(standing.map(({ kind }) => kind)),
      isComplete: records.isComplete,
    },
    lastRefusals: live ? { byReason: countsOf(refused), isComplete: live.isComplete } : null,
    keys: keySet?.keys.map(({ publicJwk: _jwk, original: _original, ...key }) => key) ?? null,
    schedules: null,
  };
}

function countsOf<K extends string>(values: readonly K[]): Counts<K> {
  const counts = new Map<K, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return Object.fromEntries(counts) as Counts<K>;
}
