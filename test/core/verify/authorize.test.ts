import { beforeAll, describe, expect, it } from '@jest/globals';
import { type RevocationReader, UnavailableError } from '../../../core/ports.ts';
import { revocationId } from '../../../core/revocation/record.ts';
import { type Allowance, authorizeToken, checkScopes } from '../../../core/verify/authorize.ts';
import { type Reason, reasons } from '../../../core/verify/reasons.ts';
import { bearer, contextOf, now, recordsOf } from '../issuer.ts';
import { goodClaims, ours, refused, setStage, type Spoilt, type Stage, verdictOf } from './fixture.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});

const revoked = recordsOf({
  ...{ id: revocationId('token', ours.issuer, 'jti-1'), kind: 'token', issuer: ours.issuer, value: 'jti-1' },
  ...{ revokedAt: now - 5, expiresAt: now + 5000 },
});
const down: RevocationReader = { read: () => Promise.reject(new UnavailableError('revocation table')) };

describe('authorizeToken', () => {
  it('allows a good token and says what was signed', async () => {
    const { iss, sub, iat, exp, jti } = goodClaims;
    expect(await stage.decide(stage.token())).toEqual({
      outcome: 'allow',
      token: {
        ...{
          issuer: ours,
          kid: 'rs',
          claims: goodClaims,
          signingInput: expect.stringMatching(/^[\w-]+\.[\w-]+$/),
        },
        accepted: { iss, sub, iat, exp, jti, clientId: 'shop', scopes: ['read', 'write'] },
      },
    });
  });

  it('names issuer, kid and jti of a refused token only once its signature held', async () => {
    const identity = { issuer: ours.issuer, kid: 'rs', jti: 'jti-1' };
    const context = stage.contextWith(revoked);
    expect(await authorizeToken(bearer(stage.token()), context)).toMatchObject(identity);
    for (const spoilt of [
      { sign: stage.sign.stranger },
      { claims: { exp: now - 500 } },
      { header: { kid: 'x' } },
    ]) {
      expect(Object.keys(await stage.decide(stage.token(spoilt)))).toEqual([
        'outcome',
        'status',
        'reason',
        'detail',
      ]);
    }
  });

  it('lets an unavailable revocation table, and unavailable keys, through as what they are', async () => {
    const keys = { find: () => Promise.reject(new UnavailableError('keys')) };
    const context = contextOf([{ settings: ours, keys }]);
    await expect(authorizeToken(bearer(stage.token()), context)).rejects.toThrow(
      new UnavailableError('keys'),
    );
    const found = authorizeToken(bearer(stage.token()), stage.contextWith(down));
    await expect(found).rejects.toThrow(new UnavailableError('revocation table'));
    await expect(found).rejects.toBeInstanceOf(UnavailableError);
  });

  it('lets an unforeseen error through: it is no decision', async () => {
    const broken: RevocationReader = { read: () => Promise.reject(new TypeError('a bug')) };
    await expect(authorizeToken(bearer(stage.token()), stage.contextWith(broken))).rejects.toThrow(TypeError);
  });

  it('asks for no keys and no records for a token that an earlier step refuses', async () => {
    const asked: string[] = [];
    const find = (kid?: string) => Promise.resolve(void asked.push(String(kid)));
    const context = contextOf([{ settings: ours, keys: { find } }], down);
    for (const spoilt of [
      { header: { typ: 'JWT' } },
      { header: { crit: ['x'] } },
      { claims: { iss: 'x' } },
    ]) {
      expect(await authorizeToken(bearer(stage.token(spoilt)), context)).toMatchObject({ outcome: 'refuse' });
    }
    await authorizeToken(bearer(`${stage.token()}=`), context);
    expect(asked).toEqual([]);
    const expired = stage.token({ claims: { exp: now - 500 } });
    expect(await authorizeToken(bearer(expired), stage.contextWith(down))).toMatchObject({
      reason: 'expired',
    });
  });
});

/** Each fault alone has its reason; each two of them have the reason of the earlier step. */
const faults: readonly (readonly [Reason, Spoilt])[] = [
  ['header_unsupported', { header: { jku: 'https://evil.example' } }],
  ['issuer_unknown', { claims: { iss: 'https://evil.example' } }],
  ['type_not_accepted', { header: { typ: 'JWT' } }],
  ['key_unknown', { header: { kid: 'unknown' } }],
  ['algorithm_mismatch', { header: { alg: 'none' } }],
  ['signature_invalid', { sign: () => 'AAAA' }],
  ['claims_malformed', { claims: { nbf: 'soon' } }],
  ['expired', { claims: { exp: now - 500 } }],
  ['not_yet_valid', { claims: { nbf: now + 500 } }],
  ['issued_in_future', { claims: { iat: now + 500 } }],
  ['lifetime_too_long', { claims: { exp: now + 50_000 } }],
  ['audience_mismatch', { claims: { aud: 'elsewhere' } }],
  ['token_revoked', { claims: { jti: 'jti-1' } }],
  ['sender_constraint_unmet', { claims: { cnf: { kid: 'x' } } }],
];

