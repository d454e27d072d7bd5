import type { ParseArgsConfig } from 'node:util';

/** A fault of the call, not of the program: shown as one message, without a stack trace. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  /** 2 where the call has to be corrected, 1 where something else stands in the way. */
  readonly exitCode: 1 | 2;
  constructor(message: string, exitCode: 1 | 2 = 2) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Options that a verb was called with, by name. */
export type OptionValues = Readonly<Record<string, string | boolean | undefined>>;

/** One verb of the command line. */
export interface Command {
  /** One line for the list of verbs. */
  readonly summary: string;
  /** How it is called, with examples. */
  readonly usage: string;
  readonly options: NonNullable<ParseArgsConfig['options']>;
  /** Words that the first argument may be, where those are fixed. */
  readonly words?: readonly string[];
  /** Least and most positional arguments. */
  readonly positionals: readonly [number, number];
  run(positionals: readonly string[], options: OptionValues): Promise<void>;
}

/** A string option's value. */
export function stringOption(options: OptionValues, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

/** Options of every verb that talks to a stack. */
export const stackOptions = {
  stack: { type: 'string' },
  data: { type: 'string' },
} as const satisfies Command['options'];
