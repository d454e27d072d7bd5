import { createHash } from 'node:crypto';
import {
  CreateKeyCommand,
  GetPublicKeyCommand,
  KMSClient,
  type KeySpec,
  ScheduleKeyDeletionCommand,
  SignCommand,
  type SigningAlgorithmSpec,
} from '@aws-sdk/client-kms';
import { signingKeyTag } from '../../core/contract/sealing.ts';
import type { SigningAlgorithm } from '../../core/contract/settings.ts';
import type { JwsSigner, KeyOpener } from '../../core/issue/signer.ts';
import { publicPartOf } from '../../core/keys/generate.ts';
import type { KeyMaker } from '../../core/keys/key-maker.ts';
import { UnavailableError } from '../../core/ports.ts';
import { type AwsCall, AwsRefusalError, callAws, startBudget } from '../aws-call.ts';
import { fromDer } from '../crypto/ecdsa-der.ts';
import { connectKms, type KmsSettings } from './sealer.ts';

interface KmsAlgorithm {
  readonly spec: KeySpec;
  readonly signing: SigningAlgorithmSpec;
  /** Whether the message is hashed here (SHA-256), so that its length does not matter; else it has 4,096 bytes at most. */
  readonly isHashed: boolean;
}

/** @see https://docs.aws.amazon.com/kms/latest/developerguide/symm-asymm-choose-key-spec.html */
const algorithms: Readonly<Record<SigningAlgorithm, KmsAlgorithm>> = {
  RS256: { spec: 'RSA_2048', signing: 'RSASSA_PKCS1_V1_5_SHA_256', isHashed: true },
  PS256: { spec: 'RSA_2048', signing: 'RSASSA_PSS_SHA_256', isHashed: true },
  ES256: { spec: 'ECC_NIST_P256', signing: 'ECDSA_SHA_256', isHashed: true },
  EdDSA: { spec: 'ECC_NIST_EDWARDS25519', signing: 'ED25519_SHA_512', isHashed: false },
  'ML-DSA-44': { spec: 'ML_DSA_44', signing: 'ML_DSA_SHAKE_256', isHashed: false },
  'ML-DSA-65': { spec: 'ML_DSA_65', signing: 'ML_DSA_SHAKE_256', isHashed: false },
  'ML-DSA-87': { spec: 'ML_DSA_87', signing: 'ML_DSA_SHAKE_256', isHashed: false },
};

/** Length of r and of s on P-256, in bytes (RFC 7518 §3.4). */
const p256Bytes = 32;

/** Days in which the deletion of a key can be called off: the fewest that KMS takes. It signs no more from the first on. */
const deletionDays = 7;

/** What KMS says of a key that is being deleted, and of one that is gone. */
const ended = ['KMSInvalidStateException', 'NotFoundException'];

/** Longest time that making or ending a key may take, in milliseconds. */
const makingMs = 10_000;

/** Making a key takes longer than using one, and is not tried twice: each attempt that KMS took leaves a key. */
export function connectForMaking(settings: KmsSettings = {}): KMSClient {
  return new KMSClient({
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 300, requestTimeout: 5000, throwOnRequestTimeout: true },
    ...settings,
  });
}

/**
 * Makes keys in KMS, which they never leave: the handle is the key's ARN. Ending one schedules its deletion. Both throw
 * UnavailableError, or AwsRefusalError. IAM: `kms:CreateKey`, `kms:TagResource`, `kms:GetPublicKey`,
 * `kms:ScheduleKeyDeletion`.
 */
export function kmsKeyMaker(client: KMSClient = connectForMaking()): KeyMaker {
  return {
    async make(issuer, algorithm) {
      const arn = await createKey(client, issuer, algorithm);
      try {
        return { key: await publicKey(client, arn, algorithm), handle: new TextEncoder().encode(arn) };
      } catch (error) {
        await endKey(client, arn).catch(() => undefined);
        throw error;
      }
    },
    end: async (handle) => {
      const arn = arnOf(handle);
      if (arn !== undefined) await endKey(client, arn);
    },
  };
}

