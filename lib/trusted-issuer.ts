import { Duration } from 'aws-cdk-lib/core';
import {
  isIssuerUrl,
  isSafeUrl,
  ranges,
  type SigningAlgorithm,
  signingAlgorithms,
  type TrustedIssuerSettings,
} from '../core/contract/index.ts';
import { checkText, checkTexts, wholeSeconds } from './props.ts';

/** What is believed of one issuer. */
export interface TrustedIssuerProps {
  /** Exact `iss` of its tokens, compared as a string. */
  readonly issuer: string;
  /** Accepted `aud` values; one must match. */
  readonly audience: readonly string[];
  /** Where its JWK Set is (RFC 7517 §5); plain http only on a loopback address. */
  readonly jwksUri: string;
  /**
   * Accepted `typ` header values. `null` accepts any, or none: then an ID token of this issuer passes as an access
   * token too, so say it only for issuers that set no `typ` and give the API an audience of its own.
   *
   * @default ['at+jwt'] (RFC 9068 §2.1)
   */
  readonly typ?: readonly string[] | null;
  /** Accepted signing algorithms. @default ['RS256'] */
  readonly algorithms?: readonly SigningAlgorithm[];
  /** Longest accepted `exp` − `iat`. @default Duration.days(1) */
  readonly maxLifetime?: Duration;
}

const nonEmpty = { holds: (value: string) => value !== '', allowed: 'a string that is not empty' };

/** An issuer of others (Cognito, Auth0, Okta, Entra) whose tokens the authorizer believes, and can see revoked. */
export class TrustedIssuer {
  /**
   * Any issuer that publishes a JWK Set.
   *
   * @throws {@link ConfigError} when a prop cannot be used
   */
  static of(props: TrustedIssuerProps): TrustedIssuer {
    check(props);
    const { maxLifetime: value = Duration.days(1) } = props;
    return new TrustedIssuer({
      issuer: props.issuer,
      audience: props.audience,
      jwksUri: props.jwksUri,
      typ: props.typ === undefined ? ['at+jwt'] : props.typ,
      algorithms: props.algorithms ?? ['RS256'],
      maxLifetimeSeconds: wholeSeconds({
        name: 'TrustedIssuer.maxLifetime',
        value,
        ...ranges.maxLifetimeSeconds,
      }),
    });
  }

  /** What the authorizer is told of it. */
  readonly settings: TrustedIssuerSettings;

  private constructor(settings: TrustedIssuerSettings) {
    this.settings = settings;
  }
}

function check(props: TrustedIssuerProps): void {
  checkText(
    { name: 'TrustedIssuer.issuer', value: props.issuer },
    { holds: isIssuerUrl, allowed: 'an https URL without query or fragment' },
  );
  checkText(
    { name: 'TrustedIssuer.jwksUri', value: props.jwksUri },
    { holds: isSafeUrl, allowed: 'an https URL, or http on a loopback address' },
  );
  checkTexts({ name: 'TrustedIssuer.audience', value: props.audience }, nonEmpty);
  if (props.typ) checkTexts({ name: 'TrustedIssuer.typ', value: props.typ }, nonEmpty);
  if (props.algorithms) {
    const known: readonly string[] = signingAlgorithms;
    checkTexts(
      { name: 'TrustedIssuer.algorithms', value: props.algorithms },
      { holds: (value) => known.includes(value), allowed: `one of ${known.join(', ')}` },
    );
  }
}
