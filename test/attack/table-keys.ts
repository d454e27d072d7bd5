/** Which key verifies: chosen by `kid` among the issuer's own, never brought along (RFC 8725 §3.10). */
import { type AttackCase, claim, header, sent } from './case.ts';
import { compact, withSignature } from './forge.ts';
import { down, foreign, unwritten } from './world.ts';

const injected = [
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', 'size', 'get', '0'],
  ...[
    '../../../etc/passwd',
    '../../../../dev/null',
    '/proc/self/environ',
    'file:///dev/null',
    'C:\\windows\\win.ini',
  ],
  ...[
    "' OR '1'='1",
    "x' UNION SELECT 'key' --",
    '"; DROP TABLE keys; --',
    '| sleep 10',
    '$(id)',
    '{{7*7}}',
    '${7*7}',
  ],
  ...[
    'https://attacker.example/key.pem',
    'own-rs\u0000',
    'own-rs ',
    ' own-rs',
    'OWN-RS',
    'own-rs\n',
    'own\u2010rs',
    '*',
    '%',
  ],
  ...['own-retired', 'own-compromised', 'foreign-rs', 'undefined', 'null'],
];

const kids: readonly AttackCase[] = [
  ...injected.map((kid) => header(`kid ${JSON.stringify(kid)}`, 'key_unknown', { kid })),
  ...[undefined, null, '', 7, true, [], ['own-rs'], { kid: 'own-rs' }].map((kid) =>
    header(`kid ${JSON.stringify(kid) ?? 'missing'}`, 'key_unknown', { kid }),
  ),
  header('kid of 401 characters', 'key_unknown', { kid: 'k'.repeat(401) }),
  header('kid of 5,000 characters', 'key_unknown', { kid: 'k'.repeat(5000) }),
  claim('a retired key', 'key_unknown', {}, 'ownRetired'),
  claim('a compromised key', 'key_unknown', {}, 'ownCompromised'),
  claim('a key that signs next', 'allow', {}, 'ownPs'),
  claim('a key that signed before', 'allow', {}, 'ownEs'),
  claim('a key whose revocation is on record', 'key_revoked', {}, 'ownRevoked'),
  claim('a foreign key for our own issuer', 'key_unknown', {}, 'foreignRs'),
  claim('our own key for a foreign issuer', 'key_unknown', { iss: foreign }, 'ownRs'),
  claim('an issuer whose keys cannot be had', 'unavailable', { iss: down }),
  claim('an issuer of ours whose keys were not made yet', 'unavailable', { iss: unwritten }),
  sent('an issuer whose keys cannot be had, unsigned', 'unavailable', (forge) =>
    withSignature(forge.token({ claims: { iss: down }, header: { alg: 'none' } }), ''),
  ),
];

/** Keys that a foreign issuer publishes and that must not verify (RFC 8725 §3.5, RFC 7517 §4). */
const unfit = [
  ...([
    'weakRsa',
    'twin',
    'leaked',
    'leakedRsa',
    'encryption',
    'signOnly',
    'idle',
    'unaccepted',
    'nameless',
  ] as const),
  ...(['offCurve', 'otherCurve', 'noAlgRsa', 'unitExponent'] as const),
] as const;

const unfitKeys: readonly AttackCase[] = [
  ...unfit.map((name) =>
    claim(`a foreign key that is unfit: ${name}`, 'key_unknown', { iss: foreign }, name),
  ),
  ...['even-exponent', 'giant-exponent', 'no-modulus'].map((kid) =>
    sent(`a foreign key that is unfit: ${kid}`, 'key_unknown', (forge) =>
      forge.token({ key: forge.keys.foreignRs, header: { kid }, claims: { iss: foreign } }),
    ),
  ),
];

const attackerJwk = (forge: Parameters<AttackCase['present']>[0]) => forge.keys.attackerRs.publicJwk;

/** Header parameters whose mere presence refuses, good signature or not. */
const brought: Readonly<Record<string, (forge: Parameters<AttackCase['present']>[0]) => object>> = {
  'a jwk': (forge) => ({ jwk: attackerJwk(forge) }),
  'a jwk of null': () => ({ jwk: null }),
  'a jwk that is our own': (forge) => ({ jwk: forge.keys.ownRs.publicJwk }),
  'a jku': () => ({ jku: 'https://attacker.example/jwks' }),
  'a jku that starts like ours': () => ({ jku: 'https://issuer.example/tenant@attacker.example/jwks' }),
  'a jku of our own': () => ({ jku: 'https://issuer.example/tenant/.well-known/jwks.json' }),
  'an empty jku': () => ({ jku: '' }),
  'an x5u': () => ({ x5u: 'https://attacker.example/cert.pem' }),
  'an x5c': () => ({ x5c: ['MIIB'] }),
  'an empty x5c': () => ({ x5c: [] }),
  'crit of an unknown extension': () => ({ crit: ['exp'], exp: 1 }),
  'crit that is empty': () => ({ crit: [] }),
  'crit that names itself': () => ({ crit: ['crit'] }),
  'crit of null': () => ({ crit: null }),
  'crit with b64 false': () => ({ crit: ['b64'], b64: false }),
  'crit with b64 true': () => ({ crit: ['b64'], b64: true }),
  'b64 false without crit': () => ({ b64: false }),
  'b64 true without crit': () => ({ b64: true }),
  'zip DEF': () => ({ zip: 'DEF' }),
  'zip of null': () => ({ zip: null }),
};

const broughtKeys: readonly AttackCase[] = Object.entries(brought).flatMap(([name, parameters]) => [
  sent(`${name}, signed by our key`, 'header_unsupported', (forge) =>
    forge.token({ header: { ...parameters(forge) } }),
  ),
  sent(`${name}, signed by an attacker`, 'header_unsupported', (forge) =>
    compact({ ...forge.header(), ...parameters(forge) }, forge.claims(), forge.keys.attackerRs),
  ),
]);

const broughtElse: readonly AttackCase[] = [
  sent('a jwk and no kid', 'header_unsupported', (forge) =>
    forge.token({ key: forge.keys.attackerRs, header: { kid: undefined, jwk: attackerJwk(forge) } }),
  ),
  sent('JWE parameters over a good signature', 'allow', (forge) =>
    forge.token({ header: { enc: 'A256GCM', p2c: 2_147_483_647, epk: {} } }),
  ),
  sent('a parameter named __proto__ that brings a jku', 'allow', (forge) =>
    forge.signed({
      header: '{"alg":"RS256","typ":"at+jwt","kid":"own-rs","__proto__":{"jku":"https://attacker.example"}}',
    }),
  ),
  sent('alg and kid inside __proto__', 'header_unsupported', (forge) =>
    forge.signed({ header: '{"__proto__":{"alg":"RS256","kid":"own-rs"},"typ":"at+jwt"}' }),
  ),
];

export const keySelection = [...kids, ...unfitKeys, ...broughtKeys, ...broughtElse] as const;
