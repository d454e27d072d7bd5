import { randomBytes } from 'node:crypto';
import { clientStore } from '../../adapters/dynamodb/clients.ts';
import { connectDynamoDb } from '../../adapters/dynamodb/connection.ts';
import { requestToken } from '../../adapters/http/token-request.ts';
import { secretVersions } from '../../adapters/secrets-manager/versions.ts';
import { Environment, readVariable } from '../../core/contract/environment.ts';
import type { ClientRotationContext } from '../../core/secrets/client-rotation.ts';

/** Wires secret-rotation, once per container; `forRequest` reads the clock once. */
export function compose(): { forRequest: () => ClientRotationContext } {
  const context = {
    secrets: secretVersions(),
    clients: clientStore(connectDynamoDb(), readVariable(process.env, Environment.clientTable)),
    randomBytes,
    requestToken,
  };
  return { forRequest: () => ({ ...context, now: Date.now() / 1000 }) };
}
