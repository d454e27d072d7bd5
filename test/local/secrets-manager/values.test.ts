import { readFileSync, statSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetRandomPasswordCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  UpdateSecretCommand,
  UpdateSecretVersionStageCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { newYear, startSecrets, token, type RunningSecrets } from './fixture.ts';

let run: RunningSecrets;
let client: SecretsManagerClient;
beforeEach(async () => {
  run = await startSecrets();
  ({ client } = run);
  await client.send(
    new CreateSecretCommand({ Name: 'db', SecretString: 'one', ClientRequestToken: token('1') }),
  );
});
afterEach(() => run.end());

const get = (more: object = {}) => client.send(new GetSecretValueCommand({ SecretId: 'db', ...more }));
const put = (value: string, id: string, stages?: string[]) =>
  client.send(
    new PutSecretValueCommand({
      SecretId: 'db',
      SecretString: value,
      ClientRequestToken: token(id),
      ...(stages && { VersionStages: stages }),
    }),
  );
const move = (more: object) =>
  client.send(new UpdateSecretVersionStageCommand({ SecretId: 'db', VersionStage: 'AWSCURRENT', ...more }));
const stages = async (): Promise<Record<string, string[]>> => {
  const described = await client.send(new DescribeSecretCommand({ SecretId: 'db' }));
  return Object.fromEntries(
    Object.entries(described.VersionIdsToStages ?? {}).map(([id, labels]) => [id.replace(/^0+/, ''), labels]),
  );
};

describe('values and staging labels', () => {
  it('gives the current value, by name, ARN and ARN without suffix', async () => {
    const { ARN: arn = '' } = await get();
    expect(arn).toMatch(/^arn:aws:secretsmanager:us-east-1:000000000000:secret:db-\w{6}$/);
    for (const SecretId of ['db', arn, arn.slice(0, -7)])
      expect(await get({ SecretId })).toMatchObject({
        ARN: arn,
        Name: 'db',
        SecretString: 'one',
        VersionId: token('1'),
        VersionStages: ['AWSCURRENT'],
        CreatedDate: new Date(newYear),
      });
  });

  it('leaves AWSPREVIOUS on the version before', async () => {
    await put('two', '2');
    await put('three', '3');
    expect(await stages()).toEqual({ 2: ['AWSPREVIOUS'], 3: ['AWSCURRENT'] });
    expect((await get({ VersionStage: 'AWSPREVIOUS' })).SecretString).toBe('two');
    expect((await get({ VersionId: token('1') })).SecretString).toBe('one');
  });

  it('keeps a pending version apart until it is made current', async () => {
    await put('two', '2', ['AWSPENDING']);
    expect((await get()).SecretString).toBe('one');
    expect((await get({ VersionStage: 'AWSPENDING' })).SecretString).toBe('two');
    await move({ MoveToVersionId: token('2'), RemoveFromVersionId: token('1') });
    expect(await stages()).toEqual({ 1: ['AWSPREVIOUS'], 2: ['AWSPENDING', 'AWSCURRENT'] });
    await move({ VersionStage: 'AWSPENDING', RemoveFromVersionId: token('2') });
    expect(await stages()).toEqual({ 1: ['AWSPREVIOUS'], 2: ['AWSCURRENT'] });
  });

  it('takes the same value under the same token again, and no other', async () => {
    await put('two', '2', ['AWSPENDING']);
    await put('two', '2', ['AWSPENDING']);
    await expect(put('other', '2', ['AWSPENDING'])).rejects.toMatchObject({
      name: 'ResourceExistsException',
    });
    expect((await get({ VersionStage: 'AWSPENDING' })).SecretString).toBe('two');
  });

  it('holds bytes', async () => {
    const SecretBinary = new Uint8Array([0, 255, 7]);
    await client.send(new PutSecretValueCommand({ SecretId: 'db', SecretBinary }));
    const { SecretBinary: got, SecretString: text } = await get();
    expect([[...(got ?? [])], text]).toEqual([[0, 255, 7], undefined]);
  });

  it('lists versions, those without label where asked', async () => {
    await put('two', '2');
    await put('three', '3');
    const list = async (more: object) =>
      (await client.send(new ListSecretVersionIdsCommand({ SecretId: 'db', ...more }))).Versions?.length;
    expect([await list({}), await list({ IncludeDeprecated: true })]).toEqual([2, 3]);
  });

  it.each<[string, string, () => Promise<unknown>]>([
    ['ResourceNotFoundException', "can't find the specified secret.", () => get({ SecretId: 'other' })],
    ['ResourceNotFoundException', 'staging label: AWSPENDING', () => get({ VersionStage: 'AWSPENDING' })],
    ['ResourceNotFoundException', 'VersionId: ', () => get({ VersionId: token('9') })],
    [
      'InvalidRequestException',
      'VersionStage that is not associated',
      () => get({ VersionId: token('1'), VersionStage: 'AWSPENDING' }),
    ],
    [
      'InvalidParameterException',
      'got 5 characters',
      () =>
        client.send(
          new PutSecretValueCommand({ SecretId: 'db', SecretString: 'x', ClientRequestToken: 'short' }),
        ),
    ],
    [
      'InvalidRequestException',
      'either SecretString or SecretBinary',
      () => client.send(new PutSecretValueCommand({ SecretId: 'db' })),
    ],
    [
      'InvalidParameterException',
      'both a binary secret value and a string',
      () =>
        client.send(
          new PutSecretValueCommand({ SecretId: 'db', SecretString: 'a', SecretBinary: new Uint8Array(1) }),
        ),
    ],
    ['ValidationException', 'has 65537 bytes', () => put('x'.repeat(65_537), '2')],
    [
      'InvalidParameterException',
      "can't remove the AWSCURRENT",
      () => move({ RemoveFromVersionId: token('1') }),
    ],
    [
      'ResourceNotFoundException',
      'VersionId: ',
      () => move({ MoveToVersionId: token('9'), RemoveFromVersionId: token('1') }),
    ],
    ['InvalidParameterException', 'MoveToVersionId, RemoveFromVersionId', () => move({})],
    [
      'ResourceExistsException',
      'already exists',
      () => client.send(new CreateSecretCommand({ Name: 'db', SecretString: 'x' })),
    ],
  ])('answers %s: %s', async (name, message, call) => {
    await expect(call()).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
  });

  it('moves a label only from the version that is named', async () => {
    await put('two', '2', ['AWSPENDING']);
    await expect(move({ MoveToVersionId: token('2') })).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringContaining('must explicitly reference that version in RemoveFromVersionId'),
    });
  });
});

