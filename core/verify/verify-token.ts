import type { TrustedIssuerSettings } from '../contract/settings.ts';
import { MalformedTokenError, parseUnverified, type UnverifiedJws } from '../jws/parse.ts';
import type { KeySource } from '../keys/key-source.ts';
import type { VerificationKey } from '../keys/verification-key.ts';
import { type AcceptedClaims, checkClaims } from './claims.ts';
import { type AcceptedHeader, checkHeader, checkType } from './header.ts';
import { RefusedError } from './reasons.ts';
import { type SignatureVerifier, verifyWithJose } from './signature.ts';
import type { Trace } from './steps.ts';

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
  /** What looks at signatures. Default: jose. */
  readonly verifySignature?: SignatureVerifier | undefined;
  /** Hears of each step; absent where nobody asks. */
  readonly trace?: Trace;
}

/** A token that is spelled as it must be and names an issuer that is believed. Its signature was not looked at. */
export interface OpenedToken {
  readonly jws: UnverifiedJws;
  readonly header: AcceptedHeader;
  readonly issuer: TrustedIssuer;
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
  const opened = openToken(token, context);
  const { jws, header, issuer } = opened;
  context.trace?.('key', header.kid, 'the kid of a usable key of the issuer');
  const key = await findKey(issuer, header.kid, context.now);
  context.trace?.('algorithm', header.alg, `${key.alg}, the key's own`);
  if (header.alg !== key.alg)
    throw new RefusedError('algorithm_mismatch', `alg must be ${key.alg} for this kid`);
  context.trace?.(
    'signature',
    `${jws.signature.length} bytes`,
    `a signature that holds under key ${key.kid}`,
  );
  await checkSignature(jws, key, context);
  return acceptToken(opened, key.kid, context);
}

/**
 * Steps 1 and 2: spelling, header, issuer, type. Nothing of the token is believed yet.
 *
 * @throws RefusedError with the reason of the first step that does not hold
 */
export function openToken(token: string, context: VerificationContext): OpenedToken {
  context.trace?.('format', `${token.length} characters`, 'a strictly spelled compact JWS with JSON claims');
  const jws = parse(token);
  const header = checkHeader(jws.header, context.trace);
  context.trace?.('issuer', jws.claims.iss, [...context.issuers.keys()].join(' or '));
  const issuer = chooseIssuer(jws.claims.iss, context.issuers);
  checkType(header.typ, issuer.settings, context.trace);
  return { jws, header, issuer };
}

/**
 * Step 5, once the signature held: the claims.
 *
 * @throws RefusedError with the reason of the first claim that does not hold
 */
export function acceptToken(
  { jws, issuer }: OpenedToken,
  kid: string,
  context: VerificationContext,
): VerifiedToken {
  const accepted = checkClaims(jws.claims, { ...context, issuer: issuer.settings });
  return { issuer: issuer.settings, kid, accepted, claims: jws.claims, signingInput: jws.signingInput };
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
async function checkSignature(
  jws: UnverifiedJws,
  key: VerificationKey,
  { verifySignature = verifyWithJose }: VerificationContext,
): Promise<void> {
  const isLongEnough = key.signatureBytes === undefined || jws.signature.length === key.signatureBytes;
  if (!isLongEnough || !(await verifySignature(jws, key)))
    throw new RefusedError('signature_invalid', 'the signature is not valid');
}
