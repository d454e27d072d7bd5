import { ServiceError } from '../json-service.ts';

/** What a version holds: text, or bytes in base64. */
export type SecretValue = { readonly text: string } | { readonly bytes: string };

/** A version of a secret. */
export interface SecretVersion {
  /** Undefined while a rotation has announced the version and its function has not set it yet. */
  readonly value: SecretValue | undefined;
  /** Staging labels: `AWSCURRENT`, `AWSPENDING`, `AWSPREVIOUS`, or a caller's own. */
  readonly stages: readonly string[];
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/** How a secret rotates. */
export interface Rotation {
  readonly functionArn: string;
  /** As `RotationRules` of the API: `AutomaticallyAfterDays` or `ScheduleExpression`, and `Duration`. */
  readonly rules: Readonly<Record<string, unknown>>;
  readonly isEnabled: boolean;
}

/** A secret with all of its versions. Times are milliseconds since the epoch. */
export interface Secret {
  readonly arn: string;
  readonly name: string;
  readonly description?: string;
  readonly kmsKeyId?: string;
  readonly tags?: readonly unknown[];
  /** Version id (the `ClientRequestToken` that made it) to version. */
  readonly versions: Readonly<Record<string, SecretVersion>>;
  readonly createdAt: number;
  readonly changedAt: number;
  readonly rotatedAt?: number;
  readonly rotation?: Rotation;
  /** When it was marked for deletion, and when it is gone. */
  readonly deletion?: { readonly at: number; readonly goneAt: number };
  /** Digest of the template's declaration that the value was made from. */
  readonly declared?: string;
}

/** The id of the version that has a staging label. */
export function versionWith(secret: Secret, stage: string): string | undefined {
  return Object.entries(secret.versions).find(([, { stages }]) => stages.includes(stage))?.[0];
}

/** The version that a rotation began and did not finish; undefined when there is none. */
export function unfinishedVersion(secret: Secret): string | undefined {
  const pending = versionWith(secret, 'AWSPENDING');
  return pending === versionWith(secret, 'AWSCURRENT') ? undefined : pending;
}

/**
 * Moves a staging label to a version, or off every version. `AWSCURRENT` leaves `AWSPREVIOUS` where it was.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html#term_version
 */
export function moveStage(secret: Secret, stage: string, to: string | undefined): Secret {
  const from = versionWith(secret, stage);
  const versions = Object.entries(secret.versions).map(([id, version]): [string, SecretVersion] => {
    const others = version.stages.filter((label) => label !== stage);
    return [id, { ...version, stages: id === to ? [...others, stage] : others }];
  });
  const moved = { ...secret, versions: Object.fromEntries(versions) };
  const isPrevious = stage === 'AWSCURRENT' && from !== undefined && from !== to;
  return isPrevious ? moveStage(moved, 'AWSPREVIOUS', from) : moved;
}

/** The secret with one version set. */
export function withVersion(secret: Secret, id: string, version: SecretVersion): Secret {
  return { ...secret, versions: { ...secret.versions, [id]: version } };
}

/**
 * Sets a version's value under a request token. The same token with the same value changes nothing.
 *
 * @throws {@link ServiceError} `ResourceExistsException` when the version has another value.
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html
 */
export function putValue(
  secret: Secret,
  put: {
    readonly token: string;
    readonly value: SecretValue;
    readonly stages: readonly string[];
    readonly now: number;
  },
): Secret {
  const { token, value, now } = put;
  const existing = secret.versions[token];
  if (existing?.value !== undefined) {
    if (JSON.stringify(existing.value) === JSON.stringify(value)) return secret;
    throw new ServiceError(
      'ResourceExistsException',
      `The operation failed because a version with the ClientRequestToken ${token} exists already, with another value.`,
    );
  }
  const isFirst = !Object.values(secret.versions).some((version) => version.value !== undefined);
  const stages = isFirst ? [...new Set([...put.stages, 'AWSCURRENT'])] : put.stages;
  const added = withVersion(secret, token, { value, stages: existing?.stages ?? [], createdAt: now });
  return stages.reduce((changed, stage) => moveStage(changed, stage, token), { ...added, changedAt: now });
}
