import { afterEach, describe, expect, it } from '@jest/globals';
import {
  CancelRotateSecretCommand,
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import type { Resource } from '../../../local/types.ts';
import { resource } from '../gateway/function-double.ts';
import {
  newYear,
  rotateArn,
  settle,
  startSecrets,
  token,
  type RunningSecrets,
  type Setup,
} from './fixture.ts';

const dayMs = 86_400_000;
const arn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:db-abcdef';

let run: RunningSecrets | undefined;
afterEach(async () => {
  await run?.end();
  run = undefined;
});

function declared(properties: Record<string, unknown> = { SecretString: 'one' }) {
  return { resource: resource('Db', 'AWS::SecretsManager::Secret', properties), name: 'db', arn };
}

function schedule(properties: object = {}): Resource {
  return resource('Schedule', 'AWS::SecretsManager::RotationSchedule', {
    SecretId: arn,
    RotationLambdaARN: rotateArn,
    RotationRules: { ScheduleExpression: 'rate(1 day)' },
    ...properties,
  });
}

/** A rotation function as AWS's template has it; `failing` names steps that fail, each once. */
function rotating(failing: string[] = []): NonNullable<Setup['rotate']> {
  return (client) =>
    async ({ Step: step, SecretId, ClientRequestToken }) => {
      const SecretIdText = String(SecretId);
      const id = String(ClientRequestToken);
      if (failing[0] === step) {
        failing.shift();
        throw new Error(`no ${String(step)}`);
      }
      if (step === 'createSecret') {
        const described = await client.send(new DescribeSecretCommand({ SecretId: SecretIdText }));
        if (described.VersionIdsToStages?.[id]?.includes('AWSPENDING') !== true)
          throw new Error('no AWSPENDING');
        await client.send(
          new PutSecretValueCommand({
            SecretId: SecretIdText,
            ClientRequestToken: id,
            SecretString: `made by ${id}`,
            VersionStages: ['AWSPENDING'],
          }),
        );
      }
      if (step !== 'finishSecret') return;
      const current = await client.send(new GetSecretValueCommand({ SecretId: SecretIdText }));
      if (current.VersionId === id) return;
      await client.send(
        new UpdateSecretVersionStageCommand({
          SecretId: SecretIdText,
          VersionStage: 'AWSCURRENT',
          MoveToVersionId: id,
          RemoveFromVersionId: current.VersionId,
        }),
      );
    };
}

const stepsOf = (from: RunningSecrets) => from.functions.eventsOf('rotate').map(({ Step }) => Step);
const value = async (from: RunningSecrets) =>
  (await from.client.send(new GetSecretValueCommand({ SecretId: 'db' }))).SecretString;

/** Waits for the calls of the rotation function, which are HTTP calls in between. */
async function rotated(from: RunningSecrets, times: number): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    if (from.lines.filter((line) => line.includes('was rotated')).length >= times) return;
    await settle();
  }
  throw new Error(`not rotated ${times} times: ${from.lines.join('\n')}`);
}

async function failed(from: RunningSecrets, times: number): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    if (from.lines.filter((line) => line.includes(' failed: ')).length >= times) return;
    await settle();
  }
  throw new Error(`not failed ${times} times: ${from.lines.join('\n')}`);
}

const all = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'];

