import { duration, relative } from '../token/times.ts';
import { useNow } from '../ui/hooks.ts';
import { Card, Chip, Fault, PageHead, When } from '../ui/parts.tsx';
import { Table } from '../ui/table.tsx';
import type { Api, Page } from './api.ts';
import { Bars, Histogram } from './charts.tsx';
import { EventTable } from './events-page.tsx';
import { KeyTimeline } from './key-timeline.tsx';
import type { AdminEvent, IssuedToken, KeyList, Overview, ScheduleOverview } from './shapes.ts';
import { Problems, Tiles } from './stack-state.tsx';
import { useAsk } from './use-ask.ts';

/** The state of the stack, problems first. */
export function OverviewPage({ api }: { readonly api: Api }) {
  const now = useNow(1);
  const overview = useAsk(() => api.get<Overview>('/admin/overview'), [api], 5);
  const tokens = useAsk(() => api.get<Page<IssuedToken>>('/admin/tokens', { limit: 1000 }), [api], 10);
  const keys = useAsk(() => api.get<KeyList>('/admin/keys'), [api], 10);
  const events = useAsk(() => api.get<Page<AdminEvent>>('/admin/events', { limit: 8 }), [api], 5);
  const { data } = overview;
  return (
    <>
      <PageHead
        title="Overview"
        about={<span class="break">{data === undefined ? 'Asking the stack …' : data.issuer}</span>}
      >
        {data !== undefined && (
          <Chip tone={overview.fault === '' ? 'good' : 'warn'}>
            {Math.max(0, Math.round(now - data.at))} s old
          </Chip>
        )}
      </PageHead>
      <Fault text={overview.fault} />
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
            <Card title="Active revocations">
              <Bars
                label="Revocations by kind"
                counts={data.revocations?.byKind ?? {}}
                empty="Nothing is revoked."
              />
            </Card>
            {tokens.data !== undefined && <TokenCharts tokens={tokens.data.items} now={now} />}
            <Card title="Signing keys">
              {keys.data === undefined ? (
                <p class="muted small">{keys.fault}</p>
              ) : (
                <KeyTimeline list={keys.data} now={now} />
              )}
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
          <EventTable events={events.data?.items} now={now} />
        )}
      </Card>
    </>
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
  return (
    <Table
      label="Runs of schedules"
      rows={schedules}
      keyOf={({ name }) => name}
      empty="No schedule has run yet."
      columns={[
        { head: 'Name', cell: ({ name }) => <span class="break">{name}</span> },
        { head: 'Every', cell: ({ everySeconds }) => <span class="one-line">{duration(everySeconds)}</span> },
        {
          head: 'Last run',
          cell: ({ lastRunAt, outcome }) => (
            <>
              <When at={lastRunAt} now={now} /> {outcome === 'failed' && <Chip tone="bad">failed</Chip>}
            </>
          ),
        },
        {
          head: 'Next run',
          cell: ({ nextRunAt, isLate }) => (
            <>
              <When at={nextRunAt} now={now} /> {isLate && <Chip tone="bad">late</Chip>}
            </>
          ),
        },
      ]}
    />
  );
}
