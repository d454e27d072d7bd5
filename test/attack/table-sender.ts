/** Tokens bound to a key: DPoP (RFC 9449 §4.3, §7) and TLS client certificates (RFC 8705 §3). */
import { createHash, createPublicKey } from 'node:crypto';
import { calculateThumbprint } from './thumbprint.ts';
import { type AttackCase, claim, type Expected, type Forge, sent } from './case.ts';
import type { Presented, Shape } from './events.ts';
import {
  accessTokenHash,
  base64url,
  compact,
  type ForgedKey,
  macced,
  proof,
  withSignature,
} from './forge.ts';
import { now, unreachable, usedProof } from './world.ts';

const withProofs: readonly Shape[] = ['REST REQUEST', 'HTTP 1.0', 'HTTP 2.0', 'WebSocket'];

type Target = Parameters<AttackCase['present']>[1];
type Members = Readonly<Record<string, unknown>>;

/** What a proof is made for. */
interface Bound {
  readonly forge: Forge;
  readonly token: string;
  readonly target: Target;
  readonly key: ForgedKey;
  /** Claims of a good proof, with changes. */
  claims(changes?: Members): Members;
}

/** A token bound to the client's key, with whatever proofs `make` makes. */
function bound(
  title: string,
  expected: Expected,
  make: (bound: Bound) => readonly string[],
  changes: { readonly scheme?: string; readonly key?: 'rsaClient'; readonly cnf?: Members } = {},
): AttackCase {
  const present = (forge: Forge, target: Target): Presented => {
    const key = forge.keys[changes.key ?? 'client'];
    const token = forge.token({
      claims: { cnf: { jkt: calculateThumbprint(key.publicJwk), ...changes.cnf } },
    });
    const good = { htm: target.method, htu: target.url, iat: now, ath: accessTokenHash(token) };
    const claims = (edits: Members = {}) => ({ ...good, ...edits });
    return {
      authorization: [`${changes.scheme ?? 'DPoP'} ${token}`],
      proofs: make({ forge, token, target, key, claims }),
    };
  };
  return { title: `DPoP: ${title}`, expected, present, shapes: withProofs };
}

const changed = (
  title: string,
  expected: Expected,
  claims: (bound: Bound) => Members,
  header: object = {},
): AttackCase => bound(title, expected, (made) => [proof(made.key, made.claims(claims(made)), header)]);

const proofs: readonly AttackCase[] = [
  changed('a good proof', 'allow', () => ({})),
  bound('a good proof, scheme in lower case', 'allow', ({ key, claims }) => [proof(key, claims())], {
    scheme: 'dpop',
  }),
  bound('a good RS256 proof', 'allow', ({ key, claims }) => [proof(key, claims())], { key: 'rsaClient' }),
  bound('no proof', 'dpop_proof_missing', () => []),
  bound(
    'the Bearer scheme with a good proof',
    'sender_constraint_unmet',
    ({ key, claims }) => [proof(key, claims())],
    { scheme: 'Bearer' },
  ),
  {
    ...bound('two good proofs', 'dpop_proof_malformed', ({ key, claims }) => [
      proof(key, claims()),
      proof(key, claims()),
    ]),
    // Payload 2.0 joins them.
    shapes: withProofs.filter((shape) => shape !== 'HTTP 2.0'),
  },
  bound('two proofs joined with a comma', 'dpop_proof_malformed', ({ key, claims }) => [
    `${proof(key, claims())},${proof(key, claims())}`,
  ]),
  bound('an empty proof', 'dpop_proof_malformed', () => ['']),
  bound('the access token for a proof', 'dpop_proof_malformed', ({ token }) => [token]),
  bound('a proof with padding', 'dpop_proof_malformed', ({ key, claims }) => [`${proof(key, claims())}=`]),
  bound('a proof without a signature', 'dpop_proof_malformed', ({ key, claims }) => [
    withSignature(proof(key, claims()), ''),
  ]),
  bound('a proof with a changed signature', 'dpop_proof_malformed', ({ key, claims }) => [
    withSignature(proof(key, claims()), new Uint8Array(64).fill(7)),
  ]),
  bound('a proof of 6 MB', 'dpop_proof_malformed', ({ key, claims }) => [
    proof(key, claims({ x: 'x'.repeat(6_000_000) })),
  ]),
  bound('another key than the token is bound to', 'dpop_proof_mismatch', ({ forge, claims }) => [
    proof(forge.keys.otherClient, claims()),
  ]),
  bound('another key that names the bound key as jwk', 'dpop_proof_malformed', ({ forge, key, claims }) => {
    const { kid: _kid, alg: _alg, use: _use, ...jwk } = key.publicJwk;
    return [proof(forge.keys.otherClient, claims(), { jwk })];
  }),
  bound('a proof used before', 'dpop_proof_replayed', ({ key, claims }) => [
    proof(key, claims({ jti: usedProof })),
  ]),
  bound('a replay table that cannot be reached', 'unavailable', ({ key, claims }) => [
    proof(key, claims({ jti: unreachable })),
  ]),
  bound(
    'a confirmation method beside jkt that is not known',
    'sender_constraint_unmet',
    ({ key, claims }) => [proof(key, claims())],
    { cnf: { jwe: 'x' } },
  ),
  bound('jkt that is no string', 'sender_constraint_unmet', ({ key, claims }) => [proof(key, claims())], {
    cnf: { jkt: 7 },
  }),
  bound('jkt in an array', 'sender_constraint_unmet', ({ key, claims }) => [proof(key, claims())], {
    cnf: { jkt: ['x'] },
  }),
  bound(
    'jkt and a certificate, of which one is there',
    'sender_constraint_unmet',
    ({ key, claims }) => [proof(key, claims())],
    { cnf: { 'x5t#S256': 'x' } },
  ),
];

