import { secretReader } from '../../adapters/secrets-manager/reader.ts';
import type { Answer } from '../authorizer/answer.ts';
import { compose } from '../authorizer/compose.ts';
import type { AuthorizerEvent } from '../authorizer/event.ts';
import { respond } from '../authorizer/respond.ts';

const context = compose(secretReader());

/** The authorizer for issuers that share a secret (HS256 to HS512): the same, with a Secrets Manager client. */
export async function handler(event: AuthorizerEvent): Promise<Answer> {
  return respond(event, context);
}
