import { DecryptCommand, EncryptCommand, KMSClient, type KMSClientConfig } from '@aws-sdk/client-kms';
import type { KeySealer, SealContext } from '../../core/ports.ts';
import { type AwsCall, callAws, clientDefaults, startBudget } from '../aws-call.ts';

/** What a caller may choose. Default: what the SDK finds in the environment. */
export type KmsSettings = Pick<KMSClientConfig, 'credentials' | 'endpoint' | 'region'>;

/** A KMS client that gives up in time: 300 ms to connect, 500 ms an attempt, two attempts. */
export function connectKms(settings: KmsSettings = {}): KMSClient {
  return new KMSClient({ ...clientDefaults, ...settings });
}

/**
 * Seals with a symmetric KMS key; issuer and `kid` are the encryption context, so that a sealed key moved to
 * another issuer or `kid` does not open. Both methods throw UnavailableError, or AwsRefusalError where KMS refuses
 * (`InvalidCiphertextException`: not sealed with this key for this context). IAM: `kms:Encrypt`, `kms:Decrypt`.
 *
 * @param keyId ARN or id of the key
 */
export function kmsSealer(keyId: string, client: KMSClient = connectKms()): KeySealer {
  return {
    async seal(context, plaintext) {
      const input = { KeyId: keyId, Plaintext: plaintext, EncryptionContext: encryptionContext(context) };
      const answer = await callAws(callOn(keyId, 'Encrypt'), (options) =>
        client.send(new EncryptCommand(input), options),
      );
      return present(answer.CiphertextBlob);
    },

    async unseal(context, ciphertext) {
      const input = {
        KeyId: keyId,
        CiphertextBlob: ciphertext,
        EncryptionContext: encryptionContext(context),
      };
      const answer = await callAws(callOn(keyId, 'Decrypt'), (options) =>
        client.send(new DecryptCommand(input), options),
      );
      return present(answer.Plaintext);
    },
  };
}

function encryptionContext({ issuer, kid }: SealContext): Record<string, string> {
  return { issuer, kid };
}

function callOn(keyId: string, operation: string): AwsCall {
  return { service: 'KMS', operation, resource: `key ${keyId}`, budget: startBudget() };
}

function present(bytes: Uint8Array | undefined): Uint8Array {
  if (bytes === undefined) throw new Error('KMS answered without bytes; allowed: an answer with them');
  return bytes;
}
