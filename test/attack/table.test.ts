import { afterAll, describe, expect, it } from '@jest/globals';
import { type Reason, reasons } from '../../core/verify/reasons.ts';
import { verifyWithJose } from '../../core/verify/signature.ts';
import { startAuthorizer } from './authorizer.ts';
import { makeCanaries, watchOutput } from './canaries.ts';
import { type Expected, makeForge } from './case.ts';
import { type Shape, wholeStage } from './events.ts';
import { secretsOf } from './forge.ts';
import { eventsOf, table } from './table.ts';
import { makeKeys, makeWorld } from './world.ts';

const keys = makeKeys();
const forge = makeForge(keys);
const world = makeWorld(keys);
const throwing = startAuthorizer(world);
const denying = startAuthorizer(world, { refusals: 'deny', verifySignature: verifyWithJose });

const canaries = makeCanaries();
Object.values(keys).flatMap(secretsOf).forEach(canaries.secret);
const output = watchOutput(canaries);
afterAll(() => output.stop());

/** A clause of an answer that API Gateway understands. */
const policy = (effect: string) =>
  expect.objectContaining({
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: effect, Resource: wholeStage }],
    },
  });

/** What API Gateway must be told, where a bad token is refused with an error. */
function answerTo(expected: Expected, shape: Shape): unknown {
  const isSimple = shape === 'HTTP 2.0';
  if (expected === 'allow')
    return isSimple ? expect.objectContaining({ isAuthorized: true }) : policy('Allow');
  if (expected === 'unavailable') return expect.objectContaining({ name: 'UnavailableError' });
  if (reasons[expected].status === 403) return isSimple ? { isAuthorized: false } : policy('Deny');
  return expect.objectContaining({ name: 'Error', message: 'Unauthorized' });
}

/** What API Gateway must be told, where a bad token is refused with a Deny. */
function denialOf(expected: Expected, shape: Shape): unknown {
  const isDeniable = shape !== 'HTTP 2.0' && expected !== 'allow' && expected !== 'unavailable';
  if (!isDeniable || (reasons[expected] as { isTransient?: boolean }).isTransient === true)
    return answerTo(expected, shape);
  return expect.objectContaining({
    principalId: 'refused',
    context: expect.objectContaining({ reason: expected }),
  });
}

describe('decides as the table says, for every event that can carry it:', () => {
  it.each(table.map((attack) => [attack.expected, attack.title, attack] as const))(
    '%s: %s',
    async (expected, _, attack) => {
      const events = eventsOf(attack, forge);
      expect(events).not.toHaveLength(0);
      for (const { shape, event } of events) {
        const outcome = await throwing(event);
        const denied = await denying(event);
        expect({ shape, verdict: outcome.verdict }).toEqual({ shape, verdict: expected });
        expect(outcome.answer).toEqual(answerTo(expected, shape));
        expect({ shape, verdict: denied.verdict }).toEqual({ shape, verdict: expected });
        expect(denied.answer).toEqual(denialOf(expected, shape));
        remember(event, [outcome.answer, denied.answer]);
      }
    },
  );

  it('lets no token and no key out in logs, errors and answers', () => {
    [...throwing.lines, ...denying.lines].forEach(canaries.out);
    expect(canaries.found()).toEqual([]);
  });
});

/** Large tokens would make the search long, and are found by their first bytes as well as by all. */
function remember(event: Readonly<Record<string, unknown>>, answers: readonly unknown[]): void {
  const { authorizationToken, headers } = event as {
    authorizationToken?: string;
    headers?: Record<string, string>;
  };
  const token =
    (authorizationToken ?? headers?.Authorization ?? headers?.authorization)?.split(' ').at(-1) ?? '';
  if (token.length < 20_000 && token.split('.').length === 3) canaries.token(token);
  answers.forEach(canaries.out);
}

describe('refuses where there is no store for what is used once:', () => {
  const bare = startAuthorizer(world, { hasReplaysAndTickets: false });

  it.each([
    ['DPoP: a good proof', 'sender_constraint_unmet'],
    ['ticket: a good one', 'token_missing'],
  ])('%s', async (title, expected) => {
    const attack = table.find((candidate) => candidate.title === title);
    const events = attack === undefined ? [] : eventsOf(attack, forge);
    expect(events).not.toHaveLength(0);
    for (const { event } of events)
      expect(await bare(event)).toMatchObject({ verdict: expected, status: 401 });
  });
});

describe('refuses a token that is bound to its sender where API Gateway keeps answers:', () => {
  const keeping = startAuthorizer(world, { keepsAnswers: true });

  it.each([
    ['DPoP: a good proof', 'sender_constraint_unmet'],
    ['TLS: the certificate that the token is bound to', 'sender_constraint_unmet'],
    ['a good token of ownRs', 'allow'],
  ])('%s: %s', async (title, expected) => {
    const attack = table.find((candidate) => candidate.title === title);
    const events = attack === undefined ? [] : eventsOf(attack, forge);
    expect(events).not.toHaveLength(0);
    for (const { event } of events) expect(await keeping(event)).toMatchObject({ verdict: expected });
  });
});

describe('the table', () => {
  it('has a case for every reason', () => {
    const expected = new Set<string>(table.map((attack) => attack.expected));
    expect((Object.keys(reasons) as Reason[]).filter((reason) => !expected.has(reason))).toEqual([]);
  });

  it('names every case once', () => {
    const titles = table.map(({ title, expected }) => `${expected}: ${title}`);
    expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
  });
});