/**
 * Signs in KMS with the keys that it holds, and leaves other handles to another opener: the keys from before a change of
 * custody. IAM: `kms:Sign`.
 */
export function kmsKeyOpener(others: KeyOpener, client: KMSClient = connectKms()): KeyOpener {
  return {
    async open(context, key, handle) {
      const arn = arnOf(handle);
      return arn === undefined ? others.open(context, key, handle) : signerOf(client, arn, key.algorithm);
    },
  };
}

/** Whether a handle leads to a key that KMS holds. */
export function isKmsHandle(handle: Uint8Array): boolean {
  return arnOf(handle) !== undefined;
}

/** The ARN that a handle is; undefined where it is a sealed key. */
function arnOf(handle: Uint8Array): string | undefined {
  const text = new TextDecoder().decode(handle);
  return /^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+$/.test(text) ? text : undefined;
}

async function createKey(client: KMSClient, issuer: string, algorithm: SigningAlgorithm): Promise<string> {
  const command = new CreateKeyCommand({
    Description: "A signing key of Keyturn's token service",
    KeySpec: algorithms[algorithm].spec,
    KeyUsage: 'SIGN_VERIFY',
    Tags: [{ TagKey: signingKeyTag, TagValue: issuer }],
  });
  const answer = await callAws(making('CreateKey', 'a new key'), (options) => client.send(command, options));
  const arn = answer.KeyMetadata?.Arn;
  if (arn === undefined) throw new Error('KMS made a key without an ARN; allowed: an answer with it');
  return arn;
}

async function publicKey(client: KMSClient, arn: string, algorithm: SigningAlgorithm) {
  const command = new GetPublicKeyCommand({ KeyId: arn });
  const call = making('GetPublicKey', `key ${arn}`);
  const answer = await callAws(call, (options) => client.send(command, options));
  if (answer.PublicKey === undefined) throw new Error('KMS answered without a public key; allowed: one');
  return publicPartOf(answer.PublicKey, algorithm);
}

/** A key that is being deleted, or is gone, has been ended. */
async function endKey(client: KMSClient, arn: string): Promise<void> {
  const command = new ScheduleKeyDeletionCommand({ KeyId: arn, PendingWindowInDays: deletionDays });
  try {
    await callAws(making('ScheduleKeyDeletion', `key ${arn}`), (options) => client.send(command, options));
  } catch (error) {
    if (!(error instanceof AwsRefusalError) || !ended.includes(error.code)) throw error;
  }
}

function signerOf(client: KMSClient, arn: string, algorithm: SigningAlgorithm): JwsSigner {
  const { signing, isHashed } = algorithms[algorithm];
  return async (header, payload) => {
    const encoded = [JSON.stringify(header), payload].map((part) => Buffer.from(part).toString('base64url'));
    const input = Buffer.from(encoded.join('.'));
    const command = new SignCommand({
      KeyId: arn,
      SigningAlgorithm: signing,
      Message: isHashed ? createHash('sha256').update(input).digest() : input,
      MessageType: isHashed ? 'DIGEST' : 'RAW',
    });
    const call = { service: 'KMS', operation: 'Sign', resource: `key ${arn}`, budget: startBudget() };
    const { Signature: made } = await callAws(call, (options) => client.send(command, options)).catch(
      rethrow,
    );
    if (made === undefined) throw new Error('KMS answered without a signature; allowed: one');
    const signature = algorithm === 'ES256' ? fromDer(made, p256Bytes) : made;
    return `${input.toString()}.${Buffer.from(signature).toString('base64url')}`;
  };
}

/** A key that was ended a moment ago, while a signer held it: the next request asks which key signs now. */
function rethrow(error: unknown): never {
  if (error instanceof AwsRefusalError && ended.includes(error.code))
    throw new UnavailableError('the signing key was ended meanwhile', { cause: error });
  throw error;
}

function making(operation: string, resource: string): AwsCall {
  return { service: 'KMS', operation, resource, budget: AbortSignal.timeout(makingMs) };
}
