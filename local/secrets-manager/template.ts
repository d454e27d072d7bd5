import { createHash, randomUUID } from 'node:crypto';
import { booleanOf, canonicalJson, isObject, objectOf, textOf, type JsonObject } from '../json.ts';
import type { LeftOut, Resource } from '../types.ts';
import { randomPassword } from './password.ts';
import { checkRules } from './rotation-schedule.ts';
import type { Rotator } from './rotator.ts';
import { putValue, type Secret, type SecretValue } from './secret.ts';
import type { SecretStore } from './secret-store.ts';

/** A secret's declaration: its properties, and its ARN (`Ref`). */
export interface DeclaredSecret {
  readonly resource: Resource;
  readonly name: string;
  readonly arn: string;
}

/**
 * Makes a secret of `AWS::SecretsManager::Secret`: with its value the first time, and with a new version when the
 * declaration of its value has changed.
 *
 * @param now milliseconds since the epoch.
 */
export function ensureSecret({ resource, name, arn }: DeclaredSecret, store: SecretStore, now: number): void {
  const { properties } = resource;
  const { SecretString: text, GenerateSecretString: generate } = properties;
  const declared = createHash('sha256').update(canonicalJson({ text, generate })).digest('hex');
  const existing = store.has(arn) ? store.find(arn) : undefined;
  if (existing?.declared === declared) return;
  const kmsKeyId = textOf(properties.KmsKeyId);
  const description = textOf(properties.Description);
  const empty: Secret = { arn, name, versions: {}, createdAt: now, changedAt: now };
  const secret = {
    ...(existing ?? empty),
    ...(kmsKeyId === undefined ? {} : { kmsKeyId }),
    ...(description === undefined ? {} : { description }),
    declared,
  };
  const value = initialValue(properties);
  const put = { token: randomUUID(), stages: ['AWSCURRENT'], now };
  store.save(value === undefined ? secret : putValue(secret, { ...put, value }));
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-secretsmanager-secret-generatesecretstring.html */
function initialValue(properties: JsonObject): SecretValue | undefined {
  const { SecretString: text, GenerateSecretString: generate } = properties;
  if (typeof text === 'string') return { text };
  if (!isObject(generate)) return undefined;
  const password = randomPassword(generate);
  const key = textOf(generate.GenerateStringKey);
  const template = textOf(generate.SecretStringTemplate);
  if (key === undefined || template === undefined) return { text: password };
  return { text: JSON.stringify({ ...objectOf(JSON.parse(template)), [key]: password }) };
}

/**
 * Takes up `AWS::SecretsManager::RotationSchedule`. A new or changed one rotates at once, unless
 * `RotateImmediatelyOnUpdate` is false.
 */
export function ensureRotation(
  { logicalId, type, properties }: Resource,
  { store, rotator, isPlayed }: RotationTools,
): LeftOut | undefined {
  const functionArn = textOf(properties.RotationLambdaARN) ?? '';
  const secretId = textOf(properties.SecretId) ?? '';
  const leftOut = (reason: string): LeftOut => ({ logicalId, type, reason });
  if (!store.has(secretId)) return leftOut(`its secret ${secretId} is not a secret that is played`);
  if (!isPlayed(functionArn))
    return leftOut(`its rotation function ${functionArn || '(a hosted one)'} is not played`);
  const rules = objectOf(properties.RotationRules);
  checkRules(rules);
  const secret = store.find(secretId);
  const rotation = { functionArn, rules, isEnabled: true };
  if (canonicalJson(secret.rotation) === canonicalJson(rotation)) return undefined;
  const changed = { ...secret, rotation };
  store.save(changed);
  if (booleanOf(properties.RotateImmediatelyOnUpdate) ?? true) rotator.rotate(changed, randomUUID());
  return undefined;
}

/** What a rotation schedule is taken up with. */
export interface RotationTools {
  readonly store: SecretStore;
  readonly rotator: Rotator;
  /** Whether a function of that ARN is played. */
  readonly isPlayed: (functionArn: string) => boolean;
}
