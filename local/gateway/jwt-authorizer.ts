import { messageOf } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import type { Log } from '../types.ts';
import { checkClaims, scopesOf } from './jwt-claims.ts';
import type { IssuerKeys } from './jwt-keys.ts';
import type { JwtAuthorizer, JwtIssuer, JwtVerdict } from './jwt-model.ts';
import { signatureHolds, takeApart, type UnverifiedToken } from './jwt-signature.ts';

/** What a JWT authorizer needs of the gateway. */
export interface JwtTools {
  readonly keys: IssuerKeys;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** One token and what its route asks of it. */
export interface JwtCall {
  readonly authorizer: JwtAuthorizer;
  /** What the identity source gave, perhaps with `Bearer ` before it; undefined when it gave nothing. */
  readonly credentials: string | undefined;
  /** One of them must be among the token's; none asks for nothing. */
  readonly scopes: readonly string[];
}

/**
 * Verifies a token as API Gateway's own JWT authorizers do: key of the issuer, signature, `iss`, `aud` or
 * `client_id`, `exp`, `nbf`, `iat`, scopes.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 */
export async function decideJwt(tools: JwtTools, call: JwtCall): Promise<JwtVerdict> {
  if (call.credentials === undefined || call.credentials === '') return { kind: 'missing' };
  const token = takeApart(call.credentials.replace(/^bearer +/i, ''));
  if (token === undefined) return invalid('the token is malformed');
  const issuer = call.authorizer.issuers.find((known) => known.issuer === token.claims['iss']);
  if (issuer === undefined) return invalid('the token has an invalid issuer');
  const wrong =
    (await checkSignature(tools, call, { token, issuer })) ?? checkClaims(token.claims, issuer, tools.now());
  return wrong === undefined ? granted(token.claims, call.scopes) : invalid(wrong);
}

interface Candidate {
  readonly token: UnverifiedToken;
  readonly issuer: JwtIssuer;
}

async function checkSignature(
  tools: JwtTools,
  { authorizer }: JwtCall,
  { token, issuer }: Candidate,
): Promise<string | undefined> {
  const { alg, kid } = token.header;
  if (typeof alg !== 'string' || !issuer.algorithms.includes(alg)) return 'the signing method is invalid';
  if (typeof kid !== 'string') return 'the token has no key id';
  const { id, keysTtlSeconds, refetchesUnknownKey, logicalId } = authorizer;
  const policy = { authorizerId: id, ttlSeconds: keysTtlSeconds, refetchesUnknownKey };
  try {
    const jwk = await tools.keys.find(issuer.issuer, kid, policy);
    if (jwk === undefined) return 'unable to find an appropriate verification key';
    return signatureHolds(token, jwk, alg) ? undefined : 'the signature is invalid';
  } catch (error) {
    tools.log(logicalId, `cannot read the keys of the issuer ${issuer.issuer}: ${messageOf(error)}`);
    return 'OIDC discovery endpoint communication error';
  }
}

function granted(claims: JsonObject, wanted: readonly string[]): JwtVerdict {
  const scopes = scopesOf(claims);
  if (wanted.length > 0 && !wanted.some((scope) => scopes.includes(scope))) return { kind: 'insufficient' };
  const texts = Object.entries(claims).map(([name, value]) => [name, claimText(value)] as const);
  return { kind: 'allow', claims: Object.fromEntries(texts), scopes: wanted.length > 0 ? scopes : null };
}

/** Lists are written `[a b]`, and everything else as its JSON text. */
function claimText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(claimText).join(' ')}]`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function invalid(description: string): JwtVerdict {
  return { kind: 'invalid', description };
}