const bindings: readonly AttackCase[] = [
  ...['get', 'POST', '', undefined, null, 7, ['GET']].map((htm) =>
    changed(`htm ${JSON.stringify(htm) ?? 'missing'}`, 'dpop_proof_mismatch', () => ({ htm })),
  ),
  ...[undefined, null, '', 7, 'not a URL', '/orders/17', ['https://api.example/']].map((htu) =>
    changed(`htu ${JSON.stringify(htu) ?? 'missing'}`, 'dpop_proof_mismatch', () => ({ htu })),
  ),
  changed('htu of another path', 'dpop_proof_mismatch', ({ target }) => ({ htu: `${target.url}/x` })),
  changed('htu of another host', 'dpop_proof_mismatch', ({ target }) => ({
    htu: target.url.replace('api.example', 'attacker.example'),
  })),
  changed('htu of a host that ends so', 'dpop_proof_mismatch', ({ target }) => ({
    htu: target.url.replace('api.example', 'x.api.example'),
  })),
  changed('htu in http', 'dpop_proof_mismatch', ({ target }) => ({
    htu: target.url.replace('https', 'http'),
  })),
  changed('htu at another port', 'dpop_proof_mismatch', ({ target }) => ({
    htu: target.url.replace('api.example', 'api.example:8443'),
  })),
  changed('htu in capitals', 'dpop_proof_mismatch', ({ target }) => ({ htu: target.url.toUpperCase() })),
  changed('htu with a query and a fragment', 'allow', ({ target }) => ({ htu: `${target.url}?a=1#b` })),
  changed('htu with the default port and a host in capitals', 'allow', ({ target }) => ({
    htu: target.url.replace('api.example', 'API.example:443'),
  })),
  ...[undefined, null, '', 'AAAA', 7].map((ath) =>
    changed(`ath ${JSON.stringify(ath) ?? 'missing'}`, 'dpop_proof_mismatch', () => ({ ath })),
  ),
  changed('ath of another token', 'dpop_proof_mismatch', ({ forge }) => ({
    ath: accessTokenHash(forge.token()),
  })),
  changed('ath in hexadecimal', 'dpop_proof_mismatch', ({ token }) => ({
    ath: createHash('sha256').update(token).digest('hex'),
  })),
  changed('ath with padding', 'dpop_proof_mismatch', ({ token }) => ({ ath: `${accessTokenHash(token)}=` })),
  ...[undefined, null, String(now), true, [now]].map((iat) =>
    changed(`iat ${JSON.stringify(iat) ?? 'missing'}`, 'dpop_proof_malformed', () => ({ iat })),
  ),
  ...[-61, 61, -now, now * 999].map((age) =>
    changed(`iat ${age} s from now`, 'dpop_proof_stale', () => ({ iat: now + age })),
  ),
  ...[-60, 60].map((age) => changed(`iat ${age} s from now`, 'allow', () => ({ iat: now + age }))),
  ...[undefined, null, '', 7, 'j'.repeat(401)].map((jti) =>
    changed(`jti ${(JSON.stringify(jti) ?? 'missing').slice(0, 20)}`, 'dpop_proof_malformed', () => ({
      jti,
    })),
  ),
];

