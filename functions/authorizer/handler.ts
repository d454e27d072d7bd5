import type { Answer } from './answer.ts';
import { compose } from './compose.ts';
import type { AuthorizerEvent } from './event.ts';
import { respond } from './respond.ts';

const context = compose();

/**
 * The Lambda authorizer of HTTP, REST and WebSocket APIs. A good token with the route's scopes is allowed; a good
 * token without them is denied (403); a bad token throws `Unauthorized`, which API Gateway answers with 401, or is
 * denied where the settings say so. What cannot be decided throws something else: API Gateway answers 500 and the
 * request does not pass.
 */
export async function handler(event: AuthorizerEvent): Promise<Answer> {
  return respond(event, context);
}
