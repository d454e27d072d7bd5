import { rootResourceId } from '../../../local/physical-id.ts';
import type { Resource } from '../../../local/types.ts';
import { invocationUri, ref, resource } from './function-double.ts';

const v1 = 'AWS::ApiGateway';

/** A REST API with a `prod` stage, as CDK renders one. */
export function restApi(properties: Record<string, unknown> = {}): Resource[] {
  return [
    resource('Api', `${v1}::RestApi`, { Name: 'Api', ...properties }),
    resource('Deployment', `${v1}::Deployment`, { RestApiId: ref('Api') }),
    resource('Prod', `${v1}::Stage`, {
      DeploymentId: ref('Deployment'),
      RestApiId: ref('Api'),
      StageName: 'prod',
    }),
  ];
}

/** A resource of the tree; without a parent it is below the root. */
export function restResource(logicalId: string, pathPart: string, parent?: string): Resource {
  const parentId = parent === undefined ? rootResourceId('Api') : ref(parent);
  return resource(logicalId, `${v1}::Resource`, {
    ParentId: parentId,
    PathPart: pathPart,
    RestApiId: ref('Api'),
  });
}

/** A method with any integration; without a resource it is the root's. */
export function restMethod(httpMethod: string, on: string | undefined, properties: object): Resource {
  return resource(`${on ?? 'Root'}${httpMethod}`, `${v1}::Method`, {
    AuthorizationType: 'NONE',
    HttpMethod: httpMethod,
    ResourceId: on === undefined ? rootResourceId('Api') : ref(on),
    RestApiId: ref('Api'),
    ...properties,
  });
}

/** A Lambda proxy integration. */
export function lambdaIntegration(fn = 'echo', more: object = {}): object {
  return {
    Integration: { IntegrationHttpMethod: 'POST', Type: 'AWS_PROXY', Uri: invocationUri(fn), ...more },
  };
}

/** A Lambda authorizer of a REST API, and what a method needs to use it. */
export function restAuthorizer(
  type: 'TOKEN' | 'REQUEST',
  properties: object = {},
): { resources: Resource[]; method: object } {
  return {
    resources: [
      resource('Auth', `${v1}::Authorizer`, {
        AuthorizerUri: invocationUri('auth'),
        IdentitySource: 'method.request.header.Authorization',
        Name: 'Auth',
        RestApiId: ref('Api'),
        Type: type,
        ...properties,
      }),
    ],
    method: { AuthorizationType: 'CUSTOM', AuthorizerId: ref('Auth') },
  };
}

/** A response of the gateway's own. */
export function gatewayResponse(type: string, properties: object): Resource {
  return resource(`Response${type}`, `${v1}::GatewayResponse`, {
    ResponseType: type,
    RestApiId: ref('Api'),
    ...properties,
  });
}