/** The client's own `X-Forwarded-Proto`, where API Gateway let it pass: a proof for one server must not serve another. */
const forwarded: readonly AttackCase[] = (
  [
    ['an address', 'https://attacker.example/x?', 'https://attacker.example/x'],
    ['a scheme and a host', 'https://attacker.example/x#', 'https://attacker.example/x'],
    ['another scheme', 'ftp', undefined],
    ['no scheme at all', ' ', undefined],
    ['two schemes', 'http,https', undefined],
  ] as const
).map(([title, value, htu]) => ({
  ...changed(`${title} in X-Forwarded-Proto`, htu === undefined ? 'allow' : 'dpop_proof_mismatch', () =>
    htu === undefined ? {} : { htu },
  ),
  event: (event: Members) => ({
    ...event,
    headers: { ...(event.headers as Members), 'x-forwarded-proto': value, 'X-Forwarded-Proto': value },
    ...('multiValueHeaders' in event && {
      multiValueHeaders: { ...(event.multiValueHeaders as Members), 'X-Forwarded-Proto': [value] },
    }),
  }),
}));

const proofHeaders: readonly AttackCase[] = [
  ...[undefined, null, 'JWT', 'at+jwt', 'DPOP+JWT', 'application/dpop+jwt', 7].map((typ) =>
    changed(`typ ${JSON.stringify(typ) ?? 'missing'}`, 'dpop_proof_malformed', () => ({}), { typ }),
  ),
  ...[undefined, null, 'none', 'HS256', 'es256', 'ES384', 'RS256', 'ES256K', 'dir', 7].map((alg) =>
    changed(`alg ${JSON.stringify(alg) ?? 'missing'}`, 'dpop_proof_malformed', () => ({}), { alg }),
  ),
  ...[
    undefined,
    null,
    [],
    'x',
    7,
    {},
    { kty: 'EC' },
    { kty: 'EC', crv: 'P-256', x: 7, y: 7 },
    { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' },
  ].map((jwk) =>
    changed(`jwk ${JSON.stringify(jwk) ?? 'missing'}`, 'dpop_proof_malformed', () => ({}), { jwk }),
  ),
  changed('crit', 'dpop_proof_malformed', () => ({}), { crit: ['x'], x: 1 }),
  changed('b64', 'dpop_proof_malformed', () => ({}), { b64: true }),
  bound('a jwk with its private member', 'dpop_proof_malformed', ({ key, claims }) => [
    proof(key, claims(), { jwk: key.privateKey.export({ format: 'jwk' }) }),
  ]),
  bound('a jwk that gives away one private member', 'dpop_proof_malformed', ({ key, claims }) => [
    proof(key, claims(), { jwk: { ...key.publicJwk, k: 'AAAA' } }),
  ]),
  bound('crit with b64 true', 'dpop_proof_malformed', ({ key, claims }) => [
    proof(key, claims(), { crit: ['b64'], b64: true }),
  ]),
  bound(
    'RS512, which is good but not accepted',
    'dpop_proof_malformed',
    ({ key, claims }) => [proof({ ...key, alg: 'RS512' }, claims())],
    { key: 'rsaClient' },
  ),
  bound('a jwk for another use', 'dpop_proof_malformed', ({ key, claims }) => [
    proof(key, claims(), { jwk: { ...key.publicJwk, key_ops: ['sign'] } }),
  ]),
  bound('a secret for a jwk', 'dpop_proof_malformed', ({ claims }) => {
    const jwk = { kty: 'oct', k: base64url('secret-secret-secret-secret-secret') };
    return [
      macced(
        { typ: 'dpop+jwt', alg: 'HS256', jwk },
        { ...claims(), jti: 'j' },
        'secret-secret-secret-secret-secret',
      ),
    ];
  }),
  bound('a MAC keyed with the bound public key', 'dpop_proof_malformed', ({ key, claims }) => {
    const { kid: _kid, alg: _alg, use: _use, ...jwk } = key.publicJwk;
    const secret = createPublicKey(key.privateKey).export({ type: 'spki', format: 'pem' });
    return [macced({ typ: 'dpop+jwt', alg: 'HS256', jwk }, { ...claims(), jti: 'j' }, secret)];
  }),
  bound('a member of its claims twice', 'dpop_proof_malformed', ({ key, claims }) => {
    const { kid: _kid, alg: _alg, use: _use, ...jwk } = key.publicJwk;
    return [
      compact(
        { typ: 'dpop+jwt', alg: 'ES256', jwk },
        `{"htm":"GET",${JSON.stringify(claims()).slice(1)}`,
        key,
      ),
    ];
  }),
];

const der = Buffer.from('30820122300d06092a864886f70d01010105000382010f00', 'hex');
const pem = (bytes: Uint8Array) =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(bytes).toString('base64')}\n-----END CERTIFICATE-----\n`;
const thumbprint = createHash('sha256').update(der).digest('base64url');

const certified = (title: string, expected: Expected, cnf: unknown, certificate?: string): AttackCase => ({
  ...{ title: `TLS: ${title}`, expected, ...(certificate !== undefined && { shapes: withProofs }) },
  present: (forge) => ({
    authorization: [`Bearer ${forge.token({ claims: { cnf } })}`],
    ...(certificate !== undefined && { certificate }),
  }),
});

const certificates: readonly AttackCase[] = [
  certified('the certificate that the token is bound to', 'allow', { 'x5t#S256': thumbprint }, pem(der)),
  certified(
    'CRLF in the certificate',
    'allow',
    { 'x5t#S256': thumbprint },
    pem(der).replaceAll('\n', '\r\n'),
  ),
  certified(
    'another certificate',
    'certificate_mismatch',
    { 'x5t#S256': thumbprint },
    pem(Buffer.from('other')),
  ),
  certified(
    'a chain that starts with another',
    'certificate_mismatch',
    { 'x5t#S256': thumbprint },
    pem(Buffer.from('other')) + pem(der),
  ),
  certified('no certificate', 'sender_constraint_unmet', { 'x5t#S256': thumbprint }),
  certified('text that is no certificate', 'certificate_mismatch', { 'x5t#S256': thumbprint }, 'none'),
  certified(
    'text that is no certificate, for a token bound to the digest of nothing',
    'certificate_mismatch',
    { 'x5t#S256': createHash('sha256').digest('base64url') },
    'none',
  ),
  certified(
    'a certificate that is no base64',
    'certificate_mismatch',
    { 'x5t#S256': thumbprint },
    '-----BEGIN CERTIFICATE-----\nAAAAA\n-----END CERTIFICATE-----\n',
  ),
  certified('an empty certificate', 'certificate_mismatch', { 'x5t#S256': thumbprint }, ''),
  certified('a thumbprint with padding', 'certificate_mismatch', { 'x5t#S256': `${thumbprint}=` }, pem(der)),
  ...[null, '', 7, [thumbprint]].map((value) =>
    certified(
      `a thumbprint ${JSON.stringify(value)}`,
      'certificate_mismatch',
      { 'x5t#S256': value },
      pem(der),
    ),
  ),
  certified(
    'a SHA-1 thumbprint',
    'sender_constraint_unmet',
    { x5t: createHash('sha1').update(der).digest('base64url') },
    pem(der),
  ),
];

const confirmations: readonly AttackCase[] = [
  ...[
    null,
    '',
    'x',
    7,
    true,
    [],
    {},
    ['x'],
    { jwk: {} },
    { kid: 'x' },
    { jwe: 'x' },
    { jku: 'https://attacker.example' },
  ].map((cnf) =>
    claim(`cnf ${JSON.stringify(cnf)} with the Bearer scheme`, 'sender_constraint_unmet', { cnf }),
  ),
  claim('cnf.jkt with the Bearer scheme', 'sender_constraint_unmet', { cnf: { jkt: 'x' } }),
  claim('cnf.jkt of null with the Bearer scheme', 'sender_constraint_unmet', { cnf: { jkt: null } }),
  sent('cnf of one unknown method named __proto__', 'sender_constraint_unmet', (forge) =>
    forge.signed({ payload: `{"cnf":{"__proto__":{}},${JSON.stringify(forge.claims()).slice(1)}` }),
  ),
  sent('cnf.jkt where an event cannot carry a proof', 'dpop_proof_missing', (forge) => ({
    authorization: [`DPoP ${forge.token({ claims: { cnf: { jkt: 'x' } } })}`],
  })),
];

export const sender = [
  ...proofs,
  ...bindings,
  ...forwarded,
  ...proofHeaders,
  ...certificates,
  ...confirmations,
] as const;
