import { describe, expect, it } from '@jest/globals';
import { listKeys } from '../../../core/admin/keys.ts';
import { key, keySet } from '../keys/key-sets.ts';
import { administration } from './fixture.ts';

const set = keySet(
  key('old', 'retiring', { activatedAt: 10, deactivatedAt: 1000 }),
  key('this', 'active', { publishedAt: 50, activatedAt: 1000 }),
  key('next', 'pending', { publishedAt: 1000 }),
);

describe('GET /admin/keys', () => {
  it('lists the keys with the times from which they may go on, and what happens when', async () => {
    const admin = await administration({ keySets: { readPublic: () => Promise.resolve(set) } });
    const answer = await admin.ask(listKeys, {});
    expect(answer).toMatchObject({
      version: 7,
      keys: [
        { kid: 'old', state: 'retiring', willBeRemovedAt: 1000 + 5 + 900 + 120 },
        { kid: 'this', state: 'active', activatedAt: 1000 },
        { kid: 'next', state: 'pending', mayActivateAt: 1000 + 7200 + 30 + 60 },
      ],
      timeline: [
        { kid: 'old' },
        { kid: 'this' },
        { kid: 'next', spans: [{ state: 'pending', from: 1000 }, {}] },
      ],
    });
    expect(JSON.stringify(answer)).not.toMatch(/publicJwk|sealed/);
  });

  it('lists none before the first tick', async () => {
    const admin = await administration();
    expect(await admin.ask(listKeys, {})).toMatchObject({ version: 0, keys: [], timeline: [] });
  });
});
