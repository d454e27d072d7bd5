import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { bundle, bundleInto, functionNames } from '../../tools/build.ts';

const root = path.resolve(import.meta.dirname, '..', '..');
const require = createRequire(import.meta.url);

/** The candidates that are authorizers, by name; all bundled alike. */
export const authorizers = {
  floor: 'floor: plain HTTP read + crypto.verify',
  keyturn: 'Keyturn',
  'jose-sdk': 'jose + client-dynamodb',
  'aws-jwt-verify-sdk': 'aws-jwt-verify + client-dynamodb',
} as const;
export type AuthorizerName = keyof typeof authorizers;

/** A bundle and the file that its folder holds. */
export interface Bundle {
  readonly name: string;
  readonly file: string;
  readonly bytes: number;
  readonly gzippedBytes: number;
}

/** Bundles one candidate, or `empty`. */
export async function bundlePeer(name: AuthorizerName | 'empty'): Promise<Bundle> {
  const source = name === 'keyturn' ? 'functions/authorizer/handler.ts' : `bench/peers/${name}.ts`;
  const folder = path.join(root, 'dist', 'bench', name);
  await bundleInto(folder, source);
  return measured(name, folder);
}

/** Bundles every function that deploys. */
export function bundleFunctions(): Promise<readonly Bundle[]> {
  return Promise.all(
    functionNames().map(async (name) => {
      const folder = path.join(root, 'dist', 'bench', `function-${name}`);
      await bundle(name, folder);
      return measured(name, folder);
    }),
  );
}

function measured(name: string, folder: string): Bundle {
  const file = path.join(folder, 'index.js');
  const content = readFileSync(file);
  return { name, file, bytes: content.length, gzippedBytes: gzipSync(content).length };
}

export type Handler = (event: object) => Promise<{ readonly isAuthorized?: boolean }>;

/** Loads a bundle as a new container does, with an environment of its own. */
export function load({ file }: Bundle, environment: Readonly<Record<string, string>>): Handler {
  Object.assign(process.env, environment);
  delete require.cache[file];
  return (require(file) as { readonly handler: Handler }).handler;
}

/** An event of an HTTP API, payload 2.0, in the parts that an authorizer looks at. */
export function eventOf(token: string): object {
  return {
    version: '2.0',
    type: 'REQUEST',
    routeKey: 'GET /orders',
    rawPath: '/orders',
    headers: { authorization: `Bearer ${token}`, host: 'api.example' },
    requestContext: { domainName: 'api.example', http: { method: 'GET' } },
  };
}
