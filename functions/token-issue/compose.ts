import { randomBytes, randomUUID } from 'node:crypto';
import { clientStore } from '../../adapters/dynamodb/clients.ts';
import { connectDynamoDb } from '../../adapters/dynamodb/connection.ts';
import { issuedTokenStore } from '../../adapters/dynamodb/issued-tokens.ts';
import { keySetStore } from '../../adapters/dynamodb/key-sets.ts';
import { refreshFamilyStore } from '../../adapters/dynamodb/refresh-families.ts';
import { replayStore } from '../../adapters/dynamodb/replays.ts';
import { revocationReader, revocationWriter } from '../../adapters/dynamodb/revocations.ts';
import { jwkSetFetcher } from '../../adapters/http/jwks.ts';
import { kmsSealer } from '../../adapters/kms/sealer.ts';
import { kmsKeyOpener } from '../../adapters/kms/signing-keys.ts';
import { emfTelemetry } from '../../adapters/telemetry/emf.ts';
import { Environment, readJsonVariable, readVariable } from '../../core/contract/environment.ts';
import type { TokenServiceSettings } from '../../core/contract/settings.ts';
import { clientKeySources } from '../../core/issue/client-keys.ts';
import { heldSigner, sealedKeyOpener } from '../../core/issue/signer.ts';
import type { TokenContext } from '../../core/oauth/token-endpoint.ts';
import type { Telemetry } from '../../core/ports.ts';

/** Wires token-issue, once per container; `forRequest` reads the clock once. */
export function compose(): { telemetry: Telemetry; forRequest: () => TokenContext } {
  const issuer = readVariable(process.env, Environment.issuer);
  const settings = readJsonVariable(process.env, Environment.tokenService) as TokenServiceSettings;
  const client = connectDynamoDb();
  const issuedTokenTable = process.env[Environment.issuedTokenTable];
  const context = {
    issuer,
    settings,
    clients: clientStore(client, readVariable(process.env, Environment.clientTable)),
    ...(issuedTokenTable !== undefined && { issuedTokens: issuedTokenStore(client, issuedTokenTable) }),
    signer: heldSigner({
      issuer,
      keySets: keySetStore(client, readVariable(process.env, Environment.keySetTable)),
      opener: kmsKeyOpener(sealedKeyOpener(kmsSealer(readVariable(process.env, Environment.sealingKey)))),
      signerHoldSeconds: settings.signerHoldSeconds,
    }),
    families: refreshFamilyStore(client, readVariable(process.env, Environment.refreshFamilyTable)),
    revocations: {
      ...revocationReader(client, readVariable(process.env, Environment.revocationTable)),
      ...revocationWriter(client, readVariable(process.env, Environment.revocationTable)),
    },
    keysOf: clientKeySources(jwkSetFetcher()),
    replays: replayStore(client, readVariable(process.env, Environment.replayTable)),
    clockSkewSeconds: settings.clockSkewSeconds,
    newJti: randomUUID,
    randomBytes,
  };
  return {
    telemetry: emfTelemetry({ now: Date.now }),
    forRequest: () => ({ ...context, now: Date.now() / 1000 }),
  };
}
