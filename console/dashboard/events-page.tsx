import { useState } from 'preact/hooks';
import { dateTime, relative } from '../token/times.ts';
import { useNow } from '../ui/hooks.ts';
import { Card, Chip, Notice } from '../ui/parts.tsx';
import { counted } from '../ui/words.ts';
import type { Api, Page } from './api.ts';
import type { AdminEvent } from './shapes.ts';
import { useAsk } from './use-ask.ts';

/** Who did what, when; newest first. */
export function EventsPage({ api }: { readonly api: Api }) {
  const now = useNow(5);
  const [filter, setFilter] = useState('');
  const [older, setOlder] = useState<readonly AdminEvent[]>([]);
  const [next, setNext] = useState<string | undefined>(undefined);
  const { data, fault } = useAsk(() => api.get<Page<AdminEvent>>('/admin/events', { limit: 100 }), [api], 5);
  const page = next ?? (older.length === 0 ? data?.next : undefined);
  const more = async () => {
    const got = await api.get<Page<AdminEvent>>('/admin/events', { limit: 100, page });
    setOlder([...older, ...got.items]);
    setNext(got.next);
  };
  const events = [...(data?.items ?? []), ...older].filter((event) =>
    JSON.stringify(event).toLowerCase().includes(filter.toLowerCase()),
  );
  return (
    <>
      <div class="page-head" style={{ marginBottom: 0 }}>
        <div>
          <h1>Events</h1>
          <p>Every revocation, rotation and change, with who did it and why. Kept for 400 days.</p>
        </div>
        <input
          class="input"
          style={{ width: '260px' }}
          aria-label="Filter events"
          placeholder="Filter"
          value={filter}
          onInput={(event) => setFilter(event.currentTarget.value)}
        />
      </div>
      {fault !== '' && <Notice tone="bad">{fault}</Notice>}
      <Card flush title={counted(events.length, 'event')}>
        <EventTable events={events} now={now} />
      </Card>
      {page !== undefined && (
        <div>
          <button type="button" class="button" onClick={() => void more()}>
            Older
          </button>
        </div>
      )}
    </>
  );
}

const tones = { revoked: 'bad', 'key.compromised': 'bad', unrevoked: 'good' } as const;

/** Events as rows. */
export function EventTable({
  events,
  now,
}: {
  readonly events: readonly AdminEvent[];
  readonly now: number;
}) {
  if (events.length === 0) return <p class="empty">Nothing was done yet.</p>;
  return (
    <div class="scroll-x" tabIndex={0} role="region" aria-label="Events">
      <table class="table">
        <thead>
          <tr>
            <th>When</th>
            <th>What</th>
            <th>To what</th>
            <th>By whom</th>
            <th>Why</th>
          </tr>
        </thead>
        <tbody>
          {events.map(({ id, at, action, actor, target, reason, detail }) => (
            <tr key={id}>
              <td title={dateTime(at)} style={{ whiteSpace: 'nowrap' }}>
                {relative(at, now)}
              </td>
              <td>
                <Chip tone={tones[action as keyof typeof tones] ?? 'plain'}>{action}</Chip>
              </td>
              <td class="break">
                {target.kind} <code>{target.value}</code>
              </td>
              <td class="break">{actor}</td>
              <td class="break">
                {reason ?? ''} {detail !== undefined && <span class="muted">{detail}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
