import type { DirectIssueRequest } from '../../core/contract/messages.ts';
import type { TokenAnswer } from '../../core/issue/issue.ts';
import { OAuthError } from '../../core/oauth/errors.ts';
import { FunctionError, invokeFunction } from './invoke.ts';

/**
 * Asks token-issue for a token. IAM: `lambda:InvokeFunction`.
 *
 * @returns a function from request to answer; it throws UnavailableError, an OAuthError `invalid_request` with the
 *   description of a refusal, and whatever else {@link invokeFunction} does
 */
export function tokenIssuer(
  functionName: string,
  invoke: (event: object) => Promise<unknown> = invokeFunction(functionName),
): (request: DirectIssueRequest) => Promise<TokenAnswer> {
  return async (request) => {
    try {
      return (await invoke(request)) as TokenAnswer;
    } catch (error) {
      if (!(error instanceof FunctionError) || error.type !== 'OAuthError') throw error;
      throw new OAuthError('invalid_request', error.description);
    }
  };
}
