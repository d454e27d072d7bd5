const units = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const;

/** How far a NumericDate is from now, in words: `in 14 min`, `3 d ago`. */
export function relativeTime(time: number, now: number): string {
  const distance = Math.round(Math.abs(time - now));
  const [unit, size] = units.find(([, seconds]) => distance >= seconds) ?? ['s', 1];
  const amount = `${Math.floor(distance / size)} ${unit}`;
  return time >= now ? `in ${amount}` : `${amount} ago`;
}

/** Rows as a table with a heading, columns padded. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [heading, ...rows];
  const widths = heading.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
