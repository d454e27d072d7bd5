import { validateHeaderName, validateHeaderValue } from 'node:http';
import { arrayOf, isObject, objectOf, type JsonObject } from '../json.ts';
import type { Answer } from './answer.ts';
import { isHopByHop, withoutHeaders, type HeaderPair } from './headers.ts';

/** What a function's response leaves open, and what each kind of API makes of it. */
export interface ResponseRules {
  /** `content-type` of a response that names none. */
  readonly defaultContentType: string;
  /** Whether anything without a `statusCode` is the body of a 200 (HTTP API, payload format 2.0). */
  readonly inferred: boolean;
  /** The only members a response may have; a missing `statusCode` then means 200 (REST API). */
  readonly members?: readonly string[];
  /** Whether `isBase64Encoded` is honoured. */
  readonly decodesBase64: boolean;
}

/**
 * The answer that a proxy integration's payload stands for, or undefined when it is malformed.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
export function answerOfPayload(payload: unknown, rules: ResponseRules): Answer | undefined {
  const { members } = rules;
  if (isObject(payload) && members !== undefined) {
    const known = Object.keys(payload).every((member) => members.includes(member));
    return known ? explicitAnswer({ statusCode: 200, ...payload }, rules) : undefined;
  }
  if (isObject(payload) && payload['statusCode'] !== undefined) return explicitAnswer(payload, rules);
  return rules.inferred ? inferredAnswer(payload) : undefined;
}

function inferredAnswer(payload: unknown): Answer {
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload ?? null);
  return { status: 200, headers: [['content-type', 'application/json']], body };
}

function explicitAnswer(payload: JsonObject, rules: ResponseRules): Answer | undefined {
  const status = statusOf(payload['statusCode']);
  const body = bodyOf(payload, rules);
  const headers = headersOf(payload);
  if (status === undefined || body === undefined || headers === undefined) return undefined;
  const typed = headers.some(([name]) => name.toLowerCase() === 'content-type');
  return {
    status,
    headers: typed ? headers : [['content-type', rules.defaultContentType], ...headers],
    body,
  };
}

function statusOf(value: unknown): number | undefined {
  const status = typeof value === 'string' ? Number(value) : value;
  return typeof status === 'number' && Number.isInteger(status) && status >= 200 && status <= 599
    ? status
    : undefined;
}

function bodyOf(payload: JsonObject, { decodesBase64 }: ResponseRules): Buffer | string | undefined {
  const body = payload['body'] ?? '';
  if (typeof body !== 'string') return undefined;
  return decodesBase64 && payload['isBase64Encoded'] === true ? Buffer.from(body, 'base64') : body;
}

/** `multiValueHeaders` win over `headers` of the same name; each of `cookies` becomes a `set-cookie`. */
function headersOf(payload: JsonObject): HeaderPair[] | undefined {
  const many = Object.entries(objectOf(payload['multiValueHeaders'])).flatMap(([name, values]) =>
    arrayOf(values).map((value) => [name, value] as const),
  );
  const single = Object.entries(objectOf(payload['headers']));
  const cookies = arrayOf(payload['cookies']).map((value) => ['set-cookie', value] as const);
  const all = [...single, ...many, ...cookies].map(([name, value]) => scalarPair(name, value));
  if (!all.every((pair) => pair !== undefined)) return undefined;
  const manyNames = many.map(([name]) => name);
  const kept = [...withoutHeaders(all.slice(0, single.length), manyNames), ...all.slice(single.length)];
  return kept.filter(([name]) => !isHopByHop(name));
}

function scalarPair(name: string, value: unknown): HeaderPair | undefined {
  if (!['string', 'number', 'boolean'].includes(typeof value)) return undefined;
  const text = String(value);
  try {
    validateHeaderName(name);
    validateHeaderValue(name, text);
    return [name, text];
  } catch {
    return undefined;
  }
}
