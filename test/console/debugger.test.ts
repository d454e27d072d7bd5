/** The debugger, in a real Chromium, from disk: nothing is served, nothing is asked. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  X509Certificate,
} from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  decodeJwt,
  decodeProtectedHeader,
  importJWK,
  type JWK,
  jwtVerify,
  SignJWT,
} from 'jose';
import type { Page } from 'playwright-core';
import { axeFindings, copiedBy, file, fromDisk, startBrowser, type Watched } from './browser.ts';

/** A browser on a busy machine; what is waited for is text, not time. */
jest.setTimeout(180_000);

let watched: Watched;
let page: Page;
beforeAll(async () => {
  watched = await startBrowser();
  page = await watched.open();
});
afterAll(async () => {
  await watched?.browser.close();
});

const token = () => page.locator('#token');
const key = () => page.getByRole('textbox', { name: 'Key', exact: true });
const title = () => page.locator('.banner .title');

/** Waits until the verdict says so; its last words are in the error where it never does. */
async function expectVerdict(pattern: RegExp): Promise<void> {
  await title()
    .filter({ hasText: pattern })
    .waitFor()
    .catch(async () => expect(await title().textContent()).toMatch(pattern));
}

/** Waits until the page shows it. */
const expectText = (words: string | RegExp) => page.getByText(words).first().waitFor();

const now = () => Math.floor(Date.now() / 1000);
const claims = () => ({
  ...{
    iss: 'https://issuer.example',
    sub: 'alice',
    aud: 'https://api.example',
    client_id: 'web',
    jti: 'one',
  },
  ...{ scope: 'read write', iat: now() - 60, exp: now() + 600 },
});

async function signed(changes: object = {}, alg = 'ES256') {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const jwk: JWK = { ...(await exportJWK(publicKey)), alg, kid: 'k1' };
  const text = await new SignJWT({ ...claims(), ...changes })
    .setProtectedHeader({ alg, kid: 'k1', typ: 'at+jwt' })
    .sign(privateKey);
  return { text, jwk, privateJwk: { ...(await exportJWK(privateKey)), alg, kid: 'k1' } };
}

const publicOf = ({ d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...publicJwk }: JWK): JWK => publicJwk;

async function show(text: string, keyText: string): Promise<void> {
  await token().fill(text);
  await key().fill(keyText);
}

describe('the file', () => {
  it('is whole in itself and small', () => {
    const html = readFileSync(file);
    expect(html.toString()).not.toMatch(/<(?:script|link|img)[^>]+(?:src|href)="(?!data:)/);
    expect(gzipSync(html).length).toBeLessThan(100_000);
  });
});

/** Every JWS algorithm of the design that this Node and this Chromium both have. */
const algorithms = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'HS256', 'HS384', 'HS512'],
];

describe('signs and verifies', () => {
  it.each(algorithms.filter((alg) => !alg.startsWith('HS')))('%s of jose in Node', async (alg) => {
    const { text, jwk } = await signed({}, alg);
    await show(text, JSON.stringify(jwk));
    await expectVerdict(/Would be accepted/);
    await token().fill(text.slice(0, -8) + (text.endsWith('AAAAAAAA') ? 'BBBBBBBB' : 'AAAAAAAA'));
    await expectVerdict(/signature_invalid|token_malformed/);
  });

  it.each(algorithms)('%s for jose in Node', async (alg) => {
    await page.getByRole('combobox', { name: 'Algorithm' }).selectOption(alg);
    await page.getByRole('button', { name: 'Make a token' }).click();
    await page.getByText('Clear').waitFor();
    await expectVerdict(/Would be accepted/);
    const jwk = JSON.parse(await key().inputValue()) as JWK;
    const made = await token().inputValue();
    const { protectedHeader, payload } = await jwtVerify(made, await importJWK(publicOf(jwk), alg));
    expect({ alg: protectedHeader.alg, sub: payload.sub }).toEqual({ alg, sub: 'alice' });
    await page.getByText('Clear').click();
  });

  it.each(['ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87'])('%s, or says that this browser cannot', async (alg) => {
    await page.getByRole('combobox', { name: 'Algorithm' }).selectOption(alg);
    await page.getByRole('button', { name: 'Make a token' }).click();
    await page.locator('.banner.good, .notice.bad').first().waitFor();
    const fault = await page.locator('.notice.bad').allTextContents();
    expect(fault.length === 0 ? [`this browser cannot make ${alg} keys`] : fault).toEqual([
      `this browser cannot make ${alg} keys`,
    ]);
    await token().fill('eyJhbGciOiJNTC1EU0EtNDQifQ.eyJzdWIiOiJhIn0.AAAA');
    await page.locator('.chip', { hasText: 'ML-DSA-44' }).waitFor();
    await page.getByText('Clear').click();
  });
});

