/** What is in each bundle that deploys. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import path from 'node:path';
import type { Metafile } from 'esbuild';
import { bundle, bundleInto, functionNames } from '../../tools/build.ts';
import { temporaryFolder } from '../e2e/keyturn.ts';

const inputs = new Map<string, readonly string[]>();

/** A function of a user's own that revokes. */
const revoking = path.join('examples', 'http-api-foreign-issuer', 'logout', 'index.ts');
let revokingBytes: number;

beforeAll(async () => {
  const made = await Promise.all(
    functionNames().map(async (name) => [name, contents(await bundle(name))] as const),
  );
  for (const [name, files] of made) inputs.set(name, files);
  const metafile = await bundleInto(temporaryFolder(), revoking);
  inputs.set(revoking, contents(metafile));
  revokingBytes = Object.values(metafile.outputs)[0]?.bytes ?? 0;
}, 120_000);

/** Files of which at least one byte got into the output. */
function contents(metafile: Metafile): readonly string[] {
  const [output] = Object.values(metafile.outputs);
  return Object.entries(output?.inputs ?? {}).flatMap(([file, { bytesInOutput }]) =>
    bytesInOutput > 0 ? [file] : [],
  );
}

const signing = /jose\/dist\/.*\/(sign|encrypt|generate)/;
const privateKeys =
  /client-kms|client-secrets-manager|adapters\/kms|core\/keys\/(generate|rotation)|core\/issue/;

it('there is one bundle for each function', () => {
  expect(functionNames()).toEqual([
    'admin',
    'authorizer',
    'authorizer-secrets',
    'cache-flush',
    'client-registration',
    'console',
    'introspection',
    'key-rotation',
    'metadata',
    'revocation',
    'scheduled-issue',
    'secret-rotation',
    'ticket',
    'token-issue',
    'whoami',
  ]);
});

describe('bundles without signing code, KMS and Secrets Manager', () => {
  it.each(['authorizer', 'console', 'metadata', 'whoami', revoking])('%s', (name) => {
    const found = inputs.get(name)?.filter((file) => signing.test(file) || privateKeys.test(file));
    expect(found).toEqual([]);
  });

  it('the rule sees both where they are', () => {
    const found = inputs.get('token-issue') ?? [];
    expect(found.some((file) => signing.test(file))).toBe(true);
    expect(found.some((file) => privateKeys.test(file))).toBe(true);
  });
});

const sdk = /@aws-sdk\/(client|core|credential)|@smithy\//;

describe('bundles without the SDK', () => {
  it.each(['authorizer', revoking])('%s', (name) => {
    expect(inputs.get(name)?.filter((file) => sdk.test(file))).toEqual([]);
  });

  it('the rule sees it where it is', () => {
    expect(inputs.get('revocation')?.some((file) => sdk.test(file))).toBe(true);
  });
});

describe('bundles without a schema library', () => {
  it.each(['authorizer', 'metadata', 'token-issue', 'whoami'])('%s', (name) => {
    expect(inputs.get(name)?.filter((file) => file.includes('node_modules/zod/'))).toEqual([]);
  });
});

it('a function that revokes is below 100 kB, and has no CDK in it', () => {
  expect(revokingBytes).toBeLessThan(100_000);
  expect(inputs.get(revoking)?.filter((file) => /aws-cdk-lib|constructs|^lib\//.test(file))).toEqual([]);
});

it('the full build of zod is in no bundle', () => {
  const all = [...inputs.values()].flat();
  expect(all.filter((file) => /node_modules\/zod\/v4\/classic/.test(file))).toEqual([]);
  expect(all.some((file) => file.includes('node_modules/zod/v4/mini'))).toBe(true);
});
