import { beforeAll, expect, it } from '@jest/globals';
import { UnavailableError } from '../../core/ports.ts';
import { decide } from '../../functions/authorizer/decide.ts';
import { now } from '../core/issuer.ts';
import { setStage } from '../core/verify/fixture.ts';

let stage: Awaited<ReturnType<typeof setStage>>;
beforeAll(async () => {
  stage = await setStage();
});

it.each<[string, Error, string]>([
  ['UnavailableError', new UnavailableError('the table did not answer'), 'the table did not answer'],
  ['TypeError', new TypeError('no function of eyJhbGciOi'), 'unexpected error'],
])('a request that a %s leaves undecided is counted, and fails', async (name, fault, cause) => {
  const counted: unknown[] = [];
  const context = {
    ...stage.contextWith({ read: () => Promise.reject(fault) }),
    telemetry: { count: (...said: readonly unknown[]) => void counted.push(said), log: () => {} },
    ...{ routeScopes: {}, refusals: undefined, clock: () => now },
  };
  const sender = { method: 'GET', url: 'https://api.example/orders', proofs: [] };
  const authorization = [`Bearer ${stage.token()}`];
  const request = { authorization, tickets: [], sender, route: { routeKey: 'GET /orders' } };
  await expect(decide(request, context)).rejects.toBe(fault);
  expect(counted).toEqual([['Undecided', {}, { cause, error: name }]]);
});
