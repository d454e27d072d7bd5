import type { SecretsManagerRotationEvent } from 'aws-lambda';
import { rotateClientSecret } from '../../core/secrets/client-rotation.ts';
import { compose } from './compose.ts';

const { forRequest } = compose();

/** Rotates the secrets of clients, one step at a time, as Secrets Manager asks. */
export async function handler(event: SecretsManagerRotationEvent): Promise<void> {
  const { Step: step, SecretId: secretId, ClientRequestToken: versionId } = event;
  await rotateClientSecret({ step, secretId, versionId }, forRequest());
}
