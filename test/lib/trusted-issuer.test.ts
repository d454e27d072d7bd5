import { describe, expect, it } from '@jest/globals';
import { Aws, Duration } from 'aws-cdk-lib/core';
import { ConfigError, TrustedIssuer, type TrustedIssuerProps } from '../../lib/index.ts';

const good: TrustedIssuerProps = {
  issuer: 'https://login.example.com/',
  audience: ['orders'],
  jwksUri: 'https://login.example.com/jwks',
};

describe('TrustedIssuer', () => {
  it('fills the defaults in', () => {
    expect(TrustedIssuer.of(good).settings).toEqual({
      ...good,
      typ: ['at+jwt'],
      algorithms: ['RS256'],
      maxLifetimeSeconds: 86_400,
    });
  });

  it.each<[string, Partial<TrustedIssuerProps>, object]>([
    ['typ null', { typ: null }, { typ: null }],
    [
      'a loopback jwksUri',
      { jwksUri: 'http://127.0.0.1:9999/jwks' },
      { jwksUri: 'http://127.0.0.1:9999/jwks' },
    ],
    ['a lifetime', { maxLifetime: Duration.hours(2) }, { maxLifetimeSeconds: 7200 }],
    ['algorithms', { algorithms: ['ES256', 'EdDSA'] }, { algorithms: ['ES256', 'EdDSA'] }],
    ['an issuer known at deployment only', { issuer: Aws.STACK_ID }, { issuer: Aws.STACK_ID }],
  ])('takes %s', (_, props, settings) => {
    expect(TrustedIssuer.of({ ...good, ...props }).settings).toMatchObject(settings);
  });

  const issuerRule = 'an https URL without query or fragment';
  const jwksRule = 'an https URL, or http on a loopback address';

  it.each<[Partial<TrustedIssuerProps>, string]>([
    [{ issuer: 'login' }, `TrustedIssuer.issuer: got "login"; allowed: ${issuerRule}`],
    [{ issuer: 'https://a.example/?x' }, `got "https://a.example/?x"; allowed: ${issuerRule}`],
    [{ issuer: 'http://a.example' }, `got "http://a.example"; allowed: ${issuerRule}`],
    [
      { jwksUri: 'http://a.example/jwks' },
      `TrustedIssuer.jwksUri: got "http://a.example/jwks"; allowed: ${jwksRule}`,
    ],
    [{ jwksUri: 'file:///etc/passwd' }, `allowed: ${jwksRule}`],
    [{ jwksUri: 'https://u:p@a.example/jwks' }, `allowed: ${jwksRule}`],
    [{ audience: [] }, 'TrustedIssuer.audience: got an empty list; allowed: one or more'],
    [{ audience: ['a', ''] }, 'TrustedIssuer.audience[1]: got ""; allowed: a string that is not empty'],
    [{ typ: [] }, 'TrustedIssuer.typ: got an empty list'],
    [{ algorithms: [] }, 'TrustedIssuer.algorithms: got an empty list'],
    [
      JSON.parse('{"algorithms":["HS256"]}'),
      'TrustedIssuer.algorithms[0]: got "HS256"; allowed: one of RS256, RS384, RS512, PS256, PS384',
    ],
    [
      JSON.parse('{"audienceClaim":"azp"}'),
      'TrustedIssuer.audienceClaim: got "azp"; allowed: one of aud, client_id',
    ],
    [
      { maxLifetime: Duration.seconds(0) },
      'TrustedIssuer.maxLifetime: got 0 seconds; allowed: 1 to 34560000',
    ],
    [{ maxLifetime: Duration.millis(1500) }, 'got 1.5 seconds; allowed: 1 to 34560000 seconds, whole'],
  ])('refuses %j', (props, message) => {
    const make = () => TrustedIssuer.of({ ...good, ...props });
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(message);
  });
});
