import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { clientStore } from '../../adapters/dynamodb/clients.ts';
import { connectDynamoDb } from '../../adapters/dynamodb/connection.ts';
import { Outputs } from '../../core/contract/outputs.ts';
import { Routes } from '../../core/contract/routes.ts';
import { hashSecret, newSecret } from '../../core/issue/client-secret.ts';
import { running } from '../e2e/keyturn.ts';
import { call, type Example, startExample } from './example.ts';
import { startUpstream, type Upstream } from '../../tools/chat-upstream.ts';

jest.setTimeout(120_000);

const providerKey = `sk-${randomBytes(16).toString('hex')}`;
const small = 'POST /gpt-small/v1/chat/completions';
const large = 'POST /gpt-large/v1/chat/completions';
const messages = [{ role: 'user', content: 'Hi' }];

let upstream: Upstream;
let example: Example;
let newToken: () => Promise<string>;

beforeAll(async () => {
  upstream = await startUpstream();
  example = await startExample('llm-gateway', { env: { UPSTREAM: upstream.url, ProviderKey: providerKey } });
  newToken = await register(example, ['model:gpt-small']);
});

afterAll(async () => {
  await example.end('SIGINT');
  upstream.close();
});

/** Registers a client. @returns gets a token for it */
async function register(stack: Example, scopes: readonly string[]): Promise<() => Promise<string>> {
  const { endpoints, outputs } = running(stack);
  const secret = newSecret(randomBytes);
  const createdAt = Math.floor(Date.now() / 1000);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const connection = connectDynamoDb({ endpoint: endpoints.dynamodb, region: 'us-east-1', credentials });
  const secrets = [{ hash: await hashSecret(secret), createdAt }];
  const clients = clientStore(connection, outputs[Outputs.clientTable] ?? '');
  await clients.create({
    clientId: 'chat',
    grants: ['client_credentials'],
    scopes,
    secrets,
    createdAt,
    version: 1,
  });
  return async () => {
    const answer = await fetch(stack.url + Routes.token, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`chat:${secret}`)}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    return ((await answer.json()) as { access_token: string }).access_token;
  };
}

describe('a client', () => {
  const body = { model: 'gpt-small', messages };

  it('reaches the model that it has the scope for, with the provider’s key in place of its token', async () => {
    const answer = await call(example, small, { token: await newToken(), body });
    expect([answer.status, await answer.json()]).toMatchObject([200, { model: 'gpt-small' }]);
    expect(upstream.asked.at(-1)).toEqual({
      path: '/v1/chat/completions',
      authorization: `Bearer ${providerKey}`,
      model: 'gpt-small',
    });
  });

  it.each([
    ['without a token', small, undefined, 'gpt-small', 401],
    ['without the scope of the model', large, 'good', 'gpt-large', 403],
    ['with another model in the body than in the path', small, 'good', 'gpt-large', 400],
  ])('%s does not reach the provider', async (_, route, token, model, status) => {
    const before = upstream.asked.length;
    const bearer = token === undefined ? {} : { token: await newToken() };
    const answer = await call(example, route, { ...bearer, body: { model, messages } });
    expect([answer.status, upstream.asked.length]).toEqual([status, before]);
  });

  it('does not reach the provider once its token is revoked', async () => {
    const token = await newToken();
    expect((await call(example, small, { token, body })).status).toBe(200);
    await example.revoke(token);
    const before = upstream.asked.length;
    expect((await call(example, small, { token, body })).status).toBe(401);
    expect(upstream.asked).toHaveLength(before);
  });

  it('gets a stream word by word', async () => {
    const answer = await call(example, small, { token: await newToken(), body: { ...body, stream: true } });
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader?.read())?.value).toContain('"Hel"');
    upstream.finish();
    expect((await reader?.read())?.value).toContain('[DONE]');
  });
});

describe('the provider’s key', () => {
  it('is in no template: a parameter that CloudFormation does not show', () => {
    const template = example.template('Gateway');
    expect(template).not.toContain(providerKey);
    expect(template).toContain('"NoEcho":true');
    expect(template).toContain(`["'Bearer ",{"Ref":"ProviderKey"},"'"]`);
  });

  it('is not printed', () => {
    expect(example.output()).not.toContain(providerKey);
  });
});
