/** Random tokens and events: every one ends in a decision, and no change that was not signed is allowed. */
import { expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { reasons } from '../../core/verify/reasons.ts';
import { startAuthorizer } from './authorizer.ts';
import { makeForge } from './case.ts';
import { eventOf, shapes } from './events.ts';
import { segmentsOf } from './forge.ts';
import { makeKeys, makeWorld } from './world.ts';

jest.setTimeout(300_000);

const keys = makeKeys();
const forge = makeForge(keys);
const authorize = startAuthorizer(makeWorld(keys));
const good = [keys.ownRs, keys.ownEs, keys.ownEd].map((key) => forge.token({ key }));

/** In the gate 100,000 in all; elsewhere fewer, so that nobody has to wait. FUZZ_SEED repeats a run. */
const total = process.env['CI'] === 'true' ? 100_000 : 10_000;
const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);

const text = fc.string({ unit: 'binary', maxLength: 60 });
const segment = fc.oneof(
  fc.base64String({ maxLength: 80 }),
  text,
  fc.json({ maxDepth: 4 }).map((json) => Buffer.from(json).toString('base64url')),
  fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
);
const anyToken = fc.oneof(
  fc.array(segment, { maxLength: 6 }).map((segments) => segments.join('.')),
  fc.tuple(fc.constantFrom(...good), segment, fc.nat(2)).map(([token, other, at]) => {
    const segments = [...segmentsOf(token)];
    segments[at] = other;
    return segments.join('.');
  }),
);
/** One character of a good token replaced, taken out or put in: never the same signed part under its own signature. */
const altered = fc
  .tuple(fc.constantFrom(...good), fc.nat(), fc.constantFrom(...'Aaz09-_.=+ ~'), fc.nat(2))
  .map(([token, at, character, how]) => {
    const index = at % token.length;
    const [before, after] = [token.slice(0, index), token.slice(index + (how === 0 ? 0 : 1))];
    return how === 1 ? before + after : before + character + after;
  });

const shape = fc.constantFrom(...shapes);
const credentials = fc.oneof(
  anyToken.map((token) => `Bearer ${token}`),
  anyToken.map((token) => `DPoP ${token}`),
  text,
);

/** @returns the verdict, which must be one of the documented ones */
async function verdictOf(event: object): Promise<string> {
  const { verdict } = await authorize(event);
  const isDecision = verdict === 'allow' || Object.hasOwn(reasons, verdict);
  if (!isDecision) throw new Error(`no decision: ${verdict}`);
  return verdict;
}

async function check(share: number, property: fc.IAsyncProperty<unknown>): Promise<void> {
  const numRuns = Math.ceil(total * share);
  process.stdout.write(`fuzz: ${numRuns} runs, FUZZ_SEED=${seed}\n`);
  await fc.assert(property, { numRuns, seed });
}

it('refuses tokens of any form, with a documented reason', () =>
  check(
    0.4,
    fc.asyncProperty(anyToken, shape, async (token, kind) => {
      const event = eventOf(kind, { authorization: [`Bearer ${token}`] });
      expect(good.includes(token) || event === undefined || (await verdictOf(event)) !== 'allow').toBe(true);
    }),
  ));

it('refuses a good token with any one character changed', () =>
  check(
    0.3,
    fc.asyncProperty(altered, shape, async (token, kind) => {
      const event = eventOf(kind, { authorization: [`Bearer ${token}`] });
      expect(good.includes(token) || event === undefined || (await verdictOf(event)) !== 'allow').toBe(true);
    }),
  ));

// oxlint-disable-next-line jest/expect-expect -- it is inside of the property
it('decides about events of any headers, proofs, certificates and tickets', () =>
  check(
    0.3,
    fc.asyncProperty(
      fc.record({
        authorization: fc.array(credentials, { maxLength: 3 }),
        proofs: fc.array(fc.oneof(anyToken, text), { maxLength: 2 }),
        tickets: fc.array(text, { maxLength: 2 }),
        certificate: fc.oneof(
          text,
          fc.constant('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'),
        ),
      }),
      shape,
      async (presented, kind) => {
        const event = eventOf(kind, presented);
        if (event !== undefined) expect(await verdictOf(event)).not.toBe('allow');
      },
    ),
  ));
