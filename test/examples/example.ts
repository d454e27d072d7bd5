/** Plays an example's app with `keyturn local`, as its README says, and calls it over HTTP. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { freePort, type Played, root, startLocal } from '../e2e/keyturn.ts';

/** An example that plays. */
export interface Example extends Played {
  /** Where the example's own API is called, without a slash at the end. */
  readonly api: string;
  /** A token of the demo client. @param scope Default: all that it has */
  token(scope?: string): Promise<string>;
  /** `keyturn revoke -` */
  revoke(token: string): Promise<void>;
  /** A template that was synthesized, as JSON text without spaces. */
  template(stackName: string): string;
}

/**
 * Starts an example.
 *
 * @param name of its folder
 * @param env environment variables of the app
 */
export async function startExample(name: string, env: NodeJS.ProcessEnv = {}): Promise<Example> {
  const app = path.join(root, 'examples', name);
  const stack = await startLocal({ app, env, port: await twoFreePorts() });
  const { apis } = JSON.parse(readFileSync(path.join(stack.dataDirectory, 'running.json'), 'utf8')) as {
    readonly apis: readonly { readonly url: string; readonly stageUrls: readonly string[] }[];
  };
  const verb = async (args: readonly string[], stdin?: string) => {
    const { code, stdout, stderr } = await stack.keyturn(args, stdin);
    if (code !== 0) throw new Error(`keyturn ${args.join(' ')}: exit code ${code}\n${stderr}`);
    return stdout.trim();
  };
  return {
    ...stack,
    api: apis.find(({ url }) => url !== stack.url)?.stageUrls[0] ?? '',
    token: (scope) => verb(['token', ...(scope === undefined ? [] : ['--scope', scope])]),
    revoke: async (token) => void (await verb(['revoke', '-'], token)),
    template(stackName) {
      const file = path.join(stack.dataDirectory, 'cdk.out', `${stackName}.template.json`);
      return JSON.stringify(JSON.parse(readFileSync(file, 'utf8')));
    },
  };
}

/** Calls a route such as `GET /orders`. */
export function call(
  { api }: Pick<Example, 'api'>,
  route: string,
  { token, body }: { readonly token?: string; readonly body?: object } = {},
): Promise<Response> {
  const [method = '', resource = ''] = route.split(' ');
  return fetch(api + resource, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

/** The first of two ports in a row that are free now: Keyturn's API has the first, the example's the second. */
async function twoFreePorts(): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (await isFree(port + 1)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
