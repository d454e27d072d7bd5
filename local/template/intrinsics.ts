import { isObject } from '../json.ts';
import { region } from '../types.ts';
import { invalid, noValue, textFrom, type Intrinsic, type Place, type Resolve } from './place.ts';

/**
 * The intrinsic functions that are played, conditions aside.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
 */
export const intrinsics: Readonly<Record<string, Intrinsic>> = {
  Ref: (argument, place) => {
    const name = textFrom(argument, place);
    return name === 'AWS::NoValue' ? noValue : place.scope.ref(name);
  },
  'Fn::GetAtt': getAtt,
  'Fn::Join': (argument, place, resolve) => {
    const [delimiter, list] = listOf(resolve(argument, place), place, 2);
    return listOf(list, place)
      .map((item) => textFrom(item, place))
      .join(textFrom(delimiter, place));
  },
  'Fn::Sub': substitute,
  'Fn::Select': select,
  'Fn::Split': (argument, place, resolve) => {
    const [delimiter, text] = listOf(resolve(argument, place), place, 2);
    return textFrom(text, place).split(textFrom(delimiter, place));
  },
  'Fn::If': (argument, place, resolve) => {
    const [name, yes, no] = listOf(argument, place, 3);
    return resolve(place.scope.condition(textFrom(name, place)) ? yes : no, place);
  },
  'Fn::FindInMap': findInMap,
  'Fn::Base64': (argument, place, resolve) =>
    Buffer.from(textFrom(resolve(argument, place), place)).toString('base64'),
  'Fn::ImportValue': (argument, place, resolve) =>
    place.scope.importValue(textFrom(resolve(argument, place), place)),
  'Fn::GetStackOutput': getStackOutput,
  'Fn::GetAZs': () => ['a', 'b', 'c'].map((zone) => `${region}${zone}`),
};

/** Its `Region` and `RoleArn` say where to look; all stacks that are played are in one place. */
function getStackOutput(argument: unknown, place: Place, resolve: Resolve): unknown {
  const given = resolve(argument, place);
  if (!isObject(given)) throw invalid(place, 'must be an object with StackName and OutputName');
  return place.scope.stackOutput(textFrom(given.StackName, place), textFrom(given.OutputName, place));
}

function listOf(value: unknown, place: Place, least = 0): readonly unknown[] {
  if (!Array.isArray(value) || value.length < least)
    throw invalid(place, `must be a list of at least ${least} values`);
  return value;
}

function getAtt(argument: unknown, place: Place, resolve: Resolve): unknown {
  if (typeof argument === 'string' && argument.includes('.')) return dotted(argument, place);
  const [logicalId, attribute] = listOf(resolve(argument, place), place, 2);
  return place.scope.getAtt(textFrom(logicalId, place), textFrom(attribute, place));
}

function dotted(name: string, place: Place): unknown {
  const dot = name.indexOf('.');
  return place.scope.getAtt(name.slice(0, dot), name.slice(dot + 1));
}

function substitute(argument: unknown, place: Place, resolve: Resolve): string {
  const [template, variables] = Array.isArray(argument) ? (argument as readonly unknown[]) : [argument];
  const given = isObject(variables) ? variables : {};
  return textFrom(template, place).replace(/\$\{([^}]+)\}/g, (_match, inner: string) => {
    const name = inner.trim();
    if (name.startsWith('!')) return `\${${name.slice(1)}}`;
    if (Object.hasOwn(given, name)) return textFrom(resolve(given[name], place), place);
    return textFrom(name.includes('.') ? dotted(name, place) : place.scope.ref(name), place);
  });
}

function select(argument: unknown, place: Place, resolve: Resolve): unknown {
  const [index, list] = listOf(resolve(argument, place), place, 2);
  const found = listOf(list, place)[Number(index)];
  if (found === undefined) throw invalid(place, `has no value at index ${String(index)}`);
  return found;
}

function findInMap(argument: unknown, place: Place, resolve: Resolve): unknown {
  const [map, top, second, options] = listOf(resolve(argument, place), place, 3);
  const found = place.scope.mapping(textFrom(map, place), textFrom(top, place), textFrom(second, place));
  if (found !== undefined) return found;
  if (isObject(options) && 'DefaultValue' in options) return options.DefaultValue;
  throw invalid(place, `finds no "${String(top)}"."${String(second)}" in the mapping "${String(map)}"`);
}
