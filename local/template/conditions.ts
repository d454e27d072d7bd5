import { isObject } from '../json.ts';
import { invalid, type Place, type Resolve } from './place.ts';

type ConditionFunction = (operands: readonly unknown[], place: Place, resolve: Resolve) => boolean;

const functions: Readonly<Record<string, ConditionFunction>> = {
  'Fn::Equals': ([left, right], place, resolve) =>
    String(resolve(left, place)) === String(resolve(right, place)),
  'Fn::And': (operands, place, resolve) =>
    operands.every((operand) => evaluateCondition(operand, place, resolve)),
  'Fn::Or': (operands, place, resolve) =>
    operands.some((operand) => evaluateCondition(operand, place, resolve)),
  'Fn::Not': ([operand], place, resolve) => !evaluateCondition(operand, place, resolve),
};

/** Whether an intrinsic's name is one of the condition functions (`Fn::If` is not: it gives any value). */
export function isConditionFunction(name: string): boolean {
  return Object.hasOwn(functions, name);
}

/**
 * Evaluates a condition expression of a template's `Conditions`.
 *
 * @throws {@link LocalError} `TEMPLATE_INVALID` when it is none.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-conditions.html
 */
export function evaluateCondition(expression: unknown, place: Place, resolve: Resolve): boolean {
  if (typeof expression === 'boolean') return expression;
  const [name = '', ...others] = isObject(expression) ? Object.keys(expression) : [];
  if (isObject(expression) && others.length === 0) {
    const argument = expression[name];
    const found = functions[name];
    if (found !== undefined && Array.isArray(argument)) return found(argument, place, resolve);
    if (name === 'Condition') return place.scope.condition(String(argument));
  }
  throw invalid(
    place,
    'must be a condition: Fn::Equals, Fn::And, Fn::Or, Fn::Not with a list, or Condition with a name',
  );
}
