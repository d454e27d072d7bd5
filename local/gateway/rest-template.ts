import { arrayOf, booleanOf, numberOf, objectOf, textOf } from '../json.ts';
import { physicalId, rootResourceId } from '../physical-id.ts';
import type { Resource } from '../types.ts';
import { stringsOf, textsOf, type ApiResources } from './api-resources.ts';
import { readStages } from './http-template.ts';
import { readRestAuthorization } from './rest-authorizer-template.ts';
import type {
  GatewayResponse,
  IntegrationResponse,
  RestApi,
  RestIntegration,
  RestMethod,
  RestResource,
} from './rest-model.ts';
import { readRequestModels } from './rest-validation.ts';
import { bySpecificity, parsePattern } from './routes.ts';

/** A REST API's default integration time-out, in milliseconds. */
const integrationTimeoutMs = 29_000;

/** Reads a REST API and all that belongs to it. */
export function readRestApi(found: ApiResources): RestApi {
  const { api, apiId } = found;
  if (api.properties['Body'] !== undefined || api.properties['BodyS3Location'] !== undefined)
    found.leaveOut(api, 'an API imported from OpenAPI (Body) is not played, only methods that are resources');
  return {
    apiId,
    logicalId: api.logicalId,
    name: textOf(api.properties['Name']) ?? api.logicalId,
    stages: readStages(found, 'AWS::ApiGateway::Stage'),
    resources: readTree(found),
    binaryMediaTypes: stringsOf(api.properties['BinaryMediaTypes']).map((type) => type.replace('~1', '/')),
    responses: readResponses(found),
  };
}

/** The tree of resources as a list; those without methods are not there for a caller. */
function readTree(found: ApiResources): RestResource[] {
  const methods = found.ofType('AWS::ApiGateway::Method');
  const declared = found.ofType('AWS::ApiGateway::Resource');
  const places = [
    { id: rootResourceId(found.api.logicalId), path: '/' },
    ...placesBelow(rootResourceId(found.api.logicalId), '', declared),
  ];
  return places
    .map(({ id, path }) => ({
      id,
      path,
      pattern: parsePattern(path),
      methods: methods
        .filter(({ properties }) => properties['ResourceId'] === id)
        .map((method) => readMethod(found, method)),
    }))
    .filter((resource) => resource.methods.length > 0)
    .sort((one, other) => bySpecificity(one.pattern, other.pattern));
}

interface Place {
  readonly id: string;
  readonly path: string;
}

function placesBelow(parentId: string, parentPath: string, declared: readonly Resource[]): Place[] {
  return declared
    .filter(({ properties }) => properties['ParentId'] === parentId)
    .flatMap(({ logicalId, properties }) => {
      const place = {
        id: physicalId(logicalId),
        path: `${parentPath}/${textOf(properties['PathPart']) ?? ''}`,
      };
      return [place, ...placesBelow(place.id, place.path, declared)];
    });
}

function readMethod(found: ApiResources, method: Resource): RestMethod {
  const { properties, logicalId } = method;
  if (booleanOf(properties['ApiKeyRequired']) === true)
    found.leaveOut(method, 'API keys are not checked here');
  return {
    logicalId,
    httpMethod: textOf(properties['HttpMethod']) ?? 'ANY',
    authorization: readRestAuthorization(found, method),
    requestModels: readRequestModels(found, method),
    integration: readIntegration(found, method),
  };
}

function readIntegration(found: ApiResources, method: Resource): RestIntegration | undefined {
  const integration = objectOf(method.properties['Integration']);
  const kind = textOf(integration['Type']) ?? 'none';
  const url = textOf(integration['Uri']) ?? '';
  const timeoutMs = numberOf(integration['TimeoutInMillis']) ?? integrationTimeoutMs;
  const responses = arrayOf(integration['IntegrationResponses']).map(readIntegrationResponse);
  if (kind === 'MOCK')
    return {
      kind: 'mock',
      requestTemplate: textsOf(integration['RequestTemplates'])['application/json'] ?? '',
      responses,
    };
  if (kind === 'AWS_PROXY' && url.includes(':lambda:'))
    return { kind: 'lambda', functionArn: url, timeoutMs };
  if ((kind === 'HTTP' || kind === 'HTTP_PROXY') && integration['ConnectionType'] !== 'VPC_LINK')
    return {
      kind: 'http',
      proxy: kind === 'HTTP_PROXY',
      url,
      method: textOf(integration['IntegrationHttpMethod']) ?? 'ANY',
      parameters: textsOf(integration['RequestParameters']),
      responses,
      timeoutMs,
      streams: kind === 'HTTP_PROXY' && integration['ResponseTransferMode'] === 'STREAM',
    };
  found.leaveOut(
    method,
    `integrations of type ${kind} (AWS services, VPC links, none) are not played, so it answers 500`,
  );
  return undefined;
}

function readIntegrationResponse(value: unknown): IntegrationResponse {
  const response = objectOf(value);
  const pattern = textOf(response['SelectionPattern']);
  return {
    status: numberOf(response['StatusCode']) ?? 200,
    selection: pattern === undefined ? undefined : new RegExp(`^(?:${pattern})$`),
    parameters: textsOf(response['ResponseParameters']),
    templates: textsOf(response['ResponseTemplates']),
  };
}

function readResponses(found: ApiResources): Map<string, GatewayResponse> {
  return new Map(
    found.ofType('AWS::ApiGateway::GatewayResponse').map(({ properties }) => [
      textOf(properties['ResponseType']) ?? '',
      {
        status: numberOf(properties['StatusCode']),
        parameters: textsOf(properties['ResponseParameters']),
        templates: textsOf(properties['ResponseTemplates']),
      },
    ]),
  );
}
