import { UnavailableError } from '../ports.ts';
import { OAuthError } from './errors.ts';

/** An HTTP answer. Header names are lower-case. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A JSON answer that nobody may keep (RFC 6749 §5.1). */
export function jsonAnswer(status: number, body: object): HttpAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', pragma: 'no-cache' },
    body: JSON.stringify(body),
  };
}

/**
 * The answer for an error of an OAuth endpoint (RFC 6749 §5.2). A failed client authentication asks for Basic; what
 * cannot be reached is 503; anything unforeseen is rethrown.
 */
export function errorAnswer(error: unknown): HttpAnswer {
  if (error instanceof UnavailableError) {
    return withHeaders(errorBody(503, 'temporarily_unavailable', 'try again in a moment'), {
      'retry-after': '1',
    });
  }
  if (!(error instanceof OAuthError)) throw error;
  const answer = errorBody(error.status, error.code, error.message);
  return error.status === 401 ? withHeaders(answer, { 'www-authenticate': 'Basic realm="oauth2"' }) : answer;
}

function errorBody(status: number, error: string, description: string): HttpAnswer {
  return jsonAnswer(status, { error, error_description: description });
}

function withHeaders(answer: HttpAnswer, headers: Readonly<Record<string, string>>): HttpAnswer {
  return { ...answer, headers: { ...answer.headers, ...headers } };
}
