/** Key rotation and scheduled issue by the local Scheduler, delivered twice, late, out of order and not at all. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it, jest } from '@jest/globals';
import {
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { decodeProtectedHeader } from 'jose';
import { clientStore } from '../../adapters/dynamodb/clients.ts';
import { keySetStore } from '../../adapters/dynamodb/key-sets.ts';
import type { KeyRotationResult } from '../../core/contract/messages.ts';
import type { TokenAnswer } from '../../core/issue/issue.ts';
import type { ScheduledIssueResult, TokenSecretValue } from '../../core/secrets/scheduled-issue.ts';
import { connect } from '../adapters/tables.ts';
import { canary } from '../canary.ts';
import { localClient } from '../local/played.ts';
import { clientsApp } from './clients-app.ts';
import { root, synthesize } from './keyturn.ts';
import { playTimeLapse, type Run, type TimeLapse } from './time-lapse.ts';

jest.setTimeout(180_000);

let lapse: TimeLapse | undefined;
afterEach(async () => {
  await lapse?.end();
  lapse = undefined;
});

const now = (): number => Date.now() / 1000;

async function statusOf(token: string): Promise<number> {
  const headers = { authorization: `Bearer ${canary(token)}` };
  return (await fetch(`${lapse?.output('ApiUrl')}/whoami`, { headers })).status;
}

/** Whether it is about the last run: what is recorded began no earlier than that run was asked for. */
async function expectRecorded(
  runs: readonly Run[],
  schedule: { readonly name: string; readonly everySeconds: number },
) {
  const own = runs.filter((run) => run.schedule === schedule.name);
  const seen = await lapse?.overviewOf(schedule.name);
  const last = Math.max(...own.map(({ begunAt }) => begunAt));
  const end = Math.max(...own.map(({ endedAt }) => endedAt));
  expect(seen).toMatchObject({ ...schedule, outcome: 'succeeded', isLate: false });
  expect(seen?.lastRunAt).toBeGreaterThanOrEqual(last);
  expect(seen?.lastRunAt).toBeLessThanOrEqual(end);
  expect(seen?.nextRunAt).toBe((seen?.lastRunAt ?? 0) + schedule.everySeconds);
}

it('keys rotate once a period, no token is refused, and the last run is known', async () => {
  const times = {
    ...{ algorithm: 'ES256', tokenLifetimeSeconds: 6, rotationPeriodSeconds: 8, jwksCacheSeconds: 3 },
    ...{ clockSkewSeconds: 4, propagationSeconds: 1, signerHoldSeconds: 1 },
  };
  const { invoke, output, stack, runSchedulesDuring } = (lapse = await playTimeLapse(
    synthesize(path.join(root, 'dist', 'bin', 'app.js'), { tokenService: times }),
  ));
  const dynamoDb = connect(stack.endpoints.dynamodb);
  await clientStore(dynamoDb, output('ClientTable')).create({
    ...{ clientId: 'shop', grants: ['client_credentials'], scopes: ['orders:read'] },
    ...{ secrets: [], createdAt: 1, version: 1 },
  });
  const signers: string[] = [];
  const statuses = new Set<number>();
  const states = new Set<string>();
  const tokens: { readonly text: string; readonly expiresAt: number }[] = [];
  const begun = now();

  async function useTokens(): Promise<void> {
    const issue = { action: 'issue', clientId: 'shop' };
    const { access_token: text, expires_in: lifetime } = await invoke<TokenAnswer>(
      output('TokenIssueFunction'),
      issue,
    );
    tokens.push({ text, expiresAt: now() + lifetime - 1 });
    const { kid = '' } = decodeProtectedHeader(text);
    if (signers.at(-1) !== kid) signers.push(kid);
    for (const each of tokens.filter(({ expiresAt }) => expiresAt > now()))
      statuses.add(await statusOf(each.text));
    const { keys = [] } =
      (await keySetStore(dynamoDb, output('KeySetTable')).readPublic(output('Issuer'))) ?? {};
    const count = (state: string) => keys.filter((key) => key.state === state).length;
    states.add(`${count('active')} active, ${count('pending')} pending`);
  }

  /** Every five minutes is every second. */
  const runs = await runSchedulesDuring(300, async () => {
    while (now() - begun < 24) await Promise.all([useTokens(), sleep(250)]);
  });
  dynamoDb.destroy();
  expect([[...statuses], [...states]]).toEqual([[200], ['1 active, 1 pending']]);
  expect(new Set(signers).size).toBe(signers.length);
  const rotations = runs.filter(({ answer }) => (answer as KeyRotationResult | undefined)?.rotated);
  expect(rotations.length).toBeGreaterThanOrEqual(2);
  expect(rotations.length).toBeLessThanOrEqual(Math.floor((now() - begun) / times.rotationPeriodSeconds) + 1);
  await expectRecorded(runs, { name: 'key-rotation', everySeconds: 300 });
});

