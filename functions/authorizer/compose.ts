import { connectDynamoDb } from '../../adapters/dynamodb/connection.ts';
import { publicKeySetReader } from '../../adapters/dynamodb/key-sets.ts';
import { replayStore } from '../../adapters/dynamodb/replays.ts';
import { revocationReader } from '../../adapters/dynamodb/revocations.ts';
import { jwkSetFetcher } from '../../adapters/http/jwks.ts';
import { emfTelemetry } from '../../adapters/telemetry/emf.ts';
import { Environment, readJsonVariable, readVariable } from '../../core/contract/environment.ts';
import type { AuthorizerSettings } from '../../core/contract/settings.ts';
import { heldLookup } from '../../core/revocation/held-reader.ts';
import { trustedIssuers } from '../../core/verify/trusted-issuers.ts';
import type { AuthorizerContext } from './decide.ts';

/** Wires the authorizer, once per container. */
export function compose(): AuthorizerContext {
  const settings = readJsonVariable<AuthorizerSettings>(process.env, Environment.authorizer);
  const client = connectDynamoDb();
  const replayTable = process.env[Environment.replayTable];
  const keySetTable = process.env[Environment.keySetTable];
  return {
    issuers: trustedIssuers(settings, {
      ...(keySetTable !== undefined && { own: publicKeySetReader(client, keySetTable) }),
      foreign: jwkSetFetcher(),
    }),
    revocations: heldLookup(revocationReader(client, readVariable(process.env, Environment.revocationTable))),
    clockToleranceSeconds: settings.clockToleranceSeconds,
    routeScopes: settings.routeScopes,
    refusals: settings.refusals,
    telemetry: emfTelemetry({ now: Date.now }),
    proofWindowSeconds: settings.proofWindowSeconds ?? 60,
    ...(replayTable !== undefined && { replays: replayStore(client, replayTable) }),
    clock: () => Date.now() / 1000,
  };
}