describe('a rotation schedule', () => {
  it('rotates at once when it is new, and then on time', async () => {
    run = await startSecrets({ rotate: rotating(), secrets: [declared()], schedules: [schedule()] });
    await rotated(run, 1);
    expect(stepsOf(run)).toEqual(all);
    expect(run.functions.eventsOf('rotate')[0]).toEqual({
      Step: 'createSecret',
      SecretId: arn,
      ClientRequestToken: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(await value(run)).toMatch(/^made by /);
    const described = await run.client.send(new DescribeSecretCommand({ SecretId: arn }));
    expect(described).toMatchObject({
      RotationEnabled: true,
      RotationLambdaARN: rotateArn,
      RotationRules: { ScheduleExpression: 'rate(1 day)' },
      LastRotatedDate: new Date(newYear),
      NextRotationDate: new Date(newYear + dayMs),
    });
    run.clock.advance(dayMs - 1000);
    await settle();
    expect(stepsOf(run)).toHaveLength(4);
    run.clock.advance(2000);
    await rotated(run, 2);
    expect(stepsOf(run)).toEqual([...all, ...all]);
  });

  it('waits when it is told to, and does not rotate again at a restart', async () => {
    const waiting = schedule({ RotateImmediatelyOnUpdate: false });
    run = await startSecrets({ rotate: rotating(), secrets: [declared()], schedules: [waiting] });
    await settle();
    expect(await value(run)).toBe('one');
    await run.stop();
    const later = { rotate: rotating(), secrets: [declared()], folder: run.folder };
    run = await startSecrets({ ...later, schedules: [schedule()] });
    await settle();
    expect(stepsOf(run)).toEqual([]);
  });

  it('begins again with createSecret when a step fails, under the same token', async () => {
    run = await startSecrets({
      rotate: rotating(['testSecret', 'finishSecret']),
      secrets: [declared()],
      schedules: [schedule()],
    });
    await failed(run, 1);
    run.clock.advance(1_000);
    await failed(run, 2);
    run.clock.advance(2_000);
    await rotated(run, 1);
    expect(stepsOf(run)).toEqual([...all.slice(0, 3), ...all, ...all]);
    const tokens = run.functions.eventsOf('rotate').map((event) => event['ClientRequestToken']);
    expect(new Set(tokens).size).toBe(1);
  });

  it('gives up after five times, and takes the same version up again on the next day', async () => {
    const failures = Array.from({ length: 5 }, () => 'setSecret');
    run = await startSecrets({ rotate: rotating(failures), secrets: [declared()], schedules: [schedule()] });
    for (const [index, waitMs] of [1_000, 2_000, 4_000, 8_000].entries()) {
      await failed(run, index + 1);
      run.clock.advance(waitMs);
    }
    await failed(run, 5);
    expect(run.lines.at(-1)).toBe(
      'local: rotating the secret db failed: setSecret: Error: no setSecret; given up; AWSPENDING stays',
    );
    expect(await value(run)).toBe('one');
    run.clock.advance(dayMs);
    await rotated(run, 1);
    const tokens = run.functions.eventsOf('rotate').map((event) => event['ClientRequestToken']);
    expect(new Set(tokens).size).toBe(1);
  });

  it('is taken up again after a crash', async () => {
    const rotate = rotating(['setSecret']);
    run = await startSecrets({ rotate, secrets: [declared()], schedules: [schedule()] });
    await failed(run, 1);
    await run.stop();
    run = await startSecrets({ rotate, secrets: [declared()], schedules: [schedule()], folder: run.folder });
    await rotated(run, 1);
    expect(stepsOf(run)).toEqual(all);
  });

  it.each<[string, object, string]>([
    ['of a hosted function', { RotationLambdaARN: undefined }, '(a hosted one) is not played'],
    ['of an unknown secret', { SecretId: 'other' }, 'its secret other is not a secret that is played'],
  ])('%s is left out', async (_what, properties, reason) => {
    run = await startSecrets({ secrets: [declared()], schedules: [schedule(properties)] });
    expect(run.leftOut).toEqual([
      {
        logicalId: 'Schedule',
        type: 'AWS::SecretsManager::RotationSchedule',
        reason: expect.stringContaining(reason),
      },
    ]);
  });
});

describe('RotateSecret', () => {
  const rotate = (more: object = {}) =>
    run?.client.send(
      new RotateSecretCommand({
        SecretId: 'db',
        RotationLambdaARN: rotateArn,
        ClientRequestToken: token('2'),
        ...more,
      }),
    );

  it('rotates to the version of its token', async () => {
    run = await startSecrets({ rotate: rotating(), secrets: [declared()] });
    expect(await rotate()).toMatchObject({ Name: 'db', VersionId: token('2') });
    await rotated(run, 1);
    expect(await value(run)).toBe(`made by ${token('2')}`);
    await rotate();
    await settle();
    expect(stepsOf(run)).toEqual(all);
  });

  it('refuses while another version is pending, and tries that one again', async () => {
    run = await startSecrets({ rotate: rotating(), secrets: [declared()] });
    await run.client.send(
      new PutSecretValueCommand({
        SecretId: 'db',
        SecretString: 'half',
        ClientRequestToken: token('9'),
        VersionStages: ['AWSPENDING'],
      }),
    );
    await expect(rotate()).rejects.toMatchObject({
      name: 'InvalidRequestException',
      message: expect.stringContaining("previous rotation isn't complete"),
    });
    await settle();
    expect(run.functions.eventsOf('rotate')[0]).toMatchObject({ ClientRequestToken: token('9') });
  });

  it.each<[string, string, object]>([
    ['InvalidRequestException', 'No Lambda rotation function ARN', { RotationLambdaARN: undefined }],
    [
      'ResourceNotFoundException',
      'Lambda does not exist',
      { RotationLambdaARN: 'arn:aws:lambda:us-east-1:000000000000:function:x' },
    ],
    [
      'InvalidParameterException',
      'RotationRules: The schedule expression "often"',
      { RotationRules: { ScheduleExpression: 'often' } },
    ],
  ])('answers %s: %s', async (name, message, more) => {
    run = await startSecrets({ secrets: [declared()] });
    await expect(rotate(more)).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
  });

  it('is cancelled', async () => {
    run = await startSecrets({ rotate: rotating(), secrets: [declared()], schedules: [schedule()] });
    await rotated(run, 1);
    await run.client.send(new CancelRotateSecretCommand({ SecretId: 'db' }));
    run.clock.advance(3 * dayMs);
    await settle();
    expect(stepsOf(run)).toHaveLength(4);
  });
});

describe('a secret of the template', () => {
  it.each<[string, Record<string, unknown>, RegExp]>([
    ['has the given text', { SecretString: 'given' }, /^given$/],
    ['is generated', { GenerateSecretString: { ExcludePunctuation: true } }, /^\w{32}$/],
    [
      'is generated into JSON',
      {
        GenerateSecretString: {
          SecretStringTemplate: '{"user":"ann"}',
          GenerateStringKey: 'password',
          PasswordLength: 8,
          ExcludeCharacters: '"\\',
        },
      },
      /^\{"user":"ann","password":".{8}"\}$/,
    ],
  ])('%s', async (_what, properties, text) => {
    run = await startSecrets({ secrets: [declared(properties)] });
    const first = await value(run);
    expect(first).toMatch(text);
    await run.stop();
    run = await startSecrets({ secrets: [declared(properties)], folder: run.folder });
    expect(await value(run)).toBe(first);
  });

  it('gets a new version when its declaration has changed', async () => {
    run = await startSecrets({ secrets: [declared()] });
    await run.stop();
    run = await startSecrets({ secrets: [declared({ SecretString: 'two' })], folder: run.folder });
    expect(await value(run)).toBe('two');
    const previous = new GetSecretValueCommand({ SecretId: 'db', VersionStage: 'AWSPREVIOUS' });
    expect((await run.client.send(previous)).SecretString).toBe('one');
  });

  it('has no value when it declares none', async () => {
    run = await startSecrets({ secrets: [declared({})] });
    await expect(value(run)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await run.client.send(
      new PutSecretValueCommand({ SecretId: 'db', SecretString: 'x', VersionStages: ['AWSPENDING'] }),
    );
    expect(await value(run)).toBe('x');
    await expect(run.client.send(new CreateSecretCommand({ Name: 'db' }))).rejects.toMatchObject({
      name: 'ResourceExistsException',
    });
  });
});
