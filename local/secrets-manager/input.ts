import { randomUUID } from 'node:crypto';
import { textOf, type JsonObject } from '../json.ts';
import { ServiceError } from '../json-service.ts';
import type { Secret, SecretValue } from './secret.ts';
import type { SecretStore } from './secret-store.ts';

/** Most bytes of a secret's value. */
const valueLimit = 65_536;

/**
 * The secret that a request is about.
 *
 * @throws {@link ServiceError} `ResourceNotFoundException`; `InvalidRequestException` when it is marked for deletion.
 */
export function secretOf(input: JsonObject, store: SecretStore): Secret {
  const secret = store.find(requiredText(input, 'SecretId'));
  if (secret.deletion === undefined) return secret;
  throw new ServiceError(
    'InvalidRequestException',
    "You can't perform this operation on the secret because it was marked for deletion.",
  );
}

/** @throws {@link ServiceError} `ValidationException` when a member is missing or no text. */
export function requiredText(input: JsonObject, name: string): string {
  const text = textOf(input[name]);
  if (text !== undefined) return text;
  throw new ServiceError('ValidationException', `${name}: got nothing; allowed: a text that is not empty`);
}

/** The version id that a request makes: its token, 32 to 64 characters, or a new one. */
export function tokenOf(input: JsonObject): string {
  const token = textOf(input.ClientRequestToken) ?? randomUUID();
  if (token.length >= 32 && token.length <= 64) return token;
  throw new ServiceError(
    'InvalidParameterException',
    `ClientRequestToken: got ${token.length} characters; allowed: 32 to 64`,
  );
}

/**
 * The value that a request sets; undefined when it has none.
 *
 * @throws {@link ServiceError} `InvalidParameterException` when it has two, `ValidationException` when it is too long.
 */
export function valueOf(input: JsonObject): SecretValue | undefined {
  const { SecretString: text, SecretBinary: bytes } = input;
  if (text !== undefined && bytes !== undefined)
    throw new ServiceError(
      'InvalidParameterException',
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  const value = typeof text === 'string' ? { text } : typeof bytes === 'string' ? { bytes } : undefined;
  const size =
    value === undefined
      ? 0
      : 'text' in value
        ? Buffer.byteLength(value.text)
        : Buffer.from(value.bytes, 'base64').length;
  if (size <= valueLimit) return value;
  throw new ServiceError('ValidationException', `the secret value has ${size} bytes; allowed: ${valueLimit}`);
}

/** A time as the JSON protocol has it: seconds since the epoch. */
export function seconds(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : milliseconds / 1000;
}
