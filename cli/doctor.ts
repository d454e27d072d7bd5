import { clientLister } from '../adapters/dynamodb/client-list.ts';
import { keySetStore } from '../adapters/dynamodb/key-sets.ts';
import { secretRotations } from '../adapters/secrets-manager/rotations.ts';
import type { Overview } from '../core/admin/overview.ts';
import { Routes } from '../core/contract/routes.ts';
import type { Evidence, Fetched, Finding, SecretRotation } from '../core/doctor/evidence.ts';
import { examine } from '../core/doctor/examine.ts';
import { ask } from './ask.ts';
import { type Command, stackOptions, UsageError } from './command.ts';
import { readTimeline } from './keys.ts';
import { paint, print, type Style } from './output.ts';
import { ownToken } from './own-client.ts';
import { askAdmin, openStack, type Stack } from './stack.ts';

/** `keyturn doctor`: whether AWS's verifiers will take the stack's tokens, and its keys and secrets live as they have to. */
export const doctor: Command = {
  summary:
    'check a stack: do all AWS verifiers accept its tokens, are its keys, secrets and schedules in order',
  usage: [
    'Usage: keyturn doctor [--json] [--stack NAME] [--data FOLDER]',
    '',
    'Shows each check with its evidence. Exits with 1 if one fails; a warning: some verifier may not accept tokens.',
    'For this it issues a token without scopes, to the client keyturn-doctor, which has no secret.',
    '',
    '  npx keyturn doctor',
    '  npx keyturn doctor --stack Keyturn --json',
  ].join('\n'),
  options: { ...stackOptions, json: { type: 'boolean' } },
  positionals: [0, 0],
  async run(_, options) {
    const findings = await examine(await collect(await openStack(options)));
    print(findings, options, () => findings.map(line).join('\n'));
    if (findings.some(({ verdict }) => verdict === 'fail')) process.exitCode = 1;
  },
};

const styles: Readonly<Record<Finding['verdict'], Style>> = { ok: 'green', warn: 'yellow', fail: 'red' };

function line({ check, verdict, evidence }: Finding): string {
  return `${paint(styles[verdict], verdict.padEnd(5))} ${paint('bold', check)}\n      ${evidence}`;
}

async function collect(stack: Stack): Promise<Evidence> {
  const issuer = stack.output('issuer');
  const discovery = await get(issuer + Routes.openidConfiguration);
  const now = Date.now() / 1000;
  const jwkSet = await get(issuer + Routes.jwks);
  const keySet = await keySetStore(stack.dynamoDb, stack.output('keySetTable')).read(issuer);
  if (keySet === undefined)
    throw new UsageError(`${issuer} has no keys yet; key-rotation makes the first`, 1);
  const timeline = await readTimeline(stack);
  const { schedules } = (await askAdmin(stack, 'overview', {})) as Overview;
  const token = await ownToken(stack, { clientId: 'keyturn-doctor', scopes: [], now });
  const rotations = await readRotations(stack);
  return { issuer, discovery, jwkSet, token, keySet, timeline, schedules, rotations, now };
}

/** Of every client whose secret is in Secrets Manager. */
async function readRotations(stack: Stack): Promise<readonly SecretRotation[]> {
  const clients = clientLister(stack.dynamoDb, stack.output('clientTable'));
  const describe = secretRotations(await stack.secretsManager());
  const found: SecretRotation[] = [];
  let after: string | undefined;
  do {
    const { items, next } = await clients.list({ limit: 100, ...(after !== undefined && { after }) });
    for (const { clientId, secretArn } of items)
      if (secretArn !== undefined) found.push({ clientId, ...(await describe(secretArn)) });
    after = next;
  } while (after !== undefined);
  return found;
}

async function get(url: string): Promise<Fetched> {
  const begun = performance.now();
  const answer = await ask(url, { redirect: 'manual', signal: AbortSignal.timeout(10_000) });
  const body = await answer.text();
  const date = Date.parse(answer.headers.get('date') ?? '') / 1000;
  const milliseconds = Math.round(performance.now() - begun);
  return { url, status: answer.status, body, milliseconds, ...(Number.isFinite(date) && { date }) };
}
