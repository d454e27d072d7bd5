import { LocalError } from '../errors.ts';
import { numberOf } from '../json.ts';
import type { Resource } from '../types.ts';

/** Longest time that an authorizer's answer is kept, in seconds. */
const longestTtlSeconds = 3600;

/**
 * How long an authorizer's answers are kept, in seconds.
 *
 * @param kind.byDefault what the kind of API does when nothing is said.
 * @param kind.hasIdentity whether there is an identity source to keep an answer under.
 * @throws {@link LocalError} `TEMPLATE_INVALID` for what API Gateway would refuse to deploy.
 */
export function resultTtl(
  { logicalId, properties }: Resource,
  kind: { readonly byDefault: number; readonly hasIdentity: boolean },
): number {
  const given = properties['AuthorizerResultTtlInSeconds'];
  const ttl = given === undefined ? kind.byDefault : numberOf(given);
  if (ttl === undefined || !Number.isInteger(ttl) || ttl < 0 || ttl > longestTtlSeconds)
    throw invalid(
      `The authorizer ${logicalId} has AuthorizerResultTtlInSeconds ${JSON.stringify(given)}; allowed are whole numbers of ` +
        `seconds from 0 (off) to ${longestTtlSeconds}.`,
    );
  if (ttl > 0 && !kind.hasIdentity)
    throw invalid(
      `The authorizer ${logicalId} keeps its answers for ${ttl} s (AuthorizerResultTtlInSeconds) and has no identity source to ` +
        'keep them under. Give it an IdentitySource, or set AuthorizerResultTtlInSeconds to 0.',
    );
  return ttl;
}

function invalid(message: string): LocalError {
  return new LocalError('TEMPLATE_INVALID', message);
}
