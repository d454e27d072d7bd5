/** The verbs that need no stack, as a user runs them: the built command, files, standard input, exit codes. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { execFile, spawnSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { jwtVerify } from 'jose';
import { keyturn, root, temporaryFolder } from '../e2e/keyturn.ts';

const folder = temporaryFolder();
const at = (name: string) => path.join(folder, name);
const claims = JSON.stringify({ iss: 'https://login.example.com', aud: 'orders', sub: 'ada' });

function write(name: string, content: string): string {
  writeFileSync(at(name), content);
  return at(name);
}

async function output(args: readonly string[], stdin = ''): Promise<string> {
  const { code, stdout, stderr } = await keyturn(args, { stdin });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.trim();
}

/** Keys by file: what signs, and each form of what verifies. */
const keys = [
  ['RS256', () => generateKeyPairSync('rsa', { modulusLength: 2048 })],
  ['ES256', () => generateKeyPairSync('ec', { namedCurve: 'P-256' })],
  ['EdDSA', () => generateKeyPairSync('ed25519')],
] as const;

beforeAll(() => {
  for (const [alg, make] of keys) {
    const { privateKey, publicKey } = make();
    write(`${alg}.private.pem`, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    write(`${alg}.public.pem`, publicKey.export({ type: 'spki', format: 'pem' }).toString());
    write(`${alg}.jwk`, JSON.stringify(privateKey.export({ format: 'jwk' })));
    write(`${alg}.jwks`, JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k' }] }));
  }
  write('secret', `${randomBytes(32).toString('hex')}\n`);
});

describe('sign and verify', () => {
  it.each(keys.map(([alg]) => alg))('%s: PEM, JWK and JWK Set', async (alg) => {
    const token = await output(
      ['sign', '-', '--key', at(`${alg}.private.pem`), '--kid', 'k', '--alg', alg],
      claims,
    );
    for (const file of ['public.pem', 'jwk', 'jwks']) {
      expect(await output(['verify', '-', '--key', at(`${alg}.${file}`)], token)).toMatch(/\nallowed$/);
    }
    const { payload } = await jwtVerify(token, createPublicKey(readText(`${alg}.public.pem`)));
    expect(payload).toMatchObject({ sub: 'ada', exp: (payload.iat ?? 0) + 900, jti: expect.any(String) });
  });

  it('shows what a hostile token says, and lets it write nothing on the terminal', async () => {
    const hostile = 'https://x.example/\u001b[2K\u001b[1A\u009b8m\u202e\u2028';
    const token = await output(['sign', '-', '--key', at('ES256.jwk'), '--kid', hostile], claims);
    const issued = JSON.stringify({ ...JSON.parse(claims), iss: hostile, sub: hostile });
    const other = await output(['sign', '-', '--key', at('ES256.jwk')], issued);
    for (const args of [
      ['decode', token],
      ['decode', other],
      ['verify', token, '--key', at('ES256.jwk')],
      ['verify', other, '--key', at('ES256.jwk')],
    ]) {
      const { stdout, stderr } = await keyturn(args);
      expect(stdout + stderr).toContain('x.example');
      expect(stdout + stderr).not.toMatch(/[^\P{C}\n]|\p{Zl}|\p{Zp}/u);
    }
  });

  it('a shared secret', async () => {
    const token = await output(['sign', claims, '--secret', at('secret'), '--lifetime', '1h']);
    expect(await output(['verify', token, '--secret', at('secret')])).toMatch(/\nallowed$/);
  });

  it('the keys of an issuer, by discovery and by the address of its JWK Set', async () => {
    const served: Record<string, string> = { '/keys': readText('RS256.jwks') };
    const server = createServer((request, response) => response.end(served[request.url ?? '']));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const issuer = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
    served['/.well-known/openid-configuration'] = JSON.stringify({ issuer, jwks_uri: `${issuer}/keys` });
    const own = JSON.stringify({ iss: issuer, aud: 'orders', sub: 'ada' });
    const token = await output(['sign', own, '--key', at('RS256.private.pem'), '--kid', 'k']);
    for (const source of [
      ['--issuer', issuer],
      ['--jwks-url', `${issuer}/keys`],
    ]) {
      expect(await output(['verify', '-', ...source], token)).toMatch(/\nallowed$/);
    }
    server.close();
  });

  it.each([
    ['expired', ['--key', at('RS256.public.pem'), '--at', '2040-01-01T00:00:00Z'], 'expired'],
    ['for another audience', ['--key', at('RS256.public.pem'), '--audience', 'billing'], 'audience_mismatch'],
    ['of another type', ['--key', at('RS256.public.pem'), '--typ', 'at+jwt'], 'type_not_accepted'],
    ['under a key of another type', ['--key', at('ES256.public.pem')], 'key_unknown'],
    ['under the public key as a secret', ['--secret', at('RS256.public.pem')], 'key_unknown'],
  ])('refuses a token that is %s, with exit code 1', async (_, options, reason) => {
    const token = await output(['sign', claims, '--key', at('RS256.private.pem')]);
    const { code, stdout } = await keyturn(['verify', '-', ...options, '--json'], { stdin: token });
    expect({ code, ...JSON.parse(stdout) }).toMatchObject({
      code: 1,
      outcome: 'refuse',
      refusal: { reason },
    });
    expect(stdout).not.toContain(token);
  });
});

const noRegion = { AWS_REGION: undefined, AWS_DEFAULT_REGION: undefined, AWS_CONFIG_FILE: at('none') };

describe('what is wrong with a call', () => {
  const key = ['--key', at('RS256.private.pem')];
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = `${part({ alg: 'RS256' })}.${part({ iss: 'i' })}.AA`;
  it.each([
    [['verify', 'a.b.c'], 2, /name one of --key, --secret, --jwks-url, --issuer/],
    [['verify', 'a.b.c', '--key', 'a', '--issuer', 'b'], 2, /name one of --key/],
    [['verify', token, '--jwks-url', 'keys'], 2, /--jwks-url: got keys; allowed: the URL of a JWK Set/],
    [['verify', token, '--issuer', 'login'], 2, /--issuer: got login; allowed: the URL of an issuer/],
    [['verify', 'a.b', '--key', at('RS256.public.pem')], 1, /not a compact JWS/],
    [['verify', '-', '--key', at('RS256.public.pem')], 2, /got nothing; allowed: a token, or -/],
    [
      ['verify', 'a.b.c', '--at', 'soon', ...key],
      2,
      /--at: got soon; allowed: a NumericDate such as 1800000000, or a time/,
    ],
    [['sign', '{}'], 2, /name one of --key, --secret/],
    [['sign', '[]', ...key], 2, /the claims are not a JSON object/],
    [
      ['sign', '{}', ...key, '--lifetime', 'long'],
      2,
      /--lifetime: got long; allowed: a duration such as 90s/,
    ],
    [['sign', '{}', ...key, '--alg', 'ES256'], 2, /--alg: got ES256; allowed for this key: RS256, RS384/],
    [['sign', '{}', '--key', at('RS256.public.pem')], 1, /holds no private key in PEM/],
    [['sign', '{}', '--key', at('nothing')], 1, /nothing cannot be read/],
    [['sign', '{}', '--key', at('secret')], 1, /holds no key; allowed: a JWK, a JWK Set, or PEM/],
    [['completion', 'tcsh'], 2, /got the shell tcsh; allowed: bash, zsh, fish/],
    [['explode'], 2, /unknown command explode; allowed: local, /],
    [
      ['keys', '--jason'],
      2,
      /^keyturn keys: unknown option --jason; allowed: --stack, --data, --json, .*\n\nUsage: /,
    ],
    [['keys', '-j'], 2, /unknown option -j; allowed: /],
    [['keys', '--json=yes'], 2, /--json takes no value/],
    [['keys', '--data'], 2, /--data is without its value\n/],
    [
      ['token', '--scope', '--json'],
      2,
      /--scope is without its value; one that begins with a dash is written --scope=/,
    ],
    [['revoke', '--subject', 'a', '--subject', 'b'], 2, /got --subject twice; allowed: once/],
    [['revoke', '--query', ''], 2, /--query: got an empty value; allowed: anything else/],
    [['decode'], 2, /^keyturn decode: got 0 arguments besides options; allowed: 1\n/],
    [['revoke', 'a', 'b'], 2, /got 2 arguments besides options; allowed: 0 to 1\n/],
    [['token', 'demo'], 2, /got 1 arguments besides options; allowed: none\n/],
    [
      ['token', '--data', at('none')],
      1,
      /no local stack is running on the data folder .*none; start one with `npm start`/,
    ],
    [
      ['keys', '--stack', 'Shop'],
      1,
      /^--stack Shop: no AWS Region is set; set AWS_REGION, or a region in the profile/,
    ],
    [['local', '--template', folder], 1, /There is no cloud assembly at .*Run `cdk synth` first/],
  ] as const)('%j', async (args, code, message) => {
    const outcome = await keyturn(args, { env: noRegion });
    expect(outcome).toEqual({ code, stdout: '', stderr: expect.stringMatching(message) });
    expect(outcome.stderr).not.toContain('BEGIN');
  });
});

describe('a token with something around it', () => {
  it.each([
    ['"a.b.c"', 'stands in quotes'],
    ['Bearer a.b.c', 'has the rest of an Authorization header before it'],
    ['Authorization: Bearer a.b.c', 'has the rest of an Authorization header before it'],
    ['a.b\n.c', 'has a space or a line break in it'],
    ['{"access_token": "a.b.c"}', 'is a JSON object'],
  ])('%j is refused, by name, before any stack is asked', async (token, fault) => {
    for (const verb of [['decode'], ['revoke'], ['introspect'], ['verify', '--key', 'k']]) {
      const stderr = `the token ${fault}; allowed: the token alone, in one line\n`;
      expect(await keyturn([...verb, '-'], { stdin: token })).toEqual({ code: 2, stdout: '', stderr });
    }
  });
});

describe('what an earlier run left behind', () => {
  it('a cloud assembly is not taken for that of an app that writes none', async () => {
    const data = path.join(temporaryFolder(), 'data');
    mkdirSync(path.join(data, 'cdk.out'), { recursive: true });
    writeFileSync(path.join(data, 'cdk.out', 'manifest.json'), '{}');
    const { code, stderr } = await keyturn(['local', '--app', 'true', '--data', data]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^the CDK app wrote no cloud assembly: true; allowed: /),
    });
  });

  it('the addresses of a stack that was killed are not asked', async () => {
    const data = temporaryFolder();
    const { pid } = spawnSync('true');
    writeFileSync(path.join(data, 'running.json'), JSON.stringify({ pid, endpoints: {}, outputs: {} }));
    const { code, stderr } = await keyturn(['keys', '--data', data]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining(`(process ${pid}, the last one, has ended); start one with`),
    });
  });
});