describe('makes', () => {
  it.each([
    ['access', 'at+jwt', { client_id: 'web', scope: 'orders:read orders:write' }],
    ['id', 'JWT', { aud: 'web', email_verified: true }],
    ['cognito', 'JWT', { token_use: 'access', 'cognito:groups': ['staff'] }],
    ['auth0', 'at+jwt', { permissions: ['orders:read'], client_id: 'exampleClient' }],
    ['entra', 'JWT', { ver: '2.0', scp: 'Orders.Read' }],
  ])('a token shaped as %s', async (shape, typ, parts) => {
    await page.getByLabel('Shape of the token').selectOption(shape);
    await page.getByRole('combobox', { name: 'Algorithm' }).selectOption('ES256');
    await page.getByRole('button', { name: 'Make a token' }).click();
    await expectVerdict(/Would be accepted/);
    const made = await token().inputValue();
    expect(decodeProtectedHeader(made)).toMatchObject({ alg: 'ES256', typ });
    expect(decodeJwt(made)).toMatchObject(parts);
    await page.getByText('Clear').click();
  });

  it('one under the key that lies there, and another key where that one cannot', async () => {
    const { privateJwk, jwk } = await signed();
    await key().fill(JSON.stringify(privateJwk));
    await page.getByText('private, of another algorithm').waitFor();
    await page.getByLabel('Shape of the token').selectOption('access');
    await page.getByRole('combobox', { name: 'Algorithm' }).selectOption('ES256');
    await page.getByRole('button', { name: 'Make a token' }).click();
    await expectVerdict(/Would be accepted/);
    await jwtVerify(await token().inputValue(), await importJWK(jwk));
    expect(await key().inputValue()).toBe(JSON.stringify(privateJwk));
    await page.getByRole('combobox', { name: 'Algorithm' }).selectOption('ES384');
    await page.getByRole('button', { name: 'Make a token' }).click();
    await page.locator('.chip', { hasText: 'ES384' }).waitFor();
    await expectVerdict(/Would be accepted/);
    expect(await key().inputValue()).not.toBe(JSON.stringify(privateJwk));
    await page.getByText('Clear').click();
  });

  it.each<readonly [string, object, RegExp]>([
    ['no exp', { exp: undefined }, /^no exp: a token that never ends by itself\.$/],
    ['milliseconds', { exp: (now() + 600) * 1000 }, /^exp is in milliseconds: NumericDate counts seconds\.$/],
    ['a long life', { exp: now() + 200_000 }, /^it lives for more than a day/],
    ['no aud', { aud: undefined }, /^no aud: any service may take it for its own\.$/],
    ['its length', { note: 'a'.repeat(10_300) }, /API Gateway takes 10,240 bytes of headers in all\.$/],
  ])('a warning of %s', async (_, changes, words) => {
    await token().fill((await signed(changes)).text);
    await expectText(words);
    await page.getByText('Clear').click();
  });
});

/** RFC 7515 §A.1 and §A.3: signed in 2011. */
const examplePayload =
  'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ';
