import { booleanOf, isObject, numberOf, objectOf, textOf } from '../json.ts';
import { physicalId } from '../physical-id.ts';
import type { Resource } from '../types.ts';
import { someTextsOf, stringsOf, textsOf, type ApiResources } from './api-resources.ts';
import type {
  CorsConfiguration,
  HttpApi,
  HttpAuthorization,
  HttpIntegration,
  HttpRoute,
  Stage,
} from './http-model.ts';
import { readHttpJwtAuthorizer } from './http-jwt.ts';
import { resultTtl } from './result-ttl.ts';
import { bySpecificity, parsePattern } from './routes.ts';

/** An HTTP API's default integration time-out, in milliseconds. */
const integrationTimeoutMs = 30_000;

/** An HTTP API waits this long for a Lambda authorizer, in milliseconds. */
const authorizerTimeoutMs = 10_000;

/** Reads an HTTP API and all that belongs to it. */
export function readHttpApi(found: ApiResources): HttpApi {
  const { api, apiId } = found;
  if (api.properties['Body'] !== undefined || api.properties['BodyS3Location'] !== undefined)
    found.leaveOut(api, 'an API imported from OpenAPI (Body) is not played, only routes that are resources');
  return {
    apiId,
    logicalId: api.logicalId,
    name: textOf(api.properties['Name']) ?? api.logicalId,
    cors: readCors(api.properties['CorsConfiguration']),
    stages: readStages(found, 'AWS::ApiGatewayV2::Stage'),
    routes: found
      .ofType('AWS::ApiGatewayV2::Route')
      .map((route) => readRoute(found, route))
      .sort(byPrecedence),
  };
}

/** The stages of an API of either generation. */
export function readStages(found: ApiResources, type: string): Stage[] {
  return found.ofType(type).map(({ properties }) => ({
    name: textOf(properties['StageName']) ?? '$default',
    variables: someTextsOf(properties['StageVariables'] ?? properties['Variables']),
  }));
}

function byPrecedence(one: HttpRoute, other: HttpRoute): number {
  if (one.pattern === undefined || other.pattern === undefined)
    return Number(one.pattern === undefined) - Number(other.pattern === undefined);
  return (
    bySpecificity(one.pattern, other.pattern) || Number(one.method === 'ANY') - Number(other.method === 'ANY')
  );
}

function readRoute(found: ApiResources, route: Resource): HttpRoute {
  const routeKey = textOf(route.properties['RouteKey']) ?? '$default';
  const [method = 'ANY', path] = routeKey.split(' ');
  return {
    logicalId: route.logicalId,
    routeKey,
    method: path === undefined ? 'ANY' : method,
    pattern: path === undefined ? undefined : parsePattern(path),
    authorization: readAuthorization(found, route),
    integration: readIntegration(found, route),
  };
}

function readAuthorization(found: ApiResources, route: Resource): HttpAuthorization {
  const kind = textOf(route.properties['AuthorizationType']) ?? 'NONE';
  if (kind === 'NONE') return { kind: 'none' };
  const authorizer = found.byId('AWS::ApiGatewayV2::Authorizer', route.properties['AuthorizerId']);
  if (kind === 'CUSTOM' && authorizer !== undefined) return readLambdaAuthorization(authorizer);
  if (kind === 'JWT' && authorizer !== undefined)
    return {
      kind: 'jwt',
      authorizer: readHttpJwtAuthorizer(authorizer),
      scopes: stringsOf(route.properties['AuthorizationScopes']),
    };
  found.leaveOut(
    route,
    `authorization type ${kind} cannot be checked here, so its requests are refused with 403`,
  );
  return { kind: 'refused' };
}

function readLambdaAuthorization(resource: Resource): HttpAuthorization {
  const { properties, logicalId } = resource;
  const version = properties['AuthorizerPayloadFormatVersion'] === '2.0' ? '2.0' : '1.0';
  const identitySource = stringsOf(properties['IdentitySource']);
  const simple = version === '2.0' && booleanOf(properties['EnableSimpleResponses']) === true;
  return {
    kind: 'lambda',
    event: { version, identitySource },
    authorizer: {
      id: physicalId(logicalId),
      logicalId,
      functionArn: textOf(properties['AuthorizerUri']) ?? '',
      ttlSeconds: resultTtl(resource, { byDefault: 0, hasIdentity: identitySource.length > 0 }),
      timeoutMs: authorizerTimeoutMs,
      rules: { simple, structuredContext: version === '2.0', principalRequired: false },
    },
  };
}

function readIntegration(found: ApiResources, route: Resource): HttpIntegration | undefined {
  const id = textOf(route.properties['Target'])?.replace(/^integrations\//, '');
  const integration = found.byId('AWS::ApiGatewayV2::Integration', id);
  if (integration === undefined) {
    found.leaveOut(route, 'it has no integration that is a resource of the template, so it answers 500');
    return undefined;
  }
  return readTarget(found, integration);
}

function readTarget(found: ApiResources, integration: Resource): HttpIntegration | undefined {
  const { properties } = integration;
  const uri = textOf(properties['IntegrationUri']) ?? '';
  const timeoutMs = numberOf(properties['TimeoutInMillis']) ?? integrationTimeoutMs;
  const played =
    properties['ConnectionType'] !== 'VPC_LINK' && properties['IntegrationSubtype'] === undefined;
  if (played && properties['IntegrationType'] === 'AWS_PROXY')
    return {
      kind: 'lambda',
      functionArn: uri,
      timeoutMs,
      version: properties['PayloadFormatVersion'] === '2.0' ? '2.0' : '1.0',
    };
  if (played && properties['IntegrationType'] === 'HTTP_PROXY')
    return {
      kind: 'proxy',
      url: uri,
      method: textOf(properties['IntegrationMethod']) ?? 'ANY',
      parameters: textsOf(properties['RequestParameters']),
      timeoutMs,
    };
  found.leaveOut(
    integration,
    'VPC links and AWS service integrations are not played, so its routes answer 500',
  );
  return undefined;
}

function readCors(value: unknown): CorsConfiguration | undefined {
  if (!isObject(value)) return undefined;
  const cors = objectOf(value);
  return {
    allowOrigins: stringsOf(cors['AllowOrigins']),
    allowMethods: stringsOf(cors['AllowMethods']),
    allowHeaders: stringsOf(cors['AllowHeaders']),
    exposeHeaders: stringsOf(cors['ExposeHeaders']),
    maxAgeSeconds: numberOf(cors['MaxAge']),
    allowCredentials: booleanOf(cors['AllowCredentials']) === true,
  };
}
