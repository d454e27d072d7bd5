import type { RunningApi } from '../types.ts';
import type { ApiResources } from './api-resources.ts';
import { httpService } from './http-api.ts';
import type { Stage } from './http-model.ts';
import { readHttpApi } from './http-template.ts';
import type { JwtTools } from './jwt-authorizer.ts';
import type { AuthorizerTools } from './lambda-authorizer.ts';
import { restService } from './rest-api.ts';
import { readRestApi } from './rest-template.ts';
import type { Service } from './server.ts';
import { WebSocketService } from './websocket-api.ts';
import { readWebSocketApi } from './websocket-template.ts';

/** An API that can be served, not yet listening. */
export interface Playable {
  readonly kind: RunningApi['kind'];
  readonly apiId: string;
  readonly logicalId: string;
  readonly name: string;
  readonly stages: readonly Stage[];
  readonly service: Service;
}

/** Reads an API with all that belongs to it, or gives undefined when the resource is no API. */
export function playableOf(found: ApiResources, tools: AuthorizerTools & JwtTools): Playable | undefined {
  const { type, properties } = found.api;
  if (type === 'AWS::ApiGateway::RestApi') {
    const api = readRestApi(found);
    return { ...identityOf(api), kind: 'rest', service: restService(api, tools) };
  }
  if (type !== 'AWS::ApiGatewayV2::Api') return undefined;
  if (properties['ProtocolType'] === 'WEBSOCKET') {
    const api = readWebSocketApi(found);
    return { ...identityOf(api), kind: 'websocket', service: new WebSocketService(api, tools) };
  }
  const api = readHttpApi(found);
  return { ...identityOf(api), kind: 'http', service: httpService(api, tools) };
}

function identityOf({ apiId, logicalId, name, stages }: Omit<Playable, 'kind' | 'service'>) {
  return { apiId, logicalId, name, stages };
}
