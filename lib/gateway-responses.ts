import {
  GatewayResponse,
  type GatewayResponseOptions,
  type IRestApi,
  ResponseType,
  RestApiBase,
} from 'aws-cdk-lib/aws-apigateway';
import { ConfigError } from '../core/contract/index.ts';
import { checkText } from './props.ts';

/** A REST API, made or looked up. With TypeScript's `exactOptionalPropertyTypes` CDK's own class is no {@link IRestApi}. */
export type AnyRestApi = IRestApi | RestApiBase;

/** What a REST API's refusals say besides the reason. */
export interface GatewayResponsesOptions {
  /**
   * Origin whose pages may read refusals (CORS), or `*`. Without it a browser shows a page a network error in place of
   * a 401.
   *
   * @default - none
   */
  readonly allowOrigin?: string;
}

/** One of API Gateway's own answers. */
interface Refusal {
  readonly type: ResponseType;
  readonly statusCode: string;
  /** RFC 6750 §3. */
  readonly challenge?: string;
  /** JSON members of the body; API Gateway fills `$context` variables in. */
  readonly body: Readonly<Record<string, string>>;
}

const requestId = '$context.requestId';

const refusals: Readonly<Record<string, Refusal>> = {
  Unauthorized: {
    type: ResponseType.UNAUTHORIZED,
    statusCode: '401',
    challenge:
      'Bearer error="invalid_token", error_description="The access token is missing, malformed, expired or revoked"',
    body: { error: 'invalid_token', requestId },
  },
  AccessDenied: {
    type: ResponseType.ACCESS_DENIED,
    statusCode: '403',
    challenge: 'Bearer error="insufficient_scope"',
    body: { error: 'insufficient_scope', reason: '$context.authorizer.reason', requestId },
  },
  AuthorizerFailure: {
    type: ResponseType.AUTHORIZER_FAILURE,
    statusCode: '500',
    body: { error: 'server_error', requestId },
  },
  AuthorizerConfigurationError: {
    type: ResponseType.AUTHORIZER_CONFIGURATION_ERROR,
    statusCode: '500',
    body: { error: 'server_error', requestId },
  },
};

const deniedTokens: Refusal = {
  type: ResponseType.ACCESS_DENIED,
  statusCode: '403',
  challenge: 'Bearer',
  body: { error: 'access_denied', reason: '$context.authorizer.reason', requestId },
};

/** Answers that API Gateway gives before or beside an authorizer, which pages must be able to read as well. */
const others = { Default4xx: ResponseType.DEFAULT_4XX, Default5xx: ResponseType.DEFAULT_5XX };

const origins = {
  holds: (value: string) =>
    value === '*' ||
    (/^https?:\/\/[A-Za-z0-9.:[\]-]+$/.test(value) && URL.canParse(value) && new URL(value).origin === value),
  allowed: '"*", or one origin such as "https://app.example.com"',
  mend: 'leave path and trailing slash out; answers for several origins belong in front of the API (CloudFront)',
};

/**
 * Makes a REST API's refusals say what RFC 6750 asks for: see `JwtAuthorizer.addGatewayResponses`.
 *
 * @param isDenying whether bad tokens are answered with a Deny too
 * @throws {@link ConfigError} when `allowOrigin` is no origin, or the API has these responses already
 */
export function addGatewayResponses(
  restApi: AnyRestApi,
  { allowOrigin }: GatewayResponsesOptions,
  isDenying: boolean,
): void {
  if (allowOrigin !== undefined)
    checkText({ name: 'addGatewayResponses: allowOrigin', value: allowOrigin }, origins);
  if (restApi.node.tryFindChild(idOf('Unauthorized'))) {
    throw new ConfigError(
      `addGatewayResponses: got ${restApi.node.path} a second time; allowed: once for each REST API, whichever the authorizer`,
    );
  }
  const cors = allowOrigin === undefined ? {} : corsHeaders(allowOrigin);
  for (const [name, refusal] of Object.entries(refusals)) {
    addRefusal(restApi, name, { ...(isDenying && name === 'AccessDenied' ? deniedTokens : refusal), cors });
  }
  if (allowOrigin === undefined) return;
  for (const [name, type] of Object.entries(others)) {
    addResponse(restApi, name, { type, responseHeaders: cors });
  }
}

function addRefusal(
  restApi: AnyRestApi,
  name: string,
  { type, statusCode, challenge, body, cors }: Refusal & { readonly cors: Record<string, string> },
): void {
  const responseHeaders = {
    ...(challenge !== undefined && { 'WWW-Authenticate': `'${challenge}'` }),
    ...cors,
  };
  const templates = { 'application/json': JSON.stringify(body) };
  const hasHeaders = Object.keys(responseHeaders).length > 0;
  addResponse(restApi, name, { type, statusCode, templates, ...(hasHeaders && { responseHeaders }) });
}

function addResponse(restApi: AnyRestApi, name: string, options: GatewayResponseOptions): GatewayResponse {
  if (restApi instanceof RestApiBase) return restApi.addGatewayResponse(idOf(name), options);
  return new GatewayResponse(restApi, idOf(name), { restApi, ...options });
}

/** Only one origin can be named, so a cache must not give its answer to another. */
function corsHeaders(allowOrigin: string): Record<string, string> {
  return {
    'Access-Control-Allow-Origin': `'${allowOrigin}'`,
    'Access-Control-Expose-Headers': "'WWW-Authenticate'",
    ...(allowOrigin !== '*' && { Vary: "'Origin'" }),
  };
}

function idOf(name: string): string {
  return `KeyturnJwt${name}`;
}
