import type { IUserPool, IUserPoolClient } from 'aws-cdk-lib/aws-cognito';
import type { TrustedIssuerSettings } from '../core/contract/index.ts';
import {
  type Auth0Props,
  auth0Issuer,
  type CognitoProps,
  cognitoIssuer,
  type EntraProps,
  entraIssuer,
  type OktaProps,
  oktaIssuer,
} from './identity-providers.ts';
import {
  type SharedSecretProps,
  sharedSecretSettings,
  type StaticKeysProps,
  staticKeysSettings,
} from './issuer-keys.ts';
import type { OwnSecret } from './secret.ts';
import {
  type OidcProps,
  oidcIssuer,
  type TrustedIssuerProps,
  toIssuerSettings,
} from './trusted-issuer-props.ts';

/**
 * An issuer of others whose access tokens the authorizer believes, and can see revoked: by `jti` or by the token itself
 * where it has none, by subject, client, key, or all of them.
 */
export class TrustedIssuer {
  /**
   * Any issuer that publishes a JWK Set, with nothing assumed of it.
   *
   * @throws {@link ConfigError} when a prop cannot be used
   */
  static of(props: TrustedIssuerProps): TrustedIssuer {
    const { jwksUri, ...rest } = props;
    return new TrustedIssuer(toIssuerSettings(rest, { jwksUri }));
  }

  /**
   * An issuer whose public keys are given here, in place of the address of a JWK Set.
   *
   * @throws {@link ConfigError} when a prop cannot be used, or a key is private or has no `kid`
   */
  static staticKeys(props: StaticKeysProps): TrustedIssuer {
    return new TrustedIssuer(staticKeysSettings(props));
  }

  /**
   * An issuer that signs with a secret which we know too (HS256 to HS512). The authorizer may read it, and nothing else.
   *
   * @throws {@link ConfigError} when a prop cannot be used
   */
  static sharedSecret(props: SharedSecretProps): TrustedIssuer {
    return new TrustedIssuer(sharedSecretSettings(props), props.secret);
  }

  /**
   * An issuer of RFC 9068 access tokens, whose openid-configuration says where its JWK Set is unless told otherwise.
   *
   * @throws {@link ConfigError} when a prop cannot be used
   */
  static oidc(props: OidcProps): TrustedIssuer {
    return TrustedIssuer.of(oidcIssuer(props));
  }

  /**
   * Access tokens of a Cognito user pool, issued to one of `clients`. They name their audience in `client_id` and say
   * `token_use: access`, which is asked for: an ID token does not pass.
   *
   * @throws {@link ConfigError} when no client is given, or a prop cannot be used
   */
  static cognito(userPool: IUserPool, props: CognitoProps<IUserPoolClient>): TrustedIssuer {
    return TrustedIssuer.of(cognitoIssuer(userPool.userPoolProviderName, props));
  }

  /**
   * Access tokens of an Auth0 tenant, of either token profile.
   *
   * @throws {@link ConfigError} when a prop cannot be used
   */
  static auth0(props: Auth0Props): TrustedIssuer {
    return TrustedIssuer.of(auth0Issuer(props));
  }

  /**
   * Access tokens of an Okta custom authorization server; those of Okta's org authorization server are for Okta alone.
   *
   * @throws {@link ConfigError} when a prop cannot be used
   */
  static okta(props: OktaProps): TrustedIssuer {
    return TrustedIssuer.of(oktaIssuer(props));
  }

  /**
   * Access tokens of version 2.0 of a Microsoft Entra ID tenant (`requestedAccessTokenVersion: 2` in the API's manifest).
   *
   * @throws {@link ConfigError} when a prop cannot be used
   */
  static entra(props: EntraProps): TrustedIssuer {
    return TrustedIssuer.of(entraIssuer(props));
  }

  /** What the authorizer is told of it. */
  readonly settings: TrustedIssuerSettings;
  /** The secret that it signs with, where it shares one with us. */
  readonly secret: OwnSecret | undefined;

  private constructor(settings: TrustedIssuerSettings, secret?: OwnSecret) {
    this.settings = settings;
    this.secret = secret;
  }
}