/** The clients' app, whose client `shop` gets tokens of so many seconds. */
async function playClients(tokenLifetimeSeconds: number): Promise<TimeLapse> {
  const apps = path.join(root, 'node_modules', '.cache', 'keyturn-tests');
  mkdirSync(apps, { recursive: true });
  const folder = mkdtempSync(path.join(apps, 'app-'));
  const app = path.join(folder, 'app.mjs');
  writeFileSync(app, clientsApp);
  const assembly = synthesize(app);
  rmSync(folder, { recursive: true });
  const played = (lapse = await playTimeLapse(assembly));
  const dynamoDb = connect(played.stack.endpoints.dynamodb);
  const clients = clientStore(dynamoDb, played.output('ClientTable'));
  /** Its secret rotates at the same time, for the first time. */
  for (let isDone = false; !isDone;) {
    const shop = await clients.get('shop');
    if (shop === undefined) throw new Error('there is no client shop');
    isDone = await clients.replace({ ...shop, tokenLifetimeSeconds, version: shop.version + 1 });
  }
  dynamoDb.destroy();
  return played;
}

it('a secret holds a valid token all the while, one takes the place of one, and the last run is known', async () => {
  const lifetimeSeconds = 18;
  const { output, runSchedulesDuring } = await playClients(lifetimeSeconds);
  const secretsManager = new SecretsManagerClient({
    ...localClient,
    endpoint: lapse?.stack.endpoints.secretsmanager ?? '',
  });
  const SecretId = output('ReportSecret');
  const seen = new Map<string, TokenSecretValue>();
  const statuses = new Set<number>();
  const begun = now();
  const statusOfAll = async () => {
    const { SecretString: text = '' } = await secretsManager.send(new GetSecretValueCommand({ SecretId }));
    if (!text.startsWith('{')) return;
    const value = JSON.parse(text) as TokenSecretValue;
    seen.set(value.access_token, value);
    expect(value.expires_at).toBeGreaterThan(now());
    const valid = [...seen.values()].filter(({ expires_at: end }) => end > now() + 1);
    for (const { access_token: token } of valid) statuses.add(await statusOf(token));
  };
  /** A minute is a second: the last third of a lifetime has six turns. */
  const runs = await runSchedulesDuring(60, async () => {
    while (now() - begun < 32) await Promise.all([statusOfAll(), sleep(200)]);
  });
  const all = new ListSecretVersionIdsCommand({ SecretId, IncludeDeprecated: true });
  const { Versions: versions = [] } = await secretsManager.send(all);
  secretsManager.destroy();
  const renewals = runs.filter(({ answer }) => (answer as ScheduledIssueResult | undefined)?.isRenewed);
  expect([...statuses]).toEqual([200]);
  /** One more is the value that the secret was made with. */
  expect([renewals.length, seen.size]).toEqual([versions.length - 1, versions.length - 1]);
  expect(renewals.length).toBeGreaterThanOrEqual(3);
  expect(renewals.length).toBeLessThanOrEqual(Math.ceil((now() - begun) / ((lifetimeSeconds * 2) / 3)) + 1);
  await expectRecorded(runs, { name: 'scheduled-issue Keyturn/Tokens/Report', everySeconds: 60 });
});
