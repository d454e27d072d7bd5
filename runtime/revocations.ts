/** What a function of yours imports to revoke tokens: `import { revoker } from 'keyturn/revocations'`. */
import process from 'node:process';
import { dynamoDbSettings } from '../adapters/aws-http/settings.ts';
import { publicKeySetReader } from '../adapters/dynamodb/key-sets.ts';
import { connectLightly } from '../adapters/dynamodb/light-connection.ts';
import { revocationWriter } from '../adapters/dynamodb/revocations.ts';
import { jwkSetFetcher } from '../adapters/http/jwks.ts';
import {
  type RevocationRequest,
  type RevokingContext,
  revokeRequested,
} from '../core/admin/revocation-request.ts';
import { Environment, readJsonVariable, readVariable } from '../core/contract/environment.ts';
import type { RevokerSettings } from '../core/contract/settings.ts';
import { ranges } from '../core/contract/times.ts';
import type { RevocationRecord } from '../core/revocation/record.ts';
import { trustedIssuers } from '../core/verify/trusted-issuers.ts';

export { OAuthError } from '../core/oauth/errors.ts';
export { UnavailableError } from '../core/ports.ts';
export type { RevocationRecord, RevocationRequest };

/**
 * Revokes tokens: one by itself (`token`), by `jti` or `digest`; all so far of a `subject`, `clientId` or `sid`, or `all` of an
 * issuer, up to the NumericDate `before`; or every one under the key `kid`. With `dryRun` it writes nothing. Revoking again
 * changes nothing.
 *
 * @returns the record, which names the function as its `actor`
 * @throws {@link OAuthError} `invalid_request` for a token, issuer, key or time that cannot be used
 * @throws {@link UnavailableError} where the table or an issuer's keys cannot be reached: ask again
 */
export type Revoke = (request: RevocationRequest) => Promise<RevocationRecord>;

/**
 * Gives a Lambda function what it revokes with. Call it once, outside of the handler: it reads what
 * `JwtAuthorizer.grantRevoke(fn)` has set.
 *
 * @throws Error naming the environment variable that is not set
 */
export function revoker(): Revoke {
  const { env } = process;
  const settings = readJsonVariable(env, Environment.revoker) as RevokerSettings;
  const { clockToleranceSeconds, resultsCacheSeconds } = settings;
  const client = connectLightly(dynamoDbSettings(env));
  const keySetTable = env[Environment.keySetTable];
  const issuers = trustedIssuers(settings, {
    ...(keySetTable !== undefined && { own: publicKeySetReader(client, keySetTable) }),
    foreign: jwkSetFetcher(),
  });
  const context: Omit<RevokingContext, 'verification'> = {
    ownIssuer: env[Environment.issuer],
    // Of its refresh tokens our own issuer is not asked: a record that stands longer than they can refuses no more.
    settings: {
      ...{ clockSkewSeconds: clockToleranceSeconds, resultsCacheSeconds },
      refreshTokenLifetimeSeconds: ranges.refreshTokenLifetimeSeconds.max,
    },
    revocations: revocationWriter(client, readVariable(env, Environment.revocationTable)),
  };
  const actor = env['AWS_LAMBDA_FUNCTION_NAME'] ?? 'a function';
  return (request) => {
    const verification = { issuers, clockToleranceSeconds, now: Date.now() / 1000 };
    return revokeRequested(request, { actor }, { ...context, verification });
  };
}
