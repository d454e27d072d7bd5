import type { JsonObject } from '../json.ts';
import type { Answer } from './answer.ts';
import { headerValue, withoutHeaders, type HeaderPair } from './headers.ts';
import { restView, type RestCall, type RestRequest } from './rest-call.ts';
import { chooseTemplate, fillTemplate, mappedHeaders, type MappingView } from './rest-mapping.ts';
import type { GatewayResponse } from './rest-model.ts';
import { defaultResponses, type ResponseType } from './rest-response-types.ts';

/** A response of the gateway's own, and what is special about this one. */
export interface Refusal {
  readonly type: ResponseType;
  /** In place of the type's default message. */
  readonly message?: string;
  /** What a denying authorizer gave as context (`$context.authorizer.x`). */
  readonly authorizer?: JsonObject;
  /** In place of the type's default status. */
  readonly status?: number;
}

/**
 * The gateway's own response of a type, as the API customizes it: by its own gateway response, else by
 * `DEFAULT_4XX` or `DEFAULT_5XX`, else as AWS words it.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html
 */
export function gatewayResponse(received: RestRequest | RestCall, refusal: Refusal): Answer {
  const { status, errorType, message } = { ...defaultResponses[refusal.type], ...definedOf(refusal) };
  const custom = customOf(received, refusal.type, status);
  const view = errorView(received, refusal, message);
  const [mediaType, template] = chooseTemplate(custom?.templates ?? {}) ?? [
    'application/json',
    defaultTemplate(refusal.type),
  ];
  const mapped =
    custom === undefined ? [] : mappedHeaders(custom.parameters, 'gatewayresponse.header.', view);
  const own: HeaderPair[] = [
    ['x-amzn-ErrorType', errorType],
    ['content-type', mediaType],
  ];
  const headers = [
    ...withoutHeaders(
      own,
      mapped.map(([name]) => name),
    ),
    ...mapped,
  ];
  return { status: custom?.status ?? status, headers, body: fillTemplate(template, view) };
}

function definedOf({ status, message }: Refusal) {
  return { ...(status === undefined ? {} : { status }), ...(message === undefined ? {} : { message }) };
}

function customOf({ api }: RestRequest, type: ResponseType, status: number): GatewayResponse | undefined {
  return api.responses.get(type) ?? api.responses.get(status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX');
}

/** A denied caller reads `Message` where every other response has `message`. */
function defaultTemplate(type: ResponseType): string {
  return type === 'ACCESS_DENIED'
    ? '{"Message":$context.error.messageString}'
    : '{"message":$context.error.messageString}';
}

function errorView(
  received: RestRequest | RestCall,
  { type, authorizer }: Refusal,
  message: string | null,
): MappingView {
  const view = restView(received, authorizer);
  const error = { message: message ?? '', messageString: JSON.stringify(message), responseType: type };
  return { ...view, context: { ...view.context, error } };
}

/** Headers of a backend that reach the client under another name. */
const remapped = ['www-authenticate', 'date', 'server'];

/** A backend's answer as a REST API hands it on: some headers are renamed `x-amzn-Remapped-…`. */
export function withRemappedHeaders(answer: Answer): Answer {
  const headers = answer.headers.map(([name, value]): HeaderPair =>
    remapped.includes(name.toLowerCase()) ? [`x-amzn-Remapped-${name}`, value] : [name, value],
  );
  return { ...answer, headers };
}

/** The answer with the request's ids. */
export function withRequestIds(answer: Answer, { requestId, extendedRequestId }: RestRequest): Answer {
  const ids: HeaderPair[] = [
    ['x-amzn-RequestId', requestId],
    ['x-amz-apigw-id', extendedRequestId],
  ];
  const missing = ids.filter(([name]) => headerValue(answer.headers, name) === undefined);
  return { ...answer, headers: [...answer.headers, ...missing] };
}
