/** Rotation of a client's secret: killed after every durable write, every step delivered twice, from half-done states. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { hashSecret, isSecretOf } from '../../../core/issue/client-secret.ts';
import {
  type ClientRotationContext,
  rotateClientSecret,
  type RotationStep,
} from '../../../core/secrets/client-rotation.ts';
import { readClientSecret } from '../../../core/secrets/client-secret-value.ts';
import { now } from '../issuer.ts';
import { client } from '../oauth/fixture.ts';
import { MemoryClients, MemorySecrets } from '../stores.ts';
import { Crash, Writes } from './crash.ts';

const secretId = 'arn:aws:secretsmanager:eu-west-1:1:secret:shop-AbCdEf';
const steps: readonly RotationStep[] = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'];
const value = (secret: string, id = 'shop') =>
  JSON.stringify({ client_id: id, token_endpoint: 'https://i.example/oauth2/token', client_secret: secret });

let secrets: MemorySecrets;
let clients: MemoryClients;
let writes: Writes;
/** Secrets that a token was asked for with. */
let tested: string[];
let context: ClientRotationContext;

beforeEach(async () => {
  secrets = new MemorySecrets();
  clients = new MemoryClients();
  writes = new Writes();
  tested = [];
  await secrets.put(secretId, { versionId: 'v1', stage: 'AWSCURRENT', text: value('first') });
  clients.stored.set('shop', await client('shop', ['first'], { secretArn: secretId }));
  context = {
    secrets: writes.counted(secrets, ['put', 'makeCurrent']),
    clients: writes.counted(clients, ['replace']),
    ...{ randomBytes, now },
    async requestToken({ client_id: id, client_secret: secret }) {
      tested.push(secret);
      if (!(await isSecretOf(clients.stored.get(id), secret))) throw new Error('401 invalid_client');
    },
  };
});

const current = async (stage: 'AWSCURRENT' | 'AWSPENDING' = 'AWSCURRENT') =>
  readClientSecret((await secrets.get(secretId, { stage }))?.text ?? '', secretId).client_secret;
const works = async (secret: string) => isSecretOf(clients.stored.get('shop'), secret);
const take = (step: RotationStep, versionId: string) =>
  rotateClientSecret({ step, secretId, versionId }, context);

/** What Secrets Manager does: labels the version, asks for the steps, begins again from the first where one fails. */
async function rotate(versionId: string, times = 1): Promise<number> {
  if (!secrets.versions.get(versionId)?.stages.has('AWSCURRENT')) secrets.label('AWSPENDING', versionId);
  for (let attempt = 1; ; attempt += 1) {
    try {
      for (const step of steps) {
        for (let time = 0; time < times; time += 1) await take(step, versionId);
        expect(await works(await current())).toBe(true);
      }
      return attempt;
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      expect(await works(await current())).toBe(true);
    }
  }
}

