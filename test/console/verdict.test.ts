/** The page decides as the authorizer does: over the whole attack table, in the browser's own crypto. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { toJwkSet } from '../../core/keys/jwk-set.ts';
import type { Explanation } from '../../core/verify/explain.ts';
import { type AuthorizerEvent, readEvent } from '../../functions/authorizer/event.ts';
import { makeForge } from '../attack/case.ts';
import { eventsOf, table } from '../attack/table.ts';
import { makeKeys, makeWorld, now, type World } from '../attack/world.ts';
import { startBrowser, type Watched } from './browser.ts';

/** A browser on a busy machine; what is waited for is text, not time. */
jest.setTimeout(180_000);

const keys = makeKeys();
const forge = makeForge(keys);
const world = makeWorld(keys);

let watched: Watched;
let page: Page;
beforeAll(async () => {
  watched = await startBrowser();
  page = await watched.open();
});
afterAll(async () => {
  await watched?.browser.close();
});

/** What the authorizer knows, as plain data; secrets as arrays of bytes. */
function setupOf({ settings, keySets, jwkSets, secrets, revocations, usedProofs }: World) {
  const keysOf = ({ issuer, jwks, jwksUri, secretArn }: World['settings']['issuers'][number]) => {
    if (jwks !== undefined) return { jwks };
    if (jwksUri !== undefined) return jwkSets[jwksUri] && { jwks: jwkSets[jwksUri] };
    const secret = secretArn === undefined ? undefined : secrets[secretArn];
    if (secretArn !== undefined) return secret && { secret: [...Buffer.from(secret)] };
    return keySets[issuer] && { jwks: toJwkSet(keySets[issuer]) };
  };
  return {
    issuers: settings.issuers.map((issuer) => ({ settings: issuer, keys: keysOf(issuer) })),
    clockToleranceSeconds: settings.clockToleranceSeconds,
    proofWindowSeconds: settings.proofWindowSeconds,
    ...{ routeScopes: settings.routeScopes, revocations, usedProofs, now },
  };
}

/** Tables that cannot be reached, and tickets, are the stack's own: a page has neither. */
const cases = table
  .filter(
    ({ expected, title }) =>
      expected !== 'ticket_invalid' && !/ticket|unreachable|cannot be read/i.test(title),
  )
  .flatMap((attack) =>
    eventsOf(attack, forge, ['HTTP 2.0', 'REST REQUEST', 'WebSocket'])
      .slice(0, 1)
      .map(({ event }) => ({
        title: attack.title,
        expected: attack.expected,
        request: readEvent(event as unknown as AuthorizerEvent),
      })),
  )
  .filter(({ request }) => request.tickets.length === 0 && JSON.stringify(request).length < 100_000);

const storesAlone = (title: string) => /table|replay store/i.test(title);

it('decides every case of the attack table as the authorizer does', async () => {
  const verdicts = await page.evaluate(
    async ({ setup, requests }) => {
      const { keyturn } = globalThis as unknown as {
        keyturn: { explain: (setup: unknown, request: unknown) => Promise<Explanation> };
      };
      const issuers = setup.issuers.map(({ settings, keys: given }) => ({
        settings,
        keys: given && 'secret' in given ? { secret: Uint8Array.from(given.secret) } : given,
      }));
      const outcomes: string[] = [];
      for (const request of requests) {
        const { outcome, refusal } = await keyturn.explain({ ...setup, issuers }, request);
        outcomes.push(outcome === 'unknown' ? 'unavailable' : (refusal?.reason ?? outcome));
      }
      return outcomes;
    },
    {
      setup: setupOf(world) as { issuers: { settings: unknown; keys: undefined | { secret: number[] } }[] },
      requests: cases.map(({ request }) => request),
    },
  );
  const wrong = cases.flatMap(({ title, expected }, index) =>
    verdicts[index] === expected || (expected === 'unavailable' && storesAlone(title))
      ? []
      : [`${title}: ${verdicts[index]}, not ${expected}`],
  );
  expect(cases.length).toBeGreaterThan(700);
  expect(wrong).toEqual([]);
});

const vectors = path.resolve(
  import.meta.dirname,
  '..',
  '..',
  '..',
  'shared',
  'vectors',
  'jose-cookbook',
  'jws',
);
const describeVectors = existsSync(vectors) ? describe : describe.skip;

describeVectors('tokens of RFC 7520 (skipped where the vectors are not beside the repository)', () => {
  const files = existsSync(vectors) ? readdirSync(vectors).filter((name) => name.endsWith('.json')) : [];

  it.each(files)('%s decodes', async (name) => {
    const { output } = JSON.parse(readFileSync(path.join(vectors, name), 'utf8')) as {
      output: { compact?: string };
    };
    if (output.compact === undefined) return;
    await page.locator('#token').fill(output.compact);
    await page.getByRole('table', { name: 'Header' }).waitFor();
    await page.getByText('Clear').waitFor();
    expect(await page.getByLabel('Value of alg').inputValue()).not.toBe('');
  });
});

it('no violation of its policy, no fault, and nobody was asked', () => {
  expect(watched.faults).toEqual([]);
});
