/** The attacked: issuers with their keys, what was revoked, which routes ask for scopes. Plain data. */
import { createHash } from 'node:crypto';
import type { JSONWebKeySet, JWK } from 'jose';
import type {
  AuthorizerSettings,
  SigningAlgorithm,
  TrustedIssuerSettings,
} from '../../core/contract/settings.ts';
import type { KeySet, KeyState, SigningKey } from '../../core/keys/key-set.ts';
import { revocationId, type RevocationKind, type RevocationRecord } from '../../core/revocation/record.ts';
import type { StoredTicket } from '../../core/ticket/stored-ticket.ts';
import { canary } from '../canary.ts';
import { type ForgedKey, forgeKey, namedKey } from './forge.ts';

/** NumericDate of every attack. */
export const now = 1_800_000_000;
export const tolerance = 30;

export const own = 'https://issuer.example/tenant';
export const foreign = 'https://foreign.example/';
export const cognito = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12Cd34E';
export const down = 'https://down.example';
/** Shares a secret with us. */
export const partner = 'https://partner.example';
/** Shares a secret that is too short, and one that cannot be read. */
export const weakPartner = 'https://weak-partner.example';
export const silentPartner = 'https://silent-partner.example';
/** Ours too, but no key set was written for it yet. */
export const unwritten = 'https://unwritten.example';
/** Its JWK Set stands in the configuration. */
export const configured = 'https://configured.example';
export const audience = 'https://api.example';
const others = { jwks: 'https://foreign.example/jwks', cognito: 'https://cognito.example/jwks' };

/** `jti`s and DPoP `jti`s that make a store unreachable. */
export const unreachable = 'unreachable';
/** `jti` of a DPoP proof that was seen before. */
export const usedProof = 'used-proof';

/** Every key of the attack, by its `kid`. */
export function makeKeys() {
  const rsa = forgeKey('RS256', 'own-rs');
  const foreignRsa = forgeKey('RS256', 'foreign-rs');
  const same = (alg: string, kid: string) => namedKey(alg, kid, foreignRsa.privateKey);
  return {
    ownRs: rsa,
    ownEs: forgeKey('ES256', 'own-es'),
    ownEd: forgeKey('EdDSA', 'own-ed'),
    ownPs: forgeKey('PS256', 'own-ps'),
    ownShared: forgeKey('ES256', 'shared'),
    ownRetired: forgeKey('ES256', 'own-retired'),
    ownCompromised: forgeKey('ES256', 'own-compromised'),
    ownRevoked: forgeKey('ES256', 'own-revoked'),
    foreignRs: foreignRsa,
    foreignShared: forgeKey('ES256', 'shared'),
    rs384: same('RS384', 'rs384'),
    rs512: same('RS512', 'rs512'),
    ps384: same('PS384', 'ps384'),
    ps512: same('PS512', 'ps512'),
    es384: forgeKey('ES384', 'es384'),
    es512: forgeKey('ES512', 'es512'),
    ed25519: forgeKey('Ed25519', 'ed25519'),
    noAlgRsa: same('RS256', 'no-alg-rsa'),
    noAlgEc: forgeKey('ES256', 'no-alg-ec'),
    weakRsa: forgeKey('RS256', 'weak-rsa', 1024),
    unitExponent: same('RS256', 'unit-exponent'),
    twin: forgeKey('ES256', 'twin'),
    leaked: forgeKey('ES256', 'leaked'),
    leakedRsa: same('RS256', 'leaked-rsa'),
    encryption: forgeKey('ES256', 'encryption'),
    signOnly: forgeKey('ES256', 'sign-only'),
    idle: forgeKey('ES256', 'idle'),
    unaccepted: forgeKey('ES256', 'unaccepted'),
    nameless: forgeKey('ES256', ''),
    offCurve: forgeKey('ES256', 'off-curve'),
    otherCurve: forgeKey('ES256', 'other-curve'),
    configured: forgeKey('ES256', 'configured'),
    cognitoRs: same('RS256', 'cognito-rs'),
    attackerRs: forgeKey('RS256', 'own-rs'),
    attackerEs: forgeKey('ES256', 'own-es'),
    client: forgeKey('ES256', 'client'),
    otherClient: forgeKey('ES256', 'other-client'),
    rsaClient: same('RS256', 'rsa-client'),
  } as const;
}

export type AttackKeys = ReturnType<typeof makeKeys>;

/** A secret that a foreign issuer published by mistake. */
export const publishedSecret = 'published-by-mistake-0123456789-published-by-mistake-0123456789';

export const partnerSecret = canary('partner-secret-0123456789-0123456789');
const secrets = {
  'arn:partner': new TextEncoder().encode(partnerSecret),
  'arn:weak': new TextEncoder().encode('too-short-for-hs256'),
};

