import { Routes } from '../core/contract/routes.ts';
import { type Command, stringOption, UsageError } from './command.ts';
import { type DemoClient, readDemoClient } from './demo-client.ts';
import { defaultDataDirectory, openStack } from './stack.ts';

/** `keyturn token`: an access token for the demo client, by client_credentials over HTTP. */
export const token: Command = {
  summary: 'get an access token for the demo client of the local stack',
  usage: [
    'Usage: keyturn token [--scope "a b"] [--data FOLDER]',
    '',
    'Prints the token and nothing else.',
    '',
    '  TOKEN=$(npx keyturn token)',
    '  TOKEN=$(npx keyturn token --scope orders:read)',
  ].join('\n'),
  options: { scope: { type: 'string' }, data: { type: 'string' } },
  positionals: [0, 0],
  async run(_, options) {
    const stack = await openStack(options);
    const client = await readDemoClient(stringOption(options, 'data') ?? defaultDataDirectory);
    console.log(await requestToken(stack.output('issuer'), client, stringOption(options, 'scope')));
  },
};

async function requestToken(issuer: string, client: DemoClient, scope: string | undefined): Promise<string> {
  const answer = await fetch(issuer + Routes.token, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${client.clientId}:${client.secret}`).toString('base64')}`,
    },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...(scope !== undefined && { scope }) }),
  });
  const body = (await answer.json()) as { access_token?: string; error?: string; error_description?: string };
  if (body.access_token !== undefined) return body.access_token;
  throw new UsageError(
    `${answer.status} ${body.error ?? ''}: ${body.error_description ?? 'no description'}`,
    1,
  );
}
