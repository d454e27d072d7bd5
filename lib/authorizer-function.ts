import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { makeFunction } from './function.ts';
import type { JwtAuthorizerProps } from './jwt-authorizer-props.ts';
import { ReplayTable } from './replay-table.ts';
import { grantReadSecret } from './secret.ts';

/**
 * Makes the authorizer function, which may do what its decisions take: look revocations up, read public keys and shared
 * secrets, remember proofs, and note what it refuses.
 *
 * @throws {@link ConfigError} when the bundle is not built
 */
export function makeAuthorizerFunction(
  scope: Construct,
  { dpop, logRetention, revocations, tokenService, trustedIssuers = [] }: JwtAuthorizerProps,
): LambdaFunction {
  const secrets = trustedIssuers.flatMap(({ secret }) => secret ?? []);
  const fn = makeFunction(scope, 'Authorizer', {
    name: secrets.length > 0 ? 'authorizer-secrets' : 'authorizer',
    description: 'Verifies JWTs and checks whether they are revoked',
    memorySize: 1024,
    timeout: Duration.seconds(5),
    ...(logRetention !== undefined && { logRetention }),
  });
  revocations.grantCheck(fn);
  tokenService?.grantReadPublicKeys(fn);
  tokenService?.grantNoteRefusals(fn);
  for (const secret of secrets) grantReadSecret(fn, secret);
  if (dpop) (dpop.replays ?? makeReplays(scope)).grantRemember(fn);
  return fn;
}

/** Nothing in it is good for longer than minutes. */
function makeReplays(scope: Construct): ReplayTable {
  return new ReplayTable(scope, 'Replays', { removalPolicy: RemovalPolicy.DESTROY });
}
