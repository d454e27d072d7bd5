/** private_key_jwt (RFC 7523): every check of RFC 7523 §3, each with an assertion that is wrong in it alone. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { assertionType } from '../../../core/oauth/client-assertion.ts';
import { clientKeySources } from '../../../core/issue/client-keys.ts';
import { UnavailableError } from '../../../core/ports.ts';
import { tokenEndpoint } from '../../../core/oauth/token-endpoint.ts';
import { compact, makeKey, now, signer, type TestKey } from '../issuer.ts';
import { client, issuer, request, service } from './fixture.ts';

let keys: Readonly<Record<'ES256' | 'RS256' | 'PS256' | 'EdDSA', TestKey>>;
let other: TestKey;

beforeAll(async () => {
  const [es, rs, ps, ed] = await Promise.all([
    makeKey('ES256', 'es'),
    makeKey('RS256', 'rs'),
    makeKey('PS256', 'ps'),
    makeKey('EdDSA', 'ed'),
  ]);
  keys = { ES256: es, RS256: rs, PS256: ps, EdDSA: ed };
  other = await makeKey('ES256', 'es');
});

const good = () => ({
  ...{ iss: 'svc', sub: 'svc', aud: issuer, jti: 'a-1', iat: now, exp: now + 60 },
});

interface Wrong {
  readonly claims?: object;
  readonly header?: object;
  readonly key?: () => TestKey;
  readonly form?: string;
  readonly headers?: object;
}

function assertion({ claims = {}, header = {}, key = () => keys.ES256 }: Wrong = {}): string {
  const signing = key();
  const spoilt = JSON.parse(JSON.stringify({ ...good(), ...claims })) as object;
  return compact({ alg: signing.alg, kid: signing.kid, ...header }, spoilt, signer(signing));
}

async function world() {
  const jwks = {
    keys: Object.values(keys).map(({ publicJwk }) => publicJwk as object as Record<string, unknown>),
  };
  const { context, clients } = await service(
    await client('svc', [], { jwks }),
    await client('off', [], { jwks, disabled: true }),
    await client('remote', [], { jwksUri: 'https://svc.example/jwks' }),
  );
  const ask = (jwt: string, { form = '', headers = {} }: Wrong = {}) => {
    const type = encodeURIComponent(assertionType);
    const proof = `client_assertion_type=${type}&client_assertion=${jwt}`;
    const body = `grant_type=client_credentials&${proof}${form}`;
    return tokenEndpoint(request(body, { authorization: undefined, ...headers }), context);
  };
  return { ask, clients, context };
}

const failed = {
  ...{ code: 'invalid_client', status: 401 },
  message: 'client authentication failed: unknown client, wrong secret, or none given',
};

describe('private_key_jwt takes', () => {
  it.each<[string, Wrong]>([
    ['the issuer as audience', {}],
    ['the token endpoint as audience', { claims: { aud: `${issuer}/oauth2/token` } }],
    ['both, in an array', { claims: { aud: [`${issuer}/oauth2/token`, issuer] } }],
    ['RS256', { key: () => keys.RS256 }],
    ['PS256', { key: () => keys.PS256 }],
    ['EdDSA', { key: () => keys.EdDSA }],
    ['the client_id beside it', { form: '&client_id=svc' }],
    ['a clock within the skew', { claims: { iat: now + 50, nbf: now + 50, exp: now + 100 } }],
    ['typ client-authentication+jwt', { header: { typ: 'client-authentication+jwt' } }],
  ])('%s', async (_, right) => {
    const { ask } = await world();
    expect(await ask(assertion(right), right)).toMatchObject({ token_type: 'Bearer' });
  });

  it('keys from the jwks_uri', async () => {
    const { ask, context } = await world();
    const fetched: string[] = [];
    const fetch = (uri: string) => {
      fetched.push(uri);
      return Promise.resolve({ keys: [keys.ES256.publicJwk] });
    };
    const keysOf = clientKeySources({ fetch });
    Object.assign(context, { keysOf });
    for (const jti of ['a', 'b']) {
      expect(await ask(assertion({ claims: { iss: 'remote', sub: 'remote', jti } }))).toBeDefined();
    }
    expect(fetched).toEqual(['https://svc.example/jwks']);
  });
});

describe('private_key_jwt refuses', () => {
  it.each<[string, Wrong, object]>([
    ['another key', { key: () => other }, failed],
    ['an unknown kid', { header: { kid: 'x' } }, failed],
    ['no kid', { header: { kid: undefined } }, failed],
    ['alg none', { header: { alg: 'none' } }, failed],
    ['another alg than the key has', { header: { alg: 'ES384' } }, failed],
    ['a key of its own', { header: { jwk: {} } }, failed],
    ['crit', { header: { crit: ['x'] } }, failed],
    ['an unknown client', { claims: { iss: 'nobody', sub: 'nobody' } }, failed],
    ['a disabled client', { claims: { iss: 'off', sub: 'off' } }, failed],
    ['a client without keys', { claims: { iss: 'shop', sub: 'shop' } }, failed],
    ['no iss', { claims: { iss: undefined } }, failed],
    ['another sub', { claims: { sub: 'shop' } }, { message: /sub must be as configured/ }],
    ['no sub', { claims: { sub: undefined } }, { message: /sub must be as configured/ }],
    ['another aud', { claims: { aud: 'https://other.example' } }, { message: /aud must hold/ }],
    ['an aud that begins alike', { claims: { aud: `${issuer}/` } }, { message: /aud must hold/ }],
    ['no aud', { claims: { aud: undefined } }, { message: /aud must be a string/ }],
    ['no exp', { claims: { exp: undefined } }, { message: /exp must be a NumericDate/ }],
    ['no iat', { claims: { iat: undefined } }, { message: /iat must be a NumericDate/ }],
    ['no jti', { claims: { jti: undefined } }, { message: /jti is missing/ }],
    ['one that has ended', { claims: { iat: now - 100, exp: now - 60 } }, { message: /exp \d+, time/ }],
    ['one from the future', { claims: { iat: now + 62, exp: now + 99 } }, { message: /iat \d+, time/ }],
    ['one that is not valid yet', { claims: { nbf: now + 62 } }, { message: /nbf \d+, time/ }],
    ['one of 601 s', { claims: { exp: now + 601 } }, { message: /at most 600 s is accepted/ }],
    ['a client_id of another', { form: '&client_id=shop' }, { code: 'invalid_request' }],
    ['a secret beside it', { form: '&client_secret=x' }, { code: 'invalid_request' }],
    ['Basic beside it', { headers: { authorization: 'Basic eA==' } }, { code: 'invalid_request' }],
  ])('%s', async (_, wrong, refusal) => {
    const { ask } = await world();
    const answer = ask(assertion(wrong), wrong);
    await expect(answer).rejects.toMatchObject({ name: 'OAuthError' });
    const error = await answer.catch((reason: Error) => reason);
    const { message, ...rest } = refusal as { message?: RegExp | string };
    expect(error).toMatchObject({ code: 'invalid_client', ...rest });
    if (message !== undefined)
      expect((error as Error).message).toEqual(
        typeof message === 'string' ? message : expect.stringMatching(message),
      );
    expect((error as Error).message).toMatch(/^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/);
  });

  it('one that was used before', async () => {
    const { ask } = await world();
    const jwt = assertion();
    await ask(jwt);
    await expect(ask(jwt)).rejects.toMatchObject({
      ...{ code: 'invalid_client', message: 'the client assertion cannot be used: it was used before' },
    });
    const again = assertion({ claims: { exp: now + 61 } });
    await expect(ask(again)).rejects.toMatchObject({ message: /used before/ });
  });

  it('none for a jti that another client has used', async () => {
    const { ask, clients } = await world();
    const svc = clients.stored.get('svc');
    if (svc !== undefined) clients.stored.set('twin', { ...svc, clientId: 'twin' });
    await ask(assertion());
    expect(await ask(assertion({ claims: { iss: 'twin', sub: 'twin' } }))).toBeDefined();
  });

  it('one that was used before for as long as it would be taken, by the clock skew after its end', async () => {
    const { ask, context } = await world();
    const until: number[] = [];
    const remember = (_: string, expiresAt: number) => Promise.resolve(until.push(expiresAt) > 0);
    Object.assign(context, { replays: { remember } });
    await ask(assertion());
    expect(until).toEqual([now + 60 + 60]);
  });

  it.each(['', '&client_assertion_type=x'])('another client_assertion_type: %j', async (form) => {
    const { context } = await world();
    const body = `grant_type=client_credentials&client_assertion=${assertion()}${form}`;
    const answer = tokenEndpoint(request(body, { authorization: undefined }), context);
    await expect(answer).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it('nothing while the keys cannot be fetched: that is no answer', async () => {
    const { ask, context } = await world();
    const fetch = () => Promise.reject(new UnavailableError('jwks'));
    Object.assign(context, { keysOf: clientKeySources({ fetch }) });
    const jwt = assertion({ claims: { iss: 'remote', sub: 'remote' } });
    await expect(ask(jwt)).rejects.toThrow(UnavailableError);
  });
});
