/** key-rotation as it is deployed, in a process that is killed after each durable write; what comes after converges. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer, text } from 'node:stream/consumers';
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
import { type Engine, engines, listenOnLoopback } from '../engines.ts';
import { root } from './keyturn.ts';

const bundle = path.join(root, 'dist', 'functions', 'key-rotation', 'index.js');
/** Calls the handler with the event that it is given, and prints what it answers. */
const invoke = `import(process.argv[1])
  .then((fn) => (fn.handler ?? fn.default.handler)(JSON.parse(process.argv[2])))
  .then((answer) => process.stdout.write('\\nanswer ' + JSON.stringify(answer)));`;
const sealingKey = 'arn:aws:kms:us-east-1:000000000000:key/sealing';

/** A link to the engine that ends the process after a write of its choice: written, and the answer never arrives. */
async function killingLink(endpoint: string) {
  let [writes, killsAt] = [0, Infinity];
  let process: ChildProcess | undefined;
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const body = await buffer(incoming);
      const target = String(incoming.headers['x-amz-target']);
      const { host: _, 'content-length': __, connection: ___, ...headers } = incoming.headers;
      const answer = await fetch(endpoint, {
        method: 'POST',
        headers: headers as Record<string, string>,
        body,
      });
      const content = Buffer.from(await answer.arrayBuffer());
      if (/\.(?:Put|Update)Item$/.test(target) && answer.ok) writes += 1;
      if (writes >= killsAt) process?.kill('SIGKILL');
      else outgoing.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' }).end(content);
    })().catch(() => incoming.socket.destroy());
  });
  return {
    endpoint: `http://127.0.0.1:${await listenOnLoopback(server)}`,
    /** The next writes are this process's, which is ended after so many of them. @returns how many there were */
    watch(child: ChildProcess, killed: number): () => number {
      [writes, killsAt, process] = [0, killed, child];
      return () => writes;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

describe.each(engines)('key-rotation on $name, killed', (kind) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'keyturn-test-'));
  let engine: Engine;
  let kms: Listening;
  let link: Awaited<ReturnType<typeof killingLink>>;
  let issuer = '';
  let round = 0;

  beforeAll(async () => {
    engine = await kind.start();
    const store = openKeyStore(path.join(folder, 'kms.json'), [{ id: 'sealing', spec: symmetricSpec }]);
    kms = await startJsonService(kmsOperations({ store, aliases: new Map() }));
    link = await killingLink(engine.endpoint);
    const client = connect(engine.endpoint);
    await createTable(client, 'KeySets', 'issuer');
    await createTable(client, 'Revocations', 'id');
    client.destroy();
  });

  afterAll(async () => {
    await link.close();
    await kms.close();
    await engine.stop();
    rmSync(folder, { recursive: true });
  });

  /** One delivery of an event. @returns the answer, or undefined where the process was killed; and its writes */
  async function deliver(event: KeyRotationRequest, killed = Infinity) {
    const child = spawn(process.execPath, ['-e', invoke, bundle, JSON.stringify(event)], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        ...{ AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' },
        ...{ AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
        ...{ AWS_ENDPOINT_URL_DYNAMODB: link.endpoint, AWS_ENDPOINT_URL_KMS: kms.url },
        [Environment.issuer]: issuer,
        [Environment.tokenService]: JSON.stringify(settings),
        [Environment.keySetTable]: 'KeySets',
        [Environment.revocationTable]: 'Revocations',
        [Environment.sealingKey]: sealingKey,
      },
    });
    const writes = link.watch(child, killed);
    const [printed] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    const answer = /^answer (.*)$/m.exec(printed)?.[1];
    return {
      answer: answer === undefined ? undefined : (JSON.parse(answer) as KeyRotationResult),
      writes: writes(),
    };
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
      const first = await deliver(event, killed);
      if (first.answer !== undefined) return killed - 1;
      expect(first.writes).toBe(killed);
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
        expect((await deliver(event)).answer).toMatchObject({ rotated: false });
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