describe('secrets', () => {
  it('are created once under a token', async () => {
    const same = new CreateSecretCommand({ Name: 'db', SecretString: 'one', ClientRequestToken: token('1') });
    expect(await client.send(same)).toMatchObject({ Name: 'db', VersionId: token('1') });
  });

  it('are described, listed and updated', async () => {
    const update = new UpdateSecretCommand({
      SecretId: 'db',
      Description: 'the database',
      SecretString: 'two',
    });
    await client.send(update);
    expect((await get()).SecretString).toBe('two');
    expect(await client.send(new DescribeSecretCommand({ SecretId: 'db' }))).toMatchObject({
      Name: 'db',
      Description: 'the database',
      CreatedDate: new Date(newYear),
    });
    expect((await client.send(new ListSecretsCommand({}))).SecretList).toMatchObject([{ Name: 'db' }]);
  });

  it('are marked for deletion, restored, and gone when forced', async () => {
    const days = new DeleteSecretCommand({ SecretId: 'db', RecoveryWindowInDays: 7 });
    expect((await client.send(days)).DeletionDate).toEqual(new Date(newYear + 7 * 86_400_000));
    await expect(get()).rejects.toMatchObject({
      name: 'InvalidRequestException',
      message: expect.stringContaining('marked for deletion'),
    });
    expect((await client.send(new ListSecretsCommand({}))).SecretList).toEqual([]);
    await client.send(new RestoreSecretCommand({ SecretId: 'db' }));
    expect((await get()).SecretString).toBe('one');
    await client.send(new DeleteSecretCommand({ SecretId: 'db', ForceDeleteWithoutRecovery: true }));
    await expect(get()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('outlive a restart, sealed and for this user alone', async () => {
    await put('two', '2');
    await run.stop();
    expect(readFileSync(run.file, 'utf8')).not.toMatch(/db|two/);
    expect(statSync(run.file).mode & 0o777).toBe(0o600);
    run = await startSecrets({ folder: run.folder });
    ({ client } = run);
    expect((await get()).SecretString).toBe('two');
    expect(await stages()).toEqual({ 1: ['AWSPREVIOUS'], 2: ['AWSCURRENT'] });
  });
});

describe('GetRandomPassword', () => {
  const password = async (more: object) =>
    (await client.send(new GetRandomPasswordCommand(more))).RandomPassword ?? '';

  it('has one of each kind', async () => {
    expect(await password({})).toHaveLength(32);
    const four = await password({ PasswordLength: 4 });
    for (const kind of [/[a-z]/, /[A-Z]/, /\d/, /[^\w\s]/]) expect(four).toMatch(kind);
  });

  it('leaves out what is excluded', async () => {
    const hex = {
      ExcludePunctuation: true,
      ExcludeUppercase: true,
      ExcludeCharacters: 'ghijklmnopqrstuvwxyz',
    };
    expect(await password({ PasswordLength: 200, ...hex })).toMatch(/^[a-f0-9]{200}$/);
  });

  it.each([
    [{ PasswordLength: 0 }, 'PasswordLength: got 0'],
    [{ PasswordLength: 2 }, 'at least 4'],
  ])('refuses %j', async (input, message) => {
    await expect(password(input)).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringContaining(message),
    });
  });
});
