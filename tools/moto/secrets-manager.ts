/** What local Secrets Manager is compared with moto's in. */
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetRandomPasswordCommand,
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  RotateSecretCommand,
  type SecretsManagerClient,
  UpdateSecretCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { errorOf, type Scenario, token } from './scenario.ts';

let count = 0;

/** Calls on one secret, new for each scenario, whose first value is `one` under the token 1. */
async function newSecret(secrets: SecretsManagerClient) {
  const SecretId = `secret-${(count += 1)}`;
  const first = { Name: SecretId, SecretString: 'one', ClientRequestToken: token('1') };
  await secrets.send(new CreateSecretCommand(first));
  const get = (more: object = {}) => secrets.send(new GetSecretValueCommand({ SecretId, ...more }));
  return {
    first,
    get,
    value: async (more: object = {}) => (await get(more)).SecretString,
    put: (SecretString: string, id: string, stages?: string[]) =>
      secrets.send(
        new PutSecretValueCommand({
          SecretId,
          SecretString,
          ClientRequestToken: token(id),
          ...(stages && { VersionStages: stages }),
        }),
      ),
    move: (more: object) =>
      secrets.send(new UpdateSecretVersionStageCommand({ SecretId, VersionStage: 'AWSCURRENT', ...more })),
    stages: async () =>
      stagesOf((await secrets.send(new DescribeSecretCommand({ SecretId }))).VersionIdsToStages),
    SecretId,
  };
}

/** moto lists versions without label too, which AWS leaves out. */
function stagesOf(map: Readonly<Record<string, readonly string[]>> = {}): unknown {
  const entries = Object.entries(map)
    .filter(([, labels]) => labels.length > 0)
    .map(([id, labels]) => [id.replace(/^0+/, ''), [...labels].sort()] as const);
  return entries.sort(([one], [other]) => one.localeCompare(other));
}

