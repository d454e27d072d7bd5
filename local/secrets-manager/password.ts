import { randomInt } from 'node:crypto';
import { booleanOf, numberOf, textOf, type JsonObject } from '../json.ts';
import { ServiceError } from '../json-service.ts';

const punctuation = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/**
 * A random password, by the parameters of `GetRandomPassword` (`GenerateSecretString` of a template has the same).
 *
 * @throws {@link ServiceError} `InvalidParameterException`.
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html
 */
export function randomPassword(input: JsonObject): string {
  const length = numberOf(input.PasswordLength) ?? 32;
  if (!Number.isInteger(length) || length < 1 || length > 4096)
    throw invalid(`PasswordLength: got ${length}; allowed: a whole number from 1 to 4096`);
  const kinds = kindsOf(input);
  const all = kinds.join('');
  if (all === '') throw invalid('ExcludeCharacters and the other Exclude… leave no character to use');
  const isEach = booleanOf(input.RequireEachIncludedType) ?? true;
  if (isEach && length < kinds.length)
    throw invalid(`PasswordLength: got ${length}; allowed: at least ${kinds.length}, one of each type`);
  const required = isEach ? kinds.map(pick) : [];
  const rest = Array.from({ length: length - required.length }, () => pick(all));
  return shuffled([...required, ...rest]).join('');
}

function kindsOf(input: JsonObject): string[] {
  const excluded = textOf(input.ExcludeCharacters) ?? '';
  const kinds: readonly (readonly [string, boolean])[] = [
    ['abcdefghijklmnopqrstuvwxyz', booleanOf(input.ExcludeLowercase) !== true],
    ['ABCDEFGHIJKLMNOPQRSTUVWXYZ', booleanOf(input.ExcludeUppercase) !== true],
    ['0123456789', booleanOf(input.ExcludeNumbers) !== true],
    [punctuation, booleanOf(input.ExcludePunctuation) !== true],
    [' ', booleanOf(input.IncludeSpace) === true],
  ];
  return kinds
    .filter(([, isIncluded]) => isIncluded)
    .map(([characters]) =>
      Array.from(characters)
        .filter((character) => !excluded.includes(character))
        .join(''),
    )
    .filter((characters) => characters !== '');
}

function pick(characters: string): string {
  return characters.charAt(randomInt(characters.length));
}

function shuffled(characters: readonly string[]): string[] {
  const list = [...characters];
  for (let last = list.length - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1);
    [list[last], list[other]] = [list[other] ?? '', list[last] ?? ''];
  }
  return list;
}

function invalid(message: string): ServiceError {
  return new ServiceError('InvalidParameterException', message);
}