const rfcTokens = [
  [
    'A.1, HS256',
    `eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.${examplePayload}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk`,
    {
      kty: 'oct',
      k: 'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow',
    },
  ],
  [
    'A.3, ES256',
    `eyJhbGciOiJFUzI1NiJ9.${examplePayload}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q`,
    {
      ...{ kty: 'EC', crv: 'P-256', x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU' },
      y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
    },
  ],
] as const;

it.each(rfcTokens)(
  'RFC 7515 %s: decodes, its signature holds, and what it lacks is said',
  async (_, text, jwk) => {
    await show(text, JSON.stringify(jwk));
    await expectVerdict(/Would be refused: claims_malformed/);
    await page.locator('.step.passed', { hasText: 'Signature' }).waitFor();
    expect(await page.getByLabel('Value of http://example.com/is_root').inputValue()).toBe('true');
    await page.getByText('22 Mar 2011').first().waitFor();
    await page.getByText('Clear').click();
  },
);

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const ed = generateKeyPairSync('ed25519');
const pem = (object: KeyObject, type: 'spki' | 'pkcs1' | 'pkcs8' | 'sec1') =>
  object.export({ type, format: 'pem' } as never) as unknown as string;

/** Self-signed by `openssl req -x509`, for a hundred years. */
const certificates = [
  `-----BEGIN CERTIFICATE-----
MIIBiDCCAS+gAwIBAgIUNLW1nSq/iyWHQympLpBTS0VbiEcwCgYIKoZIzj0EAwIw
GTEXMBUGA1UEAwwOaXNzdWVyLmV4YW1wbGUwIBcNMjYxMTI0MTkxODM3WhgPMjEy
NjEwMzExOTE4MzdaMBkxFzAVBgNVBAMMDmlzc3Vlci5leGFtcGxlMFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAEUEGn34gCKcRIA/ikvwnrg0S2Yr5wbamWDpi7cpBu
JpKbOkFq5neYjplbPhLx3CsCh5Htz4N7knB2ayNGFe+C3aNTMFEwHQYDVR0OBBYE
FEyOesS1cwDD6jhI5RnbJaYHZ/eCMB8GA1UdIwQYMBaAFEyOesS1cwDD6jhI5Rnb
JaYHZ/eCMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIgBZfVjLll
ZKpLGVojqMlGv/5yZoDGjZbb4j/v+Hl1yToCIBpdfCxMtqyWCzlSq0NxgSG9yR7V
uZIUFWiY7WmjAWAI
-----END CERTIFICATE-----`,
  `-----BEGIN CERTIFICATE-----
MIIBSDCB+6ADAgECAhRg47S0Lkkm95vjJGTDYvTOoExZaDAFBgMrZXAwGTEXMBUG
A1UEAwwOaXNzdWVyLmV4YW1wbGUwIBcNMjYxMTI0MTkxODM3WhgPMjEyNjEwMzEx
OTE4MzdaMBkxFzAVBgNVBAMMDmlzc3Vlci5leGFtcGxlMCowBQYDK2VwAyEAFQFG
uv84yFX+rC1PntnaEd0xpQ8KsQDQ9X9IMlwsgJGjUzBRMB0GA1UdDgQWBBRXuqfi
yeARM5mOkfiPebjrW1+4pjAfBgNVHSMEGDAWgBRXuqfiyeARM5mOkfiPebjrW1+4
pjAPBgNVHRMBAf8EBTADAQH/MAUGAytlcANBAPC72xbZUDWZlQQ9RcsRSD0jDwOS
/MBUtIh+UJVDaE5/jzoNm3eVtVzliBKd0WQsDxj89+iwTaXlt3phFL0YmAc=
-----END CERTIFICATE-----`,
] as const;

describe('reads keys', () => {
  const cases: readonly (readonly [string, string, KeyObject])[] = [
    ['SPKI public key (PEM)', pem(rsa.publicKey, 'spki'), rsa.publicKey],
    ['PKCS#1 public key (PEM)', pem(rsa.publicKey, 'pkcs1'), rsa.publicKey],
    ['PKCS#1 private key (PEM)', pem(rsa.privateKey, 'pkcs1'), rsa.publicKey],
    ['PKCS#8 private key (PEM)', pem(rsa.privateKey, 'pkcs8'), rsa.publicKey],
    ['SPKI public key (PEM)', pem(ec.publicKey, 'spki'), ec.publicKey],
    ['SEC 1 private key (PEM)', pem(ec.privateKey, 'sec1'), ec.publicKey],
    ['PKCS#8 private key (PEM)', pem(ec.privateKey, 'pkcs8'), ec.publicKey],
    ['SPKI public key (PEM)', pem(ed.publicKey, 'spki'), ed.publicKey],
    ['PKCS#8 private key (PEM)', pem(ed.privateKey, 'pkcs8'), ed.publicKey],
  ];

  it.each(cases)(
    '%s: says what it is, its thumbprint, and converts it there and back',
    async (format, text, publicKey) => {
      await key().fill(text);
      await page.getByText(format, { exact: true }).waitFor();
      const thumbprint = await calculateJwkThumbprint(publicKey.export({ format: 'jwk' }) as JWK);
      await page.getByText(thumbprint).waitFor();
      await page.getByRole('button', { name: 'To JWK' }).click();
      await page.getByRole('button', { name: 'To PEM' }).waitFor();
      const jwk = JSON.parse(await key().inputValue()) as JWK;
      expect(await calculateJwkThumbprint(jwk)).toBe(thumbprint);
      await page.getByRole('button', { name: 'To PEM' }).click();
      await page.getByRole('button', { name: 'To JWK' }).waitFor();
      const back = await key().inputValue();
      expect(pem(createPublicKey(back), 'spki')).toBe(pem(publicKey, 'spki'));
      if (format.startsWith('PKCS#8')) expect(back.trim()).toBe(text.trim());
    },
  );

  it.each([
    [
      'a JWK Set',
      JSON.stringify({ keys: [{ kty: 'RSA', n: 'AQAB', e: 'AQAB', kid: 'a' }] }),
      'JWK Set, 1 key',
    ],
    ['a secret', 'correct horse battery staple', 'Shared secret, 28 bytes'],
    ['PEM that is cut off', '-----BEGIN PUBLIC KEY-----\nMIIB', 'PEM that is cut off: no END line yet'],
    [
      'PEM of something else',
      '-----BEGIN PGP KEY-----\nAAAA\n-----END PGP KEY-----',
      'cannot be read: BEGIN PGP KEY',
    ],
    ['JSON that is no key', '{"a":1}', 'JSON, but no JWK: it has no kty'],
    ['JSON that is not whole', '{"kty":', 'not JSON yet'],
  ])('%s', async (_, text, words) => {
    await key().fill(text);
    await expectText(words);
    await key().fill('');
  });

  it.each(certificates)('X.509: takes the key out of the certificate %#, and converts it', async (text) => {
    await key().fill(text);
    await page.getByText('X.509 certificate (PEM)', { exact: true }).waitFor();
    const { publicKey } = new X509Certificate(text);
    const thumbprint = await calculateJwkThumbprint(publicKey.export({ format: 'jwk' }) as JWK);
    await page.getByText(thumbprint).waitFor();
    await page.getByRole('button', { name: 'To JWK' }).click();
    await page.getByRole('button', { name: 'To PEM' }).waitFor();
    expect(await calculateJwkThumbprint(JSON.parse(await key().inputValue()) as JWK)).toBe(thumbprint);
    await key().fill('');
  });

  it.each([
    ['utf-8', 'latin1'],
    ['hex', 'hex'],
    ['base64url', 'base64url'],
  ] as const)('a secret as %s checks the token', async (encoding, spelling) => {
    const secret = Buffer.from('0123456789abcdef'.repeat(2));
    const text = await new SignJWT(claims()).setProtectedHeader({ alg: 'HS256' }).sign(secret);
    await show(text, secret.toString(spelling));
    await page
      .getByRole('group', { name: 'Encoding of the secret' })
      .getByRole('button', { name: encoding })
      .click();
    await expectText('Shared secret, 32 bytes');
    await expectVerdict(/Would be accepted/);
    await page.getByRole('button', { name: 'utf-8' }).click();
    await page.getByText('Clear').click();
  });

  it('a secret as hex and as base64url', async () => {
    await key().fill('00ff'.repeat(16));
    await page.getByRole('button', { name: 'hex' }).click();
    await expectText('Shared secret, 32 bytes');
    await page.getByRole('button', { name: 'base64url' }).click();
    await page.getByText('Shared secret, 48 bytes').waitFor();
    await page.getByRole('button', { name: 'utf-8' }).click();
    await key().fill('');
  });

  it('says that a key is weak', async () => {
    await page.getByLabel('Example').selectOption('A token under a weak secret');
    await expectText('weak key: a secret that everybody knows');
    await page.getByText('weak key: a secret of 6 bytes').waitFor();
    const small = generateKeyPairSync('rsa', { modulusLength: 1024 });
    await key().fill(pem(small.publicKey, 'spki'));
    await page.getByText('weak key: an RSA modulus of 1024 bits').waitFor();
    await page.getByText('Clear').click();
  });
});

describe('decodes', () => {
  it('as far as a half-typed token goes', async () => {
    const { text } = await signed();
    const [header = '', payload = ''] = text.split('.');
    await token().fill(header.slice(0, 24));
    await page.getByText('1 of 3 segments so far').waitFor();
    expect(await page.getByLabel('Value of alg').inputValue()).toBe('ES256');
    await token().fill(`${header}.${payload.slice(0, 60)}`);
    await page.getByText('2 of 3 segments so far').waitFor();
    expect(await page.getByLabel('Value of iss').inputValue()).toBe('https://issuer.example');
    expect(await title().textContent()).toBe('Not a whole token yet');
  });

  it('the value that is being typed, however long it is', async () => {
    const payload = Buffer.from(JSON.stringify({ sub: 'alice', note: 'word '.repeat(60) })).toString(
      'base64url',
    );
    await token().fill(`eyJhbGciOiJFUzI1NiJ9.${payload.slice(0, -8)}`);
    await page.getByText('2 of 3 segments so far').waitFor();
    expect(await page.getByLabel('Value of sub').inputValue()).toBe('alice');
    expect(await page.getByLabel('Value of note').inputValue()).toMatch(/^(?:word ){50}/);
  });

  it('a token of an algorithm that nobody knows, its parts in their colours', async () => {
    const header = Buffer.from(JSON.stringify({ alg: 'XY999' })).toString('base64url');
    await token().fill(`${header}.eyJzdWIiOiJhbGljZSJ9.AAAA`);
    await expectVerdict(/Would be refused/);
    expect(await page.getByLabel('Value of alg').inputValue()).toBe('XY999');
    expect(await page.getByLabel('Value of sub').inputValue()).toBe('alice');
    const parts = page.locator('.editor.token span:not(.dot)');
    expect(await parts.allTextContents()).toEqual([header, 'eyJzdWIiOiJhbGljZSJ9', 'AAAA']);
    const colors = await page.evaluate<string[]>(
      "[...document.querySelectorAll('.editor.token span:not(.dot)')].map((span) => getComputedStyle(span).color)",
    );
    expect(new Set(colors).size).toBe(3);
  });

  it('a token that is the payload of another', async () => {
    const inner = (await signed()).text;
    const header = Buffer.from('{"alg":"ES256","cty":"JWT"}').toString('base64url');
    await token().fill(`${header}.${Buffer.from(inner).toString('base64url')}.AAAA`);
    const nested = page.getByRole('region', { name: 'Nested token in payload' });
    await nested.getByText('"https://issuer.example"').waitFor();
    await nested.getByRole('button', { name: 'Open it' }).click();
    expect(await token().inputValue()).toBe(inner);
  });

  it.each([
    ['an Authorization header', (text: string) => `Authorization: Bearer ${text}`],
    ['a curl command', (text: string) => `curl https://api.example/x -H "Authorization: Bearer ${text}"`],
    ['a JSON answer', (text: string) => JSON.stringify({ access_token: text, expires_in: 900 })],
    ['a URL', (text: string) => `https://app.example/#access_token=${text}&token_type=Bearer`],
  ])('the token out of %s', async (_, wrap) => {
    const { text } = await signed();
    await token().fill(wrap(text));
    await page.getByText('Clear').waitFor();
    expect(await token().inputValue()).toBe(text);
  });

  it('an encrypted token as what it is, and a token within a token', async () => {
    await page.getByLabel('Example').selectOption('An encrypted token (JWE)');
    await expectVerdict(/Encrypted: only its receiver can read it/);
    await page.getByText('Authentication tag').waitFor();
    expect(await page.getByLabel('Value of enc').inputValue()).toBe('A256GCM');
    await page.getByLabel('Example').selectOption('A token within a token');
    await page.getByText('Nested token in subject_token').waitFor();
    await page.getByRole('button', { name: 'Open it' }).click();
    await page.getByText('Nested token in subject_token').waitFor({ state: 'detached' });
  });

  it.each([
    ['garbage', 'hello, world', /This is no token/],
    ['a megabyte', 'a'.repeat(1_000_000), /1,000,000 characters: nothing of that length is a token/],
    ['dots', '.......', /This is no token/],
  ])('%s, in words, and keeps what was pasted', async (_, text, words) => {
    await token().fill(text);
    await page.getByText(words).waitFor();
    expect((await token().inputValue()).length).toBe(text.length);
    await token().fill('');
  });

  it.each([
    ['a megabyte', 'token', 'a'.repeat(1_000_000)],
    ['a megabyte with a space', 'token', `${'a'.repeat(999_000)} ${'b'.repeat(999)}`],
    ['as much as is decoded, without a dot', 'token', `${'a'.repeat(65_000)} b`],
    [
      'a megabyte of JSON',
      'Key',
      JSON.stringify({ a: Array.from({ length: 100_000 }, (_, at) => at + 1e8) }),
    ],
    ['a megabyte of PEM', 'Key', `-----BEGIN PUBLIC KEY-----\n${'A'.repeat(1_000_000)}`],
  ])('%s costs no work, and is kept', async (_, where, text) => {
    const box = where === 'token' ? token() : key();
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Performance.enable');
    const scriptSeconds = async () =>
      (await devtools.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'ScriptDuration')
        ?.value ?? 0;
    const before = await scriptSeconds();
    await box.fill(text);
    expect((await box.inputValue()).length).toBe(text.length);
    await page.evaluate(
      'new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))',
    );
    expect((await scriptSeconds()) - before).toBeLessThan(1.5);
    await box.fill('');
    await devtools.detach();
  });

  it('shows times as dates and from now, and links to the RFC', async () => {
    const { text } = await signed({ exp: now() + 245 });
    await token().fill(text);
    await expectText('in 4 min');
    await page
      .getByRole('table', { name: 'Payload' })
      .getByText('From then on it must be refused.')
      .waitFor();
    const link = page.getByRole('table', { name: 'Payload' }).getByRole('link', { name: 'RFC 7519 §4.1.4' });
    expect(await link.getAttribute('href')).toBe('https://www.rfc-editor.org/rfc/rfc7519#section-4.1.4');
    expect(await link.getAttribute('rel')).toBe('noreferrer noopener');
  });
});

describe('edits both ways', () => {
  it('the table signs anew with the key that is there', async () => {
    const { text, privateJwk } = await signed();
    await show(text, JSON.stringify(privateJwk));
    await expectVerdict(/Would be accepted/);
    await page.getByLabel('Value of sub').fill('bob');
    await expectVerdict(/Would be accepted/);
    const { payload } = await jwtVerify(
      await token().inputValue(),
      await importJWK(publicOf(privateJwk), 'ES256'),
    );
    expect(payload.sub).toBe('bob');
  });

  it('without a private key the signature no longer holds', async () => {
    const { text, jwk } = await signed();
    await show(text, JSON.stringify(jwk));
    await expectVerdict(/Would be accepted/);
    await page.getByLabel('Value of sub').fill('mallory');
    await expectVerdict(/signature_invalid/);
  });

  it('the JSON writes the token; broken JSON leaves it as it was and says so', async () => {
    const { text, privateJwk } = await signed();
    await show(text, JSON.stringify(privateJwk));
    await page
      .getByRole('group', { name: 'View of the payload' })
      .getByRole('button', { name: 'JSON' })
      .click();
    const json = page.getByRole('textbox', { name: 'Payload as JSON' });
    await json.fill('{"sub": "carol", "exp": ');
    await page.getByText('The token above stays as it was').waitFor();
    expect(await token().inputValue()).toBe(text);
    expect(await json.inputValue()).toBe('{"sub": "carol", "exp": ');
    await json.fill(JSON.stringify({ ...claims(), sub: 'carol' }, null, 4));
    await expectVerdict(/Would be accepted/);
    const [, payload = ''] = (await token().inputValue()).split('.');
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({ sub: 'carol' });
    await token().fill((await signed({ sub: 'dave' })).text);
    await page.locator('.editor.json', { hasText: '"dave"' }).waitFor();
    expect(JSON.parse(await json.inputValue())).toMatchObject({ sub: 'dave' });
    await page
      .getByRole('group', { name: 'View of the payload' })
      .getByRole('button', { name: 'Table' })
      .click();
  });
});

describe('the verdict', () => {
  it('says why, what was got, what is allowed, and what the client sees', async () => {
    const { text, jwk } = await signed({ iat: now() - 4000, exp: now() - 3600 });
    await show(text, JSON.stringify(jwk));
    await expectVerdict(/Would be refused: expired/);
    const failed = page.locator('.step.failed');
    expect(await failed.textContent()).toContain(
      'WWW-Authenticate: Bearer error="invalid_token", error_description="expired"',
    );
    expect(await page.locator('.beyond').textContent()).toContain('Not reached: Already valid');
    await watched.screenshot(page, 'debugger-expired');
  });

  it('holds for any chosen time', async () => {
    const { text, jwk } = await signed();
    await show(text, JSON.stringify(jwk));
    await expectVerdict(/Would be accepted/);
    const slider = page.getByRole('slider');
    await slider.focus();
    await page.keyboard.press('End');
    await expectVerdict(/expired/);
    await page.keyboard.press('Home');
    await expectVerdict(/issued_in_future/);
    await page.getByRole('button', { name: 'Back to now' }).click();
    await expectVerdict(/Would be accepted/);
  });

  it('goes by the policy: audience, typ, scopes, issuer', async () => {
    const { text, jwk } = await signed();
    await show(text, JSON.stringify(jwk));
    for (const [label, value, reason] of [
      ['Audience', 'https://other.example', /audience_mismatch/],
      ['Accepted typ', 'JWT', /type_not_accepted/],
      ['Scopes of the route', 'admin', /scope_insufficient/],
      ['Issuer', 'https://other.example', /issuer_unknown/],
      ['Longest lifetime, seconds', '10', /lifetime_too_long/],
    ] as const) {
      const field = page.getByLabel(label, { exact: true });
      const before = await field.inputValue();
      await field.fill(value);
      await expectVerdict(reason);
      await field.fill(before);
      await expectVerdict(/Would be accepted/);
    }
  });

  it('without a key checks all but the signature, and says so', async () => {
    const { text } = await signed();
    await show(text, '');
    await expectVerdict(/Signature not verified/);
    await token().fill((await signed({ exp: now() - 500, iat: now() - 600 })).text);
    await expectVerdict(/whatever its signature: expired/);
  });

  it('checks a DPoP proof and shows what it is bound to', async () => {
    await page.getByLabel('Example').selectOption('A DPoP-bound token with its proof');
    await expectVerdict(/Would be accepted/);
    const proof = page.getByRole('region', { name: 'DPoP proof' });
    await proof.getByText('matches').nth(3).waitFor();
    await watched.screenshot(page, 'debugger-dpop', true);
    await page.getByLabel('Method', { exact: true }).fill('GET');
    await expectVerdict(/dpop_proof_mismatch/);
    await page.getByText('Clear').click();
  });

  it('warns of alg none and of a key in the header', async () => {
    await page.getByLabel('Example').selectOption('A token without signature (alg none)');
    await page.getByText('alg is none: anybody can write such a token').waitFor();
    await expectVerdict(/refused/);
    await page.getByLabel('Value of alg').fill('ES256');
    await page.getByLabel('Name to add').first().fill('jku');
    await page.getByRole('button', { name: 'Add' }).first().click();
    await page.getByLabel('Value of jku').fill('https://evil.example/jwks');
    await expectVerdict(/header_unsupported/);
    await page.getByText('Clear').click();
  });
});

it('copies the token, the link, the key, a claim, a part and the verdict', async () => {
  const { text, jwk } = await signed({ aud: ['a', 'b'] });
  const other = await watched.open();
  await other.locator('#token').fill(text);
  await other.getByRole('textbox', { name: 'Key', exact: true }).fill(JSON.stringify(jwk));
  await other.locator('.banner.good').waitFor();
  const copied = (name: string) =>
    copiedBy(other, other.getByRole('button', { name: `Copy ${name}` }).first());
  expect(await copied('token')).toBe(text);
  expect(await copied('link')).toBe(`${fromDisk}#token=${text}`);
  expect(await copied('key')).toBe(JSON.stringify(jwk));
  expect(await copied('aud')).toBe('["a","b"]');
  expect(await copied('sub')).toBe('alice');
  expect(JSON.parse(await copied('payload'))).toMatchObject({ sub: 'alice' });
  expect(await copied('Thumbprint')).toBe(await calculateJwkThumbprint(jwk));
  const verdict = await copied('verdict');
  expect(verdict).toMatch(
    /^Would be accepted, unless it was revoked\n(?:passed .+\n)+passed {3}Format: got \d+ characters/,
  );
  expect(verdict).not.toContain(text.slice(0, 20));
  await other.close();
});

it('says from disk that the dashboard needs a stack', async () => {
  const other = await watched.open(`${fromDisk}#/tokens`);
  await other.getByText('The dashboard needs the stack that serves it.').waitFor();
  expect(await axeFindings(other)).toEqual([]);
  await other.close();
});

it('has examples to begin with', async () => {
  const other = await watched.open();
  await watched.screenshot(other, 'debugger-empty');
  await other.getByRole('button', { name: 'An ID token sent as an access token' }).click();
  const banner = other.locator('.banner.bad .title');
  expect(await banner.innerText()).toMatch(/^Would be refused: type_not_accepted$/);
  await other.close();
});

describe('links and comparison', () => {
  it('takes a token out of the fragment and the fragment out of the address', async () => {
    const { text } = await signed();
    const linked = await watched.open(`${fromDisk}#token=${text}`);
    expect(await linked.locator('#token').inputValue()).toBe(text);
    expect(linked.url()).not.toContain(text);
    await linked.close();
  });

  it('shows a fragment that is no encoding of anything as it is', async () => {
    const linked = await watched.open(`${fromDisk}#token=a.b%`);
    expect(await linked.locator('#token').inputValue()).toBe('a.b%');
    await linked.close();
  });

  it('compares two tokens', async () => {
    const times = { iat: now(), exp: now() + 600 };
    await show((await signed({ ...times, sub: 'a' })).text, '');
    await page.getByRole('link', { name: 'Compare' }).click();
    await page
      .getByLabel('Right token')
      .fill((await signed({ ...times, sub: 'b', exp: times.exp + 900, extra: 1 })).text);
    await page.getByText('3 differ').waitFor();
    await page.getByText('15 min later on the right').waitFor();
    await watched.screenshot(page, 'compare');
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole('link', { name: 'Debugger' }).click();
  });
});

describe('asks for keys', () => {
  it('only on the button that names the host', async () => {
    const { text, jwk } = await signed();
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(`${request.url} ${request.headers.cookie ?? ''}${request.headers.referer ?? ''}`);
      response.setHeader('access-control-allow-origin', '*');
      response.end(JSON.stringify({ keys: [jwk] }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      await show(text, '');
      await page.getByText('Ask the issuer for its keys').click();
      await page.getByLabel('Address of a JWK Set').fill(`http://127.0.0.1:${port}/jwks`);
      expect(asked).toEqual([]);
      const before = watched.faults.length;
      await page.getByRole('button', { name: `Ask 127.0.0.1:${port}` }).click();
      await expectVerdict(/Would be accepted/);
      expect(asked).toEqual(['/jwks ']);
      expect(watched.faults.splice(before)).toEqual([`asked http://127.0.0.1:${port}/jwks`]);
    } finally {
      server.close();
    }
  });

  it('of the issuer that the token names, by its metadata; never at jku', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.setHeader('access-control-allow-origin', '*');
      const metadata = { issuer, jwks_uri: `${issuer}/keys` };
      response.end(JSON.stringify(request.url === '/keys' ? { keys: [jwk] } : metadata));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { text, jwk } = await signed({ iss: issuer });
    try {
      const before = watched.faults.length;
      await show(text, '');
      await page.getByLabel('Name to add').first().fill('jku');
      await page.getByRole('button', { name: 'Add' }).first().click();
      await page.getByLabel('Value of jku').fill(`${issuer}/jku`);
      await expectVerdict(/header_unsupported/);
      await token().fill(text);
      expect(asked).toEqual([]);
      const ask = page.getByRole('button', { name: `Ask ${new URL(issuer).host} (the token’s iss)` });
      if (!(await ask.isVisible())) await page.getByText('Ask the issuer for its keys').click();
      await ask.click();
      await expectVerdict(/Would be accepted/);
      expect(asked).toEqual(['/.well-known/openid-configuration', '/keys']);
      expect(watched.faults.splice(before)).toEqual(asked.map((path) => `asked ${issuer}${path}`));
    } finally {
      server.close();
    }
  });
});

describe('is for everybody', () => {
  it.each(['light', 'dark'] as const)('axe finds nothing, %s', async (scheme) => {
    await page.emulateMedia({ colorScheme: scheme });
    for (const example of [
      'A DPoP-bound token with its proof',
      'An expired token',
      'A token without signature (alg none)',
    ]) {
      await page.getByLabel('Example').selectOption(example);
      await page.locator('.step').first().waitFor();
      expect(await axeFindings(page)).toEqual([]);
    }
    await watched.screenshot(page, `debugger-${scheme}`);
  });

  it('fits a small screen, the verdict right after the token', async () => {
    const small = await watched.open(fromDisk, { width: 360 });
    await small.getByLabel('Example').selectOption('An expired token');
    await small.locator('.step.failed').waitFor();
    const width = await small.evaluate<number>('document.documentElement.scrollWidth');
    expect(width).toBeLessThanOrEqual(360);
    const tops = await small
      .locator('#token, .verdict, .card[aria-label="Key"]')
      .evaluateAll((parts) =>
        parts.map((part) => [part.className, part.getBoundingClientRect().top] as const),
      );
    expect(tops.toSorted(([, a], [, b]) => a - b).map(([name]) => name)).toEqual([
      '',
      'card verdict',
      'card',
    ]);
    expect(await axeFindings(small)).toEqual([]);
    await watched.screenshot(small, 'debugger-small', true);
    await small.close();
  });

  it('can be used with the keyboard alone', async () => {
    const fresh = await watched.open();
    await fresh.locator('#token').focus();
    await fresh.keyboard.type('eyJhbGciOiJIUzI1NiJ9.');
    await fresh.getByText('2 of 3 segments so far').waitFor();
    for (let presses = 0; presses < 40; presses++) {
      await fresh.keyboard.press('Tab');
      const name = await fresh.evaluate<string>("document.activeElement?.textContent ?? ''");
      if (name === 'Keyturn’s own (RFC 9068)') break;
    }
    await fresh.keyboard.press('Enter');
    expect(await fresh.getByLabel('Accepted typ').inputValue()).toBe('at+jwt');
    await fresh.close();
  });
});

it('no violation of its policy, no fault, and nobody was asked', () => {
  expect(watched.faults).toEqual([]);
});

it('its policy names the hash of the script that is in it', () => {
  const html = readFileSync(file, 'utf8');
  const script = /<script type="module">([^]*)<\/script>/.exec(html)?.[1] ?? '';
  expect(html).toContain(`script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`);
});
