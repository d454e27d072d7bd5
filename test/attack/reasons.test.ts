/** One refusal, one code: in the log line, the metric, the answer to API Gateway, its challenge and the client's body. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { emfTelemetry } from '../../adapters/telemetry/emf.ts';
import { nodeVerifier } from '../../adapters/crypto/node-verifier.ts';
import { challengeOf } from '../../core/verify/challenge.ts';
import { type Reason, reasons } from '../../core/verify/reasons.ts';
import type { AuthorizerEvent } from '../../functions/authorizer/event.ts';
import { respond } from '../../functions/authorizer/respond.ts';
import { makeAuthorizer, makeRestApi } from '../lib/apis.ts';
import { makeStack, resourcesByPath } from '../lib/synth.ts';
import { ref, resource } from '../local/gateway/function-double.ts';
import { send } from '../local/gateway/http-client.ts';
import { type Running, start } from '../local/gateway/http-fixture.ts';
import { lambdaIntegration, restApi, restAuthorizer, restMethod } from '../local/gateway/rest-fixture.ts';
import { makeContext } from './authorizer.ts';
import { makeForge } from './case.ts';
import { eventsOf, table } from './table.ts';
import { makeKeys, makeWorld, now } from './world.ts';

const keys = makeKeys();
const lines: string[] = [];
const context = {
  ...makeContext(makeWorld(keys), [], []),
  verifySignature: nodeVerifier(),
  telemetry: emfTelemetry({ now: () => now * 1000, write: (line) => void lines.push(line) }),
  refusals: 'deny' as const,
};

/** The last event of the table that is refused for a reason and whose answer is a policy: a ticket's is a WebSocket's. */
function eventFor(reason: Reason): Readonly<Record<string, unknown>> {
  const forge = makeForge(keys);
  for (const attack of table.filter(({ expected }) => expected === reason).toReversed()) {
    const [made] = eventsOf(attack, forge, ['REST REQUEST', 'WebSocket']);
    if (made !== undefined) return made.event;
  }
  throw new Error(`no case for ${reason}`);
}

/** The gateway responses that the construct makes, for the API that is played. */
function gatewayResponses() {
  const stack = makeStack();
  const authorizer = makeAuthorizer(stack, { refusals: 'deny' });
  authorizer.addGatewayResponses(makeRestApi(stack, { 'GET /a': authorizer.forRestApi() }));
  const made = resourcesByPath(Template.fromStack(stack), 'AWS::ApiGateway::GatewayResponse');
  return [...made.values()].map(({ Type, Properties }, index) =>
    resource(`Response${index}`, Type, { ...Properties, RestApiId: ref('Api') }),
  );
}

let running: Running;
let attacked: Readonly<Record<string, unknown>> = {};
let answered: unknown;

beforeAll(async () => {
  const { resources, method } = restAuthorizer('REQUEST', { AuthorizerResultTtlInSeconds: 0 });
  const get = restMethod('GET', undefined, { ...lambdaIntegration(), ...method });
  running = await start([...restApi(), ...resources, get, ...gatewayResponses()], {
    echo: () => ({ statusCode: 200, body: 'ok' }),
    auth: async ({ methodArn }) => {
      answered = undefined;
      answered = await respond({ ...attacked, methodArn } as unknown as AuthorizerEvent, context);
      return answered;
    },
  });
});
afterAll(() => running.gateway.close());

/** Refuses one request through the played REST API. */
async function refused(reason: Reason) {
  lines.length = 0;
  attacked = eventFor(reason);
  const { status, headers, body } = await send(`${running.url}/prod`, { headers: ['Authorization', 'x'] });
  return {
    ...{ status, challenge: headers['www-authenticate'], body: JSON.parse(body) as { reason?: string } },
    logged: lines.map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

const codes = Object.keys(reasons) as Reason[];
const mayChange = (reason: Reason) => reasons[reason].isTransient === true;

describe('one code in the log line, the metric, the Deny, its challenge and the body', () => {
  it.each(codes.filter((reason) => !mayChange(reason)))('%s', async (reason) => {
    const { status, challenge, body, logged } = await refused(reason);
    expect(logged).toMatchObject([
      {
        ...{ Reason: reason, Refused: 1, status: reasons[reason].status },
        _aws: { CloudWatchMetrics: [{ Dimensions: [[], ['Reason']], Metrics: [{ Name: 'Refused' }] }] },
      },
    ]);
    const wwwAuthenticate = challengeOf({ reason, status: reasons[reason].status });
    if (reason !== 'token_missing') expect(wwwAuthenticate).toContain(`error_description="${reason}"`);
    expect(answered).toMatchObject({ context: { reason, wwwAuthenticate } });
    expect([status, challenge, body.reason]).toEqual([403, 'Bearer', reason]);
  });
});

describe('no Deny where the same token may be good a moment later: 401, the code in log line and metric', () => {
  it.each(codes.filter(mayChange))('%s', async (reason) => {
    const { status, body, logged } = await refused(reason);
    expect(logged).toMatchObject([{ Reason: reason, Refused: 1 }]);
    expect([status, answered, body]).toEqual([
      401,
      undefined,
      expect.objectContaining({ error: 'invalid_token' }),
    ]);
  });
});
