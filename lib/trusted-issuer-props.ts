import { Duration } from 'aws-cdk-lib/core';
import {
  type ClaimRequirement,
  ConfigError,
  defaults,
  isIssuerUrl,
  isSafeUrl,
  ranges,
  type TrustedIssuerSettings,
  type VerificationAlgorithm,
  verificationAlgorithms,
} from '../core/contract/index.ts';
import { checkText, checkTexts, oneOf, wholeSeconds } from './props.ts';

/** What may be said of any issuer. */
export interface TrustedIssuerOptions {
  /** Accepted signing algorithms. @default ['RS256'] */
  readonly algorithms?: readonly VerificationAlgorithm[];
  /** Longest accepted `exp` − `iat`. @default Duration.days(1) */
  readonly maxLifetime?: Duration;
  /** Claims that must be there and be as said, besides the registered ones. @default - none */
  readonly requiredClaims?: Readonly<Record<string, ClaimRequirement>>;
  /**
   * Claims that grant scopes; all of them together count. Auth0's role-based permissions are in `permissions`, a user
   * pool's groups in `cognito:groups`.
   *
   * @default ['scope', 'scp']
   */
  readonly scopeClaims?: readonly string[];
  /** Claims that may name the client; the first that is there counts. @default ['client_id', 'azp'] */
  readonly clientIdClaims?: readonly string[];
}

/** What is believed of one issuer, wherever its keys are. */
export interface IssuerProps extends TrustedIssuerOptions {
  /** Exact `iss` of its tokens, compared as a string. */
  readonly issuer: string;
  /** Accepted audiences; one must match. */
  readonly audience: readonly string[];
  /** Claim that names the audience. @default 'aud' */
  readonly audienceClaim?: 'aud' | 'client_id';
  /**
   * Accepted `typ` header values. `null` accepts any, or none: then an ID token of this issuer passes as an access
   * token too, so say it only for issuers that set no `typ` and give the API an audience of its own.
   *
   * @default ['at+jwt'] (RFC 9068 §2.1)
   */
  readonly typ?: readonly string[] | null;
}

/** What is believed of one issuer that publishes a JWK Set. */
export interface TrustedIssuerProps extends IssuerProps {
  /** Where its JWK Set is (RFC 7517 §5), or its openid-configuration; plain http only on a loopback address. */
  readonly jwksUri: string;
}

/** What is believed of an issuer that says itself where its JWK Set is. */
export interface OidcProps extends Omit<TrustedIssuerProps, 'jwksUri'> {
  /** Where its JWK Set is. @default - what its openid-configuration says, when the authorizer asks */
  readonly jwksUri?: string;
}

/** The props of {@link OidcProps} with the address of the keys filled in: that of the metadata names them. */
export function oidcIssuer(props: OidcProps): TrustedIssuerProps {
  const metadata = `${props.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  return { ...props, jwksUri: props.jwksUri ?? metadata };
}

const audienceClaims = ['aud', 'client_id'];
const nonEmpty = { holds: (value: string) => value !== '', allowed: 'a string that is not empty' };

/** Where an issuer's keys are: one of these. */
export type KeyPlace = Pick<TrustedIssuerSettings, 'jwksUri' | 'jwks' | 'secretArn'>;

/**
 * What the authorizer is told of an issuer, with every default filled in.
 *
 * @throws {@link ConfigError} when a prop cannot be used
 */
export function toIssuerSettings(props: IssuerProps, keys: KeyPlace): TrustedIssuerSettings {
  check(props);
  if (keys.jwksUri !== undefined) checkJwksUri(keys.jwksUri);
  const { audienceClaim, requiredClaims, scopeClaims, clientIdClaims } = props;
  return {
    issuer: props.issuer,
    audience: props.audience,
    ...(audienceClaim !== undefined && { audienceClaim }),
    ...(requiredClaims !== undefined && { requiredClaims }),
    ...(scopeClaims !== undefined && { scopeClaims }),
    ...(clientIdClaims !== undefined && { clientIdClaims }),
    ...keys,
    typ: props.typ === undefined ? ['at+jwt'] : props.typ,
    algorithms: props.algorithms ?? ['RS256'],
    maxLifetimeSeconds: wholeSeconds({
      name: 'TrustedIssuer.maxLifetime',
      value: props.maxLifetime ?? Duration.seconds(defaults.maxLifetimeSeconds),
      ...ranges.maxLifetimeSeconds,
    }),
  };
}

function checkJwksUri(value: string): void {
  checkText(
    { name: 'TrustedIssuer.jwksUri', value },
    {
      holds: isSafeUrl,
      allowed: 'an https URL, or http on a loopback address',
      mend: "use the jwks_uri of the issuer's openid-configuration",
    },
  );
}

function check(props: IssuerProps): void {
  checkText(
    { name: 'TrustedIssuer.issuer', value: props.issuer },
    {
      holds: isIssuerUrl,
      allowed: 'an https URL without query or fragment',
      mend: "use the iss of the issuer's tokens, character by character",
    },
  );
  checkTexts(
    { name: 'TrustedIssuer.audience', value: props.audience },
    {
      ...nonEmpty,
      mend: 'name what the tokens for this API say in aud: without it tokens for other APIs pass',
    },
  );
  if (props.typ) checkTexts({ name: 'TrustedIssuer.typ', value: props.typ }, nonEmpty);
  if (props.scopeClaims)
    checkTexts({ name: 'TrustedIssuer.scopeClaims', value: props.scopeClaims }, nonEmpty);
  if (props.clientIdClaims)
    checkTexts({ name: 'TrustedIssuer.clientIdClaims', value: props.clientIdClaims }, nonEmpty);
  if (props.audienceClaim !== undefined)
    checkText({ name: 'TrustedIssuer.audienceClaim', value: props.audienceClaim }, oneOf(audienceClaims));
  if (props.algorithms)
    checkTexts({ name: 'TrustedIssuer.algorithms', value: props.algorithms }, oneOf(verificationAlgorithms));
  if (props.requiredClaims) checkClaims(props.requiredClaims);
}

/** A claim that must be one of nothing refuses every token. */
function checkClaims(claims: Readonly<Record<string, ClaimRequirement>>): void {
  for (const [claim, requirement] of Object.entries(claims)) {
    if ('oneOf' in requirement && requirement.oneOf.length === 0) {
      throw new ConfigError(
        `TrustedIssuer.requiredClaims: ${claim}: got an empty oneOf; allowed: one or more values; leave the claim out where ` +
          `any value will do`,
      );
    }
  }
}
