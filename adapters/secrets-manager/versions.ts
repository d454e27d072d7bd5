import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import type { SecretVersions } from '../../core/ports.ts';
import { type AwsCall, AwsRefusalError, callAws, clientDefaults, startBudget } from '../aws-call.ts';

/**
 * Versions of secrets. Throws UnavailableError, or AwsRefusalError where Secrets Manager refuses. IAM:
 * `secretsmanager:GetSecretValue`; to put, `PutSecretValue`; for stages, `DescribeSecret` and `UpdateSecretVersionStage`.
 */
export function secretVersions(
  client: SecretsManagerClient = new SecretsManagerClient(clientDefaults),
): SecretVersions {
  return {
    async get(secretId, { stage, versionId }) {
      const command = new GetSecretValueCommand({
        ...{ SecretId: secretId, VersionStage: stage },
        ...(versionId !== undefined && { VersionId: versionId }),
      });
      const answer = await callAws(callOn(secretId, 'GetSecretValue'), (options) =>
        client.send(command, options),
      ).catch(unlessCode('ResourceNotFoundException', undefined));
      if (answer?.SecretString === undefined || answer.VersionId === undefined) return undefined;
      return { versionId: answer.VersionId, text: answer.SecretString };
    },

    async put(secretId, { versionId, stage, text }) {
      const command = new PutSecretValueCommand({
        ...{ SecretId: secretId, ClientRequestToken: versionId, VersionStages: [stage], SecretString: text },
      });
      return callAws(callOn(secretId, 'PutSecretValue'), (options) => client.send(command, options)).then(
        () => true,
        unlessCode('ResourceExistsException', false),
      );
    },

    async stages(secretId) {
      const command = new DescribeSecretCommand({ SecretId: secretId });
      const answer = await callAws(callOn(secretId, 'DescribeSecret'), (options) =>
        client.send(command, options),
      );
      return new Map(Object.entries(answer.VersionIdsToStages ?? {}));
    },

    async makeCurrent(secretId, { from, to }) {
      const command = new UpdateSecretVersionStageCommand({
        ...{ SecretId: secretId, VersionStage: 'AWSCURRENT', MoveToVersionId: to },
        ...(from !== undefined && { RemoveFromVersionId: from }),
      });
      await callAws(callOn(secretId, 'UpdateSecretVersionStage'), (options) => client.send(command, options));
    },
  };
}

function callOn(secretId: string, operation: string): AwsCall {
  return { service: 'SecretsManager', operation, resource: `secret ${secretId}`, budget: startBudget() };
}

/** What a refusal of this code stands for. */
function unlessCode<T>(code: string, value: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof AwsRefusalError && error.code === code) return value;
    throw error;
  };
}
