import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { keySetStore } from '../../adapters/dynamodb/key-sets.ts';
import { Environment } from '../../core/contract/environment.ts';
import type { AuthorizerSettings, SigningAlgorithm } from '../../core/contract/settings.ts';
import { connect, createTable } from '../../test/adapters/tables.ts';
import { type Engine, engines } from '../../test/engines.ts';

export const algorithms = ['RS256', 'ES256', 'EdDSA'] as const;
export type Algorithm = (typeof algorithms)[number];

const audience = 'https://api.example';
export const tables = { revocations: 'Revocations', keySets: 'KeySets' } as const;

/** A DynamoDB engine with the tables of an authorizer, and issuers whose tokens it takes: one for each algorithm. */
export interface Scene {
  readonly engineName: string;
  readonly engine: Pick<Engine, 'endpoint' | 'stop'>;
  /** A new token. Default subject and client: the same each time. */
  token(algorithm: Algorithm, claims?: Readonly<Record<string, unknown>>): Promise<string>;
  /** The environment of our authorizer and of its peers, which believe one issuer. */
  environment(algorithm: Algorithm, endpoint?: string): Readonly<Record<string, string>>;
  close(): Promise<void>;
}

interface Issuer {
  readonly issuer: string;
  readonly kid: string;
  readonly algorithm: Algorithm;
  readonly privateKey: Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];
  readonly publicJwk: JWK & { readonly kid: string };
}

/** Sets it up on an engine that runs, or else on dynoxide where that is installed, or on dynalite. */
export async function setScene(running?: Pick<Engine, 'endpoint' | 'stop'>): Promise<Scene> {
  const kind = engines.at(-1);
  if (kind === undefined) throw new Error('no DynamoDB engine is installed');
  const engine = running ?? (await kind.start());
  const issuers = await Promise.all(algorithms.map(makeIssuer));
  const byAlgorithm = new Map(issuers.map((issuer) => [issuer.algorithm, issuer]));
  const of = (algorithm: Algorithm): Issuer => byAlgorithm.get(algorithm) as Issuer;
  await seed(engine, issuers);
  return {
    engine,
    engineName: kind.name,
    token: (algorithm, claims = {}) => makeToken(of(algorithm), claims),
    environment: (algorithm, endpoint = engine.endpoint) => environmentOf(of(algorithm), issuers, endpoint),
    close: () => engine.stop(),
  };
}

async function makeIssuer(algorithm: Algorithm): Promise<Issuer> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  const kid = randomUUID();
  const publicJwk = { ...(await exportJWK(publicKey)), kid, alg: algorithm, use: 'sig' };
  return { issuer: `https://${algorithm.toLowerCase()}.example`, kid, algorithm, privateKey, publicJwk };
}

async function seed(engine: Scene['engine'], issuers: readonly Issuer[]): Promise<void> {
  const client = connect(engine.endpoint);
  await createTable(client, tables.revocations, 'id');
  await createTable(client, tables.keySets, 'issuer');
  const store = keySetStore(client, tables.keySets);
  const windows = {
    jwksCacheSeconds: 7200,
    clockSkewSeconds: 60,
    propagationSeconds: 60,
    signerHoldSeconds: 5,
  };
  for (const { issuer, kid, algorithm, publicJwk } of issuers) {
    const key = { kid, algorithm: algorithm as SigningAlgorithm, state: 'active' as const, publicJwk };
    const times = { publishedAt: 0, activatedAt: 0, original: true, maxTokenLifetimeSeconds: 3600 };
    await store.replace({
      issuer,
      version: 1,
      keys: [{ ...key, ...times }],
      sealed: {},
      windows: { current: windows },
    });
  }
  client.destroy();
}

function makeToken(
  { issuer, kid, algorithm, privateKey }: Issuer,
  claims: Readonly<Record<string, unknown>>,
): Promise<string> {
  const standard = { client_id: 'orders-service', scope: 'orders:read orders:write' };
  return new SignJWT({ ...standard, ...claims })
    .setProtectedHeader({ alg: algorithm, kid, typ: 'at+jwt' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(typeof claims.sub === 'string' ? claims.sub : 'orders-service')
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(privateKey);
}

function environmentOf(
  { issuer, publicJwk }: Issuer,
  issuers: readonly Issuer[],
  endpoint: string,
): Readonly<Record<string, string>> {
  const settings: AuthorizerSettings = {
    issuers: issuers.map((one) => ({
      ...{ issuer: one.issuer, audience: [audience], typ: ['at+jwt'], maxLifetimeSeconds: 86_400 },
      algorithms: [one.algorithm],
    })),
    clockToleranceSeconds: 60,
    routeScopes: {},
  };
  return {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    [Environment.authorizer]: JSON.stringify(settings),
    [Environment.revocationTable]: tables.revocations,
    [Environment.keySetTable]: tables.keySets,
    BENCH_JWKS: JSON.stringify({ keys: [publicJwk] }),
    BENCH_ISSUER: issuer,
    BENCH_AUDIENCE: audience,
    BENCH_TABLE: tables.revocations,
  };
}
