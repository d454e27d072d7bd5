import { arrayOf, numberOf, textOf, type JsonObject } from '../json.ts';
import { ServiceError, type ServiceOperation } from '../json-service.ts';
import { requiredText, secretOf, seconds, tokenOf, valueOf } from './input.ts';
import { randomPassword } from './password.ts';
import { nextRotation } from './rotation-schedule.ts';
import { putValue, type Secret } from './secret.ts';
import type { SecretStore } from './secret-store.ts';
import { secretArn } from '../template/identity.ts';
import { named } from './value-operations.ts';

const dayMs = 86_400_000;

/**
 * The operations on secrets as wholes, by name.
 *
 * @param now milliseconds since the epoch.
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Operations.html
 */
export function secretOperations(
  store: SecretStore,
  now: () => number,
): Readonly<Record<string, ServiceOperation>> {
  return {
    CreateSecret: (input) => create(input, store, now()),

    UpdateSecret(input) {
      const secret = { ...secretOf(input, store), ...detailsOf(input) };
      const value = valueOf(input);
      const token = tokenOf(input);
      const put = { token, stages: ['AWSCURRENT'], now: now() };
      store.save(value === undefined ? secret : putValue(secret, { ...put, value }));
      return { ...named(secret), ...(value === undefined ? {} : { VersionId: token }) };
    },

    DescribeSecret: (input) => describe(store.find(requiredText(input, 'SecretId'))),

    ListSecrets(input) {
      const isListed = ({ deletion }: Secret): boolean =>
        deletion === undefined || input.IncludePlannedDeletion === true;
      return { SecretList: store.all().filter(isListed).map(describe) };
    },

    DeleteSecret(input) {
      const isForced = input.ForceDeleteWithoutRecovery === true;
      const secret = isForced ? store.find(requiredText(input, 'SecretId')) : secretOf(input, store);
      const goneAt = now() + (isForced ? 0 : recoveryDays(input) * dayMs);
      if (isForced) store.remove(secret);
      else store.save({ ...secret, deletion: { at: now(), goneAt } });
      return { ...named(secret), DeletionDate: seconds(goneAt) };
    },

    RestoreSecret(input) {
      const { deletion: _, ...secret } = store.find(requiredText(input, 'SecretId'));
      store.save(secret);
      return named(secret);
    },

    GetRandomPassword: (input) => ({ RandomPassword: randomPassword(input) }),
  };
}

function create(input: JsonObject, store: SecretStore, now: number): object {
  const name = requiredText(input, 'Name');
  const token = tokenOf(input);
  const value = valueOf(input);
  const existing = store.has(name) ? store.find(name) : undefined;
  const version = existing?.versions[token];
  if (existing !== undefined && version !== undefined && sameValue(version.value, value))
    return { ...named(existing), VersionId: token };
  if (existing?.deletion !== undefined)
    throw new ServiceError(
      'InvalidRequestException',
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    );
  if (existing !== undefined)
    throw new ServiceError(
      'ResourceExistsException',
      `The operation failed because the secret ${name} already exists.`,
    );
  const empty: Secret = {
    arn: secretArn(name),
    name,
    ...detailsOf(input),
    tags: arrayOf(input.Tags),
    versions: {},
    createdAt: now,
    changedAt: now,
  };
  const secret = value === undefined ? empty : putValue(empty, { token, value, stages: ['AWSCURRENT'], now });
  store.save(secret);
  return { ...named(secret), ...(value === undefined ? {} : { VersionId: token }) };
}

function sameValue(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function detailsOf(input: JsonObject): Pick<Secret, 'description' | 'kmsKeyId'> {
  const description = textOf(input.Description);
  const kmsKeyId = textOf(input.KmsKeyId);
  return {
    ...(description === undefined ? {} : { description }),
    ...(kmsKeyId === undefined ? {} : { kmsKeyId }),
  };
}

function recoveryDays(input: JsonObject): number {
  const days = numberOf(input.RecoveryWindowInDays) ?? 30;
  if (days >= 7 && days <= 30) return days;
  throw new ServiceError(
    'InvalidParameterException',
    `RecoveryWindowInDays: got ${days}; allowed: a whole number from 7 to 30`,
  );
}

/** Undefined members do not reach the wire. */
function describe(secret: Secret): object {
  const { rotation, deletion, versions } = secret;
  const labelled = Object.entries(versions).filter(([, { stages }]) => stages.length > 0);
  return {
    ...named(secret),
    Description: secret.description,
    KmsKeyId: secret.kmsKeyId,
    Tags: secret.tags,
    CreatedDate: seconds(secret.createdAt),
    LastChangedDate: seconds(secret.changedAt),
    LastRotatedDate: seconds(secret.rotatedAt),
    DeletedDate: seconds(deletion?.at),
    RotationEnabled: rotation?.isEnabled,
    RotationLambdaARN: rotation?.functionArn,
    RotationRules: rotation?.rules,
    NextRotationDate: seconds(nextRotation(secret)),
    VersionIdsToStages: Object.fromEntries(labelled.map(([id, { stages }]) => [id, stages])),
  };
}
