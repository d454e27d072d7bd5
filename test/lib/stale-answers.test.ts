import { describe, expect, it } from '@jest/globals';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Template } from 'aws-cdk-lib/assertions';
import { JwtAuthorizer } from '../../lib/jwt-authorizer.ts';
import type { JwtAuthorizerProps } from '../../lib/jwt-authorizer-props.ts';
import { RevocationTable } from '../../lib/revocation-table.ts';
import { TrustedIssuer } from '../../lib/trusted-issuer.ts';
import { makeHttpApi } from './apis.ts';
import { environmentOf, makeApp } from './synth.ts';

function authorizer(props: Partial<JwtAuthorizerProps> = {}): JwtAuthorizer {
  const stack = new Stack(makeApp(), 'Orders');
  const [issuer, jwksUri] = ['https://issuer.example', 'https://issuer.example/jwks'];
  return new JwtAuthorizer(stack, 'Jwt', {
    revocations: new RevocationTable(stack, 'Revocations'),
    trustedIssuers: [TrustedIssuer.of({ issuer, jwksUri, audience: ['orders'] })],
    ...props,
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

  it('refuses what is no route key', () => {
    expect(() => authorizer().acceptStaleRevocationAnswers('/menu', Duration.seconds(30))).toThrow(
      /^acceptStaleRevocationAnswers: route key: got "\/menu"; allowed: a route key such as "GET \/orders\/\{id\}"/,
    );
  });

  it.each([
    ['GET /menus', false, 1],
    ['GET /menus', true, 0],
    ['GET /menu', false, 0],
  ])('at %s (routes elsewhere: %s) has faults: %d', (routeKey, routesElsewhere, count) => {
    const made = authorizer({ routesElsewhere }).acceptStaleRevocationAnswers(routeKey, Duration.seconds(30));
    makeHttpApi(Stack.of(made), { 'GET /menu': made.forHttpApi() });
    const fault =
      'stale answers accepted at a route: got GET /menus, which this authorizer protects in no API of the app; allowed: GET ' +
      '/menu; correct the route key, give the route this authorizer, or say routesElsewhere: true where another app has the ' +
      'route';
    expect(made.node.validate()).toEqual(count === 0 ? [] : [fault]);
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
