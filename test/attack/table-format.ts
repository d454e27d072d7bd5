/** Tokens that two readers would read differently, and those that cost more than they are worth. */
import { deflateRawSync } from 'node:zlib';
import { maxTokenLength } from '../../core/jws/parse.ts';
import { type AttackCase, type Forge, segments, sent } from './case.ts';
import { base64url, segmentsOf, withSignature } from './forge.ts';

/** Longer than any header that is read at all. */
const oversized = (title: string, change: (token: string) => string): AttackCase =>
  sent(title, 'credentials_malformed', (forge) => change(forge.token()));

const malformed = (title: string, make: (token: string, forge: Forge) => string): AttackCase =>
  sent(title, 'token_malformed', (forge) => make(forge.token(), forge));

const encrypted = (header: object) => `${base64url({ ...header })}.AAAA.AAAA.AAAA.AAAA`;

const counts: readonly AttackCase[] = [
  ...['.', '..', '...', '....', 'a', 'a.b', 'a.b.c.d', '/', '~', '-'].map((token) =>
    malformed(`the token ${token}`, () => token),
  ),
  malformed('a dot before', (token) => `.${token}`),
  malformed('a dot after', (token) => `${token}.`),
  malformed('no signature and no dot', (token) => token.slice(0, token.lastIndexOf('.'))),
  malformed('an empty header', (token) => `.${segmentsOf(token).slice(1).join('.')}`),
  malformed('a detached payload', (token) => `${segmentsOf(token)[0]}..${segmentsOf(token)[2]}`),
  malformed('two tokens joined with a dot', (token) => `${token}.${token}`),
  malformed('two tokens joined with a tilde, as SD-JWT does', (token) => `${token}~${token}`),
  oversized('a million dots', () => '.'.repeat(1_000_000)),
  malformed('a thousand dots', () => '.'.repeat(1000)),
  oversized('6 MB of one letter', () => 'a'.repeat(6_000_000)),
  oversized('6 MB of signature', (token) => token + 'A'.repeat(6_000_000)),
  oversized('6 MB of padding', (token) => token + '='.repeat(6_000_000)),
  malformed('8,193 characters', (_, forge) => padded(forge, maxTokenLength + 1)),
  malformed('aud of 10,000 entries', (_, forge) =>
    forge.token({ claims: { aud: Array.from({ length: 10_000 }, () => 'a') } }),
  ),
  sent('8,192 characters', 'allow', (forge) => padded(forge, maxTokenLength)),
];

/** A good token of exactly this length: no segment has a length of 4n + 1, so the header is filled up too. */
function padded(forge: Forge, length: number): string {
  const pad = (size: number, x: string) => forge.token({ claims: { pad: 'x'.repeat(size) }, header: { x } });
  const size = Math.floor(((length - pad(0, '').length) * 3) / 4) - 4;
  for (let extra = 0; extra < 36; extra += 1) {
    const token = pad(size + Math.floor(extra / 4), 'x'.repeat(extra % 4));
    if (token.length === length) return token;
  }
  throw new Error(`no token of ${length} characters`);
}

/** JWEs where a JWS belongs, with work that a careless reader would do before it knows better. */
const jwes: readonly AttackCase[] = [
  malformed('a JWE', () => encrypted({ alg: 'RSA-OAEP', enc: 'A256GCM' })),
  malformed('a JWE of alg dir', () => encrypted({ alg: 'dir', enc: 'A128CBC-HS256' })),
  malformed('PBES2 with 2^31 rounds', () =>
    encrypted({ alg: 'PBES2-HS512+A256KW', enc: 'A256GCM', p2c: 2 ** 31, p2s: 'AAAA' }),
  ),
  malformed('a JWE that unpacks to 10 MB', () => {
    const bomb = base64url(deflateRawSync(Buffer.alloc(10_000_000), { level: 9 }).subarray(0, 4000));
    return `${base64url({ alg: 'dir', enc: 'A256GCM', zip: 'DEF' })}..AAAA.${bomb}.AAAA`;
  }),
  malformed('a compressed payload under our signature', (_, forge) =>
    forge.signed({ payload: deflateRawSync(JSON.stringify(forge.claims())) }),
  ),
  malformed(
    'a JWE with an empty key in three segments',
    (token) => `${base64url({ alg: 'dir', enc: 'A256GCM' })}..${segmentsOf(token)[2]}`,
  ),
  malformed('a token signed inside a token', (token, forge) =>
    forge.signed({ header: { ...forge.header(), cty: 'JWT' }, payload: token }),
  ),
];

