import { duration, relative } from '../token/times.ts';
import { useNow } from '../ui/hooks.ts';
import { Card, Chip, Notice } from '../ui/parts.tsx';
import type { Api, Page } from './api.ts';
import { Bars, Histogram, KeyTimeline } from './charts.tsx';
import { EventTable } from './events-page.tsx';
import type { AdminEvent, Count, IssuedToken, Overview, ScheduleOverview } from './shapes.ts';
import { useAsk } from './use-ask.ts';

/** The state of the stack, problems first. */
export function OverviewPage({ api }: { readonly api: Api }) {
  const now = useNow(1);
  const overview = useAsk(() => api.get<Overview>('/admin/overview'), [api], 5);
  const tokens = useAsk(() => api.get<Page<IssuedToken>>('/admin/tokens', { limit: 1000 }), [api], 10);
  const events = useAsk(() => api.get<Page<AdminEvent>>('/admin/events', { limit: 8 }), [api], 5);
  const { data } = overview;
  return (
    <>
      <div class="page-head" style={{ marginBottom: 0 }}>
        <div>
          <h1>Overview</h1>
          <p class="break">{data === undefined ? 'Asking the stack …' : data.issuer}</p>
        </div>
        {data !== undefined && <Chip tone="good">live · {Math.max(0, Math.round(now - data.at))} s old</Chip>}
      </div>
      {overview.fault !== '' && <Notice tone="bad">{overview.fault}</Notice>}
      {data !== undefined && (
        <>
          <Problems overview={data} now={now} />
          <Tiles overview={data} />
          <div class="grid-2">
            <Card title="Refused, by reason">
              <Bars
                label="Live tokens by their last refusal"
                counts={data.lastRefusals?.byReason ?? {}}
                tone="bad"
                empty="No live token was refused."
              />
            </Card>
            <Card title="Revocations that stand">
              <Bars
                label="Revocations by kind"
                counts={data.revocations?.byKind ?? {}}
                empty="Nothing is revoked."
              />
            </Card>
            {tokens.data !== undefined && <TokenCharts tokens={tokens.data.items} now={now} />}
            <Card title="Signing keys">
              <KeyTimeline keys={(data.keys ?? []).filter(({ state }) => state !== 'retired')} now={now} />
            </Card>
            <Card flush title="Schedules">
              <Schedules schedules={data.schedules} now={now} />
            </Card>
          </div>
        </>
      )}
      <Card
        flush
        title="Latest events"
        tail={
          <a class="button plain" href="#/events">
            All events
          </a>
        }
      >
        {events.fault !== '' ? (
          <p class="card-body muted">{events.fault}</p>
        ) : (
          <EventTable events={events.data?.items ?? []} now={now} />
        )}
      </Card>
    </>
  );
}

function Problems({ overview, now }: { readonly overview: Overview; readonly now: number }) {
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

function Tiles({
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
        one="revocation that stands"
        many="revocations that stand"
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

function TokenCharts({ tokens, now }: { readonly tokens: readonly IssuedToken[]; readonly now: number }) {
  const start = Math.min(now - 900, ...tokens.map(({ issuedAt }) => issuedAt));
  const end = Math.max(now + 900, ...tokens.map(({ expiresAt }) => expiresAt));
  return (
    <>
      <Card title="Live tokens by time of issue">
        <Histogram
          label="Tokens by time of issue"
          times={tokens.map(({ issuedAt }) => issuedAt)}
          from={start}
          to={now}
          ends={[relative(start, now), 'now']}
        />
      </Card>
      <Card title="Expiry calendar">
        <Histogram
          label="Tokens by time of expiry"
          times={tokens.map(({ expiresAt }) => expiresAt)}
          from={now}
          to={end}
          ends={['now', relative(end, now)]}
        />
      </Card>
    </>
  );
}

function Schedules({
  schedules,
  now,
}: {
  readonly schedules: readonly ScheduleOverview[];
  readonly now: number;
}) {
  if (schedules.length === 0) return <p class="empty">No schedule has run yet.</p>;
  return (
    <table class="table">
      <thead>
        <tr>
          <th>Name</th>
          <th>Every</th>
          <th>Last run</th>
          <th>Next run</th>
        </tr>
      </thead>
      <tbody>
        {schedules.map(({ name, everySeconds, lastRunAt, outcome, nextRunAt, isLate }) => (
          <tr>
            <td>{name}</td>
            <td>{duration(everySeconds)}</td>
            <td>
              {relative(lastRunAt, now)} {outcome === 'failed' && <Chip tone="bad">failed</Chip>}
            </td>
            <td>
              {relative(nextRunAt, now)} {isLate && <Chip tone="bad">late</Chip>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
