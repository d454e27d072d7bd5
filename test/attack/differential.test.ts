/** What passes here passes jose too, with the same options: no token is read differently. */
import { describe, expect, it } from '@jest/globals';
import { createLocalJWKSet, type JWK, jwtVerify } from 'jose';
import { startAuthorizer } from './authorizer.ts';
import { makeForge } from './case.ts';
import { eventOf } from './events.ts';
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

/** Tokens of our own and of the foreign issuer that the attack table lets pass. */
const passing = table.flatMap(({ title, expected, present }) => {
  if (expected !== 'allow') return [];
  const token = present(forge, { method: 'GET', url: 'https://api.example' });
  if (typeof token !== 'string') return [];
  const { iss } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
    iss: string;
  };
  return iss === own || iss === foreign ? [[title, token, iss] as const] : [];
});

describe('a token that passes here passes jose with the same options:', () => {
  it('there are some', () => expect(passing.length).toBeGreaterThan(30));

  it.each(passing)('%s', async (_, token, issuer) => {
    const settings = world.settings.issuers.find((one) => one.issuer === issuer);
    const { kid } = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as {
      kid: string;
    };
    const named = (jwks[issuer] ?? []).filter((jwk) => jwk.kid === kid);
    const ours = await authorize(eventOf('HTTP 2.0', { authorization: [`Bearer ${token}`] }) ?? {});
    expect(ours.verdict).toBe('allow');
    const verified = await jwtVerify(token, createLocalJWKSet({ keys: named.slice(0, 1) }), {
      ...{ issuer, audience, clockTolerance: tolerance, currentDate: new Date(now * 1000) },
      algorithms: [...(settings?.algorithms ?? [])],
    });
    expect(verified.payload.iss).toBe(issuer);
  });
});
