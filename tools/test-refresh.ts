/**
 * `npm run test:refresh`: 1,000 rounds of 50 concurrent uses of one refresh token, on a real engine: each round has one
 * successor, which everybody gets; in the end the token before the last but one is used again, which has to revoke the
 * family. `KEYTURN_REFRESH_ROUNDS` sets another number of rounds.
 */
import { refreshFamilyStore } from '../adapters/dynamodb/refresh-families.ts';
import type { TokenAnswer } from '../core/issue/issue.ts';
import { OAuthError } from '../core/oauth/errors.ts';
import { tokenEndpoint } from '../core/oauth/token-endpoint.ts';
import { UnavailableError } from '../core/ports.ts';
import { connect, createTable } from '../test/adapters/tables.ts';
import { client, request, service } from '../test/core/oauth/fixture.ts';
import { engines } from '../test/engines.ts';
import { Checks } from './ministack/checks.ts';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const rounds = Number(process.env['KEYTURN_REFRESH_ROUNDS'] ?? 1000);
const uses = 50;
const checks = new Checks();

const kind = engines.at(-1);
if (kind === undefined) throw new Error('no engine is installed');
const engine = await kind.start();
const connection = connect(engine.endpoint);
await createTable(connection, 'Families', 'sid');
const families = refreshFamilyStore(connection, 'Families');
const { context } = await service(await client('shop', ['s3cret'], { scopes: ['read', 'offline_access'] }));
const running = { ...context, families };

let unanswered = 0;

/** Asks again where the table did not answer in time, as a client does; the write may have happened. */
async function ask(body: string): Promise<TokenAnswer> {
  for (;;) {
    try {
      return await tokenEndpoint(request(body), running);
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      unanswered += 1;
    }
  }
}

const refresh = (token: string) => ask(`grant_type=refresh_token&refresh_token=${token}`);

/** Uses the token 50 times at once. @returns the one successor */
async function round(token: string, generation: number): Promise<string> {
  const answers = await Promise.all(Array.from({ length: uses }, () => refresh(token)));
  const successors = new Set(answers.map(({ refresh_token: successor }) => successor ?? ''));
  const [successor = ''] = successors;
  if (successors.size !== 1 || successor.split('.')[2] !== String(generation))
    throw new Error(
      `round ${generation}: got ${successors.size} successors; allowed: one, of this generation`,
    );
  return successor;
}

const started = performance.now();
const first = await ask('grant_type=client_credentials&scope=read+offline_access');
const tokens = [first.refresh_token ?? ''];
const sid = tokens[0]?.split('.')[1] ?? '';

await checks.check(
  `${uses} concurrent uses of one refresh token have one successor, in each round`,
  async () => {
    while (tokens.length <= rounds) tokens.push(await round(tokens.at(-1) ?? '', tokens.length));
  },
);
await checks.check('the family is whole after the last round', async () => {
  const kept = await families.get(sid);
  if (kept?.generation !== rounds || kept.revokedAt !== undefined)
    throw new Error(`got ${JSON.stringify({ generation: kept?.generation, revokedAt: kept?.revokedAt })}`);
});
await checks.check('reuse of the token before the last but one revokes the family', async () => {
  const reused = await refresh(tokens.at(-3) ?? '').catch((error: unknown) => error);
  if (!(reused instanceof OAuthError) || reused.code !== 'invalid_grant') throw new Error('it was taken');
  if ((await families.get(sid))?.revokedAt === undefined) throw new Error('the family is not revoked');
});
const seconds = Math.round((performance.now() - started) / 1000);
console.log(`${rounds} rounds of ${uses} on ${kind.name}: ${seconds} s, ${unanswered} requests asked again`);

connection.destroy();
await engine.stop();
console.log(checks.summary());
process.exitCode = checks.hasFailed ? 1 : 0;