const at = (index: 0 | 1 | 2, change: (segment: string) => string) => (token: string) =>
  segmentsOf(token)
    .map((segment, place) => (place === index ? change(segment) : segment))
    .join('.');

/** RFC 7515 §2, RFC 4648 §3.5: one byte sequence, one spelling. */
const encodings: readonly AttackCase[] = [
  ...([0, 1, 2] as const).flatMap((index) => {
    const name = ['header', 'payload', 'signature'][index] ?? '';
    return [
      malformed(
        `${name}: one character more`,
        at(index, (segment) => segment.padEnd(Math.ceil((segment.length + 1) / 4) * 4 + 1, 'A')),
      ),
      malformed(`${name}: loose bits set`, (_, forge) => at(index, loosened)(loose(forge, index))),
      malformed(
        `${name}: a plus sign`,
        at(index, (segment) => `+${segment.slice(1)}`),
      ),
      malformed(
        `${name}: a slash`,
        at(index, (segment) => `/${segment.slice(1)}`),
      ),
      malformed(
        `${name}: a tilde`,
        at(index, (segment) => `${segment.slice(0, -1)}~`),
      ),
    ];
  }),
  malformed('padding at the end', (token) => `${token}=`),
  malformed('more padding at the end', (token) => `${token}==`),
  malformed('padding in place of what must be there', (token) => `${token.slice(0, -2)}==`),
  malformed('padding alone for a signature', (token) => withSignature(token, '==')),
];

/** A token whose segment `index` ends in loose bits. */
function loose(forge: Forge, index: 0 | 1 | 2): string {
  for (const extra of ['', 'x', 'xx']) {
    const key = index === 2 ? forge.keys.ownEs : forge.keys.ownRs;
    const token = forge.token({ key, claims: { x: extra }, header: { x: extra } });
    if ((segmentsOf(token)[index].length & 3) > 1) return token;
  }
  throw new Error('no segment with loose bits');
}

function loosened(segment: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return segment.slice(0, -1) + alphabet.charAt(alphabet.indexOf(segment.slice(-1)) | 1);
}

const goodHeader = '"alg":"RS256","typ":"at+jwt","kid":"own-rs"';
const head = (text: string | Uint8Array) => () => ({ header: text });
const body = (change: (claims: string) => string | Uint8Array) => (forge: Forge) => ({
  payload: change(JSON.stringify(forge.claims())),
});
const added = (members: string) => body((claims) => `{${members},${claims.slice(1)}`);
const nested = (open: string, close: string, depth: number) =>
  `"x":${open.repeat(depth)}1${close.repeat(depth)}`;

const headers: readonly (readonly [string, string | Uint8Array])[] = [
  ['alg twice', `{"alg":"none",${goodHeader}}`],
  ['alg twice, the same', `{"alg":"RS256",${goodHeader}}`],
  ['alg twice, one escaped', `{"\\u0061lg":"none",${goodHeader}}`],
  ['kid twice', `{${goodHeader},"kid":"own-es"}`],
  ['kid twice, one escaped', `{${goodHeader},"k\\u0069d":"own-es"}`],
  ['typ twice', `{"typ":"JWT",${goodHeader}}`],
  ['__proto__ twice', `{${goodHeader},"__proto__":1,"__proto__":2}`],
  ['a byte order mark', `\ufeff{${goodHeader}}`],
  ['UTF-16', new Uint8Array(Buffer.from(`{${goodHeader}}`, 'utf16le'))],
  ['a byte that is no UTF-8', new Uint8Array([...Buffer.from(`{${goodHeader},"x":"`), 0xff, 0x22, 0x7d])],
  ['an overlong slash', new Uint8Array([...Buffer.from(`{${goodHeader},"x":"`), 0xc0, 0xaf, 0x22, 0x7d])],
  [
    'an encoded surrogate',
    new Uint8Array([...Buffer.from(`{${goodHeader},"x":"`), 0xed, 0xa0, 0x80, 0x22, 0x7d]),
  ],
  ['a comma too many', `{${goodHeader},}`],
  ['single quotes', `{'alg':'RS256'}`],
  ['a comment', `{${goodHeader}/* */}`],
  ['a document after', `{${goodHeader}}{"alg":"none"}`],
  ['text after', `{${goodHeader}} x`],
  ['a null byte after', `{${goodHeader}}\u0000`],
  ['a no-break space before', `\u00a0{${goodHeader}}`],
  ['nothing', ''],
  ['white space', '   '],
  ['an array', `[{${goodHeader}}]`],
  ['a string', '"alg"'],
  ['null', 'null'],
  ['true', 'true'],
  ['a number', '1'],
  ['17 deep', `{${goodHeader},${nested('[', ']', 16)}}`],
  ['2,000 deep', `{${goodHeader},${nested('[', ']', 2000)}}`],
  ['2,000 open', `{${goodHeader},"x":${'['.repeat(2000)}`],
];

