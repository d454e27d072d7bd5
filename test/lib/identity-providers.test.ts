import { describe, expect, it } from '@jest/globals';
import { Duration } from 'aws-cdk-lib/core';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { ConfigError, TrustedIssuer } from '../../lib/index.ts';
import { makeStack } from './synth.ts';

const tenantId = '8eaef023-2b34-4da1-9baa-8bc8c9d6a490';
const common = { algorithms: ['RS256'], maxLifetimeSeconds: 86_400 };

describe('TrustedIssuer', () => {
  it.each<[string, TrustedIssuer, object]>([
    [
      'oidc: the JWK Set where its metadata says',
      TrustedIssuer.oidc({ issuer: 'https://id.example.com/realm/', audience: ['orders'] }),
      {
        issuer: 'https://id.example.com/realm/',
        audience: ['orders'],
        jwksUri: 'https://id.example.com/realm/.well-known/openid-configuration',
        typ: ['at+jwt'],
        ...common,
      },
    ],
    [
      'oidc: or where it is said to be',
      TrustedIssuer.oidc({
        issuer: 'https://id.example.com',
        audience: ['orders'],
        jwksUri: 'https://id.example.com/certs',
        requiredClaims: { tenant: { oneOf: ['a', 'b'] } },
        scopeClaims: ['permissions'],
        algorithms: ['ES384'],
      }),
      {
        issuer: 'https://id.example.com',
        audience: ['orders'],
        requiredClaims: { tenant: { oneOf: ['a', 'b'] } },
        scopeClaims: ['permissions'],
        jwksUri: 'https://id.example.com/certs',
        typ: ['at+jwt'],
        algorithms: ['ES384'],
        maxLifetimeSeconds: 86_400,
      },
    ],
    [
      'auth0: an issuer with a slash, both token profiles',
      TrustedIssuer.auth0({ domain: 'example.eu.auth0.com', audience: ['https://orders.example.com'] }),
      {
        issuer: 'https://example.eu.auth0.com/',
        audience: ['https://orders.example.com'],
        jwksUri: 'https://example.eu.auth0.com/.well-known/jwks.json',
        typ: ['at+jwt', 'JWT'],
        ...common,
      },
    ],
    [
      'okta: the default authorization server',
      TrustedIssuer.okta({ domain: 'example.okta.com', audience: ['api://default'] }),
      {
        issuer: 'https://example.okta.com/oauth2/default',
        audience: ['api://default'],
        jwksUri: 'https://example.okta.com/oauth2/default/v1/keys',
        clientIdClaims: ['cid'],
        typ: null,
        ...common,
      },
    ],
    [
      'okta: another one, with shorter lives',
      TrustedIssuer.okta({
        domain: 'login.example.com',
        authorizationServerId: 'aus1',
        audience: ['orders'],
        maxLifetime: Duration.hours(1),
      }),
      {
        issuer: 'https://login.example.com/oauth2/aus1',
        audience: ['orders'],
        jwksUri: 'https://login.example.com/oauth2/aus1/v1/keys',
        clientIdClaims: ['cid'],
        typ: null,
        algorithms: ['RS256'],
        maxLifetimeSeconds: 3600,
      },
    ],
    [
      'entra: version 2.0, scopes alone',
      TrustedIssuer.entra({ tenantId, audience: ['api'] }),
      {
        issuer: `https://login.microsoftonline.com/${tenantId}/v2.0`,
        audience: ['api'],
        scopeClaims: ['scp'],
        jwksUri: `https://login.microsoftonline.com/${tenantId}/discovery/v2.0/keys`,
        typ: ['JWT'],
        ...common,
      },
    ],
    [
      'entra: app roles as scopes',
      TrustedIssuer.entra({ tenantId, audience: ['api'], appRoles: true }),
      expect.objectContaining({ scopeClaims: ['scp', 'roles'] }),
    ],
  ])('knows %s', (_, { settings }, expected) => {
    expect(settings).toEqual(expected);
  });

  it('knows Cognito: the client in place of the audience, and no ID token', () => {
    const stack = makeStack();
    const pool = new UserPool(stack, 'Pool');
    const client = pool.addClient('App');
    const { settings } = TrustedIssuer.cognito(pool, {
      clients: [client, 'imported'],
      requiredClaims: { token_use: { equals: 'id' }, 'cognito:groups': { contains: 'staff' } },
    });
    const provider = { 'Fn::GetAtt': [expect.stringMatching(/^Pool/), 'ProviderName'] };
    expect(stack.resolve(settings)).toEqual({
      issuer: { 'Fn::Join': ['', ['https://', provider]] },
      audience: [{ Ref: expect.stringMatching(/^PoolApp/) }, 'imported'],
      audienceClaim: 'client_id',
      requiredClaims: { token_use: { equals: 'access' }, 'cognito:groups': { contains: 'staff' } },
      jwksUri: { 'Fn::Join': ['', ['https://', provider, '/.well-known/jwks.json']] },
      typ: null,
      ...common,
    });
  });

  const host = 'allowed: a host name alone, such as "example.eu.auth0.com"; leave scheme, port and path out';

  it.each<[string, () => TrustedIssuer, string]>([
    [
      'Cognito without clients',
      () => TrustedIssuer.cognito(new UserPool(makeStack(), 'Pool'), { clients: [] }),
      'TrustedIssuer.cognito: clients: got an empty list; allowed: one or more, each an app client or its id; name the app ' +
        'clients that may call this API',
    ],
    [
      'Auth0 without audience',
      () => TrustedIssuer.auth0({ domain: 'example.eu.auth0.com', audience: [] }),
      'TrustedIssuer.audience: got an empty list; allowed: one or more, each a string that is not empty; name what the ' +
        'tokens for this API say in aud: without it tokens for other APIs pass',
    ],
    [
      'Auth0 by its URL',
      () => TrustedIssuer.auth0({ domain: 'https://example.eu.auth0.com/', audience: ['a'] }),
      `TrustedIssuer.auth0: domain: got "https://example.eu.auth0.com/"; ${host}`,
    ],
    [
      'Okta with a path',
      () => TrustedIssuer.okta({ domain: 'example.okta.com/oauth2', audience: ['a'] }),
      `TrustedIssuer.okta: domain: got "example.okta.com/oauth2"; ${host}`,
    ],
    [
      'an Okta server by its URL',
      () => TrustedIssuer.okta({ domain: 'example.okta.com', authorizationServerId: 'a/b', audience: ['a'] }),
      'TrustedIssuer.okta: authorizationServerId: got "a/b"; allowed: letters, digits, "_" and "-"; copy the id of the ' +
        'authorization server, the last part of its issuer',
    ],
    [
      'every Entra tenant at once',
      () => TrustedIssuer.entra({ tenantId: 'common', audience: ['a'] }),
      'TrustedIssuer.entra: tenantId: got "common"; allowed: a GUID; copy the directory (tenant) id; "common" and a domain ' +
        'name are never in an iss',
    ],
    [
      'a claim that can be nothing',
      () =>
        TrustedIssuer.oidc({
          issuer: 'https://id.example.com',
          audience: ['a'],
          requiredClaims: { tenant: { oneOf: [] } },
        }),
      'TrustedIssuer.requiredClaims: tenant: got an empty oneOf; allowed: one or more values; leave the claim out where any ' +
        'value will do',
    ],
    [
      'an http issuer',
      () => TrustedIssuer.oidc({ issuer: 'http://id.example.com', audience: ['a'] }),
      'TrustedIssuer.issuer: got "http://id.example.com"; allowed: an https URL without query or fragment; use the iss of ' +
        "the issuer's tokens, character by character",
    ],
  ])('refuses %s', (_, make, message) => {
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(new ConfigError(message));
  });
});
