/** A NumericDate as a time that a person reads, to the second. */
export function instant(time: number): string {
  return `${new Date(time * 1000).toISOString().slice(0, 19)}Z`;
}
