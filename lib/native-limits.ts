import { ConfigError, type TrustedIssuerSettings } from '../core/contract/index.ts';
import { toRequirement } from './scope-requirements.ts';

/** What AWS's own JWT authorizers are to ask for. */
export interface NativeAuthorizerOptions {
  /** Scopes of which the token must hold one, of `scope` or `scp`; AWS cannot ask for several. @default - none */
  readonly scopes?: readonly string[];
  /**
   * Claims among the issuer's `requiredClaims` that need not be as required here, each by name: AWS's authorizer does
   * not check them. For Cognito that is `token_use`: an ID token then passes on routes without scopes.
   *
   * @default - none: an issuer with required claims is refused
   */
  readonly uncheckedClaims?: readonly string[];
}

/**
 * What AWS's authorizer of either kind of API cannot check and nobody waived.
 *
 * @param name what is called, for messages
 * @throws {@link ConfigError} naming it
 */
export function checkCommon(
  name: string,
  { issuer, requiredClaims = {}, scopeClaims }: TrustedIssuerSettings,
  { scopes, uncheckedClaims = [] }: NativeAuthorizerOptions,
): void {
  if (scopes) toRequirement(name, { any: scopes });
  const unchecked = Object.keys(requiredClaims).filter((claim) => !uncheckedClaims.includes(claim));
  if (unchecked.length > 0) {
    throw new ConfigError(
      `${name}: got ${issuer}, which requires the claims ${unchecked.join(', ')}; allowed: an issuer without required ` +
        `claims, because AWS's JWT authorizer does not check them; name them in uncheckedClaims to do without, or use the ` +
        `authorizer with revocation`,
    );
  }
  const foreign = scopeClaims?.filter((claim) => claim !== 'scope' && claim !== 'scp') ?? [];
  if (scopes === undefined || foreign.length === 0) return;
  throw new ConfigError(
    `${name}: got scopes for ${issuer}, which grants them in ${foreign.join(', ')} too; allowed: scope and scp, where ` +
      `AWS's JWT authorizer looks for them; leave scopes out, or use the authorizer with revocation`,
  );
}

/**
 * What AWS's authorizer of HTTP APIs cannot verify.
 *
 * @throws {@link ConfigError} when the issuer signs with anything but RSA
 */
export function checkHttp(name: string, { issuer, algorithms }: TrustedIssuerSettings): void {
  const others = algorithms.filter((algorithm) => !algorithm.startsWith('RS'));
  if (others.length === 0) return;
  throw new ConfigError(
    `${name}: got ${issuer}, which may sign with ${others.join(', ')}; allowed: RS256, RS384, RS512, because AWS's JWT ` +
      `authorizer of HTTP APIs takes nothing else; let the issuer sign with RS256, or use the authorizer with revocation`,
  );
}