/** Everything that one authorizer knows. */
export interface World {
  readonly settings: AuthorizerSettings;
  readonly keySets: Readonly<Record<string, KeySet>>;
  /** By address; an address that is not there cannot be reached. */
  readonly jwkSets: Readonly<Record<string, JSONWebKeySet>>;
  readonly revocations: readonly RevocationRecord[];
  readonly usedProofs: readonly string[];
  /** By ARN; a secret that is not there cannot be read. */
  readonly secrets: Readonly<Record<string, Uint8Array>>;
  readonly tickets: readonly StoredTicket[];
}

export function makeWorld(keys: AttackKeys): World {
  return {
    settings: {
      issuers: [
        issuer(own, {
          algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
          typ: ['at+jwt'],
          maxLifetimeSeconds: 3600,
        }),
        issuer(foreign, { jwksUri: others.jwks, algorithms: foreignAlgorithms }),
        issuer(down, { jwksUri: 'https://down.example/jwks' }),
        issuer(cognito, {
          jwksUri: others.cognito,
          audience: ['app-client'],
          audienceClaim: 'client_id',
          requiredClaims: {
            token_use: { equals: 'access' },
            tier: { oneOf: ['gold', 1] },
            'cognito:groups': { contains: 'staff' },
          },
          scopeClaims: ['permissions'],
        }),
        issuer(unwritten, {}),
        issuer(partner, { secretArn: 'arn:partner', algorithms: ['HS256'] }),
        issuer(weakPartner, { secretArn: 'arn:weak', algorithms: ['HS256'] }),
        issuer(silentPartner, { secretArn: 'arn:silent', algorithms: ['HS256'] }),
        issuer(configured, {
          ...{ jwks: { keys: [publicOf(keys.configured)] }, algorithms: ['ES256'], clientIdClaims: ['cid'] },
        }),
      ],
      clockToleranceSeconds: tolerance,
      proofWindowSeconds: 60,
      routeScopes: {
        'GET /admin': { all: ['admin'] },
        'ANY /any': { any: ['read', 'write'] },
        'POST /both': { all: ['a', 'b'], any: ['c', 'd'] },
        'GET /none': { any: [] },
        'GET /files/{proxy+}': { all: ['files'] },
        'GET /files/public': { all: ['public'] },
        'ANY /items/{id}': { all: ['any-items'] },
        'GET /items/{id}': { all: ['get-items'] },
        $connect: { all: ['connect'] },
        $default: { all: ['rest'] },
      },
    },
    keySets: { [own]: { issuer: own, version: 7, keys: ownKeys(keys) } },
    jwkSets: {
      [others.jwks]: { keys: foreignKeys(keys) },
      [others.cognito]: { keys: [keys.cognitoRs.publicJwk] },
    },
    revocations,
    usedProofs: [usedProof],
    secrets,
    tickets,
  };
}

function publicOf({ publicJwk }: ForgedKey): Readonly<Record<string, unknown>> {
  return { ...publicJwk };
}

const foreignAlgorithms = [
  ...['RS256', 'RS384', 'RS512', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'Ed25519', 'HS256', 'HS512'],
];

function issuer(name: string, settings: Partial<TrustedIssuerSettings>): TrustedIssuerSettings {
  return {
    issuer: name,
    audience: [audience],
    typ: null,
    algorithms: ['RS256'],
    maxLifetimeSeconds: 86_400,
    ...settings,
  };
}

function ownKeys(keys: AttackKeys): readonly SigningKey[] {
  const states: readonly [ForgedKey, KeyState][] = [
    [keys.ownRetired, 'retired'],
    [keys.ownCompromised, 'compromised'],
    [keys.ownEs, 'retiring'],
    [keys.ownShared, 'retiring'],
    [keys.ownRevoked, 'retiring'],
    [keys.ownEd, 'retiring'],
    [keys.ownRs, 'active'],
    [keys.ownPs, 'pending'],
  ];
  return states.map(([{ kid, alg, publicJwk }, state]) => ({
    ...{ kid, state, publicJwk, algorithm: alg as SigningAlgorithm },
    ...{ publishedAt: now - 86_400, original: true, maxTokenLifetimeSeconds: 3600 },
  }));
}