/** Pairs that change the same claim cannot be had at once. */
const pairs = faults
  .flatMap(([reason, first], index) =>
    faults.slice(index + 1).map(([later, second]) => ({ reason, later, first, second })),
  )
  .filter(({ first, second }) => !sameMember(first, second));

function sameMember(first: Spoilt, second: Spoilt): boolean {
  const names = ({ header = {}, claims = {} }: Spoilt) => [...Object.keys(header), ...Object.keys(claims)];
  return names(first).some((name) => names(second).includes(name));
}

describe('authorizeToken checks in one order', () => {
  const spoil = (...parts: readonly Spoilt[]) =>
    stage.token({
      header: Object.assign({}, ...parts.map(({ header }) => header)) as object,
      claims: Object.assign({ jti: 'jti-2' }, ...parts.map(({ claims }) => claims)) as object,
      sign: parts.find(({ sign }) => sign !== undefined)?.sign ?? stage.sign.rs,
    });

  it.each(faults)('%s alone', async (reason, fault) => {
    const decision = await authorizeToken(bearer(spoil(fault)), stage.contextWith(revoked));
    expect(decision).toMatchObject({ outcome: 'refuse', reason, status: reasons[reason].status });
  });

  it.each(pairs)('$reason before $later', async ({ reason, first, second }) => {
    expect(await authorizeToken(bearer(spoil(first, second)), stage.contextWith(revoked))).toMatchObject({
      reason,
    });
  });

  it('says token_malformed before anything else', async () => {
    for (const [, fault] of faults) {
      const decision = await stage.decide(`${spoil(fault)}.`);
      expect(verdictOf(decision)).toEqual(refused('token_malformed', 'not three segments separated by dots'));
    }
  });
});

describe('authorizeToken, sender constraint', () => {
  it.each<[unknown]>([
    [{ jkt: 'x' }],
    [{ 'x5t#S256': 'x' }],
    [{ kid: 'x' }],
    [{}],
    ['x'],
    [null],
    [[]],
    [false],
  ])('lets no bearer pass with cnf %j', async (cnf) => {
    expect(await stage.decide(stage.token({ claims: { cnf } }))).toMatchObject({
      reason: 'sender_constraint_unmet',
      status: 401,
    });
  });
});

describe('checkScopes', () => {
  const allowance = (...scopes: string[]) => ({ outcome: 'allow', token: { kid: 'rs', accepted: { iss: 'i', jti: 'j', scopes } } }) as unknown as Allowance; // prettier-ignore

  it.each([
    ['no requirement', [], undefined],
    ['an empty requirement', [], {}],
    ['all of none', [], { all: [] }],
    ['all', ['a', 'b'], { all: ['a', 'b'] }],
    ['one of any', ['b'], { any: ['a', 'b'] }],
    ['all and any', ['a', 'c'], { all: ['a'], any: ['b', 'c'] }],
    ['more than is asked for', ['a', 'b', 'c'], { all: ['b'] }],
  ])('lets pass: %s', (_, granted, requirement) => {
    const decision = allowance(...granted);
    expect(checkScopes(decision, requirement)).toBe(decision);
  });

  it.each([
    ['one missing of all', ['a'], { all: ['a', 'b'] }, 'all of a b'],
    ['none of any', ['c'], { any: ['a', 'b'] }, 'one of a b'],
    ['any met, all not', ['b'], { all: ['a'], any: ['b'] }, 'all of a and one of b'],
    ['all met, any not', ['a'], { all: ['a'], any: ['b'] }, 'all of a and one of b'],
    ['any of none: nobody', ['a'], { any: [] }, 'one of '],
    ['another case', ['A'], { all: ['a'] }, 'all of a'],
    ['a longer name', ['ab'], { all: ['a'] }, 'all of a'],
  ])('refuses with 403: %s', (_, granted, requirement, wanted) => {
    expect(checkScopes(allowance(...granted), requirement)).toEqual({
      ...{ outcome: 'refuse', status: 403, reason: 'scope_insufficient', issuer: 'i', kid: 'rs', jti: 'j' },
      detail: `the route asks for ${wanted}`,
    });
  });

  it('leaves a refusal as it is', async () => {
    const refusal = await stage.decide('x');
    expect(checkScopes(refusal, { all: ['a'] })).toBe(refusal);
  });
});
