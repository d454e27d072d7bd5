/** Claims that are missing, of the wrong type, out of time or meant for someone else (RFC 7519 §4.1, RFC 8725 §3.8 to §3.11). */
import { type AttackCase, claim, type Expected, header, segments, sent } from './case.ts';
import { compact } from './forge.ts';
import {
  configured,
  audience,
  cognito,
  foreign,
  now,
  own,
  revokedByDigest,
  tolerance,
  unreachable,
} from './world.ts';

type Row = readonly [title: string, expected: Expected, claims: Readonly<Record<string, unknown>>];

const wrongTimes = [
  undefined,
  null,
  '',
  String(now + 300),
  true,
  [now + 300],
  { seconds: now + 300 },
  -1,
  -0.5,
  -1e308,
];
const name = (value: unknown) => JSON.stringify(value) ?? 'missing';

const times: readonly Row[] = [
  ...wrongTimes.map((exp): Row => [`exp ${name(exp)}`, 'claims_malformed', { exp }]),
  ...wrongTimes.map((iat): Row => [`iat ${name(iat)}`, 'claims_malformed', { iat }]),
  ...wrongTimes.slice(1).map((nbf): Row => [`nbf ${name(nbf)}`, 'claims_malformed', { nbf }]),
  ['nbf missing', 'allow', { nbf: undefined }],
  ['exp 0', 'expired', { exp: 0 }],
  ['exp -0', 'expired', { exp: -0 }],
  ['exp long ago', 'expired', { exp: now - 10_000, iat: now - 10_300, nbf: now - 10_300 }],
  ['exp as long ago as clocks may differ', 'expired', { exp: now - tolerance, iat: now - 300 }],
  ['exp a second less long ago', 'allow', { exp: now - tolerance + 1, iat: now - 300 }],
  ['exp with a fraction', 'allow', { exp: now + 300.5 }],
  ['exp in milliseconds', 'lifetime_too_long', { exp: (now + 300) * 1000 }],
  ['exp 1e308', 'lifetime_too_long', { exp: 1e308 }],
  ['exp 2^53', 'lifetime_too_long', { exp: 2 ** 53 }],
  [
    'all times in milliseconds',
    'not_yet_valid',
    { exp: (now + 300) * 1000, iat: now * 1000, nbf: now * 1000 },
  ],
  ['a lifetime a second too long', 'lifetime_too_long', { iat: now, exp: now + 3601 }],
  ['the longest lifetime', 'allow', { iat: now, exp: now + 3600 }],
  ['iat long ago, for a long lifetime', 'lifetime_too_long', { iat: 0 }],
  ['iat equal to exp', 'lifetime_too_long', { iat: now + 5, exp: now + 5 }],
  ['iat after exp', 'lifetime_too_long', { iat: now + 10, exp: now + 5 }],
  ['iat further ahead than clocks may differ', 'issued_in_future', { iat: now + tolerance + 1 }],
  ['iat as far ahead as clocks may differ', 'allow', { iat: now + tolerance }],
  ['nbf further ahead than clocks may differ', 'not_yet_valid', { nbf: now + tolerance + 1 }],
  ['nbf as far ahead as clocks may differ', 'allow', { nbf: now + tolerance }],
  [
    'expired and for another audience: the time speaks first',
    'expired',
    { exp: now - 100, iat: now - 200, aud: 'x' },
  ],
  [
    'expired and revoked: the time speaks first',
    'expired',
    { exp: now - 100, iat: now - 200, jti: 'revoked-token' },
  ],
];

const foreigners = Array.from({ length: 180 }, (_, index) => `https://other-${index}.example`);

const audiences: readonly Row[] = [
  ...[
    undefined,
    null,
    7,
    true,
    {},
    { 0: audience },
    [],
    [7],
    [audience, 7],
    [[audience]],
    [null, audience],
  ].map((aud): Row => [`aud ${name(aud)}`, 'claims_malformed', { aud }]),
  ...[
    '',
    'api',
    '*',
    `${audience}/`,
    `${audience}x`,
    audience.slice(0, -1),
    audience.toUpperCase(),
    `${audience} x`,
    own,
  ].map((aud): Row => [`aud ${name(aud)}`, 'audience_mismatch', { aud }]),
  ['aud of others alone', 'audience_mismatch', { aud: foreigners }],
  ['aud of others and us', 'allow', { aud: [...foreigners, audience] }],
  [
    'aud missing, audience and resource in its place',
    'claims_malformed',
    { aud: undefined, audience, resource: audience },
  ],
  ['aud missing, client_id in its place', 'claims_malformed', { aud: undefined, client_id: audience }],
];