const json: readonly AttackCase[] = [
  ...headers.map(([title, text]) => segments(`header: ${title}`, 'token_malformed', head(text))),
  segments('header: 16 deep', 'allow', head(`{${goodHeader},${nested('[', ']', 15)}}`)),
];

const payloads: readonly (readonly [string, ReturnType<typeof body>])[] = [
  ...['exp', 'iss', 'sub', 'aud', 'jti', 'scope'].map(
    (name) => [`${name} twice`, added(`"${name}":"x"`)] as const,
  ),
  ['exp twice, one escaped', added('"e\\u0078p":9999999999')],
  ['exp twice, the first wholly escaped', added('"\\u0065\\u0078\\u0070":9999999999')],
  ['a member twice inside another', added('"x":{"a":1,"a":2}')],
  ['a member twice inside an array', added('"x":[{"a":1},{"a":1,"b":2,"a":3}]')],
  ['an empty name twice', added('"":1,"":2')],
  ['exp 1e400', body((claims) => claims.replace(/"exp":\d+/, '"exp":1e400'))],
  ['exp -1e400', body((claims) => claims.replace(/"exp":\d+/, '"exp":-1e400'))],
  ['any number out of range', added('"x":[1e309]')],
  ['exp NaN', body((claims) => claims.replace(/"exp":\d+/, '"exp":NaN'))],
  ['exp Infinity', body((claims) => claims.replace(/"exp":\d+/, '"exp":Infinity'))],
  ['exp in hexadecimal', body((claims) => claims.replace(/"exp":\d+/, '"exp":0x7fffffff'))],
  ['exp with a leading zero', body((claims) => claims.replace(/"exp":(\d+)/, '"exp":0$1'))],
  ['exp with a plus sign', body((claims) => claims.replace(/"exp":(\d+)/, '"exp":+$1'))],
  ['an unpaired surrogate in a value', added('"x":"\\ud800"')],
  ['an unpaired surrogate in a name', added('"\\udc00":1')],
  ['surrogates in the wrong order', added('"x":"\\udc00\\ud800"')],
  ['a byte order mark', body((claims) => `\ufeff${claims}`)],
  ['UTF-16', body((claims) => new Uint8Array(Buffer.from(claims, 'utf16le')))],
  ['an array', body((claims) => `[${claims}]`)],
  ['a string of JSON', body((claims) => JSON.stringify(claims))],
  ['null', body(() => 'null')],
  ['nothing', body(() => '')],
  ['a raw line feed in a string', added('"x":"\n"')],
  ['1,000 objects deep', added(nested('{"a":', '}', 1000))],
  ['17 deep', added(nested('{"a":', '}', 16))],
  ['an HTML page', body(() => '<!doctype html><script>alert(1)</script>')],
  ['a ZIP that ends in our claims', body((claims) => `PK\u0003\u0004${claims}`)],
];

export const format = [
  ...[...counts, ...jwes, ...encodings, ...json],
  ...payloads.map(([title, make]) => segments(`payload: ${title}`, 'token_malformed', make)),
  segments(
    'payload: escapes, a surrogate pair and names that only look alike',
    'allow',
    added('"x":"\\ud83d\\ude00\\"{[","eхp":1,"EXP":1'),
  ),
  segments(
    'payload: white space around',
    'allow',
    body((claims) => `\n ${claims}\t`),
  ),
  segments(
    'payload: the same name in two objects',
    'allow',
    added('"x":{"exp":1},"y":[{"exp":2},{"exp":3}]'),
  ),
  segments('payload: 16 deep', 'allow', added(nested('{"a":', '}', 15))),
] as const;