function foreignKeys(keys: AttackKeys): JWK[] {
  const bare = ({ publicJwk }: ForgedKey, changes: JWK & Record<string, unknown> = {}): JWK => {
    const changed = { ...publicJwk, ...changes };
    return Object.fromEntries(Object.entries(changed).filter(([, value]) => value !== undefined)) as JWK;
  };
  const privateMember = (key: ForgedKey, name: string) => ({
    [name]: (key.privateKey.export({ format: 'jwk' }) as Record<string, unknown>)[name],
  });
  const { foreignRs, foreignShared, rs384, rs512, ps384, ps512, es384, es512, ed25519, weakRsa, twin } = keys;
  const { n: _n, ...noModulus } = bare(foreignRs, { kid: 'no-modulus' });
  return [
    ...[foreignRs, foreignShared, rs384, rs512, ps384, ps512, es384, es512, ed25519, weakRsa].map((key) =>
      bare(key),
    ),
    ...[bare(twin), bare(twin)],
    unnamedAlgorithm(bare(keys.noAlgRsa)),
    unnamedAlgorithm(bare(keys.noAlgEc)),
    bare(keys.unitExponent, { e: 'AQ' }),
    bare(foreignRs, { kid: 'even-exponent', e: 'AQAC' }),
    bare(foreignRs, { kid: 'giant-exponent', e: `Af${'__'.repeat(22)}` }),
    noModulus as JWK,
    bare(keys.leaked, privateMember(keys.leaked, 'd')),
    bare(keys.leakedRsa, privateMember(keys.leakedRsa, 'dp')),
    bare(keys.encryption, { use: 'enc' }),
    bare(keys.signOnly, { key_ops: ['sign'] }),
    bare(keys.idle, { key_ops: [] }),
    bare(keys.unaccepted, { alg: 'ES256K' }),
    bare(keys.nameless),
    bare(keys.offCurve, { x: keys.ownEs.publicJwk.x ?? '' }),
    bare(keys.otherCurve, { alg: 'ES384' }),
    {
      kty: 'oct',
      kid: 'published-secret',
      alg: 'HS256',
      k: Buffer.from(publishedSecret).toString('base64url'),
    },
    {
      kty: 'oct',
      kid: 'published-secret-512',
      alg: 'HS512',
      k: Buffer.from(publishedSecret).toString('base64url'),
    },
  ];
}

function unnamedAlgorithm({ alg: _alg, ...jwk }: JWK): JWK {
  return jwk;
}

/** A token without `jti` is known by its signed part (header and payload as they are spelled). */
export const revokedByDigest = {
  header: '{"alg":"RS256","kid":"foreign-rs"}',
  payload: JSON.stringify({
    ...{ iss: foreign, sub: 'ada', aud: audience, iat: now - 60, exp: now + 300, scope: 'connect' },
  }),
};
const signedPart = [revokedByDigest.header, revokedByDigest.payload].map((part) =>
  Buffer.from(part).toString('base64url'),
);

/** What was revoked, and what was revoked so long ago that the record says nothing any more. */
const revocations: readonly RevocationRecord[] = [
  record('token', own, 'revoked-token'),
  record('token', own, 'once-revoked-token', { expiresAt: now }),
  record('subject', own, 'revoked-subject', { revokedBefore: now }),
  record('subject', own, 'forgiven-subject', { revokedBefore: now - 100 }),
  record('subject', own, 'once-revoked-subject', { revokedBefore: now, expiresAt: now - 1 }),
  record('client', own, 'revoked-client', { revokedBefore: now }),
  record('client', foreign, 'revoked-azp', { revokedBefore: now }),
  record('client', configured, 'revoked-cid', { revokedBefore: now }),
  record('session', own, 'revoked-session', { revokedBefore: now }),
  record(
    'token',
    foreign,
    `sha-256:${createHash('sha256').update(signedPart.join('.')).digest('base64url')}`,
  ),
  record('key', own, 'own-revoked'),
  record('issuer', own, '', { revokedBefore: now - 3000 }),
];

/** A record in force for another hour unless said otherwise. */
export function record(
  kind: RevocationKind,
  name: string,
  value: string,
  times: Partial<Pick<RevocationRecord, 'revokedBefore' | 'expiresAt'>> = {},
): RevocationRecord {
  const id = revocationId(kind, name, value);
  return { id, kind, issuer: name, value, revokedAt: now - 10, expiresAt: now + 3600, ...times };
}

/** What a ticket is stored under. */
export function ticketId(ticket: string): string {
  return createHash('sha256').update(ticket).digest('base64url');
}

const ticketClaims = {
  ...{ iss: own, sub: 'ada', aud: audience, jti: 'ticket-jti', client_id: 'client-1', scope: 'connect' },
  ...{ iat: now - 60, exp: now + 300 },
};

/** Tickets that were given out, by what they are for. */
const tickets: readonly StoredTicket[] = [
  ticket('good', {}),
  ticket('good-but-late', {}, now),
  ticket('of-unscoped-token', { scope: 'read' }),
  ticket('of-expired-token', { exp: now - tolerance, iat: now - 300 }),
  ticket('of-revoked-token', { jti: 'revoked-token' }),
  ticket('of-revoked-subject', { sub: 'revoked-subject' }),
  { ...ticket('of-revoked-key', {}), kid: 'own-revoked' },
  ticket('of-issuer-gone', { iss: 'https://gone.example' }),
  ticket('of-issuer-no-string', { iss: 7 }),
  ticket('of-other-audience', { aud: 'other' }),
  ticket('of-unreadable-token', { jti: unreachable }),
];

function ticket(name: string, changes: Readonly<Record<string, unknown>>, expiresAt = now + 1): StoredTicket {
  return { id: ticketId(name), kid: 'own-rs', claims: { ...ticketClaims, ...changes }, expiresAt };
}
