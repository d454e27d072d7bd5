/**
 * Secret rotation and scheduled issue as they are deployed, in processes that are killed after each durable write, and
 * delivered twice: what the secret holds is good at any time, and what comes after converges.
 */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  CreateSecretCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import { setTimeout as sleep } from 'node:timers/promises';
import { scheduleRunLog } from '../../adapters/dynamodb/schedule-runs.ts';
import type { ScheduledIssueRequest } from '../../core/contract/messages.ts';
import { hashSecret } from '../../core/issue/client-secret.ts';
import type { ClientSecretValue } from '../../core/secrets/client-secret-value.ts';
import type { TokenSecretValue } from '../../core/secrets/scheduled-issue.ts';
import type { FunctionInvoker } from '../../local/types.ts';
import { canary } from '../canary.ts';
import { engines } from '../engines.ts';
import { deliver, Kill } from './killed-process.ts';
import { type KilledStack, startKilledStack } from './killed-stack.ts';

jest.setTimeout(180_000);

const rotationArn = 'arn:aws:lambda:us-east-1:000000000000:function:secret-rotation';

describe.each(engines)('with the tables in $name', ({ name: engine }) => {
  let stack: KilledStack;
  beforeAll(async () => {
    stack = await startKilledStack(engine);
  });
  afterAll(() => stack?.end());

  describe('secret rotation', () => {
    /** Every event that Secrets Manager sent. */
    let sent: object[] = [];
    const credentials = (stage?: string) => stack.valueOf<ClientSecretValue>('shop', stage);

    async function statusOf({ client_id: id, client_secret: secret, token_endpoint: at }: ClientSecretValue) {
      const authorization = `Basic ${Buffer.from(`${id}:${canary(secret)}`).toString('base64')}`;
      const body = new URLSearchParams({ grant_type: 'client_credentials' });
      return (await fetch(at, { method: 'POST', headers: { authorization }, body })).status;
    }

    /** Each event goes to that many processes at once; Secrets Manager hears of the first. */
    function lambda(times: number, kill?: Kill): FunctionInvoker {
      return {
        async invoke(_, event) {
          sent.push(event as object);
          const delivery = stack.deliveryOf('secret-rotation', event as object, kill);
          const [first] = await Promise.all(Array.from({ length: times }, () => deliver(delivery)));
          if (first?.isKilled === false && first.error === undefined) return { ok: true, payload: null };
          const errorMessage = first?.error ?? 'killed';
          return { ok: false, error: { errorType: 'Error', errorMessage }, cause: 'crashed' };
        },
      };
    }

    async function rotate(): Promise<void> {
      const { lines } = stack;
      const isDone = (line: string) => line === 'the secret shop was rotated';
      const before = lines.filter(isDone).length;
      const command = { SecretId: 'shop', RotationLambdaARN: rotationArn, RotationRules: {} };
      await stack.secretsManager.send(new RotateSecretCommand(command));
      for (let tries = 0; lines.filter(isDone).length === before; tries += 1) {
        if (tries > 1200) throw new Error(`not rotated after 120 s:\n${lines.join('\n')}`);
        await sleep(100);
      }
    }

    /** Rotates while a consumer reads the secret and gets a token with it, again and again: always. */
    async function rotateUnderUse(by: FunctionInvoker): Promise<void> {
      stack.invokeBy(by);
      const before = await credentials();
      const seen = { statuses: new Set<number>(), counts: new Set<number>() };
      const done = rotate();
      while ((await Promise.race([done.then(() => 'done'), sleep(20)])) !== 'done') {
        seen.statuses.add(await statusOf(await credentials()));
        seen.counts.add((await stack.clients.get('shop'))?.secrets.length ?? 0);
      }
      expect([[...seen.statuses], Math.max(...seen.counts)]).toEqual([[200], 2]);
      const after = await credentials();
      expect(after.client_secret === before.client_secret).toBe(false);
      expect([await statusOf(before), await statusOf(after)]).toEqual([200, 200]);
      expect((await credentials('AWSPREVIOUS')).client_secret === before.client_secret).toBe(true);
    }

    it('killed after each write: Secrets Manager begins again, and the secret rotates once', async () => {
      for (let killed = 1; ; killed += 1) {
        const kill = new Kill(killed);
        await rotateUnderUse(lambda(1, kill));
        expect(kill.writes).toBe(3);
        if (killed > kill.writes) break;
      }
    });

    it('each step delivered twice at once, then all again, late and in reverse: nothing changes', async () => {
      sent = [];
      await rotateUnderUse(lambda(2));
      await rotateUnderUse(lambda(2, new Kill(2)));
      const stored = async () => {
        const secrets = [await credentials(), await credentials('AWSPREVIOUS')];
        const hashes = await Promise.all(secrets.map(({ client_secret: secret }) => hashSecret(secret)));
        return [await stack.clients.get('shop'), ...hashes];
      };
      const before = await stored();
      const kill = new Kill();
      for (const event of sent.toReversed()) await deliver(stack.deliveryOf('secret-rotation', event, kill));
      expect([await stored(), kill.writes]).toEqual([before, 0]);
    });
  });

  describe('scheduled issue', () => {
    const schedule = { name: 'scheduled-issue report', everySeconds: 60 };
    let event: ScheduledIssueRequest;

    beforeAll(async () => {
      const command = new CreateSecretCommand({ Name: 'report', SecretString: 'made with the stack' });
      const { ARN: secretArn = '' } = await stack.secretsManager.send(command);
      event = { action: 'issue-into-secret', secretArn, clientId: 'shop', schedule };
    });

    const turn = (kill?: Kill) => deliver(stack.deliveryOf('scheduled-issue', event, kill));
    const held = (stage?: string) => stack.valueOf<TokenSecretValue>('report', stage);

    async function statusOf({ access_token: token }: TokenSecretValue): Promise<number> {
      const headers = { authorization: `Bearer ${canary(token)}` };
      return (await fetch(`${stack.output('ApiUrl')}/whoami`, { headers })).status;
    }

    async function versions(): Promise<number> {
      const command = new ListSecretVersionIdsCommand({ SecretId: 'report', IncludeDeprecated: true });
      return (await stack.secretsManager.send(command)).Versions?.length ?? 0;
    }

    /** Makes the secret what it is when two thirds of the token's lifetime are over. */
    async function age(): Promise<TokenSecretValue> {
      const { issued_at: from, expires_at: to, ...value } = await held();
      const SecretString = JSON.stringify({ ...value, issued_at: from - 601, expires_at: to - 601 });
      await stack.secretsManager.send(new PutSecretValueCommand({ SecretId: 'report', SecretString }));
      return held();
    }

    it('killed after each write, and delivered twice: one token takes the place of one', async () => {
      expect((await turn()).answer).toMatchObject({ isRenewed: true });
      for (let killed = 1; ; killed += 1) {
        const old = await age();
        const before = await versions();
        const kill = new Kill(killed);
        const { isKilled } = await turn(kill);
        expect([await statusOf(await held()), kill.writes]).toEqual([200, Math.min(killed, 3)]);
        const doubled = await Promise.all([turn(), turn()]);
        expect(doubled.map(({ error }) => error)).toEqual([undefined, undefined]);
        const next = await held();
        expect(next.access_token === old.access_token).toBe(false);
        expect([await statusOf(old), await statusOf(next)]).toEqual([200, 200]);
        const isKept = (await held('AWSPREVIOUS')).access_token === old.access_token;
        expect([isKept, await versions()]).toEqual([true, before + 1]);
        expect((await turn()).answer).toEqual({ isRenewed: false, expiresAt: next.expires_at });
        const runs = await scheduleRunLog(stack.dynamoDb, stack.output('EventTable')).all(Date.now() / 1000);
        const tokenExpiresAt = next.expires_at;
        expect(runs).toContainEqual({
          ...{ ...schedule, ranAt: expect.any(Number), outcome: 'succeeded', tokenExpiresAt },
        });
        if (!isKilled) break;
      }
    });
  });
});
