import { serve, type Answer, type Listening } from '../loopback.ts';
import { account, type RunningApi } from '../types.ts';

/** Forgets the authorizer answers kept for a stage; false when there is no such API and stage of that kind. */
export type FlushCache = (stage: {
  readonly kind: RunningApi['kind'];
  readonly apiId: string;
  readonly stage: string;
}) => boolean;

/** An operation of the control plane: where it is, and what a success answers. */
interface Operation {
  readonly kind: RunningApi['kind'];
  readonly path: RegExp;
  readonly status: number;
}

/** Both kinds of API call it by a name of their own. */
const operations: readonly Operation[] = [
  { kind: 'http', path: /^\/v2\/apis\/([^/]+)\/stages\/([^/]+)\/cache\/authorizers$/, status: 204 },
  { kind: 'rest', path: /^\/restapis\/([^/]+)\/stages\/([^/]+)\/cache\/authorizers$/, status: 202 },
];

/**
 * Serves what is played of API Gateway's control plane, versions 1 and 2: `FlushStageAuthorizersCache` and
 * `ResetAuthorizersCache`.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_FlushStageAuthorizersCache.html
 * @see https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-stages-stagename-cache-authorizers.html
 */
export function startControlApi(flush: FlushCache): Promise<Listening> {
  return serve(async ({ method, url = '/' }) => {
    const { pathname } = new URL(url, 'http://local');
    for (const { kind, path, status } of method === 'DELETE' ? operations : []) {
      const [, apiId, stage] = (path.exec(pathname) ?? []).map(decodeURIComponent);
      if (apiId === undefined || stage === undefined) continue;
      return flush({ kind, apiId, stage }) ? { status } : notFound(`${account}:${apiId}`);
    }
    return refusal(
      501,
      'NotPlayedException',
      `This API Gateway operation is not played on this machine: ${method} ${pathname}; played are ` +
        'ResetAuthorizersCache and FlushStageAuthorizersCache.',
    );
  });
}

function notFound(api: string): Answer {
  return refusal(404, 'NotFoundException', `Invalid API or stage identifier specified ${api}`);
}

function refusal(status: number, type: string, message: string): Answer {
  const headers = { 'content-type': 'application/json', 'x-amzn-errortype': type };
  return { status, headers, body: JSON.stringify({ message }) };
}
