/** RFC 8725 §2.1, §3.1, §3.2: the header has no say in which algorithm verifies, or whether one does. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { type AttackCase, claim, type Expected, header, sent } from './case.ts';
import { base64url, compact, macced, withSignature, segmentsOf } from './forge.ts';
import {
  configured,
  foreign,
  partner,
  partnerSecret,
  publishedSecret,
  silentPartner,
  weakPartner,
} from './world.ts';

const noneSpellings = ['none', 'None', 'NONE', 'nOnE', 'none ', ' none', 'none\u0000', 'n\u00f6ne', ''];

const unsecured: readonly AttackCase[] = noneSpellings.flatMap((alg) => {
  const name = JSON.stringify(alg);
  const unsigned =
    (signature: string): AttackCase['present'] =>
    (forge) =>
      withSignature(forge.token({ header: { alg } }), signature);
  return [
    sent(`alg ${name} with an empty signature`, 'algorithm_mismatch', unsigned('')),
    sent(`alg ${name} with some signature`, 'algorithm_mismatch', unsigned('AAAA')),
    header(`alg ${name} with the signature of a good key`, 'algorithm_mismatch', { alg }),
  ];
});

const unsecuredElse: readonly AttackCase[] = [
  sent('alg none spelled with an escape', 'algorithm_mismatch', (forge) =>
    withSignature(forge.signed({ header: '{"alg":"n\\u006fne","typ":"at+jwt","kid":"own-rs"}' }), ''),
  ),
  sent('alg none without kid', 'key_unknown', (forge) =>
    withSignature(forge.token({ header: { alg: 'none', kid: undefined } }), ''),
  ),
  sent('alg none of a foreign issuer', 'algorithm_mismatch', (forge) =>
    withSignature(
      forge.token({ key: forge.keys.foreignRs, header: { alg: 'none' }, claims: { iss: foreign } }),
      '',
    ),
  ),
  ...[undefined, null, 256, true, ['RS256'], { name: 'RS256' }].map((alg) =>
    header(`alg ${JSON.stringify(alg) ?? 'missing'}`, 'header_unsupported', { alg }),
  ),
  ...[
    'rs256',
    'Rs256',
    'RS256 ',
    'RS256\u0000',
    'RS\uff12\uff15\uff16',
    'SHA256withRSA',
    'RSA',
    'RS1',
    'HMAC',
  ].map((alg) => header(`alg ${JSON.stringify(alg)} over a good signature`, 'algorithm_mismatch', { alg })),
];

/** Every form in which a verifier might hold a public key, and so hand it to an HMAC. */
const publicForms: Readonly<Record<string, (key: KeyObject, jwk: object) => string | Uint8Array>> = {
  'SPKI PEM': (key) => key.export({ type: 'spki', format: 'pem' }),
  'SPKI PEM without its last line feed': (key) =>
    String(key.export({ type: 'spki', format: 'pem' })).trimEnd(),
  'SPKI PEM with CRLF': (key) => String(key.export({ type: 'spki', format: 'pem' })).replaceAll('\n', '\r\n'),
  'SPKI PEM without its frame': (key) => key.export({ type: 'spki', format: 'der' }).toString('base64'),
  'SPKI DER': (key) => key.export({ type: 'spki', format: 'der' }),
  'PKCS #1 PEM': (key) => key.export({ type: 'pkcs1', format: 'pem' }),
  'PKCS #1 PEM without its last line feed': (key) =>
    String(key.export({ type: 'pkcs1', format: 'pem' })).trimEnd(),
  'PKCS #1 DER': (key) => key.export({ type: 'pkcs1', format: 'der' }),
  'JWK as published': (_, jwk) => JSON.stringify(jwk),
  'JWK as published, with a line feed': (_, jwk) => `${JSON.stringify(jwk)}\n`,
  'bare JWK': (key) => JSON.stringify(key.export({ format: 'jwk' })),
  'JWK Set': (_, jwk) => JSON.stringify({ keys: [jwk] }),
  'modulus text': (key) => String(key.export({ format: 'jwk' }).n),
  'modulus bytes': (key) => Buffer.from(String(key.export({ format: 'jwk' }).n), 'base64url'),
  kid: (_, jwk) => String((jwk as { kid?: string }).kid),
  'empty secret': () => '',
  'zero bytes': () => new Uint8Array(32),
  'word secret': () => 'secret',
  'word undefined': () => 'undefined',
  'word [object Object]': () => '[object Object]',
};