const issuers: readonly Row[] = [
  ...[undefined, null, 7, true, {}, [own], [own, foreign], ''].map((iss): Row => [
    `iss ${name(iss)}`,
    'issuer_unknown',
    { iss },
  ]),
  ...[
    `${own}/`,
    `${own}//`,
    own.toUpperCase(),
    'HTTPS://issuer.example/tenant',
    'https://ISSUER.example/tenant',
  ].map((iss): Row => [`iss ${iss}`, 'issuer_unknown', { iss }]),
  ...[
    own.replace('https', 'http'),
    'https://issuer.example',
    'https://issuer.example/Tenant',
    'https://issuer.example:443/tenant',
  ].map((iss): Row => [`iss ${iss}`, 'issuer_unknown', { iss }]),
  ...[
    `${own}#`,
    `${own}?`,
    `${own} `,
    ` ${own}`,
    `${own}\u0000`,
    'https://issuer.example/./tenant',
    'https://issuer.example/%74enant',
  ].map((iss): Row => [`iss ${name(iss)}`, 'issuer_unknown', { iss }]),
  ...[
    'https://issuer.example@attacker.example/tenant',
    'https://attacker.example/https://issuer.example/tenant',
    'https://iss\u0443er.example/tenant',
  ].map((iss): Row => [`iss ${iss}`, 'issuer_unknown', { iss }]),
  ...[
    '__proto__',
    'constructor',
    'toString',
    'size',
    'https://attacker.example',
    'issuer.example/tenant',
    foreign.slice(0, -1),
  ].map((iss): Row => [`iss ${iss}`, 'issuer_unknown', { iss }]),
];

const identifiers: readonly Row[] = [
  ...['sub', 'jti', 'client_id'].flatMap((member) =>
    [undefined, null, '', 7, true, [], ['ada'], {}, 'x'.repeat(401)].map((value): Row => [
      `${member} ${name(value).slice(0, 20)}`,
      'claims_malformed',
      { [member]: value },
    ]),
  ),
  ...[null, '', 7, true, [], {}, 'x'.repeat(401)].map((sid): Row => [
    `sid ${name(sid).slice(0, 20)}`,
    'claims_malformed',
    { sid },
  ]),
  ...[null, 7, true, {}, [7], ['read', null], [['read']]].map((scope): Row => [
    `scope ${name(scope)}`,
    'claims_malformed',
    { scope },
  ]),
  ['scp a number', 'claims_malformed', { scp: 7 }],
  [
    'sub, jti and client_id of 400 characters',
    'allow',
    { sub: 'x'.repeat(400), jti: 'j'.repeat(400), client_id: 'c'.repeat(400) },
  ],
  ['sid missing', 'allow', { sid: undefined }],
  [
    'an empty claims set but for iss',
    'claims_malformed',
    {
      ...Object.fromEntries(
        ['sub', 'aud', 'jti', 'client_id', 'sid', 'iat', 'nbf', 'exp', 'scope'].map((member) => [
          member,
          undefined,
        ]),
      ),
    },
  ],
];

const revoked: readonly Row[] = [
  ['a revoked token', 'token_revoked', { jti: 'revoked-token' }],
  ['a token whose revocation has expired', 'allow', { jti: 'once-revoked-token' }],
  ['a revoked subject', 'subject_revoked', { sub: 'revoked-subject' }],
  [
    'a subject revoked up to the second of iat',
    'subject_revoked',
    { sub: 'forgiven-subject', iat: now - 100 },
  ],
  ['a subject revoked up to the second before iat', 'allow', { sub: 'forgiven-subject', iat: now - 99 }],
  ['a subject revoked up to just before iat', 'allow', { sub: 'forgiven-subject', iat: now - 99.5 }],
  ['a subject whose revocation has expired', 'allow', { sub: 'once-revoked-subject' }],
  ['a revoked client', 'client_revoked', { client_id: 'revoked-client' }],
  ['a revoked session', 'session_revoked', { sid: 'revoked-session' }],
  ['an issuer revoked up to iat', 'issuer_revoked', { iat: now - 3000, exp: now + 100 }],
  ['an issuer revoked up to just before iat', 'allow', { iat: now - 2999, exp: now + 100 }],
  ['a revoked client of another issuer', 'allow', { client_id: 'revoked-azp' }],
  ['a subject named like a revoked client', 'allow', { sub: 'revoked-client' }],
  ["a jti that names another issuer's record", 'allow', { jti: `${own.length}:${own}:revoked-token` }],
  ['records that cannot be read', 'unavailable', { jti: unreachable }],
  ['a subject whose records cannot be read', 'unavailable', { sub: unreachable }],
];

const foreignClaims: readonly Row[] = [
  ['jti missing', 'allow', { jti: undefined }],
  ['client_id missing', 'allow', { client_id: undefined }],
  ['a client revoked by its azp', 'client_revoked', { client_id: undefined, azp: 'revoked-azp' }],
  ['azp a number', 'claims_malformed', { client_id: undefined, azp: 7 }],
  ['jti a number', 'claims_malformed', { jti: 7 }],
  ['our revoked jti', 'allow', { jti: 'revoked-token' }],
  ['our revoked subject', 'allow', { sub: 'revoked-subject' }],
];

const cognitoGood = {
  iss: cognito,
  client_id: 'app-client',
  aud: undefined,
  scope: undefined,
  permissions: 'connect',
  token_use: 'access',
  tier: 'gold',
};

