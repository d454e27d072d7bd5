import { arrayOf, textOf, type JsonObject } from '../json.ts';
import { ServiceError, type ServiceOperation } from '../json-service.ts';
import { secretOf, seconds, requiredText, tokenOf, valueOf } from './input.ts';
import { moveStage, putValue, versionWith, type Secret } from './secret.ts';
import type { SecretStore } from './secret-store.ts';

/**
 * The operations on a secret's values and their staging labels, by name.
 *
 * @param now milliseconds since the epoch.
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Operations.html
 */
export function valueOperations(
  store: SecretStore,
  now: () => number,
): Readonly<Record<string, ServiceOperation>> {
  return {
    GetSecretValue(input) {
      const secret = secretOf(input, store);
      const id = versionAsked(secret, input);
      const { value, stages, createdAt } = secret.versions[id] ?? {};
      if (value === undefined) throw valueNotFound(`VersionId: ${id}`);
      return {
        ...named(secret),
        ...('text' in value ? { SecretString: value.text } : { SecretBinary: value.bytes }),
        VersionId: id,
        VersionStages: stages,
        CreatedDate: seconds(createdAt),
      };
    },

    PutSecretValue(input) {
      const secret = secretOf(input, store);
      const value = valueOf(input);
      if (value === undefined) throw invalidRequest('You must provide either SecretString or SecretBinary.');
      const token = tokenOf(input);
      const asked = arrayOf(input.VersionStages).map(String);
      const stages = asked.length > 0 ? asked : ['AWSCURRENT'];
      const changed = putValue(secret, { token, value, stages, now: now() });
      if (changed !== secret) store.save(changed);
      return { ...named(changed), VersionId: token, VersionStages: changed.versions[token]?.stages };
    },

    UpdateSecretVersionStage(input) {
      const secret = secretOf(input, store);
      store.save({ ...moveAsked(secret, input), changedAt: now() });
      return named(secret);
    },

    ListSecretVersionIds(input) {
      const secret = secretOf(input, store);
      const versions = Object.entries(secret.versions)
        .filter(([, { stages }]) => input.IncludeDeprecated === true || stages.length > 0)
        .map(([id, { stages, createdAt }]) => ({
          VersionId: id,
          VersionStages: stages,
          CreatedDate: seconds(createdAt),
        }));
      return { ...named(secret), Versions: versions };
    },
  };
}

/** The identity that most answers begin with. */
export function named({ arn, name }: Secret): { readonly ARN: string; readonly Name: string } {
  return { ARN: arn, Name: name };
}

function versionAsked(secret: Secret, input: JsonObject): string {
  const id = textOf(input.VersionId);
  const stage = textOf(input.VersionStage);
  if (id !== undefined && secret.versions[id] === undefined) throw valueNotFound(`VersionId: ${id}`);
  if (id !== undefined && stage !== undefined && secret.versions[id]?.stages.includes(stage) === false)
    throw invalidRequest('You provided a VersionStage that is not associated to the provided VersionId.');
  const label = stage ?? 'AWSCURRENT';
  const found = id ?? versionWith(secret, label);
  if (found === undefined) throw valueNotFound(`staging label: ${label}`);
  return found;
}

function moveAsked(secret: Secret, input: JsonObject): Secret {
  const stage = requiredText(input, 'VersionStage');
  const to = textOf(input.MoveToVersionId);
  const from = textOf(input.RemoveFromVersionId);
  const holder = versionWith(secret, stage);
  if (to === undefined && from === undefined)
    throw invalidParameter('You must specify MoveToVersionId, RemoveFromVersionId, or both.');
  for (const id of [to, from])
    if (id !== undefined && secret.versions[id] === undefined) throw valueNotFound(`VersionId: ${id}`);
  if (holder !== undefined && holder !== from && holder !== to)
    throw invalidParameter(
      `The parameter RemoveFromVersionId can't be empty or another version. Staging label ${stage} is currently attached to ` +
        `version ${holder}, so you must explicitly reference that version in RemoveFromVersionId.`,
    );
  if (from !== undefined && holder !== from)
    throw invalidParameter(`Staging label ${stage} is not attached to version ${from}.`);
  if (stage === 'AWSCURRENT' && to === undefined)
    throw invalidParameter("You can't remove the AWSCURRENT staging label: move it to another version.");
  return moveStage(secret, stage, to);
}

function valueNotFound(what: string): ServiceError {
  return new ServiceError(
    'ResourceNotFoundException',
    `Secrets Manager can't find the specified secret value for ${what}`,
  );
}

function invalidRequest(message: string): ServiceError {
  return new ServiceError('InvalidRequestException', message);
}

function invalidParameter(message: string): ServiceError {
  return new ServiceError('InvalidParameterException', message);
}