/** The comparisons, each of one behaviour. */
export const secretScenarios: readonly Scenario[] = [
  {
    title: 'a secret is read by name and by ARN',
    async run({ secrets }) {
      const { get } = await newSecret(secrets);
      const { ARN, VersionId, VersionStages } = await get();
      return [VersionId, VersionStages, (await get({ SecretId: ARN })).SecretString];
    },
  },
  {
    title: 'a new value leaves AWSPREVIOUS on the one before',
    async run({ secrets }) {
      const { put, value, stages } = await newSecret(secrets);
      await put('two', '2');
      await put('three', '3');
      return [await value(), await value({ VersionStage: 'AWSPREVIOUS' }), await stages()];
    },
  },
  {
    title: 'a pending version is made current by moving the label',
    async run({ secrets }) {
      const { put, value, stages, move } = await newSecret(secrets);
      await put('two', '2', ['AWSPENDING']);
      const before = [await value(), await value({ VersionStage: 'AWSPENDING' })];
      await move({ MoveToVersionId: token('2'), RemoveFromVersionId: token('1') });
      return [before, await value({ VersionStage: 'AWSCURRENT' }), await stages()];
    },
  },
  {
    title: 'a label is taken off a version',
    async run({ secrets }) {
      const { put, stages, move } = await newSecret(secrets);
      await put('two', '2', ['AWSPENDING']);
      await move({ VersionStage: 'AWSPENDING', RemoveFromVersionId: token('2') });
      return await stages();
    },
  },
  {
    title: 'a label moves only from the version that is named',
    async run({ secrets }) {
      const { put, stages, move } = await newSecret(secrets);
      await put('two', '2', ['AWSPENDING']);
      return [await errorOf(move({ MoveToVersionId: token('2') })), await stages()];
    },
  },
  {
    title: 'what is not there',
    async run({ secrets }) {
      const { get } = await newSecret(secrets);
      return [
        await errorOf(get({ SecretId: 'never-made' })),
        await errorOf(get({ VersionStage: 'AWSPENDING' })),
        await errorOf(get({ VersionId: token('9') })),
      ];
    },
  },
  {
    title: 'the same token with the same value',
    async run({ secrets }) {
      const { put, value, stages } = await newSecret(secrets);
      await put('two', '2', ['AWSPENDING']);
      const again = await errorOf(put('two', '2', ['AWSPENDING']));
      return [again, await value({ VersionStage: 'AWSPENDING' }), await stages()];
    },
  },
  {
    title: 'the same token with another value',
    async run({ secrets }) {
      const { put, value } = await newSecret(secrets);
      await put('two', '2', ['AWSPENDING']);
      return [await errorOf(put('other', '2', ['AWSPENDING'])), await value({ VersionStage: 'AWSPENDING' })];
    },
  },
  {
    title: 'a name that is taken',
    async run({ secrets }) {
      const { first } = await newSecret(secrets);
      return await errorOf(
        secrets.send(new CreateSecretCommand({ ...first, ClientRequestToken: token('8') })),
      );
    },
  },
  {
    title: 'a value that is missing',
    async run({ secrets }) {
      const { SecretId } = await newSecret(secrets);
      return await errorOf(secrets.send(new PutSecretValueCommand({ SecretId })));
    },
  },
  {
    title: 'a token of the wrong length',
    async run({ secrets }) {
      const { SecretId } = await newSecret(secrets);
      const input = { SecretId, SecretString: 'x', ClientRequestToken: 'short' };
      return await errorOf(secrets.send(new PutSecretValueCommand(input)));
    },
  },
  {
    title: 'a value and a description are updated',
    async run({ secrets }) {
      const { SecretId, value } = await newSecret(secrets);
      await secrets.send(new UpdateSecretCommand({ SecretId, SecretString: 'two', Description: 'text' }));
      const { Description } = await secrets.send(new DescribeSecretCommand({ SecretId }));
      return [await value(), Description];
    },
  },
  {
    title: 'versions without label are listed where asked',
    async run({ secrets }) {
      const { SecretId, put } = await newSecret(secrets);
      await put('two', '2');
      await put('three', '3');
      const input = { SecretId, IncludeDeprecated: true };
      return (await secrets.send(new ListSecretVersionIdsCommand(input))).Versions?.length;
    },
  },
  {
    title: 'a secret that is marked for deletion, restored, and gone',
    async run({ secrets }) {
      const { SecretId, get, value } = await newSecret(secrets);
      await secrets.send(new DeleteSecretCommand({ SecretId, RecoveryWindowInDays: 7 }));
      const marked = await errorOf(get());
      await secrets.send(new RestoreSecretCommand({ SecretId }));
      const restored = await value();
      await secrets.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));
      return [marked, restored, await errorOf(get())];
    },
  },
  {
    title: 'a recovery window of 6 days',
    async run({ secrets }) {
      const { SecretId } = await newSecret(secrets);
      return await errorOf(secrets.send(new DeleteSecretCommand({ SecretId, RecoveryWindowInDays: 6 })));
    },
  },
  {
    title: 'a rotation without a function that is there',
    async run({ secrets }) {
      const { SecretId } = await newSecret(secrets);
      const RotationLambdaARN = 'arn:aws:lambda:us-east-1:000000000000:function:none';
      return await errorOf(secrets.send(new RotateSecretCommand({ SecretId, RotationLambdaARN })));
    },
  },
  {
    title: 'random passwords have the length and the characters that were asked for',
    async run({ secrets }) {
      const make = async (input: object) =>
        (await secrets.send(new GetRandomPasswordCommand(input))).RandomPassword ?? '';
      const digits = { ExcludeLowercase: true, ExcludeUppercase: true, ExcludePunctuation: true };
      const made = [await make({}), await make({ PasswordLength: 10, ...digits })];
      return [
        made.map(({ length }) => length),
        /^\d+$/.test(made[1] ?? ''),
        await errorOf(make({ PasswordLength: 3 })),
      ];
    },
  },
];
