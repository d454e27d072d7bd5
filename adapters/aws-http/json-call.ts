import { poster, type PostAnswer } from './post.ts';
import type { AwsHttpSettings } from './settings.ts';
import { signerV4 } from './signature-v4.ts';

/** A service's error answer, with the SDK's names. The service's text is left out: it may quote what was sent. */
export class AwsHttpFault extends Error {
  override readonly name: string;
  readonly $metadata: { readonly httpStatusCode: number; readonly requestId?: string; attempts: number };

  constructor({ status, requestId, body }: PostAnswer) {
    super('refused');
    this.name = codeOf(body);
    this.$metadata = { httpStatusCode: status, ...(requestId !== undefined && { requestId }), attempts: 1 };
  }
}

/** A service of AWS that speaks JSON: what it is signed as, and the first words of its headers. */
export interface JsonService {
  readonly service: string;
  /** Of `x-amz-target`, before the operation. */
  readonly target: string;
  readonly contentType: 'application/x-amz-json-1.0' | 'application/x-amz-json-1.1';
}

/** When to give up. */
export interface JsonCallLimits {
  /** Longest time to wait for the answer, in milliseconds. */
  readonly timeMs: number;
  readonly signal: AbortSignal;
}

/** Sends one signed POST, once; gives the text of the answer, or throws {@link AwsHttpFault}. */
export type JsonCall = (operation: string, body: string, limits: JsonCallLimits) => Promise<string>;

/** Makes what calls a service without the SDK's client, over connections that are kept. */
export function jsonCaller(
  { endpoint, region, credentials }: AwsHttpSettings,
  { service, target, contentType }: JsonService,
): JsonCall {
  const url = new URL(endpoint);
  const post = poster(url);
  const sign = signerV4({ credentials, region, service });
  return async (operation, body, limits) => {
    const headers = {
      host: url.host,
      'content-type': contentType,
      'x-amz-target': `${target}.${operation}`,
    };
    const signed = sign({ headers, body, now: Date.now() });
    const sent = { ...signed, 'content-length': String(Buffer.byteLength(body)) };
    const answer = await post({ headers: sent, body, ...limits });
    if (answer.status !== 200) throw new AwsHttpFault(answer);
    return answer.body;
  };
}

/** `com.amazonaws.dynamodb.v20120810#ThrottlingException` is `ThrottlingException`. */
function codeOf(body: string): string {
  try {
    const { __type: type } = JSON.parse(body) as { readonly __type?: unknown };
    return typeof type === 'string' ? type.slice(type.indexOf('#') + 1) : 'UnknownError';
  } catch {
    return 'UnknownError';
  }
}
