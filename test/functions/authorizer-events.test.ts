import { describe, expect, it } from '@jest/globals';
import { answer } from '../../functions/authorizer/answer.ts';
import { type AuthorizerEvent, readEvent } from '../../functions/authorizer/event.ts';
import type { Decision } from '../../core/verify/authorize.ts';

const arn = 'arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5/prod/GET/orders/17';

/** The members of an event that are read; API Gateway sends more. */
const event = (members: object) => members as AuthorizerEvent;

describe('reads the Authorization headers and the route of', () => {
  it.each([
    [
      'HTTP API payload 2.0',
      { version: '2.0', routeKey: 'GET /orders/{id}', headers: { authorization: 'Bearer a,Bearer b' } },
      { authorization: ['Bearer a,Bearer b'], route: { routeKey: 'GET /orders/{id}' } },
    ],
    [
      'HTTP API payload 2.0 without the header',
      { version: '2.0', routeKey: '$default', headers: { host: 'x' } },
      { authorization: [], route: { routeKey: '$default' } },
    ],
    [
      'REST TOKEN',
      { type: 'TOKEN', authorizationToken: 'Bearer a', methodArn: arn },
      { authorization: ['Bearer a'], route: { method: 'GET', path: '/orders/17' }, methodArn: arn },
    ],
    [
      'REST REQUEST, header name in any case',
      rest({ headers: { AUTHORIZATION: 'Bearer a' }, multiValueHeaders: { AUTHORIZATION: ['Bearer a'] } }),
      { authorization: ['Bearer a'], route: { routeKey: 'GET /orders/{id}' }, methodArn: arn },
    ],
    [
      'REST REQUEST with a header sent twice, of which `headers` keeps one',
      rest({
        headers: { Authorization: 'Bearer b' },
        multiValueHeaders: { Authorization: ['Bearer a', 'Bearer b'] },
      }),
      { authorization: ['Bearer a', 'Bearer b'], route: { routeKey: 'GET /orders/{id}' }, methodArn: arn },
    ],
    [
      'REST REQUEST with a header in two spellings',
      rest({ headers: {}, multiValueHeaders: { Authorization: ['Bearer a'], authorization: ['Bearer b'] } }),
      { authorization: ['Bearer a', 'Bearer b'], route: { routeKey: 'GET /orders/{id}' }, methodArn: arn },
    ],
    [
      'REST REQUEST without headers',
      rest({ headers: null, multiValueHeaders: null }),
      { authorization: [], route: { routeKey: 'GET /orders/{id}' }, methodArn: arn },
    ],
    [
      'WebSocket $connect',
      {
        type: 'REQUEST',
        methodArn: arn,
        headers: { Authorization: 'Bearer a' },
        multiValueHeaders: { Authorization: ['Bearer a'] },
        requestContext: { routeKey: '$connect' },
      },
      { authorization: ['Bearer a'], route: { routeKey: '$connect' }, methodArn: arn },
    ],
  ])('%s', (_, members, expected) => {
    const { sender, tickets, ...read } = readEvent(event({ requestContext: { http: {} }, ...members }));
    expect(read).toEqual(expected);
    expect([sender.proofs, tickets]).toEqual([[], []]);
  });
});

