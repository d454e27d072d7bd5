import { clientStore } from '../../adapters/dynamodb/clients.ts';
import { connectDynamoDb } from '../../adapters/dynamodb/connection.ts';
import { secretVersions } from '../../adapters/secrets-manager/versions.ts';
import { Environment, readVariable } from '../../core/contract/environment.ts';
import type { RegistrationContext } from '../../core/secrets/registration.ts';

/** Wires client-registration, once per container; `forOwner` reads the clock once. */
export function compose(): { forOwner: (owner: string) => RegistrationContext } {
  const context = {
    clients: clientStore(connectDynamoDb(), readVariable(process.env, Environment.clientTable)),
    secrets: secretVersions(),
  };
  return { forOwner: (owner) => ({ ...context, owner, now: Date.now() / 1000 }) };
}
