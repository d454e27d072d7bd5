import { isObject, type JsonObject } from '../json.ts';
import { readPolicy, type Policy } from './policy.ts';

/** Which answers an authorizer may give. */
export interface AnswerRules {
  /** `{isAuthorized, context}` in place of a policy (HTTP API, payload 2.0, `EnableSimpleResponses`). */
  readonly simple: boolean;
  /** Whether context values may be objects and arrays (HTTP API, payload 2.0); else they are delivered as strings. */
  readonly structuredContext: boolean;
  /** Whether a policy must come with a `principalId` (REST and WebSocket APIs). */
  readonly principalRequired: boolean;
  /** Largest answer as JSON, in bytes. @default as large as functions may answer */
  readonly sizeLimit?: number;
}

/** An authorizer's answer, read and found well-formed: what the result cache keeps. */
export interface AuthorizerAnswer {
  /** A policy is evaluated again for each method; a simple answer holds for all. */
  readonly grant: { readonly policy: Policy } | { readonly isAuthorized: boolean };
  readonly context: JsonObject | undefined;
  readonly principalId: string | undefined;
}

/**
 * Reads an authorizer's answer, or says in a few words why it is malformed.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
 */
export function readAuthorizerAnswer(payload: unknown, rules: AnswerRules): AuthorizerAnswer | string {
  if (!isObject(payload)) return 'its answer is no object';
  const size = Buffer.byteLength(JSON.stringify(payload));
  if (size > (rules.sizeLimit ?? size)) return `its answer has ${size} bytes, more than ${rules.sizeLimit}`;
  const context = readContext(payload['context'], rules);
  if (typeof context === 'string') return context;
  const grant = rules.simple ? readSimple(payload) : readGrant(payload, rules);
  if (typeof grant === 'string') return grant;
  const principalId = typeof payload['principalId'] === 'string' ? payload['principalId'] : undefined;
  return { grant, context, principalId };
}

function readSimple(payload: JsonObject): AuthorizerAnswer['grant'] | string {
  const isAuthorized = payload['isAuthorized'];
  return typeof isAuthorized === 'boolean' ? { isAuthorized } : 'its answer has no boolean isAuthorized';
}

function readGrant(
  payload: JsonObject,
  { principalRequired }: AnswerRules,
): AuthorizerAnswer['grant'] | string {
  const principalId = payload['principalId'];
  if (principalRequired && (typeof principalId !== 'string' || principalId === ''))
    return 'its answer has no principalId';
  const policy = readPolicy(payload['policyDocument']);
  return policy === undefined ? 'its answer has no well-formed policyDocument' : { policy };
}

function readContext(value: unknown, { structuredContext }: AnswerRules): JsonObject | undefined | string {
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) return 'its context is no object';
  if (structuredContext) return value;
  if ('claims' in value) return 'its context has the reserved key "claims"';
  const entries = Object.entries(value);
  const wrong = entries.find(([, inner]) => !['string', 'number', 'boolean'].includes(typeof inner));
  if (wrong !== undefined) return `its context value "${wrong[0]}" is no string, number or boolean`;
  return Object.fromEntries(entries.map(([key, inner]) => [key, String(inner)]));
}
