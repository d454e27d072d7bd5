import type {
  APIGatewayAuthorizerResult,
  APIGatewaySimpleAuthorizerResult,
  APIGatewaySimpleAuthorizerWithContextResult,
} from 'aws-lambda';
import type { AuthorizerSettings } from '../../core/contract/settings.ts';
import type { Decision } from '../../core/verify/authorize.ts';
import { challengeOf } from '../../core/verify/challenge.ts';
import { type Refusal, reasons } from '../../core/verify/reasons.ts';
import type { VerifiedToken } from '../../core/verify/verify-token.ts';
import type { AuthorizationRequest } from './event.ts';

/** What API Gateway takes: a policy, or for payload 2.0 a simple answer. */
export type Answer =
  | APIGatewayAuthorizerResult
  | APIGatewaySimpleAuthorizerResult
  | APIGatewaySimpleAuthorizerWithContextResult<CallerContext>;

/** What a backend is told about the caller: flat scalars, the same names for every kind of API. */
type CallerContext = Readonly<
  Record<'sub' | 'clientId' | 'scope' | 'jti' | 'issuer' | 'kid' | 'jwtClaims', string>
>;

/**
 * The answer to API Gateway.
 *
 * @param refusals how a policy answer refuses a bad token
 * @throws an Error of message `Unauthorized`, which API Gateway answers with 401
 */
export function answer(
  decision: Decision,
  { methodArn }: Pick<AuthorizationRequest, 'methodArn'>,
  refusals: AuthorizerSettings['refusals'] = 'unauthorized',
): Answer {
  if (decision.outcome === 'refuse' && isThrown(decision, methodArn !== undefined && refusals === 'deny')) {
    throw unauthorized();
  }
  if (methodArn !== undefined) return policyAnswer(decision, methodArn);
  return decision.outcome === 'allow'
    ? { isAuthorized: true, context: callerContext(decision.token) }
    : { isAuthorized: false };
}

/** Lambda logs what is thrown; our own line has said why already, so this goes without a stack trace. */
function unauthorized(): Error {
  const error = new Error('Unauthorized');
  error.stack = 'Error: Unauthorized';
  return error;
}

/** A Deny may be cached; a refusal that time may lift must not be. */
function isThrown({ status, reason }: Refusal, mayDeny: boolean): boolean {
  return status === 401 && (!mayDeny || reasons[reason].isTransient === true);
}

/**
 * A policy for the whole stage, never for the one method that was asked for: API Gateway caches the policy and
 * evaluates it again for other methods, where a narrower one would refuse a good token.
 *
 * @param methodArn `arn:aws:execute-api:<region>:<account>:<api>/<stage>/<method>/<path>`
 */
function policyAnswer(decision: Decision, methodArn: string): APIGatewayAuthorizerResult {
  const [api, stage] = methodArn.split('/');
  const isAllowed = decision.outcome === 'allow';
  return {
    principalId: isAllowed ? decision.token.accepted.sub : 'refused',
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        { Action: 'execute-api:Invoke', Effect: isAllowed ? 'Allow' : 'Deny', Resource: `${api}/${stage}/*` },
      ],
    },
    context: isAllowed ? callerContext(decision.token) : refusalContext(decision),
  };
}

/** For the ACCESS_DENIED gateway response: `$context.authorizer.reason`, `….wwwAuthenticate`. */
function refusalContext(refusal: Refusal): Readonly<Record<string, string>> {
  return { reason: refusal.reason, detail: refusal.detail, wwwAuthenticate: challengeOf(refusal) };
}

/** `jwtClaims` is the whole claims set as JSON: API Gateway keeps the key `claims` for itself, and answers 500 to it. */
function callerContext({ accepted, claims, kid }: VerifiedToken): CallerContext {
  return {
    sub: accepted.sub,
    clientId: accepted.clientId ?? '',
    scope: accepted.scopes.join(' '),
    jti: accepted.jti ?? '',
    issuer: accepted.iss,
    kid,
    jwtClaims: JSON.stringify(claims),
  };
}
