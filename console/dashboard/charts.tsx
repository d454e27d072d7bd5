import type { ComponentChildren } from 'preact';
import { dateTime, duration, relative } from '../token/times.ts';
import type { Key } from './shapes.ts';

/** Named counts as bars, the largest first. */
export function Bars(props: {
  readonly label: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly tone?: 'bad' | '';
  readonly empty: string;
}) {
  const rows = Object.entries(props.counts)
    .filter(([, count]) => count > 0)
    .toSorted(([, a], [, b]) => b - a);
  const largest = Math.max(1, ...rows.map(([, count]) => count));
  if (rows.length === 0) return <p class="muted small">{props.empty}</p>;
  return (
    <ul aria-label={props.label}>
      {rows.map(([name, count]) => (
        <li class="bar-row">
          <code class="break">{name}</code>
          <span class={`bar ${props.tone ?? ''}`} aria-hidden="true">
            <i style={{ width: `${(100 * count) / largest}%` }} />
          </span>
          <strong>{count.toLocaleString('en-GB')}</strong>
        </li>
      ))}
    </ul>
  );
}

/** Times in equal slots, as columns. */
export function Histogram(props: {
  readonly label: string;
  readonly times: readonly number[];
  readonly from: number;
  readonly to: number;
  readonly ends: readonly [string, string];
}) {
  const { label, times, from, to, ends } = props;
  const slots = 30;
  const counts = Array.from({ length: slots }, () => 0);
  for (const time of times) {
    const slot = Math.floor(((time - from) / (to - from)) * slots);
    if (slot >= 0 && slot < slots) counts[slot] = (counts[slot] ?? 0) + 1;
  }
  const top = Math.max(1, ...counts);
  return (
    <svg
      class="chart"
      viewBox="0 0 440 150"
      role="img"
      aria-label={`${label}: ${times.length} in all, at most ${top} in ${duration((to - from) / slots)}`}
    >
      {[0, 0.5, 1].map((share) => (
        <line class="grid" x1="28" x2="440" y1={120 - 100 * share} y2={120 - 100 * share} />
      ))}
      <text x="0" y="24">
        {top}
      </text>
      <text x="0" y="124">
        0
      </text>
      {counts.map((count, slot) => (
        <rect
          x={30 + slot * 13.6}
          width="11"
          y={120 - (100 * count) / top}
          height={(100 * count) / top}
          rx="2"
          fill="light-dark(#5b58d6, #8f97f0)"
        >
          <title>{`${count} · ${dateTime(from + ((to - from) * slot) / slots)}`}</title>
        </rect>
      ))}
      <text x="28" y="142">
        {ends[0]}
      </text>
      <text x="440" y="142" text-anchor="end">
        {ends[1]}
      </text>
    </svg>
  );
}

interface Span {
  readonly state: 'pending' | 'active' | 'retiring';
  readonly from: number;
  readonly to: number;
}

/** The keys' lives on one axis of time, past and to come. */
export function KeyTimeline({ keys, now }: { readonly keys: readonly Key[]; readonly now: number }) {
  const spans = keys.map((key) => spansOf(key, now));
  const all = spans.flat();
  const to = Math.max(now + 3600, ...all.map((span) => span.to).filter(Number.isFinite));
  const earliest = Math.min(now - 3600, ...all.map((span) => span.from));
  const from = Math.max(earliest, now - 3 * (to - now));
  const percent = (time: number) => `${Math.min(100, Math.max(0, (100 * (time - from)) / (to - from)))}%`;
  return (
    <div class="rows">
      {keys.map((key, index) => (
        <div class="rows" style={{ gap: '4px' }}>
          <div class="line small">
            <code class="break">{key.kid}</code>
            <span class="muted">{key.algorithm}</span>
            <span class="muted" style={{ marginLeft: 'auto' }}>
              {whatNext(key, now)}
            </span>
          </div>
          <div class="key-bar" role="img" aria-label={`${key.kid} is ${key.state}; ${whatNext(key, now)}`}>
            {spans[index]?.map((span) => (
              <i
                class={span.state}
                style={{
                  left: percent(span.from),
                  width: `calc(${percent(span.to)} - ${percent(span.from)})`,
                }}
                title={`${span.state}, from ${dateTime(span.from)}`}
              />
            ))}
            <i class="now" style={{ left: percent(now) }} />
          </div>
        </div>
      ))}
      <div class="line small muted">
        <Legend tone="pending">published</Legend>
        <Legend tone="active">signs</Legend>
        <Legend tone="retiring">verifies only</Legend>
        <span style={{ marginLeft: 'auto' }}>
          {relative(from, now)} to {relative(to, now)}
        </span>
      </div>
    </div>
  );
}

function Legend({ tone, children }: { readonly tone: string; readonly children: ComponentChildren }) {
  return (
    <span class="line" style={{ gap: '5px' }}>
      <span class="key-bar" style={{ width: '14px', height: '10px', borderRadius: '3px' }}>
        <i class={tone} style={{ left: 0, right: 0 }} />
      </span>
      {children}
    </span>
  );
}

function spansOf(key: Key, now: number): readonly Span[] {
  const { publishedAt, activatedAt, deactivatedAt, removedAt, willBeRemovedAt, mayActivateAt } = key;
  const end = removedAt ?? willBeRemovedAt ?? now;
  const signsFrom = activatedAt ?? Math.max(now, mayActivateAt ?? now);
  return [
    { state: 'pending', from: publishedAt, to: signsFrom },
    ...(activatedAt === undefined
      ? []
      : [{ state: 'active', from: activatedAt, to: deactivatedAt ?? Infinity } as const]),
    ...(deactivatedAt === undefined ? [] : [{ state: 'retiring', from: deactivatedAt, to: end } as const]),
  ];
}

/** What happens next to a key, in words. */
export function whatNext(key: Key, now: number): string {
  const { state, mayActivateAt, activatedAt, willBeRemovedAt } = key;
  const words: Readonly<Record<Key['state'], string>> = {
    pending: pendingWords(mayActivateAt, now),
    active: activatedAt === undefined ? 'active' : `active · began to sign ${relative(activatedAt, now)}`,
    retiring:
      willBeRemovedAt === undefined ? 'retiring' : `retiring · goes ${relative(willBeRemovedAt, now)}`,
    retired: 'retired',
    compromised: 'compromised · its tokens are refused',
  };
  return words[state];
}

function pendingWords(mayActivateAt: number | undefined, now: number): string {
  if (mayActivateAt === undefined) return 'pending';
  return mayActivateAt > now
    ? `pending · may sign ${relative(mayActivateAt, now)}`
    : 'pending · ready to sign';
}
