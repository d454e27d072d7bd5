import { randomBytes, randomUUID } from 'node:crypto';
import { clientLister } from '../../adapters/dynamodb/client-list.ts';
import { clientStore } from '../../adapters/dynamodb/clients.ts';
import { connectDynamoDb } from '../../adapters/dynamodb/connection.ts';
import { eventLog } from '../../adapters/dynamodb/events.ts';
import { publicKeySetReader } from '../../adapters/dynamodb/key-sets.ts';
import { revocationStore } from '../../adapters/dynamodb/revocation-store.ts';
import { scheduleRunLog } from '../../adapters/dynamodb/schedule-runs.ts';
import { tokenInventory } from '../../adapters/dynamodb/token-inventory.ts';
import { jwkSetFetcher } from '../../adapters/http/jwks.ts';
import { invokeFunction } from '../../adapters/lambda/invoke.ts';
import { tokenIssuer } from '../../adapters/lambda/token-issue.ts';
import type { AdminContext } from '../../core/admin/request.ts';
import { Environment, readJsonVariable, readVariable } from '../../core/contract/environment.ts';
import type { KeyRotationResult } from '../../core/contract/messages.ts';
import type { AuthorizerSettings, TokenServiceSettings } from '../../core/contract/settings.ts';
import { trustedIssuers } from '../../core/verify/trusted-issuers.ts';

/** Wires the admin API, once per container; `forRequest` reads the clock once. */
export function compose(): { forRequest: () => AdminContext } {
  const authorizer = readJsonVariable(process.env, Environment.authorizer) as AuthorizerSettings;
  const client = connectDynamoDb();
  const keySets = publicKeySetReader(client, readVariable(process.env, Environment.keySetTable));
  const issuers = trustedIssuers(authorizer, { own: keySets, foreign: jwkSetFetcher() });
  const { clockToleranceSeconds, routeScopes } = authorizer;
  const keyRotation = invokeFunction(readVariable(process.env, Environment.keyRotationFunction));
  const issuedTokenTable = process.env[Environment.issuedTokenTable];
  const clientTable = readVariable(process.env, Environment.clientTable);
  const eventTable = readVariable(process.env, Environment.eventTable);
  const context: Omit<AdminContext, 'verification'> = {
    ownIssuer: readVariable(process.env, Environment.issuer),
    settings: readJsonVariable(process.env, Environment.tokenService) as TokenServiceSettings,
    revocations: revocationStore(client, readVariable(process.env, Environment.revocationTable)),
    keySets,
    turnKeys: async (request) => (await keyRotation(request)) as KeyRotationResult,
    clients: { ...clientStore(client, clientTable), ...clientLister(client, clientTable) },
    issue: tokenIssuer(readVariable(process.env, Environment.tokenIssueFunction)),
    ...(issuedTokenTable !== undefined && { tokens: tokenInventory(client, issuedTokenTable) }),
    events: eventLog(client, eventTable),
    runs: scheduleRunLog(client, eventTable),
    newId: randomUUID,
    randomBytes,
    routeScopes,
  };
  return {
    forRequest: () => ({
      ...context,
      verification: { issuers, clockToleranceSeconds, now: Date.now() / 1000 },
    }),
  };
}