const confusion: readonly AttackCase[] = Object.entries(publicForms).flatMap(([form, secretOf]) =>
  ['HS256', 'HS512'].map((alg) =>
    sent(`${alg} keyed with our RSA key as ${form}`, 'algorithm_mismatch', (forge) => {
      const { privateKey, publicJwk } = forge.keys.ownRs;
      const secret = secretOf(createPublicKey(privateKey), publicJwk);
      return macced(forge.header({ header: { alg } }), forge.claims(), secret, alg);
    }),
  ),
);

const confusionElse: readonly AttackCase[] = [
  ...(['ownEs', 'ownEd'] as const).map((name) =>
    sent(`HS256 keyed with the PEM of ${name}`, 'algorithm_mismatch', (forge) => {
      const key = forge.keys[name];
      const secret = createPublicKey(key.privateKey).export({ type: 'spki', format: 'pem' });
      return macced(forge.header({ key, header: { alg: 'HS256' } }), forge.claims(), secret);
    }),
  ),
  sent(
    'HS256 named in the header while the key says RS256, MAC put where the RSA signature was',
    'signature_invalid',
    (forge) =>
      macced(
        forge.header(),
        forge.claims(),
        createPublicKey(forge.keys.ownRs.privateKey).export({ type: 'spki', format: 'pem' }),
      ),
  ),
  ...(['HS256', 'HS512'] as const).map((alg) =>
    sent(`${alg} with a secret that a foreign issuer published`, 'key_unknown', (forge) => {
      const kid = alg === 'HS256' ? 'published-secret' : 'published-secret-512';
      return macced(
        forge.header({ header: { alg, kid } }),
        forge.claims({ iss: foreign }),
        publishedSecret,
        alg,
      );
    }),
  ),
];

