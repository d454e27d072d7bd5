import { describe, expect, it } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { leaksOf } from '../../tools/check-output.ts';
import { compact, forgeKey, macced, secretsOf } from '../attack/forge.ts';

const rsa = forgeKey('RS256', 'rs');
const ec = forgeKey('ES256', 'es');
const jwk = ec.privateKey.export({ format: 'jwk' });
const random = (bytes: number) => randomBytes(bytes).toString('base64url');
const claims = { iss: 'https://issuer.example', sub: 'ada' };
const pem = (type: 'pkcs8' | 'pkcs1') => String(rsa.privateKey.export({ format: 'pem', type }));
const secret = random(32);

/** The searches that find something. */
function found(text: string, canaries: readonly string[] = []): readonly string[] {
  return [...leaksOf(text, canaries)].flatMap(([name, lines]) => (lines.length > 0 ? [name] : []));
}

describe('finds', () => {
  it.each([
    ['a signed token', 'ES256', compact({ alg: 'ES256' }, claims, ec)],
    ['a signed token', 'HS256, in colours', `\u001b[31m${macced({ alg: 'HS256' }, claims, secret)}\u001b[0m`],
    [
      'a signed token',
      'in JSON in JSON',
      JSON.stringify(JSON.stringify({ t: compact({ alg: 'RS256' }, claims, rsa) })),
    ],
    ['a refresh token', 'as it is', `ktr.${random(16)}.12.${random(16)}.${secret}`],
    ['a private key in PEM', 'PKCS #8', pem('pkcs8')],
    ['a private key in PEM', 'PKCS #1 in JSON', JSON.stringify({ key: pem('pkcs1') })],
    ['a private member of a JWK', 'JSON', JSON.stringify(jwk)],
    ['a private member of a JWK', 'JSON in JSON', JSON.stringify(JSON.stringify(jwk))],
    ['a private member of a JWK', 'inspected', inspect(jwk)],
    ['a private member of a JWK', 'a shared secret', JSON.stringify({ kty: 'oct', k: secret })],
    ['a secret', 'JSON', JSON.stringify({ client_secret: secret })],
    ['a secret', 'a form', `client_id=demo&client_secret=${secret}`],
    ['a secret', 'inspected', inspect({ clientSecret: secret })],
    ['a secret', 'a ticket in an address', `wss://api.example/prod?ticket=${secret}`],
    ['credentials', 'client_secret_basic', `authorization: Basic ${btoa(`demo:${secret}`)}`],
  ])('%s: %s', (name, _, text) => {
    expect(found(`a line\nbefore ${text} after\nand one more`)).toEqual([name]);
    expect(leaksOf(`a line\nbefore ${text.replaceAll('\n', ' ')} after`).get(name)).toEqual([2]);
  });

  it('a secret that a test wrote down', () => {
    expect(found('the word is open sesame, please', ['open sesame, please'])).toEqual([
      'a secret that a test wrote down',
    ]);
  });

  it.each(secretsOf(rsa).slice(0, -1))('every private member that a test wrote down', (member) => {
    expect(found(`x${member}y`, secretsOf(rsa))).toEqual(['a secret that a test wrote down']);
  });
});

describe('passes over', () => {
  it.each([
    ['a public JWK', JSON.stringify(rsa.publicJwk)],
    [
      'a public key',
      String(generateKeyPairSync('ed25519').publicKey.export({ format: 'pem', type: 'spki' })),
    ],
    ['a thumbprint', JSON.stringify({ kid: secret, jti: secret, hash: secret })],
    ['a token cut short', `${compact({ alg: 'ES256' }, claims, ec).slice(0, 60)}…`],
    [
      'a token without signature',
      `${compact({ alg: 'none' }, claims, ec).split('.').slice(0, 2).join('.')}.`,
    ],
    ['an integrity hash', `sha512-${randomBytes(64).toString('base64')}`],
    ['talk of secrets', 'client_secret: [redacted], secret=SECRET, -----BEGIN PRIVATE KEY----- is refused'],
    ['short words that tests wrote down', 'the secret of x'],
  ])('%s', (_, text) => expect(found(text, ['the secret'])).toEqual([]));
});

describe('as .ci/run calls it', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'keyturn-output-'));
  const file = path.join(folder, 'output');
  const canaries = path.join(folder, 'canaries');
  const run = () =>
    spawnSync(process.execPath, ['--import', 'tsx', 'tools/check-output.ts', file], {
      encoding: 'utf8',
      env: { ...process.env, KEYTURN_CANARIES: canaries },
    });

  it('fails for a planted canary, and does not repeat it', () => {
    execFileSync(
      process.execPath,
      ['--import', 'tsx', '--eval', `import('./test/canary.ts').then((m) => m.canary('${secret}'))`],
      {
        env: { ...process.env, KEYTURN_CANARIES: canaries },
      },
    );
    writeFileSync(file, `PASS test/a.test.ts\nsomething ${secret}\n`);
    const { status, stdout } = run();
    expect({ status, stdout }).toEqual({
      status: 1,
      stdout:
        'FAILED: a secret that a test wrote down was printed in line 2\n6 passed, 1 failed, 0 skipped\n',
    });
    rmSync(canaries);
  });

  it('passes where nothing was printed', () => {
    writeFileSync(file, 'PASS test/a.test.ts\n');
    expect(run()).toMatchObject({ status: 0, stdout: '7 passed, 0 failed, 0 skipped\n' });
    rmSync(folder, { recursive: true });
  });
});
