import type { APIGatewayProxyEvent, APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, it } from '@jest/globals';
import {
  readRequest,
  toProxyResult,
  type HttpRequest,
  type ProxyEvent,
} from '../../adapters/http/api-gateway.ts';
import { OAuthError } from '../../core/oauth/errors.ts';

const version2: APIGatewayProxyEventV2 = {
  version: '2.0',
  routeKey: 'POST /oauth2/token',
  rawPath: '/oauth2/token',
  rawQueryString: 'a=1&a=2&b=%2B',
  headers: { authorization: 'Basic eDp5', 'x-twice': 'one,two' },
  queryStringParameters: { a: '1,2', b: '+' },
  requestContext: {
    accountId: '123456789012',
    apiId: 'api',
    domainName: 'api.execute-api.us-east-1.amazonaws.com',
    domainPrefix: 'api',
    http: {
      method: 'POST',
      path: '/oauth2/token',
      protocol: 'HTTP/1.1',
      sourceIp: '192.0.2.1',
      userAgent: 'agent',
    },
    requestId: 'id',
    routeKey: 'POST /oauth2/token',
    stage: '$default',
    time: '12/Mar/2020:19:03:58 +0000',
    timeEpoch: 1583348638390,
  },
  body: 'grant_type=client_credentials',
  isBase64Encoded: false,
};

const version1: APIGatewayProxyEvent = {
  resource: '/oauth2/{proxy+}',
  path: '/oauth2/token',
  httpMethod: 'POST',
  headers: { Authorization: 'Basic eDp5', 'X-Twice': 'two' },
  multiValueHeaders: { Authorization: ['Basic eDp5'], 'X-Twice': ['one'], 'x-twice': ['two'] },
  queryStringParameters: { a: '2', b: '+' },
  multiValueQueryStringParameters: { a: ['1', '2'], b: ['+'] },
  pathParameters: { proxy: 'token' },
  stageVariables: null,
  requestContext: {
    accountId: '123456789012',
    apiId: 'api',
    authorizer: { principalId: 'subject', level: 3, isAdmin: false, integrationLatency: 12 },
    protocol: 'HTTP/1.1',
    httpMethod: 'POST',
    identity: {
      accessKey: null,
      accountId: null,
      apiKey: null,
      apiKeyId: null,
      caller: null,
      clientCert: null,
      cognitoAuthenticationProvider: null,
      cognitoAuthenticationType: null,
      cognitoIdentityId: null,
      cognitoIdentityPoolId: null,
      principalOrgId: null,
      sourceIp: '192.0.2.1',
      user: null,
      userAgent: 'agent',
      userArn: null,
    },
    path: '/prod/oauth2/token',
    stage: 'prod',
    requestId: 'id',
    requestTimeEpoch: 1583348638390,
    resourceId: 'resource',
    resourcePath: '/oauth2/{proxy+}',
  },
  body: 'grant_type=client_credentials',
  isBase64Encoded: false,
};

const withAuthorizer = (authorizer: object): ProxyEvent => ({
  ...version2,
  requestContext: Object.assign({ authorizer }, version2.requestContext),
});

const parts = ({ query, ...request }: HttpRequest) => ({ ...request, query: [...query] });

const shared = {
  method: 'POST',
  path: '/oauth2/token',
  headers: { authorization: 'Basic eDp5', 'x-twice': 'one,two' },
  query: [
    ['a', '1'],
    ['a', '2'],
    ['b', '+'],
  ],
  body: 'grant_type=client_credentials',
};

describe('readRequest', () => {
  it('reads payload format 2.0', () => {
    expect(parts(readRequest(version2))).toEqual({
      ...shared,
      routeKey: 'POST /oauth2/token',
      authorizer: {},
    });
  });

  it('reads payload format 1.0', () => {
    expect(parts(readRequest(version1))).toEqual({
      ...shared,
      routeKey: 'POST /oauth2/{proxy+}',
      authorizer: { principalId: 'subject', level: '3', isAdmin: 'false', integrationLatency: '12' },
    });
  });

  it.each<[string, object, object]>([
    [
      "a Lambda authorizer's scalars",
      { lambda: { sub: 's', n: 1, flag: true } },
      { sub: 's', n: '1', flag: 'true' },
    ],
    ['nothing of objects, arrays and null', { lambda: { sub: 's', o: {}, a: ['x'], n: null } }, { sub: 's' }],
    ['nothing of a Lambda authorizer without context', { lambda: null }, {}],
    ['nothing of a JWT authorizer', { jwt: { claims: { sub: 'j' }, scopes: null } }, {}],
  ])('takes %s', (_, authorizer, expected) => {
    expect(readRequest(withAuthorizer(authorizer)).authorizer).toEqual(expected);
  });

  it('reads a format 1.0 event that says null for none', () => {
    const bare = { ...version1, multiValueQueryStringParameters: null, body: null };
    expect(parts(readRequest({ ...bare, multiValueHeaders: {} }))).toMatchObject({
      headers: {},
      query: [],
      body: '',
    });
  });

  it('reads no body as an empty one', () => {
    const { body: _, ...bodiless } = version2;
    expect(readRequest(bodiless).body).toBe('');
  });

  it('decodes a base64 body, byte order mark and all', () => {
    const body = Buffer.from('\uFEFFzażółć').toString('base64');
    expect(readRequest({ ...version2, body, isBase64Encoded: true }).body).toBe('\uFEFFzażółć');
  });

  it('refuses a base64 body that is not UTF-8', () => {
    const body = Buffer.from([0xc0, 0x80]).toString('base64');
    expect(() => readRequest({ ...version2, body, isBase64Encoded: true })).toThrow(
      new OAuthError('invalid_request', 'the body must be UTF-8 text'),
    );
  });

  it('takes a header named __proto__ as a header', () => {
    const headers: Record<string, string> = JSON.parse('{"__proto__":"x"}');
    expect(Object.entries(readRequest({ ...version2, headers }).headers)).toEqual([['__proto__', 'x']]);
  });
});

describe('toProxyResult', () => {
  it('is an answer of both payload formats', () => {
    const headers = { 'content-type': 'application/json' };
    expect(toProxyResult({ status: 401, headers, body: '{}' })).toEqual({
      statusCode: 401,
      headers,
      body: '{}',
    });
  });
});