const swapped: readonly AttackCase[] = [
  ...(['RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const).map((alg) =>
    sent(`${alg} by our RS256 key`, 'algorithm_mismatch', (forge) =>
      compact(forge.header({ header: { alg } }), forge.claims(), forge.keys.ownRs, alg),
    ),
  ),
  sent('RS256 by our PS256 key', 'algorithm_mismatch', (forge) =>
    compact(
      forge.header({ key: forge.keys.ownPs, header: { alg: 'RS256' } }),
      forge.claims(),
      forge.keys.ownPs,
      'RS256',
    ),
  ),
  sent('RS256 named, PSS made', 'signature_invalid', (forge) =>
    compact(forge.header(), forge.claims(), forge.keys.ownRs, 'PS256'),
  ),
  sent('RS256 named, SHA-512 made', 'signature_invalid', (forge) =>
    compact(forge.header(), forge.claims(), forge.keys.ownRs, 'RS512'),
  ),
  ...['ES384', 'ES256K', 'EdDSA', 'RS256'].map((alg) =>
    header(`${alg} named over a good ES256 signature`, 'algorithm_mismatch', { alg }, 'ownEs'),
  ),
  ...['Ed25519', 'Ed448', 'ES256'].map((alg) =>
    header(`${alg} named over a good EdDSA signature`, 'algorithm_mismatch', { alg }, 'ownEd'),
  ),
  ...[
    'dir',
    'RSA-OAEP',
    'RSA1_5',
    'A128KW',
    'ECDH-ES',
    'PBES2-HS256+A128KW',
    'ML-DSA-65',
    'ES256-ES384',
    'RS256,none',
  ].map((alg) => header(`alg ${alg} over a good signature`, 'algorithm_mismatch', { alg })),
  sent("an attacker's RS256 key under our ES256 kid", 'algorithm_mismatch', (forge) =>
    forge.token({ key: forge.keys.attackerRs, header: { kid: 'own-es' } }),
  ),
];

const accepted: readonly AttackCase[] = [
  ...(['ownRs', 'ownPs', 'ownEs', 'ownEd', 'ownShared'] as const).map((key) =>
    claim(`a good token of ${key}`, 'allow', {}, key),
  ),
  ...(
    [
      'foreignRs',
      'foreignShared',
      'rs384',
      'rs512',
      'ps384',
      'ps512',
      'es384',
      'es512',
      'ed25519',
      'noAlgEc',
    ] as const
  ).map((key) => claim(`a good token of a foreign ${key}`, 'allow', { iss: foreign }, key)),
  sent('a header with its members in another order and white space', 'allow', (forge) =>
    forge.signed({ header: ` {\n "kid": "own-rs", "typ":"at+jwt",\t"alg":"RS256" }\r\n` }),
  ),
  sent('parameters that nothing goes by: x5t, cty, nonce', 'allow', (forge) =>
    forge.token({ header: { x5t: base64url('x'), 'x5t#S256': base64url('y'), cty: 'JWT', nonce: 'n' } }),
  ),
];

type Members = Readonly<Record<string, unknown>>;

/** A token of the issuer that shares a secret with us. */
const shared = (
  title: string,
  expected: Expected,
  secret: string,
  changes: Members = {},
  iss = partner,
): AttackCase =>
  sent(`shared secret: ${title}`, expected, (forge) => {
    const alg = typeof changes.alg === 'string' ? changes.alg : 'HS256';
    return macced(
      forge.header({ header: { alg, kid: undefined, ...changes } }),
      forge.claims({ iss }),
      secret,
      alg,
    );
  });

const sharedSecrets: readonly AttackCase[] = [
  shared('no kid', 'allow', partnerSecret),
  shared('any kid', 'allow', partnerSecret, { kid: 'theirs' }),
  shared('a kid that is no string', 'key_unknown', partnerSecret, { kid: 7 }),
  shared('an empty kid', 'key_unknown', partnerSecret, { kid: '' }),
  shared('a kid of 401 characters', 'key_unknown', partnerSecret, { kid: 'k'.repeat(401) }),
  shared('a kid of 400 characters', 'allow', partnerSecret, { kid: 'k'.repeat(400) }),
  shared('another secret', 'signature_invalid', 'another-secret'),
  shared('the secret with a line feed', 'signature_invalid', `${partnerSecret}\n`),
  shared('the secret in base64', 'signature_invalid', Buffer.from(partnerSecret).toString('base64')),
  shared('the secret cut short', 'signature_invalid', partnerSecret.slice(0, -1)),
  shared('an empty secret', 'signature_invalid', ''),
  sent('shared secret: half of the MAC', 'signature_invalid', (forge) => {
    const header = forge.header({ header: { alg: 'HS256', kid: undefined } });
    const token = macced(header, forge.claims({ iss: partner }), partnerSecret);
    return withSignature(token, Buffer.from(segmentsOf(token)[2], 'base64url').subarray(0, 16));
  }),
  shared('HS512 in place of HS256', 'algorithm_mismatch', partnerSecret, { alg: 'HS512' }),
  shared('none', 'algorithm_mismatch', partnerSecret, { alg: 'none' }),
  shared('a secret shorter than its hash', 'unavailable', 'too-short-for-hs256', {}, weakPartner),
  shared('a secret that cannot be read', 'unavailable', '', {}, silentPartner),
  shared("another issuer's token without kid", 'key_unknown', partnerSecret, {}, configured),
  claim('shared secret: our RS256 key for the issuer', 'algorithm_mismatch', { iss: partner }),
  claim('a key that stands in the configuration', 'allow', { iss: configured }, 'configured'),
  claim(
    'another key than the one that stands in the configuration',
    'key_unknown',
    { iss: configured },
    'ownEs',
  ),
];

export const algorithms = [
  ...[
    ...unsecured,
    ...unsecuredElse,
    ...confusion,
    ...confusionElse,
    ...swapped,
    ...accepted,
    ...sharedSecrets,
  ],
] as const;
