import { dateTime, duration } from '../token/times.ts';

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

/** Columns of a histogram. */
const slots = 30;

/** Times in equal slots, as columns. */
export function Histogram(props: {
  readonly label: string;
  readonly times: readonly number[];
  readonly from: number;
  readonly to: number;
  readonly ends: readonly [string, string];
}) {
  const { label, times, from, to, ends } = props;
  const counts = Array.from({ length: slots }, () => 0);
  for (const time of times) {
    const slot = Math.min(slots - 1, Math.floor(((time - from) / (to - from)) * slots));
    if (slot >= 0 && time <= to) counts[slot] = (counts[slot] ?? 0) + 1;
  }
  const top = Math.max(1, ...counts);
  return (
    <div
      class="histogram"
      role="img"
      aria-label={`${label}: ${times.length} in all, at most ${top} in ${duration((to - from) / slots)}`}
    >
      <div class="scale">
        <span>{top}</span>
        <span>0</span>
      </div>
      <div class="columns-of">
        {counts.map((count, slot) => (
          <i
            style={{ height: `${(100 * count) / top}%` }}
            title={`${count} · ${dateTime(from + ((to - from) * slot) / slots)}`}
          />
        ))}
      </div>
      <div class="ends">
        <span>{ends[0]}</span>
        <span>{ends[1]}</span>
      </div>
    </div>
  );
}
