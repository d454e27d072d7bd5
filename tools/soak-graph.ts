/** What a soak saw in one second. */
export interface Sample {
  /** Published keys. */
  readonly kids: readonly string[];
  /** Refusals so far. */
  readonly refusals: number;
  /** Latency of requests in that second, in milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

const [left, width, keyHeight, chart] = [60, 820, 3, 120];

/** Keys that were published over time, refusals, and latency below. */
export function soakSvg(samples: readonly Sample[]): string {
  const kids = [...new Set(samples.flatMap((sample) => sample.kids))];
  const x = (second: number) => left + (second / Math.max(1, samples.length)) * width;
  const keysHeight = kids.length * keyHeight;
  const base = 30 + keysHeight + 30 + chart;
  const most = Math.max(1, ...samples.map(({ p99 }) => p99));
  const line = (value: (sample: Sample) => number, color: string) =>
    `<polyline fill="none" stroke="${color}" points="${samples.map((s, i) => `${x(i).toFixed(1)},${(base - (value(s) / most) * chart).toFixed(1)}`).join(' ')}"/>`;
  const bars = kids.map((kid, row) => {
    const seconds = samples.flatMap((sample, second) => (sample.kids.includes(kid) ? [second] : []));
    const [from, to] = [x(seconds[0] ?? 0), x((seconds.at(-1) ?? 0) + 1)];
    return `<rect x="${from.toFixed(1)}" y="${30 + row * keyHeight}" width="${(to - from).toFixed(1)}" height="${keyHeight - 1}" fill="#1f6f43"/>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${left + width + 20} ${base + 40}" font-family="sans-serif" font-size="12">`,
    `<text x="${left}" y="18">${kids.length} keys in the JWK Set over ${samples.length} s; refusals of valid tokens: ${samples.at(-1)?.refusals ?? 0}</text>`,
    ...bars,
    line(({ p99 }) => p99, '#d9a441'),
    line(({ p50 }) => p50, '#336699'),
    `<text x="4" y="${base - chart + 4}">${Math.round(most)} ms</text><text x="4" y="${base}">0 ms</text>`,
    `<text x="${left}" y="${base + 24}">latency of GET /whoami in each second: p99 yellow, p50 blue</text>`,
    '</svg>',
    '',
  ].join('\n');
}
