import path from 'node:path';
import { Outputs } from '../core/contract/outputs.ts';
import { type LocalStack, play } from '../local/index.ts';
import { synthesize } from './app.ts';
import { type Command, type OptionValues, stringOption, UsageError } from './command.ts';
import { ensureDemoClient } from './demo-client.ts';
import { greeting, overview } from './greeting.ts';
import { readableLine } from './local-log.ts';
import { consoleLink } from './console.ts';
import { Routes } from '../core/contract/routes.ts';
import { defaultDataDirectory, openStack, type Stack } from './stack.ts';

const defaultPort = 8787;

/** `keyturn local`: plays a CDK app on this machine. */
export const local: Command = {
  summary: 'run a CDK app on this machine: no AWS account, no Docker',
  usage: [
    'Usage: keyturn local [--app COMMAND | --template FILE] [--port N] [--data FOLDER]',
    '',
    'Runs the app of ./cdk.json, or what --app or --template name. Listens on 127.0.0.1 only, at port 8787 (or PORT);',
    'each further API takes the next port. Data is kept in .keyturn/.',
    'A template parameter without a default takes its value from the environment variable of its name.',
    '',
    '  npx keyturn local',
    '  npx keyturn local --app "npx tsx bin/app.ts" --port 9000',
    '  npx keyturn local --template cdk.out/Orders.template.json',
  ].join('\n'),
  options: {
    app: { type: 'string' },
    template: { type: 'string' },
    port: { type: 'string' },
    data: { type: 'string' },
  },
  positionals: [0, 0],
  async run(_, options) {
    const dataDirectory = stringOption(options, 'data') ?? defaultDataDirectory;
    const stack = await start(dataDirectory, options);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => void stack.stop().then(() => process.exit(0)));
    }
    const isKeyturn = Outputs.clientTable in stack.outputs;
    if (!isKeyturn) return console.log(overview(stack));
    const opened = await openStack({ data: dataDirectory });
    const [page] = await Promise.all([
      signedInConsole(opened),
      ensureDemoClient(opened, dataDirectory, Date.now() / 1000),
    ]);
    console.log(greeting(stack, options, page));
  },
};

/** The address of the web console, signed in; nothing where the stack serves none. */
async function signedInConsole(stack: Stack): Promise<string | undefined> {
  const { ok: isServed } = await fetch(`${stack.output('apiUrl')}${Routes.console}`);
  return isServed ? consoleLink(stack, Date.now() / 1000) : undefined;
}

async function start(dataDirectory: string, options: OptionValues): Promise<LocalStack> {
  const template = stringOption(options, 'template');
  const app = stringOption(options, 'app');
  if (template !== undefined && app !== undefined)
    throw new UsageError('got --app and --template; allowed: one of them');
  const port = portOf(stringOption(options, 'port') ?? process.env.PORT);
  const assembly = template ?? (await synthesize(app, path.resolve(dataDirectory, 'cdk.out')));
  return play({
    assembly,
    dataDirectory,
    parameters: process.env,
    port,
    log: (source, line) => console.log(`[${source}] ${readableLine(line)}`),
  });
}

function portOf(text: string | undefined): number {
  const port = text === undefined || text === '' ? defaultPort : Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new UsageError(`port: got ${text}; allowed: a whole number from 1 to 65535 (--port or PORT)`);
}