const cognitoClaims: readonly Row[] = [
  ['all as required', 'allow', { 'cognito:groups': ['all', 'staff'] }],
  ['groups in a string', 'allow', { 'cognito:groups': 'all staff' }],
  ['oneOf, a number', 'allow', { 'cognito:groups': ['staff'], tier: 1 }],
  ['an ID token', 'claim_mismatch', { 'cognito:groups': ['staff'], token_use: 'id' }],
  ['token_use missing', 'claim_mismatch', { 'cognito:groups': ['staff'], token_use: undefined }],
  ['token_use in an array', 'claim_mismatch', { 'cognito:groups': ['staff'], token_use: ['access'] }],
  ['token_use in capitals', 'claim_mismatch', { 'cognito:groups': ['staff'], token_use: 'ACCESS' }],
  ['oneOf, none of them', 'claim_mismatch', { 'cognito:groups': ['staff'], tier: 'silver' }],
  ['oneOf, a number as text', 'claim_mismatch', { 'cognito:groups': ['staff'], tier: '1' }],
  ['groups missing', 'claim_mismatch', {}],
  ['groups that only start so', 'claim_mismatch', { 'cognito:groups': ['staff-of-others', 'staf'] }],
  ['groups in a string that only starts so', 'claim_mismatch', { 'cognito:groups': 'staffx xstaff' }],
  ['groups an object', 'claim_mismatch', { 'cognito:groups': { staff: true, length: 1, 0: 'staff' } }],
  ['another app client', 'audience_mismatch', { 'cognito:groups': ['staff'], client_id: 'other-client' }],
  [
    'aud in place of client_id',
    'claims_malformed',
    { 'cognito:groups': ['staff'], client_id: undefined, aud: 'app-client' },
  ],
  ['permissions a number', 'claims_malformed', { 'cognito:groups': ['staff'], permissions: 7 }],
];

const types: readonly (readonly [unknown, Expected])[] = [
  ...['at+jwt', 'AT+JWT', 'At+Jwt', 'application/at+jwt', 'Application/AT+JWT'].map(
    (typ) => [typ, 'allow'] as const,
  ),
  ...[
    'JWT',
    'jwt',
    'id+jwt',
    'dpop+jwt',
    'logout+jwt',
    'secevent+jwt',
    'at+jwt ',
    ' at+jwt',
    'at+jwt;v=1',
    'text/at+jwt',
    '',
    'at',
    'at+jwt\u0000',
    'application/application/at+jwt',
    'at+\u0130jwt',
  ].map((typ) => [typ, 'type_not_accepted'] as const),
  ...[undefined, null, 7, true, ['at+jwt'], {}].map((typ) => [typ, 'type_not_accepted'] as const),
];

const rows = (prefix: string, table: readonly Row[]): AttackCase[] =>
  table.map(([title, expected, claims]) => claim(`${prefix}${title}`, expected, claims));

export const claims = [
  ...rows('', [...times, ...audiences, ...issuers, ...identifiers]),
  ...rows('revocation: ', revoked),
  ...foreignClaims.map(([title, expected, changes]) =>
    claim(`foreign: ${title}`, expected, { iss: foreign, ...changes }, 'foreignRs'),
  ),
  ...cognitoClaims.map(([title, expected, changes]) =>
    claim(`cognito: ${title}`, expected, { ...cognitoGood, ...changes }, 'cognitoRs'),
  ),
  claim(
    'a client revoked by the claim that its issuer names it in',
    'client_revoked',
    { iss: configured, cid: 'revoked-cid' },
    'configured',
  ),
  claim(
    'a client of a claim that its issuer names no client in',
    'allow',
    { iss: configured, client_id: 'revoked-cid' },
    'configured',
  ),
  ...types.map(([typ, expected]) => header(`typ ${name(typ)}`, expected, { typ })),
  sent(
    'an ID token of a foreign issuer that takes any typ, for another audience',
    'audience_mismatch',
    (forge) =>
      forge.token({
        key: forge.keys.foreignRs,
        header: { typ: 'JWT' },
        claims: { iss: foreign, aud: 'spa-client', nonce: 'n' },
      }),
  ),
  sent('foreign: a token without jti, revoked by its digest', 'token_revoked', ({ keys }) =>
    compact(revokedByDigest.header, revokedByDigest.payload, keys.foreignRs),
  ),
  sent('foreign: the same claims, spelled otherwise', 'allow', ({ keys }) =>
    compact(revokedByDigest.header, ` ${revokedByDigest.payload}`, keys.foreignRs),
  ),
  segments('claims inside __proto__', 'issuer_unknown', (forge) => ({
    payload: `{"__proto__":${JSON.stringify(forge.claims())}}`,
  })),
  segments('sub inside __proto__', 'claims_malformed', (forge) => ({
    payload: `{"__proto__":{"sub":"admin"},${JSON.stringify(forge.claims({ sub: undefined })).slice(1)}`,
  })),
  segments('a member named __proto__ beside good claims', 'allow', (forge) => ({
    payload: `{"__proto__":{"scope":"admin"},${JSON.stringify(forge.claims()).slice(1)}`,
  })),
] as const;
