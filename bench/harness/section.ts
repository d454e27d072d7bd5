/** What one benchmark has to say. */
export interface Section {
  readonly title: string;
  /** Markdown, a paragraph or a table each. */
  readonly paragraphs: readonly string[];
  /** SVG by file name, in `docs/`. */
  readonly pictures?: Readonly<Record<string, string>>;
}

/** How much is measured. */
export interface Scale {
  /** `quick` takes minutes, `full` takes as long as it takes, `tiny` only shows that all of it runs. */
  readonly size: 'tiny' | 'quick' | 'full';
}

/** One benchmark, runnable alone. */
export type Suite = (scale: Scale) => Promise<Section>;

/** The number for a scale. */
export function at({ size }: Scale, numbers: Readonly<Record<Scale['size'], number>>): number {
  return numbers[size];
}

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)].join(
    '\n',
  );
}

/** Milliseconds with as many digits as mean something. */
export function ms(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2);
}

export function ratio(value: number): string {
  return `${value.toFixed(2)} ×`;
}