describe('rotateClientSecret', () => {
  it('makes a new secret, tests it, and leaves the old one valid until the next rotation', async () => {
    await rotate('v2');
    const second = await current();
    expect(second).toMatch(/^[\w-]{43}$/);
    expect(tested).toEqual([second]);
    expect([await works('first'), await works(second)]).toEqual([true, true]);
    await rotate('v3');
    expect([await works('first'), await works(second), await works(await current())]).toEqual([
      ...[false, true, true],
    ]);
    expect(clients.stored.get('shop')?.secrets).toHaveLength(2);
  });

  it('keeps what else the secret says', async () => {
    await rotate('v2');
    const { text = '' } = (await secrets.get(secretId, { stage: 'AWSCURRENT' })) ?? {};
    expect(JSON.parse(text)).toMatchObject(JSON.parse(value(await current())));
  });

  it('takes three durable writes', async () => {
    await rotate('v2');
    expect(writes.count).toBe(3);
  });

  it.each([1, 2, 3])('converges, and locks nobody out, when killed after write %d', async (diesAfter) => {
    writes.diesAfter = diesAfter;
    await rotate('v2', 2);
    const second = await current();
    expect(second).not.toBe('first');
    expect([await works('first'), await works(second)]).toEqual([true, true]);
    expect(writes.count).toBe(3);
    expect(clients.stored.get('shop')?.secrets).toHaveLength(2);
    for (const step of steps) await take(step, 'v2');
    expect(await current()).toBe(second);
  });

  it.each(steps)('does nothing at %s for a version that is current already', async (step) => {
    await take(step, 'v1');
    expect(writes.count).toBe(0);
  });

  it.each(steps)('refuses %s for a version that nobody began', async (step) => {
    await expect(take(step, 'v9')).rejects.toThrow(
      /got version v9, which is not AWSPENDING; allowed: a version/,
    );
    expect(writes.count).toBe(0);
  });

  it('gets past a pending version that an earlier rotation left behind, secret set or not', async () => {
    for (const done of [1, 2, 3]) {
      const left = `left-${done}`;
      secrets.label('AWSPENDING', left);
      for (const step of steps.slice(0, done)) await take(step, left);
      await rotate(`after-${done}`);
      expect(await works(await current())).toBe(true);
      expect(clients.stored.get('shop')?.secrets).toHaveLength(2);
    }
  });

  it('does not finish with a secret that gets no token', async () => {
    secrets.label('AWSPENDING', 'v2');
    await take('createSecret', 'v2');
    await expect(take('testSecret', 'v2')).rejects.toThrow('401 invalid_client');
    expect(await current()).toBe('first');
  });

  it('does not bring back a secret that an administrator dropped', async () => {
    clients.stored.set('shop', await client('shop', [], { secretArn: secretId }));
    secrets.label('AWSPENDING', 'v2');
    for (const step of steps) await take(step, 'v2');
    expect([await works('first'), await works(await current())]).toEqual([false, true]);
  });

  it('drops what is neither current nor pending, and loses no change of another writer', async () => {
    const replace = clients.replace.bind(clients);
    clients.replace = async (next) => {
      clients.replace = replace;
      const before = await client('shop', ['first', 'extra'], { secretArn: secretId, scopes: ['changed'] });
      clients.stored.set('shop', { ...before, version: 2 });
      return replace(next);
    };
    await rotate('v2');
    expect(clients.stored.get('shop')).toMatchObject({ scopes: ['changed'], version: 3 });
    expect([await works('first'), await works('extra')]).toEqual([true, false]);
  });

  it.each(['get', 'replace'] as const)(
    'takes nothing away late: a doubled setSecret that a later rotation overtakes before its %s',
    async (call) => {
      secrets.label('AWSPENDING', 'v2');
      await take('createSecret', 'v2');
      const original = clients[call].bind(clients) as (given: never) => Promise<never>;
      clients[call] = async (given: never) => {
        clients[call] = original;
        await rotate('v2');
        await rotate('v3');
        return original(given);
      };
      await expect(take('setSecret', 'v2')).rejects.toThrow(/got version v2, which is not AWSPENDING/);
      const previous = [...secrets.versions.values()].find(({ stages }) => stages.has('AWSPREVIOUS'));
      const { client_secret: before } = readClientSecret(previous?.text ?? '', secretId);
      expect([await works(before), await works(await current())]).toEqual([true, true]);
      expect(clients.stored.get('shop')?.secrets).toHaveLength(2);
    },
  );

  it.each<[string, string, RegExp]>([
    ['of another client', value('x', 'other'), /whose client has another secret; allowed: the client/],
    ['of no client', value('x', 'nobody'), /whose client is not registered; allowed: the client/],
    ['without a client', '{"client_secret":"x"}', /got a value without client_id; allowed: what addClient/],
    ['that is empty', value(''), /got a value without client_secret/],
    ['that is no JSON', 'hunter2', /got a value without client_id/],
  ])('refuses a secret %s, and tells nothing of it', async (_, text, message) => {
    clients.stored.set('other', await client('other', ['x']));
    secrets.versions.set('v1', { text, stages: new Set(['AWSCURRENT']) });
    secrets.label('AWSPENDING', 'v2');
    const run = async () => {
      for (const step of steps) await take(step, 'v2');
    };
    await expect(run()).rejects.toThrow(message);
    await expect(run()).rejects.not.toThrow(/hunter2/);
    expect(clients.stored.get('other')?.secrets).toEqual([{ hash: await hashSecret('x'), createdAt: 1 }]);
  });
});
