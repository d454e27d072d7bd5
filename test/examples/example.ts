/** Plays an example's app with `keyturn local`, as its README says, and calls it over HTTP. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  type Played,
  root,
  startLocal,
  type StartOptions,
  temporaryFolder,
  twoFreePorts,
} from '../e2e/keyturn.ts';

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

/** How an example is started. */
interface ExampleOptions {
  /** Environment variables of the app. */
  readonly env?: NodeJS.ProcessEnv;
  /**
   * What the command is told: nothing in the example's own folder, the app's command in another folder, or the template of
   * a stack that is synthesized before. Default: nothing
   */
  readonly by?: '--app' | { readonly template: string };
}

/**
 * Starts an example.
 *
 * @param name of its folder
 */
export async function startExample(name: string, { env = {}, by }: ExampleOptions = {}): Promise<Example> {
  const stack = await startLocal({ ...sourceOf(name, by), env, port: await twoFreePorts() });
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

function sourceOf(name: string, by: ExampleOptions['by']): Pick<StartOptions, 'app' | 'source'> {
  const app = path.join(root, 'examples', name);
  if (by === undefined) return { app };
  if (by === '--app') return { source: ['--app', `npx tsx ${path.join('examples', name, 'app.ts')}`] };
  const folder = temporaryFolder();
  execFileSync('npx', ['tsx', 'app.ts'], { cwd: app, env: { ...process.env, CDK_OUTDIR: folder } });
  return { source: ['--template', path.join(folder, `${by.template}.template.json`)] };
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
