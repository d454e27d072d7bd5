/** key-rotation as it is deployed, in a process that is killed after each durable write; what comes after converges. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { keySetStore } from '../../adapters/dynamodb/key-sets.ts';
import { revocationReader } from '../../adapters/dynamodb/revocations.ts';
import { Environment } from '../../core/contract/environment.ts';
import type { KeyRotationRequest, KeyRotationResult } from '../../core/contract/messages.ts';
import type { SealedKeySet } from '../../core/keys/key-set.ts';
import { revocationId } from '../../core/revocation/record.ts';
import { startJsonService } from '../../local/json-service.ts';
import { openKeyStore, symmetricSpec } from '../../local/kms/key-store.ts';
import { kmsOperations } from '../../local/kms/operations.ts';
import type { Listening } from '../../local/loopback.ts';
import { connect, createTable } from '../adapters/tables.ts';
import { settings } from '../core/oauth/fixture.ts';
import { type Engine, engines } from '../engines.ts';
import { deliver as deliverOnce, Kill } from './killed-process.ts';

const sealingKey = 'arn:aws:kms:us-east-1:000000000000:key/sealing';

describe.each(engines)('key-rotation on $name, killed', (kind) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'keyturn-test-'));
  let engine: Engine;
  let kms: Listening;
  let issuer = '';
  let round = 0;

  beforeAll(async () => {
    engine = await kind.start();
    const store = openKeyStore(path.join(folder, 'kms.json'), [{ id: 'sealing', spec: symmetricSpec }]);
    kms = await startJsonService(kmsOperations({ store, aliases: new Map() }));
    const client = connect(engine.endpoint);
    await createTable(client, 'KeySets', 'issuer');
    await createTable(client, 'Revocations', 'id');
    client.destroy();
  });

  afterAll(async () => {
    await kms.close();
    await engine.stop();
    rmSync(folder, { recursive: true });
  });

  /** One delivery of an event. @returns the answer, or undefined where the process was killed */
  async function deliver(event: KeyRotationRequest, kill?: Kill): Promise<KeyRotationResult | undefined> {
    const { answer, error } = await deliverOnce({
      ...{ bundle: 'key-rotation', event, ...(kill && { kill }) },
      services: { DYNAMODB: engine.endpoint, KMS: kms.url },
      env: {
        [Environment.issuer]: issuer,
        [Environment.tokenService]: JSON.stringify(settings),
        [Environment.keySetTable]: 'KeySets',
        [Environment.revocationTable]: 'Revocations',
        [Environment.sealingKey]: sealingKey,
      },
    });
    expect(error).toBeUndefined();
    return answer as KeyRotationResult | undefined;
  }

  async function stored(): Promise<SealedKeySet> {
    const client = connect(engine.endpoint);
    const keySet = await keySetStore(client, 'KeySets').read(issuer);
    client.destroy();
    if (keySet === undefined) throw new Error('there is no key set');
    return keySet;
  }

  async function isRevoked(kid: string): Promise<boolean> {
    const client = connect(engine.endpoint);
    const id = revocationId('key', issuer, kid);
    const found = await revocationReader(client, 'Revocations').read([id]);
    client.destroy();
    return found.has(id);
  }

  const inState = ({ keys }: SealedKeySet, state: string) =>
    keys.filter((key) => key.state === state).map(({ kid }) => kid);

  /** One key signs, one is ahead of it, and who signs can open both. */
  function expectWhole(keySet: SealedKeySet): void {
    const [active, pending] = [inState(keySet, 'active'), inState(keySet, 'pending')];
    expect([active.length, pending.length]).toEqual([1, 1]);
    expect(Object.keys(keySet.sealed).sort()).toEqual([...active, ...pending].sort());
  }

  /** Kills the first delivery after its first write, then after its second, and so on until one ends by itself. */
  async function eachKilled(
    prepare: () => Promise<KeyRotationRequest>,
    check: (event: KeyRotationRequest, killed: number) => Promise<void>,
  ): Promise<number> {
    for (let killed = 1; ; killed += 1) {
      issuer = `https://issuer-${++round}.example`;
      const event = await prepare();
      const kill = new Kill(killed);
      if ((await deliver(event, kill)) !== undefined) return killed - 1;
      expect(kill.writes).toBe(killed);
      await check(event, killed);
    }
  }

  it('after the write of the first keys: a second delivery finds them, and changes nothing', async () => {
    const event = { action: 'tick' } as const;
    const kills = await eachKilled(
      async () => event,
      async () => {
        const before = await stored();
        expectWhole(before);
        await Promise.all([deliver(event), deliver(event)]);
        expect(await stored()).toEqual(before);
      },
    );
    expect(kills).toBe(1);
  });

  it('after the write of a rotation: the key that signed stays published, and it is not rotated twice', async () => {
    const kills = await eachKilled(
      async () => {
        await deliver({ action: 'tick' });
        return { action: 'rotate' };
      },
      async (event) => {
        const before = await stored();
        expectWhole(before);
        expect(inState(before, 'retiring')).toHaveLength(1);
        expect(await deliver(event)).toMatchObject({ rotated: false });
        expect(await stored()).toEqual(before);
      },
    );
    expect(kills).toBe(1);
  });

  it('after each write of an emergency: the tokens are refused from the first on, and a tick ends it', async () => {
    let compromised = '';
    const kills = await eachKilled(
      async () => {
        await deliver({ action: 'tick' });
        [compromised = ''] = inState(await stored(), 'active');
        return { action: 'compromise', kid: compromised };
      },
      async (_, killed) => {
        expect(await isRevoked(compromised)).toBe(true);
        if (killed === 1) expect(inState(await stored(), 'active')).toEqual([compromised]);
        await deliver({ action: 'tick' });
        const after = await stored();
        expectWhole(after);
        expect(inState(after, 'compromised')).toEqual([compromised]);
        await Promise.all([deliver({ action: 'tick' }), deliver({ action: 'tick' })]);
        expect(await stored()).toEqual(after);
      },
    );
    expect(kills).toBe(2);
  });
});
