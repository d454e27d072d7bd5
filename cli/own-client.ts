import { clientStore } from '../adapters/dynamodb/clients.ts';
import type { DirectIssueRequest } from '../core/contract/messages.ts';
import type { Stack } from './stack.ts';

/** A client of the command line itself. It has no secret: nobody gets its tokens over HTTP. */
export interface OwnClient {
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** When it is registered, where it is not yet, as a NumericDate. */
  readonly now: number;
}

/** An access token of such a client, by a direct invoke: IAM decides who gets one. */
export async function ownToken(stack: Stack, { clientId, scopes, now }: OwnClient): Promise<string> {
  const clients = clientStore(stack.dynamoDb, stack.output('clientTable'));
  if ((await clients.get(clientId)) === undefined) {
    const registered = { clientId, grants: ['client_credentials'], scopes, secrets: [] } as const;
    await clients.create({ ...registered, createdAt: now, version: 1 });
  }
  const request: DirectIssueRequest = { action: 'issue', clientId };
  const answer = await stack.invoke(stack.output('tokenIssueFunction'), request);
  return (answer as { readonly access_token: string }).access_token;
}
