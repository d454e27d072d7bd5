/** Clients of a stack over real HTTP and the local Secrets Manager: registered, rotated, issued to on a schedule. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { setTimeout as sleep } from 'node:timers/promises';
import { canary } from '../canary.ts';
import { clientsApp } from './clients-app.ts';
import { type Played, root, running, startLocal } from './keyturn.ts';

jest.setTimeout(120_000);

/** Where the packages of this repository are found. */
const apps = path.join(root, 'node_modules', '.cache', 'keyturn-tests');

let folder: string;
let stack: Played;
let secretsManager: SecretsManagerClient;
let lambda: LambdaClient;
/** Everything that must never be printed. */
const canaries: string[] = [];

const at = (endpoint: string) => ({
  ...{ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } },
});

beforeAll(async () => {
  mkdirSync(apps, { recursive: true });
  folder = mkdtempSync(path.join(apps, 'app-'));
  writeFileSync(path.join(folder, 'app.mjs'), clientsApp);
  writeFileSync(path.join(folder, 'cdk.json'), '{"app":"node app.mjs"}');
  stack = await startLocal({ app: folder });
  const { endpoints } = running(stack);
  secretsManager = new SecretsManagerClient(at(endpoints.secretsmanager));
  lambda = new LambdaClient(at(endpoints.lambda));
});

afterAll(async () => {
  secretsManager?.destroy();
  lambda?.destroy();
  await stack.end('SIGINT');
  rmSync(folder, { recursive: true });
});

const outputOf = (name: string): string => running(stack).outputs[name] ?? '';

async function valueOf(name: string, stage = 'AWSCURRENT'): Promise<Record<string, string>> {
  const command = new GetSecretValueCommand({ SecretId: outputOf(name), VersionStage: stage });
  const { SecretString: text = '{}' } = await secretsManager.send(command);
  const value = JSON.parse(text) as Record<string, string>;
  canaries.push(
    ...[value.client_secret, value.access_token].filter((secret) => secret !== undefined).map(canary),
  );
  return value;
}

const whoami = (token = '') =>
  fetch(`${stack.url}/whoami`, { headers: { authorization: `Bearer ${token}` } });

async function requestToken({
  client_id: id,
  client_secret: secret,
  token_endpoint: address = '',
}: Record<string, string>) {
  const authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
  const body = new URLSearchParams({ grant_type: 'client_credentials' });
  const answer = await fetch(address, { method: 'POST', headers: { authorization }, body });
  const { access_token: token } = (await answer.json()) as { access_token?: string };
  if (token !== undefined) canaries.push(token);
  return { status: answer.status, token };
}

/** Waits for the rotation that is under way: AWSCURRENT has moved on from this version. */
async function rotatedFrom(versionId: string): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    const { VersionIdsToStages: stages = {} } = await secretsManager.send(
      new DescribeSecretCommand({ SecretId: outputOf('ShopSecret') }),
    );
    if (stages[versionId]?.includes('AWSCURRENT') !== true) return;
    await sleep(100);
  }
  throw new Error(`not rotated after 30 s:\n${stack.output()}`);
}

async function currentVersion(): Promise<string> {
  const command = new GetSecretValueCommand({ SecretId: outputOf('ShopSecret') });
  return (await secretsManager.send(command)).VersionId ?? '';
}

describe('a client of the stack', () => {
  it('gets a token with what its secret says, and passes', async () => {
    const { token } = await requestToken(await valueOf('ShopSecret'));
    const answer = await whoami(token);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ subject: 'shop', scopes: ['orders:read'] });
  });

  it('has its secret rotated; the one before stays valid, the one before that does not', async () => {
    const held = [await valueOf('ShopSecret')];
    for (let turn = 0; turn < 2; turn += 1) {
      const from = await currentVersion();
      await secretsManager.send(new RotateSecretCommand({ SecretId: outputOf('ShopSecret') }));
      await rotatedFrom(from);
      held.unshift(await valueOf('ShopSecret'));
    }
    const statuses = await Promise.all(held.map(async (value) => (await requestToken(value)).status));
    expect(statuses).toEqual([200, 200, 401]);
    expect(new Set(held.map(({ client_secret: secret }) => secret)).size).toBe(3);
  });
});

describe('a token that is issued on a schedule', () => {
  const turn = () =>
    lambda.send(new InvokeCommand({ FunctionName: outputOf('ReportFunction'), Payload: event() }));
  const event = () =>
    JSON.stringify({ action: 'issue-into-secret', secretArn: outputOf('ReportSecret'), clientId: 'shop' });
  const result = async () => JSON.parse(new TextDecoder().decode((await turn()).Payload)) as object;

  it('is in the secret, passes, and is not issued again before its time', async () => {
    await turn();
    expect(await result()).toMatchObject({ isRenewed: false });
    const value = await valueOf('ReportSecret');
    expect((await whoami(value.access_token)).status).toBe(200);
    expect(Number(value.expires_at) - Number(value.issued_at)).toBe(900);
  });
});

describe('a login backend', () => {
  it('gets tokens for a subject, which its app in a browser refreshes by client_id alone', async () => {
    const { stdout } = await stack.keyturn([
      ...[
        'token',
        '--subject',
        'alice',
        '--client',
        'spa',
        '--scope',
        'orders:read offline_access',
        '--json',
      ],
    ]);
    const first = JSON.parse(stdout) as Record<string, string>;
    const body = new URLSearchParams({
      ...{ grant_type: 'refresh_token', client_id: 'spa', refresh_token: first.refresh_token ?? '' },
    });
    const answer = await fetch(`${stack.url}/oauth2/token`, { method: 'POST', body });
    const second = (await answer.json()) as Record<string, string>;
    for (const tokens of [first, second])
      canaries.push(tokens.access_token ?? '-', tokens.refresh_token ?? '-');
    expect(answer.status).toBe(200);
    const caller = await whoami(second.access_token);
    expect(await caller.json()).toMatchObject({ subject: 'alice', clientId: 'spa', scopes: ['orders:read'] });
  });
});

it('nothing secret was printed', () => {
  expect(canaries.length).toBeGreaterThan(8);
  expect(canaries.filter((secret) => stack.output().includes(secret))).toEqual([]);
});
