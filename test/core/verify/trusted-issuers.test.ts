import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '../../../core/contract/config-error.ts';
import type { TrustedIssuerSettings } from '../../../core/contract/settings.ts';
import { UnavailableError } from '../../../core/ports.ts';
import { trustedIssuers } from '../../../core/verify/trusted-issuers.ts';

const partner: TrustedIssuerSettings = {
  ...{ issuer: 'https://partner.example', audience: ['orders'], secretArn: 'arn:partner' },
  ...{ typ: null, algorithms: ['HS256'], maxLifetimeSeconds: 3600 },
};
const foreign = { fetch: () => Promise.reject(new UnavailableError('none')) };

describe('an issuer whose secret this function may not read', () => {
  let reads = 0;
  const own = { readPublic: async () => void (reads += 1) };

  it.each([
    ['beside our own issuer', { foreign, own }],
    ['without an issuer of ours', { foreign }],
  ])('stops no start, asks no table, and says what to do instead: %s', async (_, origins) => {
    const source = trustedIssuers({ issuers: [partner] }, origins).get(partner.issuer)?.keys;
    await expect(source?.find(undefined, 0)).rejects.toThrow(
      new UnavailableError(
        'issuer https://partner.example signs with a secret that the authorizer alone may read; revoke its tokens by jti or ' +
          'subject',
      ),
    );
    await expect(source?.find(undefined, 0)).rejects.toThrow(UnavailableError);
    expect(reads).toBe(0);
  });
});

it('stops the start where keys are nowhere to be had', () => {
  const { secretArn: _, ...bare } = partner;
  expect(() => trustedIssuers({ issuers: [{ ...bare, algorithms: ['RS256'] }] }, { foreign })).toThrow(
    new ConfigError(
      'issuer https://partner.example: got no jwksUri, jwks, secretArn or key-set table; one of them is needed',
    ),
  );
});
