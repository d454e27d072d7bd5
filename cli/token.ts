import type { DirectIssueRequest } from '../core/contract/messages.ts';
import { Routes } from '../core/contract/routes.ts';
import type { TokenAnswer } from '../core/issue/issue.ts';
import { ask } from './ask.ts';
import { type Command, type OptionValues, stackOptions, stringOption, UsageError } from './command.ts';
import { type DemoClient, readDemoClient } from './demo-client.ts';
import { defaultDataDirectory, openStack, type Stack } from './stack.ts';

/** `keyturn token`: tokens for the demo client over HTTP, or for any client and subject by IAM. */
export const token: Command = {
  summary: 'get an access token: for the demo client, or for any client and subject',
  usage: [
    'Usage: keyturn token [--scope "a b"] [--json] [--data FOLDER]',
    '       keyturn token --client ID [--subject SUB] [--scope "a b"] [--resource URI] [--json] [--stack NAME]',
    '',
    'Prints the access token and nothing else; with --json the whole answer (RFC 6749 §5.1).',
    'With --client or --subject, token-issue is invoked directly: IAM decides who may. The scope offline_access also gets a',
    'refresh token, if the client may have one.',
    '',
    '  TOKEN=$(npx keyturn token)',
    '  TOKEN=$(npx keyturn token --scope orders:read)',
    '  npx keyturn token --subject alice --scope "orders:read offline_access" --json',
  ].join('\n'),
  options: {
    ...stackOptions,
    client: { type: 'string' },
    subject: { type: 'string' },
    scope: { type: 'string' },
    resource: { type: 'string' },
    json: { type: 'boolean' },
  },
  positionals: [0, 0],
  async run(_, options) {
    const stack = await openStack(options);
    const answer = isDirect(options) ? await issueDirectly(stack, options) : await request(stack, options);
    console.log(options.json === true ? JSON.stringify(answer, undefined, 2) : answer.access_token);
  },
};

/** The demo client's secret is in the data folder of the local stack, and nowhere else. */
function isDirect(options: OptionValues): boolean {
  return ['client', 'subject', 'stack', 'resource'].some((name) => stringOption(options, name) !== undefined);
}

async function issueDirectly(stack: Stack, options: OptionValues): Promise<TokenAnswer> {
  const [scope, subject, resource] = ['scope', 'subject', 'resource'].map((name) =>
    stringOption(options, name),
  );
  const event: DirectIssueRequest = {
    ...{ action: 'issue', clientId: stringOption(options, 'client') ?? 'demo' },
    ...(subject !== undefined && { subject }),
    ...(scope !== undefined && { scope }),
    ...(resource !== undefined && { resource: [resource] }),
  };
  try {
    return (await stack.invoke(stack.output('tokenIssueFunction'), event)) as TokenAnswer;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(
      `client ${event.clientId}: ${error.message}; \`keyturn clients list\` shows the clients and their scopes`,
      error.exitCode,
    );
  }
}

async function request(stack: Stack, options: OptionValues): Promise<TokenAnswer> {
  const client = await readDemoClient(stringOption(options, 'data') ?? defaultDataDirectory);
  return requestToken(stack.output('issuer'), client, stringOption(options, 'scope'));
}

async function requestToken(
  issuer: string,
  client: DemoClient,
  scope: string | undefined,
): Promise<TokenAnswer> {
  const answer = await ask(issuer + Routes.token, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${client.clientId}:${client.secret}`).toString('base64')}`,
    },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...(scope !== undefined && { scope }) }),
  });
  const body = (await answer.json()) as TokenAnswer & { error?: string; error_description?: string };
  if (body.access_token !== undefined) return body;
  const hint =
    body.error === 'invalid_scope' ? `; \`keyturn clients show ${client.clientId}\` lists its scopes` : '';
  throw new UsageError(
    `${answer.status} ${body.error ?? ''}: ${body.error_description ?? 'no description'}${hint}`,
    1,
  );
}
