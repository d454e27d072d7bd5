import { beforeAll, describe, expect, it } from '@jest/globals';
import { now } from '../issuer.ts';
import {
  foreign,
  foreignClaims,
  goodClaims,
  ours,
  refused,
  setStage,
  type Stage,
  verdictOf,
} from './fixture.ts';
import { checkClaims } from '../../../core/verify/claims.ts';
import type { TrustedIssuerSettings } from '../../../core/contract/settings.ts';
import { failureOf } from '../failure.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});

const verdict = async (claims: object | string) => verdictOf(await stage.decide(stage.token({ claims })));
const allow = { outcome: 'allow' };

describe('authorizeToken refuses the time claim', () => {
  const noDate = (name: string, got: string) =>
    refused('claims_malformed', `${name} must be a NumericDate, got ${got}`);

  it.each<[unknown, string]>([
    [undefined, 'undefined'],
    [null, 'object'],
    ['1800000800', 'string'],
    [true, 'boolean'],
    [[now + 800], 'object'],
    [{}, 'object'],
    [-1, 'number'],
  ])('exp and iat %j', async (value, got) => {
    expect(await verdict({ exp: value })).toEqual(noDate('exp', got));
    expect(await verdict({ iat: value })).toEqual(noDate('iat', got));
  });

  it.each<[unknown, string]>([
    [null, 'object'],
    [String(now), 'string'],
    [-1, 'number'],
  ])('nbf %j', async (value, got) => {
    expect(await verdict({ nbf: value })).toEqual(noDate('nbf', got));
  });

  it('exp 1e400', async () => {
    const text = JSON.stringify(goodClaims).replace(/"exp":\d+/, '"exp":1e400');
    expect(await verdict(text)).toEqual(refused('token_malformed', 'payload: a number out of range'));
  });

  it.each([Infinity, NaN])('exp %d, were it ever to get past the parser', async (exp) => {
    const failure = await failureOf(() =>
      checkClaims({ ...goodClaims, exp }, { issuer: ours, now, clockToleranceSeconds: 60 }),
    );
    expect(failure).toEqual({ name: 'RefusedError', message: 'exp must be a NumericDate, got number' });
  });

  const at = `time ${now}, tolerance 60 s`;
  const lifetime = (seconds: number) =>
    refused('lifetime_too_long', `exp - iat is ${seconds} s; more than 0 and at most 3600 s is accepted`);

  it.each<[object, object]>([
    [{ exp: now - 60 }, refused('expired', `exp ${now - 60}, ${at}`)],
    [{ exp: now - 60.5 }, refused('expired', `exp ${now - 60.5}, ${at}`)],
    [{ exp: 0, iat: 0 }, refused('expired', `exp 0, ${at}`)],
    [{ nbf: now + 61 }, refused('not_yet_valid', `nbf ${now + 61}, ${at}`)],
    [{ nbf: now + 60.5 }, refused('not_yet_valid', `nbf ${now + 60.5}, ${at}`)],
    [{ iat: now + 61 }, refused('issued_in_future', `iat ${now + 61}, ${at}`)],
    [{ iat: now * 1000 }, refused('issued_in_future', `iat ${now * 1000}, ${at}`)],
    [{ exp: now * 1000 }, lifetime(now * 999 + 100)],
    [{ iat: now, exp: now + 3601 }, lifetime(3601)],
    [{ iat: 0 }, lifetime(now + 800)],
    [{ iat: now + 50, exp: now + 50 }, lifetime(0)],
    [{ iat: now + 50, exp: now + 40 }, lifetime(-10)],
  ])('%j', async (claims, expected) => {
    expect(await verdict(claims)).toEqual(expected);
  });

  it.each([
    [{ exp: now - 59 }],
    [{ exp: now - 59.5 }],
    [{ nbf: now + 60 }],
    [{ nbf: undefined }],
    [{ iat: now + 60 }],
    [{ iat: now + 0.5, exp: now + 3600.5 }],
    [{ iat: now, exp: now + 3600 }],
  ])('but not %j', async (claims) => {
    expect(await verdict(claims)).toEqual(allow);
  });
});

