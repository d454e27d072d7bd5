/** One bar of a chart. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  /** What is written at its end. */
  readonly text: string;
  readonly isOurs?: boolean;
}

const style =
  '<style>text{font:13px system-ui,sans-serif;fill:#1f2937}.t{font-weight:600}.m{fill:#6b7280}.b{fill:#9ca3af}.o{fill:#2563eb}' +
  '.l{fill:none;stroke:#2563eb;stroke-width:2}.g{stroke:#d1d5db}rect.p{fill:#fff}</style>';

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

function frame(title: string, height: number, content: string): string {
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 ${height}" role="img" aria-label="${escape(title)}">${style}` +
    `<rect class="p" width="760" height="${height}"/><text class="t" x="16" y="26">${escape(title)}</text>${content}</svg>\n`
  );
}

/** Horizontal bars from zero. */
export function bars(title: string, all: readonly Bar[]): string {
  const longest = Math.max(...all.map(({ value }) => value));
  const rows = all.map(({ label, value, text, isOurs = false }, index) => {
    const y = 44 + index * 30;
    const width = Math.max(1, (value / longest) * 380).toFixed(1);
    return (
      `<text x="16" y="${y + 16}">${escape(label)}</text>` +
      `<rect class="${isOurs ? 'o' : 'b'}" x="270" y="${y}" width="${width}" height="22"/>` +
      `<text x="${(276 + Number(width)).toFixed(1)}" y="${y + 16}">${escape(text)}</text>`
    );
  });
  return frame(title, 56 + all.length * 30, rows.join(''));
}

/** How large a share of the values is at most so long: milliseconds across, 0 to 100 % upwards. */
export function distribution(title: string, values: readonly number[], bound: number): string {
  const sorted = [...values].sort((a, b) => a - b);
  const right = Math.max(bound, sorted.at(-1) ?? 0) * 1.05;
  const x = (value: number) => (60 + (value / right) * 660).toFixed(1);
  const y = (share: number) => (250 - share * 200).toFixed(1);
  const points = sorted.map((value, index) => `${x(value)},${y((index + 1) / sorted.length)}`);
  const lines = [0, 0.5, 0.99, 1].map(
    (share) =>
      `<line class="g" x1="60" x2="720" y1="${y(share)}" y2="${y(share)}"/>` +
      (share === 1 ? '' : `<text class="m" x="16" y="${Number(y(share)) + 4}">${share * 100} %</text>`),
  );
  const ticks = [0, 0.25, 0.5, 0.75, 1].map(
    (share) => `<text class="m" x="${x(share * right)}" y="272">${Math.round(share * right)} ms</text>`,
  );
  const limit =
    `<line x1="${x(bound)}" x2="${x(bound)}" y1="50" y2="250" stroke="#dc2626" stroke-dasharray="4 4"/>` +
    `<text class="m" x="${(Number(x(bound)) - 110).toFixed(1)}" y="64">bound ${bound} ms</text>`;
  return frame(
    title,
    288,
    `${lines.join('')}${ticks.join('')}<polyline class="l" points="${points.join(' ')}"/>${limit}`,
  );
}
