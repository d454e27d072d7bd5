/** What a function of the user's own revokes with: the admin API's records and refusals, in a real table. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { DynamoDbConnection } from '../../adapters/dynamodb/connection.ts';
import { revocationReader } from '../../adapters/dynamodb/revocations.ts';
import { jwkSetFetcher } from '../../adapters/http/jwks.ts';
import { adminRevoke } from '../../core/admin/revocations.ts';
import type { RevokerSettings, TrustedIssuerSettings } from '../../core/contract/settings.ts';
import { ranges } from '../../core/contract/times.ts';
import { trustedIssuers } from '../../core/verify/trusted-issuers.ts';
import { OAuthError, type Revoke, revoker, UnavailableError } from '../../runtime/revocations.ts';
import { connect, createTable } from '../adapters/tables.ts';
import { compact, forgeKey } from '../attack/forge.ts';
import { administration } from '../core/admin/fixture.ts';
import { policy } from '../core/keys/key-sets.ts';
import { type Engine, engines } from '../engines.ts';

const now = 1_800_000_000;
const key = forgeKey('ES256', 'k1');
const own = 'https://own.example';
const foreign = 'https://foreign.example';
const tableName = 'Revocations';

const believed = { audience: ['orders'], typ: ['at+jwt'], algorithms: ['ES256'], maxLifetimeSeconds: 3600 };
const issuers: readonly TrustedIssuerSettings[] = [
  { ...believed, issuer: own },
  { ...believed, issuer: foreign, jwks: { keys: [{ ...key.publicJwk }] } },
];
const settings: RevokerSettings = { issuers, clockToleranceSeconds: 30, resultsCacheSeconds: 300 };

/** What Lambda and `authorizer.grantRevoke(fn)` set. */
const environment = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_LAMBDA_FUNCTION_NAME: 'logout',
  KEYTURN_REVOCATION_TABLE: tableName,
  KEYTURN_REVOKER: JSON.stringify(settings),
  KEYTURN_ISSUER: own,
  KEYTURN_KEY_SET_TABLE: 'KeySets',
};

function newToken(claims: object = {}): string {
  return compact(
    { alg: 'ES256', typ: 'at+jwt', kid: 'k1' },
    {
      ...{ iss: foreign, aud: 'orders', sub: 'ada', jti: 'j-1', iat: now - 10, exp: now + 600 },
      ...claims,
    },
    key,
  );
}

/** What the admin API does with the same request: the record, or its error. */
async function asAdmin(request: object): Promise<unknown> {
  const known = trustedIssuers(
    { issuers },
    { foreign: jwkSetFetcher(), own: { readPublic: () => Promise.resolve(undefined) } },
  );
  const refreshTokenLifetimeSeconds = ranges.refreshTokenLifetimeSeconds.max;
  const { context } = await administration({
    ownIssuer: own,
    settings: { ...policy, clockSkewSeconds: 30, resultsCacheSeconds: 300, refreshTokenLifetimeSeconds },
    verification: { issuers: known, clockToleranceSeconds: 30, now },
  });
  const body = JSON.stringify(request);
  return adminRevoke({ actor: 'logout', query: new URLSearchParams(), body }, context).catch(
    (error: unknown) => error,
  );
}

const before = { ...process.env };
beforeEach(() => {
  jest.spyOn(Date, 'now').mockReturnValue(now * 1000);
  Object.assign(process.env, environment);
});
afterEach(() => {
  jest.restoreAllMocks();
  process.env = { ...before };
});

describe.each(engines)('revoker on $name', (kind) => {
  let engine: Engine;
  let client: DynamoDbConnection;
  let revoke: Revoke;

  beforeAll(async () => {
    engine = await kind.start();
    client = connect(engine.endpoint);
    await createTable(client, tableName, 'id');
  });

  beforeEach(() => {
    process.env['AWS_ENDPOINT_URL_DYNAMODB'] = engine.endpoint;
    revoke = revoker();
  });

  afterAll(async () => {
    client.destroy();
    await engine.stop();
  });

  const stored = async (id: string) => (await revocationReader(client, tableName).read([id])).get(id);

  it.each([
    { token: newToken() },
    { token: newToken({ jti: undefined }) },
    { jti: 'j-2', issuer: foreign },
    { digest: `sha-256:${'A'.repeat(43)}`, issuer: foreign },
    { subject: 'ada', issuer: foreign, before: now - 99 },
    { clientId: 'shop', issuer: foreign },
    { sid: 's-1', issuer: foreign },
    { kid: 'k1', issuer: foreign },
    { all: true as const, issuer: foreign, before: now - 5 },
    { subject: 'ada' },
  ])('writes the record that the admin API does: %j', async (request) => {
    const record = await revoke({ ...request, reason: 'left' });
    expect(record).toMatchObject({ reason: 'left', actor: 'logout', revokedAt: now });
    expect(record).toEqual(await asAdmin({ ...request, reason: 'left' }));
    expect(await stored(record.id)).toEqual(record);
  });

  it('writes nothing in a dry run', async () => {
    const { id } = await revoke({ jti: 'dry', issuer: foreign, dryRun: true });
    expect(await stored(id)).toBeUndefined();
  });

  it.each<[string, object]>([
    ['nothing', {}],
    ['two things', { jti: 'j', subject: 's' }],
    ['a time in the future', { subject: 's', before: now + 1 }],
    ['an unknown issuer', { jti: 'j', issuer: 'https://evil.example' }],
    ['a key of our own', { kid: 'k' }],
    ['no token', { token: 'nonsense' }],
    ['a token that has expired', { token: newToken({ exp: now - 100, iat: now - 200 }) }],
    ["another's forgery", { token: `${newToken().slice(0, -8)}AAAAAAAA` }],
  ])('refuses %s as the admin API does', async (_, request) => {
    const refusal = await asAdmin(request);
    expect(refusal).toBeInstanceOf(OAuthError);
    await expect(revoke(request as never)).rejects.toEqual(refusal);
  });

  it('asks for the issuer where there is none of our own', async () => {
    delete process.env['KEYTURN_ISSUER'];
    await expect(revoker()({ subject: 'ada' })).rejects.toThrow(
      new OAuthError('invalid_request', `issuer is not a trusted issuer; allowed: ${own}, ${foreign}`),
    );
  });

  it('says that the table cannot be reached', async () => {
    process.env['AWS_ENDPOINT_URL_DYNAMODB'] = 'http://127.0.0.1:9';
    await expect(revoker()({ jti: 'j', issuer: foreign })).rejects.toBeInstanceOf(UnavailableError);
  });
});

it.each(['KEYTURN_REVOCATION_TABLE', 'KEYTURN_REVOKER'])('names %s where it is not set', (name) => {
  delete process.env[name];
  expect(() => revoker()).toThrow(
    new Error(`environment variable ${name}: got nothing; allowed: what the construct's grant sets`),
  );
});
