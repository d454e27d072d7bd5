/** Other verifiers, over every token of the attack table: where they disagree, docs/threat-model.md says so. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { createLocalJWKSet, type JWK, jwtVerify } from 'jose';
import { startAuthorizer } from './authorizer.ts';
import { makeForge } from './case.ts';
import { eventOf } from './events.ts';
import { makePeers, type PeerName } from './peers.ts';
import { table } from './table.ts';
import { audience, foreign, makeKeys, makeWorld, now, own, tolerance } from './world.ts';

const keys = makeKeys();
const forge = makeForge(keys);
const world = makeWorld(keys);
const authorize = startAuthorizer(world);
const jwks: Readonly<Record<string, readonly JWK[]>> = {
  [own]: world.keySets[own]?.keys.map(({ publicJwk }) => publicJwk) ?? [],
  [foreign]: world.jwkSets[`${foreign}jwks`]?.keys ?? [],
};

/** Tokens that the attack table presents as bearer tokens, with what we say to them. */
const tokens = table.flatMap(({ title, expected, present }) => {
  const token = present(forge, { method: 'GET', url: 'https://api.example' });
  return typeof token === 'string' ? [{ title, expected, token }] : [];
});

/** Tokens of our own and of the foreign issuer that the attack table lets pass. */
const passing = tokens.flatMap(({ title, expected, token }) => {
  if (expected !== 'allow') return [];
  const { iss } = partOf(token, 1);
  return iss === own || iss === foreign ? [[title, token, iss] as const] : [];
});

function partOf(token: string, index: 0 | 1): Readonly<Record<string, string>> {
  return JSON.parse(Buffer.from(token.split('.')[index] ?? '', 'base64url').toString()) as Record<
    string,
    string
  >;
}

describe('a token that passes here passes jose with the same options:', () => {
  it('there are some', () => expect(passing.length).toBeGreaterThan(30));

  it.each(passing)('%s', async (_, token, issuer) => {
    const settings = world.settings.issuers.find((one) => one.issuer === issuer);
    const named = (jwks[issuer] ?? []).filter((jwk) => jwk.kid === partOf(token, 0).kid);
    const ours = await authorize(eventOf('HTTP 2.0', { authorization: [`Bearer ${token}`] }) ?? {});
    expect(ours.verdict).toBe('allow');
    const verified = await jwtVerify(token, createLocalJWKSet({ keys: named.slice(0, 1) }), {
      ...{ issuer, audience, clockTolerance: tolerance, currentDate: new Date(now * 1000) },
      algorithms: [...(settings?.algorithms ?? [])],
    });
    expect(verified.payload.iss).toBe(issuer);
  });
});

/** Rows of the tables under a heading of docs/threat-model.md, as first cell → the names that the last cell lists. */
function rowsOf(heading: string): ReadonlyMap<string, readonly string[]> {
  const section = readFileSync('docs/threat-model.md', 'utf8').split(`\n${heading}\n`)[1]?.split('\n## ')[0];
  const rows = [...(section ?? '').matchAll(/^\| `([^`]+)` .*?\| ([^|]*[^|\s]) *\|$/gm)];
  return new Map(rows.map(([, first = '', last = '']) => [first, last.split(', ')]));
}

describe('other verifiers', () => {
  const peers = makePeers(world);
  const written = rowsOf('## Stricter than others');
  /** By reason code or algorithm: which of them disagree. */
  const stricter = new Map<string, Set<string>>();
  const looser = new Map<string, Set<string>>();

  beforeAll(async () => {
    jest.spyOn(Date, 'now').mockReturnValue(now * 1000);
    const add = (to: Map<string, Set<string>>, key: string, name: PeerName) =>
      to.set(key, (to.get(key) ?? new Set()).add(name));
    for (const { title, expected, token } of tokens) {
      const isLooked = expected !== 'allow' || passing.some(([named]) => named === title);
      for (const [name, accepts] of Object.entries(peers) as [PeerName, (typeof peers)[PeerName]][]) {
        const accepted = isLooked ? await accepts(token) : false;
        if (accepted && expected !== 'allow') add(stricter, expected, name);
        if (!accepted && expected === 'allow' && isLooked) add(looser, partOf(token, 0).alg ?? '', name);
      }
    }
  });
  afterAll(() => void jest.restoreAllMocks());

  const listed = (found: ReadonlyMap<string, ReadonlySet<string>>) =>
    [...found].map(([key, names]) => `${key}: ${[...names].sort().join(', ')}`).sort();
  const isAlgorithm = (key: string) =>
    world.settings.issuers.some(({ algorithms }) => algorithms.includes(key));
  const documented = (isWanted: (key: string) => boolean) =>
    [...written]
      .filter(([key]) => isWanted(key))
      .map(([key, names]) => `${key}: ${[...names].sort().join(', ')}`)
      .sort();

  it('are put to enough tokens', () => expect(tokens.length).toBeGreaterThan(400));

  it('take what we refuse only for the codes that docs/threat-model.md lists, each of them', () => {
    expect(listed(stricter)).toEqual(documented((key) => !isAlgorithm(key)));
  });

  it('refuse what we take only for the algorithms that docs/threat-model.md lists, each of them', () => {
    expect(listed(looser)).toEqual(documented(isAlgorithm));
  });
});
