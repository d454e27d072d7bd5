import { describe, expect, it } from '@jest/globals';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Template } from 'aws-cdk-lib/assertions';
import { JwtAuthorizer } from '../../lib/jwt-authorizer.ts';
import { RevocationTable } from '../../lib/revocation-table.ts';
import { TrustedIssuer } from '../../lib/trusted-issuer.ts';
import { environmentOf, makeApp } from './synth.ts';

function authorizer(): JwtAuthorizer {
  const stack = new Stack(makeApp(), 'Orders');
  const [issuer, jwksUri] = ['https://issuer.example', 'https://issuer.example/jwks'];
  return new JwtAuthorizer(stack, 'Jwt', {
    revocations: new RevocationTable(stack, 'Revocations'),
    trustedIssuers: [TrustedIssuer.of({ issuer, jwksUri, audience: ['orders'] })],
  });
}

function told(made: JwtAuthorizer): object {
  const variables = environmentOf(Template.fromStack(Stack.of(made)), 'Jwt/Authorizer/Function');
  return JSON.parse(variables?.['KEYTURN_AUTHORIZER'] ?? '');
}

describe('acceptStaleRevocationAnswers', () => {
  it('names the routes that take stale answers, and for how long', () => {
    const made = authorizer().acceptStaleRevocationAnswers('GET /menu', Duration.seconds(30));
    expect(told(made)).toMatchObject({ staleRevocationSeconds: { 'GET /menu': 30 } });
  });

  it('is off unless it is called', () => {
    expect(told(authorizer())).not.toHaveProperty('staleRevocationSeconds');
  });

  it.each([Duration.seconds(0), Duration.minutes(6)])('refuses an age of %s', (age) => {
    expect(() => authorizer().acceptStaleRevocationAnswers('GET /menu', age)).toThrow(
      /^acceptStaleRevocationAnswers: GET \/menu: got \d+ seconds; allowed: 1 to 300 seconds, whole$/,
    );
  });

  it('refuses a second age for a route', () => {
    const made = authorizer().acceptStaleRevocationAnswers('GET /menu', Duration.seconds(30));
    expect(() => made.acceptStaleRevocationAnswers('GET /menu', Duration.seconds(5))).toThrow(
      'acceptStaleRevocationAnswers: GET /menu: got a second age; allowed: one a route',
    );
  });

  it('is counted by a metric', () => {
    expect(authorizer().metricStaleAnswers()).toMatchObject({
      namespace: 'Keyturn',
      metricName: 'StaleAnswers',
    });
  });
});
