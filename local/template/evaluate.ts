import { isObject } from '../json.ts';
import { evaluateCondition, isConditionFunction } from './conditions.ts';
import { intrinsics } from './intrinsics.ts';
import { invalid, noValue, type Place } from './place.ts';

/**
 * Resolves every intrinsic function within a value.
 *
 * @throws {@link LocalError} `TEMPLATE_INVALID` for an unknown or ill-formed intrinsic, with its path.
 */
export function evaluate(value: unknown, place: Place): unknown {
  if (Array.isArray(value)) {
    return value
      .map((item, index) => evaluate(item, { ...place, path: `${place.path}[${index}]` }))
      .filter((item) => item !== noValue);
  }
  if (!isObject(value)) return value;
  const [name, ...others] = Object.keys(value);
  if (name !== undefined && others.length === 0 && (name === 'Ref' || name.startsWith('Fn::'))) {
    return call(name, value[name], place);
  }
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]) => [key, evaluate(item, { ...place, path: `${place.path}.${key}` })] as const)
      .filter(([, item]) => item !== noValue),
  );
}

function call(name: string, argument: unknown, place: Place): unknown {
  const here = { ...place, path: `${place.path}.${name}` };
  if (isConditionFunction(name)) return evaluateCondition({ [name]: argument }, here, evaluate);
  const intrinsic = intrinsics[name];
  if (intrinsic === undefined) {
    throw invalid(
      here,
      `is not an intrinsic function that is played; played are ${Object.keys(intrinsics).join(', ')}`,
    );
  }
  return intrinsic(argument, here, evaluate);
}
