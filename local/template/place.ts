import { LocalError } from '../errors.ts';

/** What the intrinsic functions of one template can see. */
export interface Scope {
  /** A parameter, a pseudo parameter or a resource. */
  ref(name: string): unknown;
  getAtt(logicalId: string, attribute: string): unknown;
  /** A named condition of the template. */
  condition(name: string): boolean;
  mapping(map: string, top: string, second: string): unknown;
  importValue(name: string): unknown;
  /** The value of an output of another stack. */
  stackOutput(stackName: string, outputName: string): unknown;
}

/** Where a value stands: the path is for messages. */
export interface Place {
  readonly scope: Scope;
  readonly path: string;
}

/** Resolves the intrinsic functions within a value. */
export type Resolve = (value: unknown, place: Place) => unknown;

/** One intrinsic function: its argument (not resolved yet), where it stands, and how to resolve what is inside. */
export type Intrinsic = (argument: unknown, place: Place, resolve: Resolve) => unknown;

/** What `Ref: AWS::NoValue` resolves to: the property that holds it is left out. */
export const noValue = Symbol('AWS::NoValue');

/** An error that names the place in the template. */
export function invalid(place: Place, what: string): LocalError {
  return new LocalError('TEMPLATE_INVALID', `The template's ${place.path} ${what}.`);
}

/**
 * A resolved value as a string.
 *
 * @throws {@link LocalError} `TEMPLATE_INVALID` for an object, a list or null.
 */
export function textFrom(value: unknown, place: Place): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw invalid(place, `must give a string, and gave ${value === null ? 'null' : typeof value}`);
}
