import type { JsonObject } from '../json.ts';
import { headerValue } from './headers.ts';
import { expressionValue, identityValues } from './identity-source.ts';
import { decideJwt, type JwtTools } from './jwt-authorizer.ts';
import {
  askAuthorizer,
  type AuthorizerCall,
  type AuthorizerTools,
  type Verdict,
} from './lambda-authorizer.ts';
import { methodArn, restView, type RestCall } from './rest-call.ts';
import { requestAuthorizerEvent, tokenAuthorizerEvent } from './rest-events.ts';
import type { RestAuthorization } from './rest-model.ts';
import type { Refusal } from './rest-responses.ts';

/** What authorization came to: go on with `requestContext.authorizer`, or refuse. */
export type RestOutcome = { readonly authorizer: JsonObject | undefined } | { readonly refusal: Refusal };

/** What the authorizers of a REST API need of the gateway. */
export type RestAuthorizationTools = AuthorizerTools & JwtTools;

const unauthorized: RestOutcome = { refusal: { type: 'UNAUTHORIZED' } };

/** Asks the method's authorizer, if it has one. */
export async function authorizeRest(call: RestCall, tools: RestAuthorizationTools): Promise<RestOutcome> {
  const { authorization } = call.method;
  if (authorization.kind === 'none') return { authorizer: undefined };
  if (authorization.kind === 'refused') return { refusal: { type: authorization.response } };
  if (authorization.kind === 'jwt') return askJwt(call, authorization, tools);
  const asked =
    authorization.kind === 'token' ? tokenCall(call, authorization) : requestCall(call, authorization);
  return asked === undefined ? unauthorized : outcomeOf(await askAuthorizer(tools, asked));
}

/** A token that is missing, or that the validation expression does not match, is not worth a call. */
function tokenCall(
  call: RestCall,
  authorization: Extract<RestAuthorization, { kind: 'token' }>,
): AuthorizerCall | undefined {
  const { identitySource, validation, authorizer } = authorization;
  const header = identitySource.replace(/^method\.request\.header\./, '');
  const token = headerValue(call.headers, header);
  if (token === undefined || token === '' || validation?.test(token) === false) return undefined;
  return { ...common(call), authorizer, identity: [token], event: tokenAuthorizerEvent(call, token) };
}

/** Identity sources are checked where they are the key of the result cache. */
function requestCall(
  call: RestCall,
  authorization: Extract<RestAuthorization, { kind: 'request' }>,
): AuthorizerCall | undefined {
  const { identitySource, authorizer } = authorization;
  const identity = authorizer.ttlSeconds > 0 ? identityValues(identitySource, restView(call)) : [];
  return identity && { ...common(call), authorizer, identity, event: requestAuthorizerEvent(call) };
}

function common(call: RestCall) {
  return { apiId: call.api.apiId, stage: call.stage.name, methodArn: methodArn(call) };
}

function outcomeOf(verdict: Verdict): RestOutcome {
  if (verdict.kind === 'unauthorized') return unauthorized;
  if (verdict.kind === 'misconfigured') return { refusal: { type: 'AUTHORIZER_CONFIGURATION_ERROR' } };
  const authorizer = { ...verdict.context, principalId: verdict.principalId };
  if (verdict.kind === 'allow') return { authorizer: { ...authorizer, integrationLatency: verdict.latency } };
  const message = `User is not authorized to access this resource${verdict.explicit ? ' with an explicit deny' : ''}`;
  return { refusal: { type: 'ACCESS_DENIED', message, authorizer } };
}

async function askJwt(
  call: RestCall,
  { authorizer, scopes }: Extract<RestAuthorization, { kind: 'jwt' }>,
  tools: RestAuthorizationTools,
): Promise<RestOutcome> {
  const credentials = expressionValue(authorizer.identitySource, restView(call));
  const verdict = await decideJwt(tools, { authorizer, credentials, scopes });
  if (verdict.kind === 'allow') return { authorizer: { claims: verdict.claims, scopes: verdict.scopes } };
  return verdict.kind === 'insufficient' ? { refusal: { type: 'ACCESS_DENIED' } } : unauthorized;
}
