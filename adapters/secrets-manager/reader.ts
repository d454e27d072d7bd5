import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SecretReader } from '../../core/ports.ts';
import { callAws, clientDefaults, startBudget } from '../aws-call.ts';

/**
 * Reads current secret values. Throws UnavailableError, or AwsRefusalError where Secrets Manager refuses.
 * IAM: `secretsmanager:GetSecretValue`.
 */
export function secretReader(
  client: SecretsManagerClient = new SecretsManagerClient(clientDefaults),
): SecretReader {
  return {
    async read(secretArn) {
      const call = {
        service: 'SecretsManager',
        operation: 'GetSecretValue',
        resource: `secret ${secretArn}`,
        budget: startBudget(),
      };
      const command = new GetSecretValueCommand({ SecretId: secretArn });
      const { SecretString: text, SecretBinary: binary } = await callAws(call, (options) =>
        client.send(command, options),
      );
      return binary ?? new TextEncoder().encode(text ?? '');
    },
  };
}
