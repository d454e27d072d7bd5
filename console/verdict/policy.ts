import { base64url } from 'jose';
import { secretAlgorithms, verificationAlgorithms } from '../../core/contract/settings.ts';
import type { AuthorizationRequest } from '../../core/verify/decide-request.ts';
import type { ReadKey } from '../keys/read-key.ts';
import { publicPartOf } from '../keys/facts.ts';
import type { DecodedToken } from '../token/decode.ts';
import { words } from '../ui/words.ts';
import type { IssuerKeys, Setup } from './setup.ts';

/** What the reader says about who checks the token and for what, as text fields. An empty field asks for nothing. */
export interface Policy {
  /** Whether RFC 9068 is kept to the letter, as our own issuer does. */
  readonly isOwn: boolean;
  readonly issuer: string;
  readonly audience: string;
  readonly typ: string;
  /** In seconds, as the clock tolerance is. */
  readonly maxLifetime: string;
  readonly clockTolerance: string;
  /** Scopes that the route asks for, separated by spaces. */
  readonly scopes: string;
  readonly method: string;
  readonly url: string;
  readonly proof: string;
  readonly certificate: string;
}

/** An authorizer that trusts whatever issuer the token names. */
export const defaultPolicy: Policy = {
  ...{ isOwn: false, issuer: '', audience: '', typ: '', maxLifetime: '', clockTolerance: '' },
  ...{ scopes: '', method: 'GET', url: 'https://api.example/orders', proof: '', certificate: '' },
};

/** What empty fields stand for, in seconds. */
export const defaultSeconds = { maxLifetime: 86_400, clockTolerance: 60 } as const;

const routeKey = 'GET /chosen';

/**
 * The authorizer that the reader describes. Where no issuer is said, the token's own is taken as trusted; where no
 * audience is said, the token's own is taken as ours: both are then shown as passed because nothing was asked.
 */
export function setupOf(policy: Policy, token: DecodedToken, key: ReadKey, now: number): Setup {
  const claims = token.claims ?? {};
  const scopes = words(policy.scopes);
  const audienceClaim = audienceClaimOf(claims);
  return {
    issuers: [
      {
        settings: {
          issuer: policy.issuer || (typeof claims.iss === 'string' ? claims.iss : '(none)'),
          audience:
            words(policy.audience).length > 0 ? words(policy.audience) : textsOf(claims[audienceClaim]),
          audienceClaim,
          typ: policy.typ.trim() === '' ? null : words(policy.typ),
          algorithms: acceptedAlgorithms(key, token),
          maxLifetimeSeconds: secondsOf(policy, 'maxLifetime'),
          ...(!policy.isOwn && { jwksUri: 'given' }),
        },
        keys: keysOf(key),
      },
    ],
    clockToleranceSeconds: secondsOf(policy, 'clockTolerance'),
    proofWindowSeconds: 60,
    routeScopes: scopes.length > 0 ? { [routeKey]: { all: scopes } } : {},
    now,
  };
}

/** The request that the reader describes. */
export function requestOf(policy: Policy, token: string): AuthorizationRequest {
  const proof = policy.proof.trim();
  const certificate = policy.certificate.trim();
  return {
    authorization: [`${proof === '' ? 'Bearer' : 'DPoP'} ${token.trim()}`],
    tickets: [],
    sender: {
      ...{ method: policy.method, url: URL.canParse(policy.url) ? policy.url : 'https://unknown.invalid/' },
      proofs: proof === '' ? [] : [proof],
      ...(certificate !== '' && { certificate }),
    },
    route: { routeKey },
  };
}

/** A key of several algorithms serves the one that the token names, as it would be configured. */
function acceptedAlgorithms(key: ReadKey, token: DecodedToken): readonly string[] {
  if (key.isSet) return verificationAlgorithms;
  const alg = token.header?.alg;
  const known: readonly string[] = [...verificationAlgorithms, ...secretAlgorithms];
  const named = key.jwks[0]?.alg;
  if (named !== undefined) return [named];
  return typeof alg === 'string' && known.includes(alg) ? [alg] : ['RS256'];
}

function keysOf({ jwks, isSet }: ReadKey): IssuerKeys {
  const [jwk] = jwks;
  if (jwk === undefined) return undefined;
  if (isSet) return { jwks: { keys: [...jwks] } };
  if (jwk.kty === 'oct') return { secret: base64url.decode(jwk.k ?? '') };
  return { any: publicPartOf(jwk) };
}

function secondsOf(policy: Policy, name: keyof typeof defaultSeconds): number {
  const text = policy[name].trim();
  return /^\d+$/.test(text) ? Number(text) : defaultSeconds[name];
}

/** Access tokens of Cognito have no aud: their issuer is configured by client_id. */
function audienceClaimOf({ aud, token_use: use }: NonNullable<DecodedToken['claims']>): 'aud' | 'client_id' {
  return aud === undefined && use === 'access' ? 'client_id' : 'aud';
}

function textsOf(aud: unknown): readonly string[] {
  const values: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  const texts = values.filter((value) => typeof value === 'string');
  return texts.length > 0 ? texts : ['(none)'];
}
