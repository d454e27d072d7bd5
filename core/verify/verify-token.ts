import { compactVerify, errors } from 'jose';
import type { TrustedIssuerSettings } from '../contract/settings.ts';
import { MalformedTokenError, parseUnverified, type UnverifiedJws } from '../jws/parse.ts';
import type { KeySource } from '../keys/key-source.ts';
import type { VerificationKey } from '../keys/verification-key.ts';
import { type AcceptedClaims, checkClaims } from './claims.ts';
import { checkHeader, checkType } from './header.ts';
import { RefusedError } from './reasons.ts';

/** One issuer that is believed, with its keys. */
export interface TrustedIssuer {
  readonly settings: TrustedIssuerSettings;
  readonly keys: KeySource;
}

/** Whom to believe, and by which clock. */
export interface VerificationContext {
  /** By exact `iss`. */
  readonly issuers: ReadonlyMap<string, TrustedIssuer>;
  readonly clockToleranceSeconds: number;
  /** NumericDate of the request, read once. */
  readonly now: number;
}

/** A token whose signature and claims hold. It may still be revoked. */
export interface VerifiedToken {
  readonly issuer: TrustedIssuerSettings;
  readonly kid: string;
  readonly accepted: AcceptedClaims;
  /** All claims, as signed. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** The signed part; what a token without `jti` is known by. */
  readonly signingInput: string;
}

/**
 * Steps 1 to 5 of a decision: spelling, issuer, key, signature, claims.
 *
 * @throws RefusedError with the reason of the first step that does not hold
 * @throws UnavailableError where the issuer's keys cannot be had
 */
export async function verifyToken(token: string, context: VerificationContext): Promise<VerifiedToken> {
  const jws = parse(token);
  const header = checkHeader(jws.header);
  const issuer = chooseIssuer(jws.claims.iss, context.issuers);
  checkType(header.typ, issuer.settings);
  const key = await findKey(issuer, header.kid, context.now);
  if (header.alg !== key.alg)
    throw new RefusedError('algorithm_mismatch', `alg must be ${key.alg} for this kid`);
  await checkSignature(jws, key);
  const accepted = checkClaims(jws.claims, { ...context, issuer: issuer.settings });
  return {
    issuer: issuer.settings,
    kid: key.kid,
    accepted,
    claims: jws.claims,
    signingInput: jws.signingInput,
  };
}

function parse(token: string): UnverifiedJws {
  try {
    return parseUnverified(token);
  } catch (error) {
    if (error instanceof MalformedTokenError) throw new RefusedError('token_malformed', error.message);
    throw error;
  }
}

/** A configured issuer, never a URL out of the token. */
function chooseIssuer(iss: unknown, issuers: ReadonlyMap<string, TrustedIssuer>): TrustedIssuer {
  const issuer = typeof iss === 'string' ? issuers.get(iss) : undefined;
  if (issuer === undefined) throw new RefusedError('issuer_unknown', 'iss is none of the configured issuers');
  return issuer;
}

async function findKey(
  issuer: TrustedIssuer,
  kid: string | undefined,
  now: number,
): Promise<VerificationKey> {
  const key = await issuer.keys.find(kid, now);
  if (key === undefined)
    throw new RefusedError('key_unknown', 'the issuer publishes no usable key of this kid');
  return key;
}

/** Some verifiers take an RSA signature whose leading zero was left out: a second spelling of one token. */
async function checkSignature(jws: UnverifiedJws, key: VerificationKey): Promise<void> {
  if (key.signatureBytes !== undefined && jws.signatureBytes !== key.signatureBytes) {
    throw new RefusedError('signature_invalid', 'the signature does not hold');
  }
  try {
    await compactVerify(jws.compact, key.key, { algorithms: [key.alg] });
  } catch (error) {
    if (error instanceof errors.JOSEError)
      throw new RefusedError('signature_invalid', 'the signature does not hold');
    throw error;
  }
}
