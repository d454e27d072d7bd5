import { describe, expect, it } from '@jest/globals';
import { compromiseKey, rotateKeys } from '../../../core/admin/turn-keys.ts';
import type { KeyRotationRequest } from '../../../core/contract/messages.ts';
import { UnavailableError } from '../../../core/ports.ts';
import { key, keySet } from '../keys/key-sets.ts';
import { ours } from '../verify/fixture.ts';
import { administration } from './fixture.ts';

const set = keySet(key('this', 'active', { activatedAt: 1000 }), key('next', 'pending'));
const turned = { rotated: true, active: 'next', next: 'new', nextMaySignAt: 9000 };

async function setUp(result = turned) {
  const asked: KeyRotationRequest[] = [];
  const turnKeys = (request: KeyRotationRequest) => {
    asked.push(request);
    return Promise.resolve(result);
  };
  const admin = await administration({ keySets: { readPublic: () => Promise.resolve(set) }, turnKeys });
  return { asked, admin, events: () => admin.events.ofDay(today, { limit: 10 }) };
}

const { now } = (await administration()).context.verification;
const today = new Date(now * 1000).toISOString().slice(0, 10);
const target = (value: string) => ({ kind: 'key', issuer: ours.issuer, value });

describe('POST /admin/keys/rotate', () => {
  it('lets the next key sign and records who did so, and why', async () => {
    const { admin, asked, events } = await setUp();
    expect(await admin.ask(rotateKeys, { body: { reason: 'drill' } })).toEqual(turned);
    expect(asked).toEqual([{ action: 'rotate' }]);
    expect(await events()).toMatchObject([
      { action: 'key.rotated', actor: 'ops', target: target('next'), reason: 'drill' },
    ]);
  });

  it('records nothing where the next key has not had its lead', async () => {
    const { admin, events } = await setUp({ ...turned, rotated: false, active: 'this' });
    expect(await admin.ask(rotateKeys, {})).toMatchObject({ rotated: false, active: 'this' });
    expect(await events()).toEqual([]);
  });
});

describe('POST /admin/keys/compromise', () => {
  it('takes the key out of use, in the name of who asks, and records it', async () => {
    const { admin, asked, events } = await setUp();
    const body = { kid: 'this', reason: 'laptop stolen' };
    expect(await admin.ask(compromiseKey, { body })).toEqual(turned);
    expect(asked).toEqual([{ action: 'compromise', actor: 'ops', ...body }]);
    expect(await events()).toMatchObject([
      { action: 'key.compromised', actor: 'ops', target: target('this'), reason: 'laptop stolen' },
    ]);
  });

  it('says which keys there are where it is told another, and asks for nothing', async () => {
    const { admin, asked, events } = await setUp();
    await expect(admin.ask(compromiseKey, { body: { kid: 'other' } })).rejects.toMatchObject({
      ...{
        code: 'invalid_request',
        status: 404,
        message: 'there is no key with that kid; the keys are this, next',
      },
    });
    expect([asked, await events()]).toEqual([[], []]);
  });

  it('records nothing where key-rotation cannot be reached', async () => {
    const { admin, events } = await setUp();
    const turnKeys = () => Promise.reject(new UnavailableError('function keys cannot be reached'));
    const failing = await administration({ ...admin.context, turnKeys });
    await expect(failing.ask(compromiseKey, { body: { kid: 'this' } })).rejects.toThrow(UnavailableError);
    expect(await events()).toEqual([]);
  });
});

it.each([
  [rotateKeys, { kid: 'this' }, 'the body cannot be used; allowed: an object with an optional reason'],
  [rotateKeys, { reason: '' }, 'the body cannot be used; allowed: an object with an optional reason'],
  [compromiseKey, {}, 'the body cannot be used; allowed: kid, with an optional reason'],
  [
    compromiseKey,
    { kid: 'this', force: true },
    'the body cannot be used; allowed: kid, with an optional reason',
  ],
  [compromiseKey, 'no JSON', 'the body is not JSON; allowed: kid, with an optional reason'],
])('%p refuses the body %j', async (handler, body, message) => {
  const { admin, asked } = await setUp();
  await expect(admin.ask(handler, { body })).rejects.toMatchObject({ code: 'invalid_request', message });
  expect(asked).toEqual([]);
});