describe('authorizeToken, audience', () => {
  const malformed = refused('claims_malformed', 'aud must be a string or an array of strings');
  const mismatch = refused('audience_mismatch', 'aud must hold orders or invoices');

  it.each<[unknown, object]>([
    ['orders', allow],
    ['invoices', allow],
    [['orders'], allow],
    [['elsewhere', 'invoices'], allow],
    [Array.from({ length: 200 }, (_, index) => `a${index}`).concat('orders'), allow],
    ['elsewhere', mismatch],
    ['', mismatch],
    ['Orders', mismatch],
    ['orders ', mismatch],
    ['orders invoices', mismatch],
    ['order', mismatch],
    [['elsewhere'], mismatch],
    [undefined, malformed],
    [null, malformed],
    [[], malformed],
    [1, malformed],
    [['orders', 1], malformed],
    [[['orders']], malformed],
    [{ orders: true }, malformed],
    [{ 0: 'orders', length: 1 }, malformed],
  ])('%j', async (aud, expected) => {
    expect(await verdict({ aud })).toEqual(expected);
  });
});

describe('authorizeToken, identifiers', () => {
  const malformed = (name: string) =>
    refused('claims_malformed', `${name} must be a string of 1 to 400 characters`);

  it.each(['sub', 'jti', 'client_id'])('asks for %s of our own tokens', async (name) => {
    expect(await verdict({ [name]: undefined })).toEqual(malformed(name));
  });

  it.each(['sub', 'jti', 'client_id', 'sid'])(
    'takes no %s but a string of 1 to 400 characters',
    async (name) => {
      for (const value of [null, '', 1, true, ['a'], {}, 'a'.repeat(401)]) {
        expect(await verdict({ [name]: value })).toEqual(malformed(name));
      }
      expect(await verdict({ [name]: 'a'.repeat(400) })).toEqual(allow);
    },
  );

  const theirs = async (claims: object) => {
    const sign = stage.sign.foreign;
    return stage.decide(
      stage.token({ header: { kid: 'foreign' }, claims: { ...foreignClaims, ...claims }, sign }),
    );
  };

  it('asks a foreign token for sub alone', async () => {
    const { sub, iat, exp } = goodClaims;
    expect(await theirs({ sub: undefined })).toMatchObject(malformed('sub'));
    expect(await theirs({})).toMatchObject({
      outcome: 'allow',
      token: { accepted: { iss: foreign.issuer, sub, iat, exp, scopes: ['read', 'write'] } },
    });
  });

  it.each<[object, string | undefined]>([
    [{ client_id: 'a' }, 'a'],
    [{ azp: 'b' }, 'b'],
    [{ client_id: 'a', azp: 'b' }, 'a'],
    [{}, undefined],
  ])('reads the client of a foreign token from %j', async (claims, clientId) => {
    const decision = await theirs(claims);
    expect(decision.outcome === 'allow' && decision.token.accepted.clientId).toBe(clientId);
  });

  it.each<[object, readonly string[], string | undefined]>([
    [{ cid: 'okta', client_id: 'other' }, ['cid'], 'okta'],
    [{ client_id: 'a', azp: 'b' }, ['azp', 'client_id'], 'b'],
    [{ client_id: 'a' }, ['cid'], undefined],
  ])('reads the client of %j from %j', (claims, clientIdClaims, clientId) => {
    expect(check(claims, { jwksUri: 'https://a.example/jwks', clientIdClaims }).clientId).toBe(clientId);
  });

  it.each<[string, unknown, readonly string[]]>([
    ['permissions', ['orders:read', 'orders:write'], ['orders:read', 'orders:write']],
    ['cognito:groups', ['staff', 'two words', '', 'a\tb'], ['staff']],
    ['scope', 'a  b', ['a', 'b']],
  ])('reads scopes from %s of %j', (name, granted, scopes) => {
    expect(check({ [name]: granted }, { scopeClaims: [name] }).scopes).toEqual(scopes);
  });

  it('refuses an azp, a jti or a sid of the wrong type in a foreign token too', async () => {
    for (const name of ['azp', 'jti', 'sid', 'client_id']) {
      expect(await theirs({ [name]: 1 })).toMatchObject(malformed(name));
    }
  });
});

