import type { SigningKey } from '../keys/key-set.ts';
import type { RevocationKind } from '../revocation/record.ts';
import type { ScheduleRun } from '../schedule/run.ts';
import { collect, type Count } from './count.ts';
import type { AdminContext, AdminRequest } from './request.ts';

/** One schedule of the stack. Times are NumericDates. */
export interface ScheduleOverview {
  readonly name: string;
  readonly everySeconds: number;
  readonly lastRunAt: number;
  readonly outcome: 'succeeded' | 'failed';
  /** When it is due. */
  readonly nextRunAt: number;
  /** Whether it is due for as long again as it waits between two runs. */
  readonly isLate: boolean;
  /** When the token ends that the last run left in a secret; of a schedule that issues into one, unless that run failed. */
  readonly tokenExpiresAt?: number;
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
  readonly lastRefusals: {
    readonly byReason: Readonly<Record<string, number>>;
    readonly isComplete: boolean;
  } | null;
  readonly keys: readonly Omit<SigningKey, 'publicJwk' | 'original'>[] | null;
  /** Of those that have run within the last month. */
  readonly schedules: readonly ScheduleOverview[];
}

type Counts<K extends string> = Readonly<Partial<Record<K, number>>>;

/** `GET /admin/overview`: counts and key states on one page. */
export async function overview(_: AdminRequest, context: AdminContext): Promise<Overview> {
  const { ownIssuer, verification, tokens, revocations, keySets, runs } = context;
  const { now } = verification;
  const [live, records, keySet, lastRuns] = await Promise.all([
    tokens && collect((page) => tokens.find({ expiresAfter: now }, page)),
    collect((page) => revocations.list(page)),
    keySets.readPublic(ownIssuer),
    runs.all(now),
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
    schedules: lastRuns.map((run) => scheduleOf(run, now)),
  };
}

function scheduleOf({ ranAt, ...run }: ScheduleRun, now: number): ScheduleOverview {
  const { everySeconds } = run;
  const nextRunAt = ranAt + everySeconds;
  const isLate = now > nextRunAt + everySeconds;
  return { ...run, lastRunAt: ranAt, nextRunAt, isLate };
}

function countsOf<K extends string>(values: readonly K[]): Readonly<Record<K, number>> {
  const counts = new Map<K, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return Object.fromEntries(counts) as Record<K, number>;
}
