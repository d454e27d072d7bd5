import { beforeAll, describe, expect, it } from '@jest/globals';
import { foreign, foreignClaims, refused, setStage, type Spoilt, type Stage, verdictOf } from './fixture.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});

const forbidden = (name: string) => ({
  ...refused('header_unsupported', `${name} is not accepted in a header`),
});

describe('authorizeToken refuses a header with', () => {
  it.each([
    ['crit', { crit: ['exp'] }],
    ['crit', { crit: [] }],
    ['b64', { b64: false, crit: ['b64'] }, 'crit'],
    ['b64', { b64: true }],
    ['zip', { zip: 'DEF' }],
    ['jwk', { jwk: { kty: 'RSA' } }],
    ['jku', { jku: 'https://evil.example/jwks' }],
    ['x5u', { x5u: 'https://evil.example/cert' }],
    ['x5c', { x5c: ['MIIB'] }],
    ['jwk', { jwk: null }],
  ])('%s in %j', async (name, header, found = name) => {
    expect(verdictOf(await stage.decide(stage.token({ header })))).toEqual(forbidden(found));
  });

  const noAlg = refused('header_unsupported', 'alg must be a string');
  const noKid = refused('key_unknown', 'kid must be a string of 1 to 400 characters');
  const noTyp = refused('type_not_accepted', 'typ must be a string');
  const wrongTyp = refused('type_not_accepted', 'typ must be at+jwt');

  it.each<[object, object]>([
    [{ alg: undefined }, noAlg],
    [{ alg: null }, noAlg],
    [{ alg: ['RS256'] }, noAlg],
    [{ kid: undefined }, refused('key_unknown', 'the issuer publishes no usable key of this kid')],
    [{ kid: null }, noKid],
    [{ kid: '' }, noKid],
    [{ kid: 1 }, noKid],
    [{ kid: ['rs'] }, noKid],
    [{ kid: { kid: 'rs' } }, noKid],
    [{ kid: 'k'.repeat(401) }, noKid],
    [{ typ: 1 }, noTyp],
    [{ typ: null }, noTyp],
    [{ typ: ['at+jwt'] }, noTyp],
    [{ typ: undefined }, wrongTyp],
    [{ typ: '' }, wrongTyp],
    [{ typ: 'JWT' }, wrongTyp],
    [{ typ: 'at+jwt ' }, wrongTyp],
    [{ typ: 'at+jwt; charset=utf-8' }, wrongTyp],
    [{ typ: 'text/at+jwt' }, wrongTyp],
    [{ typ: 'application/jwt' }, wrongTyp],
    [{ typ: 'dpop+jwt' }, wrongTyp],
    [{ typ: 'logout+jwt' }, wrongTyp],
  ])('%j', async (header, verdict) => {
    expect(verdictOf(await stage.decide(stage.token({ header })))).toEqual(verdict);
  });
});

describe('authorizeToken takes', () => {
  it.each(['at+jwt', 'AT+JWT', 'application/at+jwt', 'Application/AT+JWT'])('typ %s', async (typ) => {
    expect(verdictOf(await stage.decide(stage.token({ header: { typ } })))).toEqual({ outcome: 'allow' });
  });

  it('header members that say nothing about verification', async () => {
    const header = { cty: 'JWT', x5t: 'abc', 'https://example.com/x': { a: 1 } };
    expect(verdictOf(await stage.decide(stage.token({ header })))).toEqual({ outcome: 'allow' });
  });

  it.each([undefined, 'JWT', 'at+jwt', 'anything'])('typ %s of an issuer whose typ is null', async (typ) => {
    const spoilt: Spoilt = {
      ...{ header: { kid: 'foreign', typ }, claims: foreignClaims, sign: stage.sign.foreign },
    };
    expect(foreign.typ).toBeNull();
    expect(verdictOf(await stage.decide(stage.token(spoilt)))).toEqual({ outcome: 'allow' });
  });
});
