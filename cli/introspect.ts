import { Routes } from '../core/contract/routes.ts';
import { ask } from './ask.ts';
import { type Command, type OptionValues, stackOptions, stringOption, UsageError } from './command.ts';
import { type DemoClient, readDemoClient } from './demo-client.ts';
import { tokenOrStdin } from './input.ts';
import { toJson } from './output.ts';
import { defaultDataDirectory, openStack } from './stack.ts';

/** `keyturn introspect`: whether a token is active, as the introspection endpoint says it (RFC 7662). */
export const introspect: Command = {
  summary: 'ask the introspection endpoint whether a token is active (RFC 7662)',
  usage: [
    'Usage: keyturn introspect TOKEN|- [--client ID] [--json] [--stack NAME] [--data FOLDER]',
    '',
    'Asks as the demo client of the local stack, or as --client with the secret in KEYTURN_CLIENT_SECRET. A client sees its',
    'own tokens; with the scope keyturn:read, everybody’s. Prints JSON; exits with 1 if the token is not active.',
    '',
    '  npx keyturn token | npx keyturn introspect -',
  ].join('\n'),
  options: { ...stackOptions, client: { type: 'string' }, json: { type: 'boolean' } },
  positionals: [1, 1],
  async run([argument], options) {
    const token = await tokenOrStdin(argument);
    const stack = await openStack(options);
    const { clientId, secret } = await callerOf(options);
    const answer = await ask(stack.output('issuer') + Routes.introspect, {
      method: 'POST',
      body: new URLSearchParams({ client_id: clientId, client_secret: secret, token }),
    });
    const body = (await answer.json()) as { active?: boolean; error_description?: string };
    if (!answer.ok)
      throw new UsageError(`${answer.status}: ${body.error_description ?? 'no description'}`, 1);
    console.log(toJson(body));
    if (body.active !== true) process.exitCode = 1;
  },
};

async function callerOf(options: OptionValues): Promise<DemoClient> {
  const clientId = stringOption(options, 'client');
  if (clientId === undefined) return readDemoClient(stringOption(options, 'data') ?? defaultDataDirectory);
  const secret = process.env['KEYTURN_CLIENT_SECRET'];
  if (secret !== undefined && secret !== '') return { clientId, secret };
  throw new UsageError(
    `--client ${clientId}: got no secret; allowed: KEYTURN_CLIENT_SECRET in the environment`,
  );
}