const check = (claims: object, settings: Partial<TrustedIssuerSettings> = {}) =>
  checkClaims(JSON.parse(JSON.stringify({ ...goodClaims, ...claims })), {
    issuer: { ...ours, ...settings },
    now,
    clockToleranceSeconds: 60,
  });

describe('checkClaims, scopes', () => {
  it.each<[object, Partial<TrustedIssuerSettings>, readonly string[]]>([
    [{ scope: 'a b' }, {}, ['a', 'b']],
    [{ scope: ' a  b ' }, {}, ['a', 'b']],
    [{ scope: '' }, {}, []],
    [{ scope: undefined }, {}, []],
    [{ scope: undefined, scp: 'a b' }, {}, ['a', 'b']],
    [{ scope: undefined, scp: ['a', 'b'] }, {}, ['a', 'b']],
    [{ scope: 'a', scp: ['b'] }, {}, ['a', 'b']],
    [{ scope: 'a', roles: ['r'] }, { scopeClaims: ['roles'] }, ['r']],
    [{ scope: 'a', roles: ['r'] }, { scopeClaims: ['scope', 'roles'] }, ['a', 'r']],
    [{ scope: 'a' }, { scopeClaims: [] }, []],
    [{}, { scopeClaims: ['toString'] }, []],
  ])('grants of %j with %j', (claims, settings, scopes) => {
    expect(check(claims, settings).scopes).toEqual(scopes);
  });

  it.each<[object, string]>([
    [{ scope: 1 }, 'scope'],
    [{ scope: null }, 'scope'],
    [{ scope: { a: 1 } }, 'scope'],
    [{ scope: ['a', 1] }, 'scope'],
    [{ scp: [['a']] }, 'scp'],
    [{ scp: false }, 'scp'],
  ])('refuses %j', async (claims, name) => {
    const message = `${name} must be a string or an array of strings`;
    expect(await failureOf(() => check(claims))).toEqual({ name: 'RefusedError', message });
  });
});

describe('checkClaims, what an issuer is configured for', () => {
  it('reads the audience from client_id where told so', async () => {
    const settings = { audienceClaim: 'client_id', audience: ['shop'] } as const;
    expect(check({ aud: undefined }, settings).clientId).toBe('shop');
    expect(await failureOf(() => check({ client_id: 'other', aud: 'shop' }, settings))).toEqual({
      name: 'RefusedError',
      message: 'client_id must hold shop',
    });
  });

  it.each<[object, NonNullable<TrustedIssuerSettings['requiredClaims']>]>([
    [{ token_use: 'access' }, { token_use: { equals: 'access' } }],
    [{ n: 1 }, { n: { oneOf: [0, 1] } }],
    [{ roles: ['a', 'b'] }, { roles: { contains: 'b' } }],
    [{ roles: 'a b' }, { roles: { contains: 'b' } }],
    [
      { a: 1, b: true },
      { a: { equals: 1 }, b: { equals: true } },
    ],
  ])('takes %j where %j is required', (claims, requiredClaims) => {
    expect(check(claims, { requiredClaims }).sub).toBe('alice');
  });

  it.each<[object, string, NonNullable<TrustedIssuerSettings['requiredClaims']>[string]]>([
    [{}, 'token_use', { equals: 'access' }],
    [{ token_use: 'id' }, 'token_use', { equals: 'access' }],
    [{ token_use: ['access'] }, 'token_use', { equals: 'access' }],
    [{ n: '1' }, 'n', { oneOf: [0, 1] }],
    [{}, 'n', { oneOf: [0, 1] }],
    [{ roles: 'ab' }, 'roles', { contains: 'b' }],
    [{ roles: ['a b'] }, 'roles', { contains: 'b' }],
    [{ roles: { 0: 'b' } }, 'roles', { contains: 'b' }],
    [{}, 'roles', { contains: 'b' }],
  ])('refuses %j where %s must be %j', async (claims, name, requirement) => {
    const message = `${name} must be as configured: ${JSON.stringify(requirement)}`;
    const failure = await failureOf(() => check(claims, { requiredClaims: { [name]: requirement } }));
    expect(failure).toEqual({ name: 'RefusedError', message });
  });
});
