import type { KeySpan, KeyTimeline, Timeline } from './timeline.ts';

const marks = { pending: '░', active: '█', retiring: '▒' } as const;

/** Stretch of time that a drawing shows. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** From the first publication to the last thing that is expected of a key that signs or has signed. */
export function stretchOf({ keys, now }: Timeline): Stretch {
  const spans = keys.flatMap((key) =>
    key.spans.filter((each) => key.state !== 'pending' || each.state === 'pending'),
  );
  const from = Math.min(now, ...spans.map((each) => each.from));
  return { from, to: Math.max(now, ...spans.map((each) => each.to), from + 1) };
}

/**
 * Draws a timeline for a terminal: a row a key, `░` published ahead, `█` signing, `▒` verifying only, `│` now, and below it
 * what is to come, with dates.
 *
 * @param width columns of the drawing itself
 */
export function drawTimeline(timeline: Timeline, width = 60): string {
  const stretch = stretchOf(timeline);
  const head = `${' '.repeat(20)}${dayOf(stretch.from)}${dayOf(stretch.to).padStart(width - 16)}`;
  const rows = timeline.keys.map((key) => `${labelOf(key)}${drawRow(key, { timeline, stretch, width })}`);
  const legend = `${' '.repeat(20)}░ published  █ signs  ▒ verifies only  │ now`;
  const coming = comingOf(timeline).map(
    ({ at, what }) => `${new Date(at * 1000).toISOString().slice(0, 19)}Z  ${what}`,
  );
  return [head, ...rows, legend, '', ...(coming.length > 0 ? coming : ['nothing is to come'])].join('\n');
}

/** What is expected, soonest first. */
export function comingOf(timeline: Timeline): readonly { readonly at: number; readonly what: string }[] {
  const ends = {
    pending: 'begins to sign',
    active: 'stops signing',
    retiring: 'leaves the JWK Set',
  } as const;
  return timeline.keys
    .flatMap(({ kid, spans }) =>
      spans
        .filter((span) => span.isForecast && (span.state !== 'active' || span.from <= timeline.now))
        .map((span) => ({ at: span.to, what: `${kid} ${ends[span.state]}` })),
    )
    .toSorted((a, b) => a.at - b.at);
}

function labelOf({ kid, state }: KeyTimeline): string {
  return `${kid.slice(0, 7)} ${state}`.slice(0, 19).padEnd(20);
}

function drawRow(
  key: KeyTimeline,
  { timeline, stretch, width }: { timeline: Timeline; stretch: Stretch; width: number },
): string {
  const column = (time: number) =>
    Math.round(((time - stretch.from) / (stretch.to - stretch.from)) * (width - 1));
  const at = (index: number): KeySpan | undefined =>
    key.spans.findLast((span) => column(span.from) <= index && index <= column(span.to));
  return Array.from({ length: width }, (_, index) => {
    if (index === column(timeline.now)) return '│';
    const state = at(index)?.state;
    return state === undefined ? ' ' : marks[state];
  })
    .join('')
    .trimEnd();
}

function dayOf(time: number): string {
  return new Date(time * 1000).toISOString().slice(0, 16);
}
