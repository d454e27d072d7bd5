import { type Duration, Token } from 'aws-cdk-lib/core';
import { ConfigError } from '../core/contract/index.ts';

/** Least and most of a number, both allowed. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** A prop that is a duration: how to name it in a message, what was given, what is allowed in seconds. */
export interface DurationProp extends Range {
  readonly name: string;
  readonly value: Duration;
}

/**
 * A duration prop in whole seconds. What CDK only knows at deployment (a token) is let through unchecked.
 *
 * @throws {@link ConfigError} when it is out of range or no whole number of seconds
 */
export function wholeSeconds({ name, value, min, max }: DurationProp): number {
  if (value.isUnresolved()) return value.toSeconds({ integral: false });
  const seconds = value.toSeconds({ integral: false });
  if (Number.isInteger(seconds) && seconds >= min && seconds <= max) return seconds;
  throw new ConfigError(`${name}: got ${seconds} seconds; allowed: ${min} to ${max} seconds, whole`);
}

/**
 * The same of a duration that the synthesis reckons with.
 *
 * @throws {@link ConfigError} also where only the deployment knows it
 */
export function knownSeconds(prop: DurationProp): number {
  if (!prop.value.isUnresolved()) return wholeSeconds(prop);
  throw new ConfigError(
    `${prop.name}: got a duration that only the deployment knows; allowed: ${prop.min} to ${prop.max} seconds, whole, known ` +
      'at synthesis',
  );
}

/** What a string prop must be. */
export interface TextRule {
  readonly holds: (value: string) => boolean;
  /** What `holds` accepts, in words. */
  readonly allowed: string;
  /** What to do about a value that it does not accept. @default - `allowed` says it */
  readonly mend?: string;
}

/**
 * Lets a string pass that CDK only knows at deployment (a token) or that `holds` accepts.
 *
 * @throws {@link ConfigError} otherwise, with `allowed` and `mend` in the message
 */
export function checkText(prop: { readonly name: string; readonly value: string }, rule: TextRule): void {
  if (Token.isUnresolved(prop.value) || rule.holds(prop.value)) return;
  throw new ConfigError(
    `${prop.name}: got ${JSON.stringify(prop.value)}; allowed: ${rule.allowed}${mending(rule)}`,
  );
}

/**
 * The same for a list: at least one entry, each of which `holds` accepts.
 *
 * @throws {@link ConfigError} otherwise
 */
export function checkTexts(
  prop: { readonly name: string; readonly value: readonly string[] },
  rule: TextRule,
): void {
  if (Token.isUnresolved(prop.value)) return;
  if (prop.value.length === 0) {
    throw new ConfigError(
      `${prop.name}: got an empty list; allowed: one or more, each ${rule.allowed}${mending(rule)}`,
    );
  }
  prop.value.forEach((value, index) => checkText({ name: `${prop.name}[${index}]`, value }, rule));
}

function mending({ mend }: TextRule): string {
  return mend === undefined ? '' : `; ${mend}`;
}

/** Accepts these texts alone, whatever a caller without types says. */
export function oneOf(known: readonly string[]): TextRule {
  return { holds: (value) => known.includes(value), allowed: `one of ${known.join(', ')}` };
}

/** What DynamoDB takes as a table's name. */
export const tableNames: TextRule = {
  holds: (value) => /^[A-Za-z0-9_.-]{3,255}$/.test(value),
  allowed: '3 to 255 letters, digits, "_", "." and "-" (the name, not the ARN)',
};
