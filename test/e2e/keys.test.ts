/** The life of signing keys by command, as a user meets it. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { keySetStore } from '../../adapters/dynamodb/key-sets.ts';
import { connect } from '../adapters/tables.ts';
import { demoClient, freePort, type Played, running, startLocal } from './keyturn.ts';
import { ownKey, signWith } from './own-key.ts';

jest.setTimeout(180_000);

let stack: Played;
beforeAll(async () => void (stack = await startLocal()));
afterAll(() => stack.end('SIGKILL'));

const newToken = async () => (await stack.keyturn(['token'])).stdout.trim();
const kidOf = (token: string): string =>
  JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid;
const statusOf = async (token: string) =>
  (await fetch(`${stack.url}/whoami`, { headers: { authorization: `Bearer ${token}` } })).status;

it('keyturn doctor finds a new stack healthy, with evidence', async () => {
  const { code, stdout } = await stack.keyturn(['doctor']);
  expect([code, stdout]).toEqual([
    0,
    expect.stringMatching(/^ok {4}discovery document at the issuer\n {6}http/),
  ]);
  const { stdout: json } = await stack.keyturn(['doctor', '--json']);
  const findings = JSON.parse(json) as { check: string; verdict: string; evidence: string }[];
  expect(findings.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
  expect(findings).toHaveLength(17);
});

it('keyturn keys draws what happens when, and writes it as SVG', async () => {
  const { stdout } = await stack.keyturn(['keys', '--timeline']);
  expect(stdout).toMatch(/active +│?█+/);
  expect(stdout).toMatch(/\d{4}-\d\d-\d\dT[\d:]+Z {2}\S+ stops signing/);
  const file = path.join(stack.dataDirectory, 'keys.svg');
  expect((await stack.keyturn(['keys', '--svg', file])).code).toBe(0);
  expect(readFileSync(file, 'utf8')).toMatch(/^<svg [^>]*>[^]*<rect [^]*<\/svg>\n$/);
});

describe('keyturn rotate --compromised', () => {
  it('refuses the tokens of the key within seconds, and issues under the next key', async () => {
    const token = await newToken();
    expect(await statusOf(token)).toBe(200);
    const { code, stdout } = await stack.keyturn(['rotate', '--compromised', kidOf(token)]);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^out of use: \S+, whose tokens are refused from now on; \S+ signs now/),
    ]);
    const begun = performance.now();
    while ((await statusOf(token)) !== 401) await sleep(50);
    expect(performance.now() - begun).toBeLessThan(5000);
    expect(stack.output()).toContain('key_revoked');
    for (let next = await newToken(); ; next = await newToken()) {
      if (kidOf(next) !== kidOf(token)) {
        expect(await statusOf(next)).toBe(200);
        break;
      }
      expect(performance.now() - begun).toBeLessThan(20_000);
    }
    const { stdout: keys } = await stack.keyturn(['keys']);
    expect(keys).toMatch(new RegExp(`${kidOf(token)} +RS256 +compromised`));
    const { keys: published } = (await (await fetch(`${stack.url}/.well-known/jwks.json`)).json()) as {
      keys: { kid: string }[];
    };
    expect(published.map(({ kid }) => kid)).not.toContain(kidOf(token));
    expect((await stack.keyturn(['doctor'])).code).toBe(0);
  });

  it('says which keys there are where it is told another', async () => {
    const { code, stderr } = await stack.keyturn(['rotate', '--compromised', 'other']);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^there is no key with that kid; the keys are /),
    ]);
  });
});

describe('POST /admin/keys/rotate and /admin/keys/compromise', () => {
  const ask = (what: string, bearer: string, body: object) =>
    fetch(`${stack.url}/admin/keys/${what}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}` },
      body: JSON.stringify(body),
    });

  it('turn the keys for who has the scope, and for nobody else; what was done is on record', async () => {
    const key = await ownKey(stack);
    const admin = await signWith(key, { ...key.claims(), scope: 'keyturn:keys' });
    expect((await ask('rotate', await newToken(), {})).status).toBe(403);
    const early = await ask('rotate', admin, {});
    expect([early.status, await early.json()]).toEqual([
      200,
      { rotated: false, active: key.kid, next: expect.any(String), nextMaySignAt: expect.any(Number) },
    ]);
    expect((await ask('compromise', admin, { kid: 'other' })).status).toBe(404);
    const answer = await ask('compromise', admin, { kid: key.kid, reason: 'laptop stolen' });
    expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({ rotated: true })]);
    const begun = performance.now();
    while ((await statusOf(admin)) !== 401) await sleep(50);
    expect(performance.now() - begun).toBeLessThan(5000);
    const { stdout } = await stack.keyturn(['events', '--json']);
    expect(JSON.parse(stdout).items[0]).toMatchObject({
      ...{ action: 'key.compromised', actor: 'admin', reason: 'laptop stolen' },
      target: { kind: 'key', value: key.kid },
    });
  });
});

it('keyturn doctor ends with 1 where a private key is in clear text, and shows what it found', async () => {
  const { endpoints, outputs } = running(stack);
  const dynamoDb = connect(endpoints.dynamodb);
  const keySets = keySetStore(dynamoDb, outputs['KeySetTable'] ?? '');
  const keySet = await keySets.read(outputs['Issuer'] ?? '');
  if (keySet === undefined) throw new Error('there is no key set');
  const { kid = '' } = keySet.keys.find(({ state }) => state === 'pending') ?? {};
  const sealed = { ...keySet.sealed, [kid]: new TextEncoder().encode('{"d":"in the clear"}') };
  expect(await keySets.replace({ ...keySet, sealed, version: keySet.version + 1 })).toBe(true);
  dynamoDb.destroy();
  const { code, stdout } = await stack.keyturn(['doctor']);
  const evidence = '2 sealed, 0 missing, 1 in clear text';
  expect([code, stdout]).toEqual([
    1,
    expect.stringMatching(new RegExp(`^fail +private keys are sealed\\n +${evidence}$`, 'm')),
  ]);
});

describe('custody: kms', () => {
  it('signs in KMS, through a rotation; a compromised key is ended', async () => {
    const tokenService = { custody: 'kms', algorithm: 'ES256', signerHoldSeconds: 0 };
    const played = await startLocal({ config: { tokenService } });
    try {
      const issue = async () => (await played.keyturn(['token'])).stdout.trim();
      const whoami = async (token: string) =>
        (await fetch(`${played.url}/whoami`, { headers: { authorization: `Bearer ${token}` } })).status;
      const old = await issue();
      expect(await whoami(old)).toBe(200);
      const { stdout } = await played.keyturn(['rotate']);
      expect(stdout).toMatch(/^rotated: /);
      const fresh = await issue();
      expect(kidOf(fresh)).not.toBe(kidOf(old));
      expect([await whoami(old), await whoami(fresh)]).toEqual([200, 200]);
      const examined = await played.keyturn(['doctor']);
      expect(examined).toMatchObject({
        ...{ code: 0, stdout: expect.stringMatching(/ok +private keys are sealed/) },
      });
      expect(examined.stdout).toMatch(/warn +HTTP API JWT authorizer: RSA keys only\n +algorithms: ES256/);
      const keys = () => readFileSync(path.join(played.dataDirectory, 'kms.json'), 'utf8');
      expect(keys().match(/ECC_NIST_P256/g)).toHaveLength(3);
      await played.keyturn(['rotate', '--compromised', kidOf(fresh)]);
      expect(keys().match(/deletionDate/g)).toHaveLength(1);
      expect(await whoami(await issue())).toBe(200);
    } finally {
      await played.end('SIGKILL');
    }
  });

  it('asks once more for a token where the key that it holds was ended, and is not changed back', async () => {
    const tokenService = { custody: 'kms', algorithm: 'ES256', signerHoldSeconds: 60 };
    const port = await freePort();
    const played = await startLocal({ port, config: { tokenService } });
    try {
      const { clientId, secret } = demoClient(played);
      const ask = () =>
        fetch(`${played.url}/oauth2/token`, {
          method: 'POST',
          headers: { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` },
          body: new URLSearchParams({ grant_type: 'client_credentials' }),
        });
      const { access_token: token } = (await (await ask()).json()) as { access_token: string };
      await played.keyturn(['rotate', '--compromised', kidOf(token)]);
      const answer = await ask();
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, expect.any(String)]);
      const { access_token: next } = (await (await ask()).json()) as { access_token: string };
      expect(kidOf(next)).not.toBe(kidOf(token));
    } finally {
      await played.end('SIGKILL');
    }
    const back = { config: { tokenService: { ...tokenService, custody: 'sealed' } } };
    const again = startLocal({ port, ...back, dataDirectory: played.dataDirectory });
    await expect(again.then((stack) => stack.end('SIGKILL'))).rejects.toThrow(
      /custody: got sealed while KMS holds key/,
    );
  });
});

it('keyturn local says what is missing where this Node.js has no ML-DSA', async () => {
  const started = await startLocal({ config: { tokenService: { algorithm: 'ML-DSA-44' } } }).then(
    async (played) => {
      const { stdout } = await played.keyturn(['keys']);
      await played.end('SIGKILL');
      return stdout;
    },
    (error: Error) => error.message,
  );
  expect(started).toMatch(
    /ML-DSA-44 +active|algorithm: got ML-DSA-44, which this runtime cannot make keys of/,
  );
});
