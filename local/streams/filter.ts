import { isObject, type JsonObject } from '../json.ts';

/** Whether a value passes one rule of a filter pattern. */
type Rule = (value: unknown) => boolean;

const comparisons: Readonly<Record<string, (one: number, other: number) => boolean>> = {
  '=': (one, other) => one === other,
  '<': (one, other) => one < other,
  '<=': (one, other) => one <= other,
  '>': (one, other) => one > other,
  '>=': (one, other) => one >= other,
};

/**
 * Whether a record matches a filter pattern; undefined when the pattern has a rule that is not played.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 */
export function compilePattern(pattern: JsonObject): ((record: unknown) => boolean) | undefined {
  const members = Object.entries(pattern).map(([name, inner]) => [name, compileMember(inner)] as const);
  const known = members.flatMap(([name, test]) => (test === undefined ? [] : [[name, test] as const]));
  if (known.length < members.length) return undefined;
  return (record) => known.every(([name, test]) => test(isObject(record) ? record[name] : undefined));
}

function compileMember(inner: unknown): Rule | undefined {
  if (isObject(inner)) return compilePattern(inner);
  if (!Array.isArray(inner)) return undefined;
  const rules = inner.map(compileRule);
  if (!rules.every((rule) => rule !== undefined)) return undefined;
  return (value) => rules.some((rule) => rule(value));
}

function compileRule(rule: unknown): Rule | undefined {
  if (!isObject(rule)) return (value) => value === rule;
  const [[name, operand] = ['', undefined]] = Object.entries(rule);
  if (name === 'exists') return (value) => (value !== undefined) === operand;
  if (name === 'anything-but' && !isObject(operand)) {
    const excluded: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
    return (value) => value !== undefined && !excluded.includes(value);
  }
  if (name === 'numeric' && Array.isArray(operand)) return numericRule(operand);
  return typeof operand === 'string' ? textRule(name, operand) : undefined;
}

function textRule(name: string, operand: string): Rule | undefined {
  if (name === 'prefix') return (value) => typeof value === 'string' && value.startsWith(operand);
  if (name === 'suffix') return (value) => typeof value === 'string' && value.endsWith(operand);
  if (name !== 'equals-ignore-case') return undefined;
  return (value) => typeof value === 'string' && value.toLowerCase() === operand.toLowerCase();
}

function numericRule(operand: readonly unknown[]): Rule | undefined {
  const pairs: Rule[] = [];
  for (let index = 0; index < operand.length; index += 2) {
    const compare = comparisons[String(operand[index])];
    if (compare === undefined) return undefined;
    const bound = Number(operand[index + 1]);
    pairs.push((value) => value !== undefined && compare(Number(value), bound));
  }
  return (value) => pairs.every((pair) => pair(value));
}
