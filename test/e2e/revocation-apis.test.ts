/** Kept answers of a REST API, and stale ones of a route while the engine is dead, both played on this machine. */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { connectDynamoDb } from '../../adapters/dynamodb/connection.ts';
import { revocationWriter } from '../../adapters/dynamodb/revocations.ts';
import { revocationId } from '../../core/revocation/record.ts';
import { type LocalStack, play } from '../../local/index.ts';
import { compact, forgeKey } from '../attack/forge.ts';
import { root, temporaryFolder, twoFreePorts } from './keyturn.ts';
import { revocationApp, staleSeconds } from './revocation-app.ts';

jest.setTimeout(120_000);

const issuer = 'https://issuer.example';
const key = forgeKey('ES256', 'k1');
/** Where the packages of this repository are found. */
const apps = path.join(root, 'node_modules', '.cache', 'keyturn-tests');
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

let folder: string;
let stack: LocalStack;
const lines: string[] = [];

beforeAll(async () => {
  mkdirSync(apps, { recursive: true });
  folder = mkdtempSync(path.join(apps, 'app-'));
  writeFileSync(path.join(folder, 'app.mjs'), revocationApp);
  const assembly = path.join(folder, 'cdk.out');
  const variables = { ISSUER: issuer, JWKS: JSON.stringify({ keys: [key.publicJwk] }), CDK_OUTDIR: assembly };
  execFileSync(process.execPath, ['app.mjs'], { cwd: folder, env: { ...process.env, ...variables } });
  stack = await play({
    ...{ assembly, dataDirectory: temporaryFolder(), port: await twoFreePorts() },
    log: (_, line) => lines.push(line),
  });
});

afterAll(async () => {
  await stack?.stop();
  rmSync(folder, { recursive: true });
});

function newToken(jti: string): string {
  const iat = Math.floor(Date.now() / 1000);
  return compact(
    { alg: key.alg, typ: 'at+jwt', kid: key.kid },
    { iss: issuer, aud: 'orders', sub: 'ada', jti, iat, exp: iat + 600 },
    key,
  );
}

async function statusOf(kind: 'http' | 'rest', route: string, token: string): Promise<number> {
  const base = stack.apis.find((api) => api.kind === kind)?.stageUrls[0] ?? '';
  const headers = { authorization: `Bearer ${token}` };
  return (await fetch(base.replace(/\/$/, '') + route, { headers })).status;
}

/** As any path would that writes to the table. */
async function revoke(jti: string): Promise<void> {
  const now = Math.floor(Date.now() / 1000);
  const client = connectDynamoDb({ endpoint: stack.endpoints.dynamodb, region: 'us-east-1', credentials });
  await revocationWriter(client, stack.outputs['Table'] ?? '').write({
    ...{ id: revocationId('token', issuer, jti), kind: 'token', issuer, value: jti },
    ...{ revokedAt: now, expiresAt: now + 4000 },
  });
  client.destroy();
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 30_000; !(await isSo());) {
    if (performance.now() > end) throw new Error('waited 30 s in vain');
    await sleep(50);
  }
}

it("flushes a REST API's stage, whose answers are kept for 300 s, when the table changes", async () => {
  const jti = randomUUID();
  const [revoked, other] = [newToken(jti), newToken(randomUUID())];
  expect([await statusOf('rest', '/', revoked), await statusOf('rest', '/', other)]).toEqual([200, 200]);
  await revoke(jti);
  expect(await statusOf('rest', '/', revoked)).toBe(200);
  await until(async () => (await statusOf('rest', '/', revoked)) === 401);
  expect(await statusOf('rest', '/', other)).toBe(200);
});

it('while the engine is dead, lets the one route pass that takes stale answers, for their time, and counts them', async () => {
  const [seen, unseen, jti] = [newToken(randomUUID()), newToken(randomUUID()), randomUUID()];
  const revoked = newToken(jti);
  await revoke(jti);
  expect([await statusOf('http', '/menu', seen), await statusOf('http', '/menu', revoked)]).toEqual([
    200, 401,
  ]);
  const seenAt = performance.now();
  const killing = setInterval(() => stack.killEngine(), 10);
  try {
    await until(async () => (await statusOf('http', '/orders', seen)) === 500);
    expect(await statusOf('http', '/menu', seen)).toBe(200);
    expect(lines.filter((line) => line.includes('"StaleAnswers":1')).length).toBeGreaterThan(0);
    expect(await statusOf('http', '/menu', revoked)).toBe(401);
    expect(await statusOf('http', '/menu', unseen)).toBe(500);
    expect(performance.now() - seenAt).toBeLessThan(staleSeconds * 1000);
    await sleep(staleSeconds * 1000 - (performance.now() - seenAt) + 500);
    expect(await statusOf('http', '/menu', seen)).toBe(500);
  } finally {
    clearInterval(killing);
  }
  await until(async () => (await statusOf('http', '/menu', unseen)) === 200);
});
