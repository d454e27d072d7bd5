import { readJsonFile, writeJsonFile } from '../json-file.ts';
import { objectOf } from '../json.ts';
import { ServiceError } from '../json-service.ts';
import type { Secret } from './secret.ts';

/** Seals what is written to disk. */
export interface Seal {
  readonly seal: (plaintext: Buffer) => Buffer;
  /** @throws when the bytes are not what was sealed. */
  readonly unseal: (sealed: Buffer) => Buffer;
}

/** All secrets of a data folder. */
export interface SecretStore {
  all(): readonly Secret[];
  /**
   * Finds a secret by name, ARN, or ARN without its suffix.
   *
   * @throws {@link ServiceError} `ResourceNotFoundException`.
   */
  find(nameOrArn: string): Secret;
  has(nameOrArn: string): boolean;
  /** Has a secret on disk before it returns. */
  save(secret: Secret): void;
  remove(secret: Secret): void;
}

/** Opens the secrets of a file (mode 0600), which is sealed as a whole: names and times are in it too. */
export function openSecretStore(file: string, { seal, unseal }: Seal): SecretStore {
  const stored = objectOf(readJsonFile(file)).sealed;
  const opened: unknown =
    typeof stored === 'string' ? JSON.parse(unseal(Buffer.from(stored, 'base64')).toString()) : {};
  const secrets = new Map(Object.entries(objectOf(opened)) as [string, Secret][]);
  const write = (): void => {
    const text = Buffer.from(JSON.stringify(Object.fromEntries(secrets)));
    writeJsonFile(file, { sealed: seal(text).toString('base64') });
  };
  const lookUp = (nameOrArn: string): Secret | undefined =>
    secrets.get(nameOrArn) ??
    [...secrets.values()].find(
      ({ name, arn: full }) => name === nameOrArn || full.slice(0, -7) === nameOrArn,
    );
  return {
    all: () => [...secrets.values()],
    has: (nameOrArn) => lookUp(nameOrArn) !== undefined,
    find: (nameOrArn) => lookUp(nameOrArn) ?? notFound(),
    save: (secret) => {
      secrets.set(secret.arn, secret);
      write();
    },
    remove: (secret) => {
      secrets.delete(secret.arn);
      write();
    },
  };
}

function notFound(): never {
  throw new ServiceError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
}
