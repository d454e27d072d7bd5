import { useState } from 'preact/hooks';
import { useNow } from '../ui/hooks.ts';
import { Card, Chip, Fault, PageHead, When } from '../ui/parts.tsx';
import { Table } from '../ui/table.tsx';
import { counted } from '../ui/words.ts';
import { type Api, readPages } from './api.ts';
import { More } from './more.tsx';
import type { AdminEvent } from './shapes.ts';
import { usePages } from './use-ask.ts';

/** Who did what, when; newest first. */
export function EventsPage({ api }: { readonly api: Api }) {
  const now = useNow(5);
  const [filter, setFilter] = useState('');
  const list = usePages((limit) => readPages<AdminEvent>(api, '/admin/events', { limit }), [api], {
    first: 50,
    everySeconds: 5,
  });
  const events = list.data?.items.filter((event) =>
    JSON.stringify(event).toLowerCase().includes(filter.toLowerCase()),
  );
  return (
    <>
      <PageHead
        title="Events"
        about="Every revocation, rotation and change, with who did it and why. Kept for 400 days."
      >
        <input
          class="input filter"
          aria-label="Filter events"
          placeholder="Filter those that are shown"
          value={filter}
          onInput={(event) => setFilter(event.currentTarget.value)}
        />
      </PageHead>
      <Fault text={list.fault} />
      <Card flush title={events === undefined ? 'Events …' : counted(events.length, 'event')}>
        <EventTable events={events} now={now} />
        <More of={list} name="older events" />
      </Card>
    </>
  );
}

const tones = { revoked: 'bad', 'key.compromised': 'bad', unrevoked: 'good' } as const;

/** Events as rows. */
export function EventTable({
  events,
  now,
}: {
  readonly events: readonly AdminEvent[] | undefined;
  readonly now: number;
}) {
  return (
    <Table
      label="Events"
      rows={events}
      keyOf={({ id }) => id}
      empty="Nothing was done yet."
      columns={[
        { head: 'When', cell: ({ at }) => <When {...{ at, now }} /> },
        {
          head: 'What',
          cell: ({ action }) => <Chip tone={tones[action as keyof typeof tones] ?? 'plain'}>{action}</Chip>,
        },
        {
          head: 'To what',
          cell: ({ target: { kind, value } }) => (
            <>
              {kind} <code class="break">{value}</code>
            </>
          ),
        },
        { head: 'By whom', cell: ({ actor }) => <span class="break">{actor}</span> },
        {
          head: 'Why',
          cell: ({ reason = '', detail = '' }) => (
            <span class="break">
              {reason} <span class="muted">{detail}</span>
            </span>
          ),
        },
      ]}
    />
  );
}
