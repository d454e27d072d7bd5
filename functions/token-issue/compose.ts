import { randomUUID } from 'node:crypto';
import { clientStore } from '../../adapters/dynamodb/clients.ts';
import { connectDynamoDb } from '../../adapters/dynamodb/connection.ts';
import { issuedTokenStore } from '../../adapters/dynamodb/issued-tokens.ts';
import { keySetStore } from '../../adapters/dynamodb/key-sets.ts';
import { kmsSealer } from '../../adapters/kms/sealer.ts';
import { emfTelemetry } from '../../adapters/telemetry/emf.ts';
import { Environment, readJsonVariable, readVariable } from '../../core/contract/environment.ts';
import type { TokenServiceSettings } from '../../core/contract/settings.ts';
import { heldSigner, sealedKeyOpener } from '../../core/issue/signer.ts';
import type { IssueContext } from '../../core/oauth/token-endpoint.ts';
import type { Telemetry } from '../../core/ports.ts';

/** Wires token-issue, once per container; `forRequest` reads the clock once. */
export function compose(): { telemetry: Telemetry; forRequest: () => IssueContext } {
  const issuer = readVariable(process.env, Environment.issuer);
  const settings = readJsonVariable(process.env, Environment.tokenService) as TokenServiceSettings;
  const client = connectDynamoDb();
  const context = {
    issuer,
    settings,
    clients: clientStore(client, readVariable(process.env, Environment.clientTable)),
    issuedTokens: issuedTokenStore(client, readVariable(process.env, Environment.issuedTokenTable)),
    signer: heldSigner({
      issuer,
      keySets: keySetStore(client, readVariable(process.env, Environment.keySetTable)),
      opener: sealedKeyOpener(kmsSealer(readVariable(process.env, Environment.sealingKey))),
      signerHoldSeconds: settings.signerHoldSeconds,
    }),
    newJti: randomUUID,
  };
  return {
    telemetry: emfTelemetry({ now: Date.now }),
    forRequest: () => ({ ...context, now: Date.now() / 1000 }),
  };
}