describe('reads what the request proves about its sender of', () => {
  const certificate = { clientCert: { clientCertPem: 'PEM' } };
  it.each([
    [
      'HTTP API payload 2.0',
      {
        version: '2.0',
        rawPath: '/prod/orders/17',
        headers: { dpop: 'p1', 'x-forwarded-proto': 'https' },
        requestContext: { domainName: 'api.example', http: { method: 'POST' }, authentication: certificate },
      },
      { method: 'POST', url: 'https://api.example/prod/orders/17', proofs: ['p1'], certificate: 'PEM' },
    ],
    [
      'REST REQUEST',
      {
        ...rest({ headers: { DPoP: 'p2' }, multiValueHeaders: { DPoP: ['p1', 'p2'] } }),
        requestContext: {
          domainName: 'api.example',
          path: '/prod/orders/17',
          stage: 'prod',
          identity: certificate,
        },
      },
      { method: 'GET', url: 'https://api.example/prod/orders/17', proofs: ['p1', 'p2'], certificate: 'PEM' },
    ],
    [
      'REST REQUEST behind a custom domain, whose base path stands where the stage would',
      {
        ...rest({ headers: { DPoP: 'p1' }, multiValueHeaders: { DPoP: ['p1'] } }),
        requestContext: { domainName: 'shop.example', path: '/v1/orders/17', stage: 'prod', identity: {} },
      },
      { method: 'GET', url: 'https://shop.example/v1/orders/17', proofs: ['p1'] },
    ],
    [
      'HTTP API payload 2.0 behind a custom domain without a mapping key',
      {
        version: '2.0',
        rawPath: '/orders/17',
        headers: { dpop: 'p1' },
        requestContext: { domainName: 'shop.example', stage: '$default', http: { method: 'GET' } },
      },
      { method: 'GET', url: 'https://shop.example/orders/17', proofs: ['p1'] },
    ],
    [
      'REST TOKEN, which has none',
      { type: 'TOKEN', authorizationToken: 'Bearer a', methodArn: arn },
      { method: 'GET', url: '', proofs: [] },
    ],
    [
      'WebSocket $connect',
      {
        type: 'REQUEST',
        methodArn: arn,
        headers: { DPoP: 'p1' },
        requestContext: { domainName: 'ws.example', stage: 'live', routeKey: '$connect' },
      },
      { method: 'GET', url: 'https://ws.example/live', proofs: ['p1'] },
    ],
  ])('%s', (_, members, expected) => {
    expect(readEvent(event(members)).sender).toEqual(expected);
  });
});

function rest(headers: object): object {
  return {
    type: 'REQUEST',
    methodArn: arn,
    httpMethod: 'GET',
    resource: '/orders/{id}',
    requestContext: {},
    ...headers,
  };
}

const allowed = {
  outcome: 'allow',
  token: {
    kid: 'k1',
    issuer: {},
    signingInput: '',
    accepted: {
      iss: 'https://issuer.example',
      sub: 'ada',
      iat: 1,
      exp: 2,
      jti: 'j1',
      clientId: 'c1',
      scopes: ['a', 'b'],
    },
    claims: { sub: 'ada', deep: { x: 1 } },
  },
} as unknown as Decision;
const insufficient: Decision = { outcome: 'refuse', status: 403, reason: 'scope_insufficient', detail: 'd' };
const expired: Decision = { outcome: 'refuse', status: 401, reason: 'expired', detail: 'd' };
const context = {
  sub: 'ada',
  clientId: 'c1',
  scope: 'a b',
  jti: 'j1',
  issuer: 'https://issuer.example',
  kid: 'k1',
  jwtClaims: '{"sub":"ada","deep":{"x":1}}',
};

const insufficientContext = {
  reason: 'scope_insufficient',
  detail: 'd',
  wwwAuthenticate: 'Bearer error="insufficient_scope", error_description="scope_insufficient"',
};

describe('answers', () => {
  it('an HTTP API simply', () => {
    expect(answer(allowed, {})).toEqual({ isAuthorized: true, context });
    expect(answer(insufficient, {})).toEqual({ isAuthorized: false });
  });

  it.each([
    ['Allow', allowed, 'ada', context],
    ['Deny', insufficient, 'refused', insufficientContext],
  ] as const)(
    'a REST API with a policy for the whole stage: %s',
    (effect, decision, principalId, expected) => {
      expect(answer(decision, { methodArn: arn })).toEqual({
        principalId,
        policyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Action: 'execute-api:Invoke',
              Effect: effect,
              Resource: 'arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5/prod/*',
            },
          ],
        },
        context: expected,
      });
    },
  );

  it('a bad token with a Deny and its reason where the settings say so', () => {
    expect(answer(expired, { methodArn: arn }, 'deny')).toMatchObject({
      policyDocument: { Statement: [{ Effect: 'Deny' }] },
      context: {
        reason: 'expired',
        wwwAuthenticate: 'Bearer error="invalid_token", error_description="expired"',
      },
    });
  });

  it.each(['key_unknown', 'not_yet_valid', 'issued_in_future'] as const)(
    'never with a Deny, which may be cached, where time may lift the refusal: %s',
    (reason) => {
      expect(() => answer({ ...expired, reason }, { methodArn: arn }, 'deny')).toThrow(/^Unauthorized$/);
    },
  );

  it.each([undefined, arn])(
    'a bad token with exactly Unauthorized, which API Gateway turns into 401',
    (methodArn) => {
      expect(() => answer(expired, methodArn === undefined ? {} : { methodArn })).toThrow(/^Unauthorized$/);
    },
  );
});
