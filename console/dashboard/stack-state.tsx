import { relative } from '../token/times.ts';
import { Notice } from '../ui/parts.tsx';
import type { Count, Overview } from './shapes.ts';

/** What is wrong with the stack, or that nothing is. */
export function Problems({ overview, now }: { readonly overview: Overview; readonly now: number }) {
  const { keys, schedules } = overview;
  const problems = [
    ...(keys !== null && !keys.some(({ state }) => state === 'active')
      ? ['No key signs: tokens cannot be issued.']
      : []),
    ...(keys !== null && !keys.some(({ state }) => state === 'pending')
      ? ['No key is published ahead: an emergency rotation would have no key to switch to.']
      : []),
    ...schedules
      .filter(({ isLate }) => isLate)
      .map(
        ({ name, nextRunAt }) => `The schedule ${name} was due ${relative(nextRunAt, now)} and did not run.`,
      ),
    ...schedules
      .filter(({ outcome }) => outcome === 'failed')
      .map(({ name, lastRunAt }) => `The last run of ${name}, ${relative(lastRunAt, now)}, failed.`),
  ];
  if (problems.length === 0)
    return (
      <Notice tone="good">No problems: a key signs, the next one is published, no schedule is late.</Notice>
    );
  return problems.map((problem) => <Notice tone="bad">{problem}</Notice>);
}

/** The counts of the stack. */
export function Tiles({
  overview: { liveTokens, revocations, lastRefusals, keys },
}: {
  readonly overview: Overview;
}) {
  const sum = (counts: Readonly<Record<string, number>> | undefined) =>
    Object.values(counts ?? {}).reduce((total, count) => total + count, 0);
  return (
    <div class="tiles">
      <Tile one="live token" count={liveTokens} />
      <Tile
        one="of them refused"
        many="of them refused"
        count={lastRefusals && { count: sum(lastRefusals.byReason), isComplete: lastRefusals.isComplete }}
      />
      <Tile
        one="active revocation"
        many="active revocations"
        count={revocations && { count: sum(revocations.byKind), isComplete: revocations.isComplete }}
      />
      <Tile
        one="published key"
        count={
          keys && {
            count: keys.filter(({ state }) => state !== 'retired' && state !== 'compromised').length,
            isComplete: true,
          }
        }
      />
    </div>
  );
}

function Tile(props: { readonly one: string; readonly many?: string; readonly count: Count | null }) {
  const { one, many = `${one}s`, count } = props;
  return (
    <div class="card tile">
      <div class="figure">
        {count === null ? '–' : `${count.isComplete ? '' : '≥ '}${count.count.toLocaleString('en-GB')}`}
      </div>
      <div class="label">{count?.count === 1 && count.isComplete ? one : many}</div>
    </div>
  );
}
