import { type Answer, answer } from './answer.ts';
import { type AuthorizerContext, decide } from './decide.ts';
import { type AuthorizerEvent, readEvent } from './event.ts';

/** From event to answer: read, decide, answer. */
export async function respond(event: AuthorizerEvent, context: AuthorizerContext): Promise<Answer> {
  const request = readEvent(event);
  return answer(await decide(request, context), request, context.refusals);
}
