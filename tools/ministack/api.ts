/** Calls of an API that is deployed to MiniStack. */
import * as z from 'zod/mini';

/** An API as its callers see it. */
export interface DeployedApi {
  /** @param route for instance `GET /whoami` */
  call(route: string, request?: ApiRequest): Promise<ApiAnswer>;
}

export interface ApiRequest {
  /** Sent as `Authorization: Bearer`. */
  readonly bearer?: string;
  /** Client id and secret, sent as `Authorization: Basic` (RFC 6749 §2.3.1). */
  readonly basic?: readonly [string, string];
  /** Sent as application/x-www-form-urlencoded. */
  readonly form?: Readonly<Record<string, string>>;
  /** Sent as application/json. */
  readonly json?: object;
}

export interface ApiAnswer {
  readonly status: number;
  /** The JSON object that was answered; empty where there was none. */
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * The API of an endpoint like `http://<id>.execute-api.localhost:<port>`. It is called by MiniStack's path style: names
 * under `localhost` do not resolve everywhere, and by host name MiniStack's own Cognito takes `POST /oauth2/token`.
 *
 * @param endpoint MiniStack's own
 * @param apiUrl what CloudFormation says; without a path the stage is `$default`
 */
export function deployedApi(endpoint: string, apiUrl: string): DeployedApi {
  const { hostname, pathname } = new URL(apiUrl);
  const [id] = hostname.split('.');
  const stage = pathname.replaceAll('/', '') || '$default';
  const base = `${endpoint}/_aws/execute-api/${id}/${stage}`;
  return {
    async call(route, request = {}) {
      const [method = '', path = ''] = route.split(' ');
      const answer = await fetch(`${base}${path}`, {
        method,
        headers: headersOf(request),
        body: bodyOf(request),
        signal: AbortSignal.timeout(20_000),
      });
      return { status: answer.status, body: parse(await answer.text()) };
    },
  };
}

function headersOf({ bearer, basic, form, json }: ApiRequest): Record<string, string> {
  return {
    ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
    ...(basic !== undefined && { authorization: `Basic ${Buffer.from(basic.join(':')).toString('base64')}` }),
    ...(form !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
    ...(json !== undefined && { 'content-type': 'application/json' }),
  };
}

function bodyOf({ form, json }: ApiRequest): string | null {
  if (form !== undefined) return new URLSearchParams(form).toString();
  return json === undefined ? null : JSON.stringify(json);
}

const jsonObject = z.record(z.string(), z.unknown());

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    return jsonObject.parse(JSON.parse(text));
  } catch {
    return {};
  }
}