describe('help', () => {
  it('is had by every spelling', async () => {
    const all = await output([]);
    expect(all).toContain('Exit code: 0 done');
    for (const args of [['--help'], ['-h'], ['help']]) expect(await output(args)).toBe(all);
    const usage = await output(['decode', '--help']);
    for (const args of [
      ['decode', '-h'],
      ['help', 'decode'],
    ])
      expect(await output(args)).toBe(usage);
  });

  it('names the version', async () => {
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
    expect(await output(['--version'])).toBe(version);
  });
});

describe('completion', () => {
  it('bash completes verbs and options', async () => {
    const script = write('completion.bash', await output(['completion', 'bash']));
    const words = `COMP_WORDS=(keyturn verify --j); COMP_CWORD=2; _keyturn; echo "\${COMPREPLY[@]}"`;
    const { stdout } = await bash(
      `source ${script}; ${words}; COMP_WORDS=(keyturn ver); COMP_CWORD=1; _keyturn; echo "\${COMPREPLY[@]}"; COMP_WORDS=(keyturn clients re); COMP_CWORD=2; _keyturn; echo "\${COMPREPLY[@]}"`,
    );
    expect(stdout).toBe('--jwks-url --json\nverify\nremove-secret\n');
  });
});

function bash(script: string): Promise<{ readonly stdout: string }> {
  return new Promise((resolve, reject) => {
    execFile('bash', ['-euc', script], (error, stdout) =>
      error === null ? resolve({ stdout }) : reject(error),
    );
  });
}

function readText(name: string): string {
  return readFileSync(at(name), 'utf8');
}
