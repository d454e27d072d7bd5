import { type Stretch, stretchOf } from './timeline-text.ts';
import type { KeyTimeline, Timeline } from './timeline.ts';

const fills = { pending: '#9ec5e8', active: '#1f6f43', retiring: '#d9a441' } as const;
const names = { pending: 'published, not signing', active: 'signs', retiring: 'verifies only' } as const;
const [left, width, rowHeight, top] = [150, 640, 26, 30];

/** Draws a timeline as an SVG document; forecasts are paler, and everything has a title that says when. */
export function timelineSvg(timeline: Timeline): string {
  const stretch = stretchOf(timeline);
  const height = top + timeline.keys.length * rowHeight + 30;
  const x = (time: number) => left + Math.min(1, (time - stretch.from) / (stretch.to - stretch.from)) * width;
  const rows = timeline.keys.map((key, index) => row(key, top + index * rowHeight, x));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${left + width + 20} ${height}" font-family="sans-serif" font-size="12" role="img" aria-label="Signing keys over time">`,
    ...dates(stretch),
    ...rows,
    `<line x1="${round(x(timeline.now))}" y1="${top - 6}" x2="${round(x(timeline.now))}" y2="${height - 26}" stroke="#b00020"/>`,
    `<text x="${round(x(timeline.now))}" y="${height - 10}" text-anchor="middle" fill="#b00020">now</text>`,
    '</svg>',
    '',
  ].join('\n');
}

function row({ kid, state, spans }: KeyTimeline, y: number, x: (time: number) => number): string {
  const bars = spans.map((span) => {
    const title = `${kid}: ${names[span.state]}, ${iso(span.from)} to ${iso(span.to)}${span.isForecast ? ' (expected)' : ''}`;
    const size = `x="${round(x(span.from))}" y="${y}" width="${round(Math.max(1, x(span.to) - x(span.from)))}" height="18"`;
    const opacity = span.isForecast ? ' fill-opacity="0.6"' : '';
    return `<rect ${size} fill="${fills[span.state]}"${opacity}><title>${title}</title></rect>`;
  });
  return `<text x="6" y="${y + 13}">${kid.slice(0, 8)} ${state}</text>${bars.join('')}`;
}

function dates({ from, to }: Stretch): readonly string[] {
  return [
    `<text x="${left}" y="16">${iso(from)}</text>`,
    `<text x="${left + width}" y="16" text-anchor="end">${iso(to)}</text>`,
  ];
}

function iso(time: number): string {
  return `${new Date(time * 1000).toISOString().slice(0, 19)}Z`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
