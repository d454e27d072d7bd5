/** One member of two objects side by side. */
export interface ComparedMember {
  readonly name: string;
  readonly left: unknown;
  readonly right: unknown;
  readonly isSame: boolean;
}

type Members = Readonly<Record<string, unknown>>;

/** Every member of either object, in order of first appearance. */
export function compareMembers(left: Members, right: Members): readonly ComparedMember[] {
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  return names.map((name) => ({
    ...{ name, left: left[name], right: right[name] },
    isSame: JSON.stringify(left[name]) === JSON.stringify(right[name]),
  }));
}
