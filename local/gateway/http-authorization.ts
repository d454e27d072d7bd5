import { messageAnswer, type Answer } from './answer.ts';
import type { HttpCall } from './http-call.ts';
import { authorizerEventV2, routeArn, type HttpAuthorizerContext } from './http-events.ts';
import { authorizerEventV1 } from './http-events-v1.ts';
import type { HttpAuthorization } from './http-model.ts';
import { jwtRefusal } from './http-jwt.ts';
import { requestView } from './http-request-view.ts';
import { expressionValue, identityValues } from './identity-source.ts';
import { decideJwt, type JwtTools } from './jwt-authorizer.ts';
import { askAuthorizer, type AuthorizerTools, type Verdict } from './lambda-authorizer.ts';

/** What the authorizers of an HTTP API need of the gateway. */
export type HttpAuthorizationTools = AuthorizerTools & JwtTools;

/** What authorization came to: go on with its context, or answer at once. */
export type Authorized =
  { readonly context: HttpAuthorizerContext | undefined } | { readonly answer: Answer };

/** Asks the route's authorizer, if it has one. */
export async function authorizeHttp(call: HttpCall, tools: HttpAuthorizationTools): Promise<Authorized> {
  const { authorization } = call.route;
  if (authorization.kind === 'none') return { context: undefined };
  if (authorization.kind === 'refused') return { answer: messageAnswer(403, 'Forbidden') };
  if (authorization.kind === 'lambda') return askLambda(call, authorization, tools);
  return askJwt(call, authorization, tools);
}

type JwtAuthorization = Extract<HttpAuthorization, { kind: 'jwt' }>;

async function askJwt(
  call: HttpCall,
  { authorizer, scopes }: JwtAuthorization,
  tools: HttpAuthorizationTools,
): Promise<Authorized> {
  const credentials = expressionValue(authorizer.identitySource, requestView(call));
  const verdict = await decideJwt(tools, { authorizer, credentials, scopes });
  if (verdict.kind !== 'allow') return { answer: jwtRefusal(verdict, scopes) };
  return { context: { jwt: { claims: verdict.claims, scopes: verdict.scopes } } };
}

type LambdaAuthorization = Extract<HttpAuthorization, { kind: 'lambda' }>;

async function askLambda(
  call: HttpCall,
  { authorizer, event }: LambdaAuthorization,
  tools: HttpAuthorizationTools,
): Promise<Authorized> {
  const identity = identityValues(event.identitySource, requestView(call));
  if (identity === undefined) return { answer: messageAnswer(401, 'Unauthorized') };
  const verdict = await askAuthorizer(tools, {
    authorizer,
    apiId: call.api.apiId,
    stage: call.stage.name,
    identity,
    methodArn: routeArn(call),
    event: event.version === '2.0' ? authorizerEventV2(call, identity) : authorizerEventV1(call, identity),
  });
  return outcomeOf(verdict);
}

function outcomeOf(verdict: Verdict): Authorized {
  if (verdict.kind === 'unauthorized') return { answer: messageAnswer(401, 'Unauthorized') };
  if (verdict.kind === 'denied') return { answer: messageAnswer(403, 'Forbidden') };
  if (verdict.kind === 'misconfigured') return { answer: messageAnswer(500, 'Internal Server Error') };
  const { context = null, principalId, latency } = verdict;
  return { context: { lambda: context, principalId, latency } };
}
