import type { Answer } from './answer.ts';
import type { ClientRequest } from './client-request.ts';
import { headerValue, withoutHeaders, type HeaderPair } from './headers.ts';
import type { CorsConfiguration } from './http-model.ts';
import { matchesWildcards } from './policy.ts';

const corsHeaders = [
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'access-control-allow-headers',
  'access-control-allow-methods',
  'access-control-expose-headers',
  'access-control-max-age',
];

/**
 * The gateway's own answer to a preflight request, or undefined when the request is none. No route and no
 * authorizer is asked.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
 */
export function preflightAnswer(cors: CorsConfiguration, request: ClientRequest): Answer | undefined {
  const method = headerValue(request.headers, 'access-control-request-method');
  if (request.method !== 'OPTIONS' || method === undefined) return undefined;
  const origin = allowedOrigin(cors, request);
  return { status: 204, headers: origin === undefined ? [] : preflightHeaders(cors, origin), body: '' };
}

/** An answer with the API's CORS headers in place of the integration's own. */
export function withCors(cors: CorsConfiguration, request: ClientRequest, answer: Answer): Answer {
  const headers = withoutHeaders(answer.headers, corsHeaders);
  const origin = allowedOrigin(cors, request);
  if (origin === undefined) return { ...answer, headers };
  const exposed: HeaderPair[] =
    cors.exposeHeaders.length === 0 ? [] : [['access-control-expose-headers', cors.exposeHeaders.join(',')]];
  return { ...answer, headers: [...headers, ...originHeaders(cors, origin), ...exposed] };
}

function preflightHeaders(cors: CorsConfiguration, origin: string): HeaderPair[] {
  const headers: HeaderPair[] = originHeaders(cors, origin);
  if (cors.allowMethods.length > 0)
    headers.push(['access-control-allow-methods', cors.allowMethods.join(',')]);
  if (cors.allowHeaders.length > 0)
    headers.push(['access-control-allow-headers', cors.allowHeaders.join(',')]);
  if (cors.maxAgeSeconds !== undefined) headers.push(['access-control-max-age', String(cors.maxAgeSeconds)]);
  return headers;
}

function originHeaders({ allowCredentials }: CorsConfiguration, origin: string): HeaderPair[] {
  const headers: HeaderPair[] = [['access-control-allow-origin', origin]];
  if (allowCredentials) headers.push(['access-control-allow-credentials', 'true']);
  if (origin !== '*') headers.push(['vary', 'origin']);
  return headers;
}

/** `*` for everyone, the caller's origin when it is listed (`https://*` lists all of a scheme), else undefined. */
function allowedOrigin({ allowOrigins }: CorsConfiguration, request: ClientRequest): string | undefined {
  const origin = headerValue(request.headers, 'origin');
  if (origin === undefined) return undefined;
  if (allowOrigins.includes('*')) return '*';
  return allowOrigins.some((pattern) => matchesWildcards(pattern.toLowerCase(), origin.toLowerCase()))
    ? origin
    : undefined;
}
