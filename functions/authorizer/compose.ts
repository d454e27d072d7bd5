import { nodeVerifier } from '../../adapters/crypto/node-verifier.ts';
import { dynamoDbSettings } from '../../adapters/aws-http/settings.ts';
import { publicKeySetReader } from '../../adapters/dynamodb/key-sets.ts';
import type { ItemCalls } from '../../adapters/dynamodb/item-calls.ts';
import { connectLightly } from '../../adapters/dynamodb/light-connection.ts';
import { refusalNotes } from '../../adapters/dynamodb/refusal-notes.ts';
import { replayStore } from '../../adapters/dynamodb/replays.ts';
import { revocationReader } from '../../adapters/dynamodb/revocations.ts';
import { ticketStore } from '../../adapters/dynamodb/tickets.ts';
import { jwkSetFetcher } from '../../adapters/http/jwks.ts';
import { emfTelemetry } from '../../adapters/telemetry/emf.ts';
import { Environment, readJsonVariable, readVariable } from '../../core/contract/environment.ts';
import { Metrics } from '../../core/contract/metrics.ts';
import type { AuthorizerSettings } from '../../core/contract/settings.ts';
import { defaults } from '../../core/contract/times.ts';
import type { SecretReader, Telemetry } from '../../core/ports.ts';
import { heldLookup } from '../../core/revocation/held-reader.ts';
import { lastRefusals, type NoteRefusal } from '../../core/verify/last-refusal.ts';
import { trustedIssuers } from '../../core/verify/trusted-issuers.ts';
import type { AuthorizerContext } from './decide.ts';

/**
 * Wires the authorizer, once per container.
 *
 * @param secrets reads shared secrets; absent in the bundle for issuers with public keys alone
 */
export function compose(secrets?: SecretReader): AuthorizerContext {
  const settings = readJsonVariable(process.env, Environment.authorizer) as AuthorizerSettings;
  const client = connectLightly(dynamoDbSettings(process.env));
  const telemetry = emfTelemetry({ now: Date.now });
  const ticketTable = process.env[Environment.ticketTable];
  const replayTable = process.env[Environment.replayTable];
  const keySetTable = process.env[Environment.keySetTable];
  return {
    issuers: trustedIssuers(settings, {
      ...(keySetTable !== undefined && { own: publicKeySetReader(client, keySetTable) }),
      foreign: jwkSetFetcher(),
      ...(secrets !== undefined && { secrets }),
    }),
    verifySignature: nodeVerifier(),
    revocations: heldLookup(
      revocationReader(client, readVariable(process.env, Environment.revocationTable)),
      {
        isWanted: settings.staleRevocationSeconds !== undefined,
        onAnswer: () => telemetry.count(Metrics.staleAnswers, {}),
      },
    ),
    ...(settings.staleRevocationSeconds && { staleRevocationSeconds: settings.staleRevocationSeconds }),
    clockToleranceSeconds: settings.clockToleranceSeconds,
    routeScopes: settings.routeScopes,
    refusals: settings.refusals,
    keepsAnswers: settings.keepsAnswers,
    telemetry,
    ...refusalNoting(client, telemetry),
    proofWindowSeconds: settings.proofWindowSeconds ?? defaults.proofWindowSeconds,
    ...(replayTable !== undefined && { replays: replayStore(client, replayTable) }),
    ...(ticketTable !== undefined && { tickets: ticketStore(client, ticketTable) }),
    clock: () => Date.now() / 1000,
  };
}

function refusalNoting(client: ItemCalls, telemetry: Telemetry): { readonly noteRefusal?: NoteRefusal } {
  const table = process.env[Environment.issuedTokenTable];
  if (table === undefined) return {};
  const issuer = readVariable(process.env, Environment.issuer);
  return { noteRefusal: lastRefusals({ issuer, notes: refusalNotes(client, table), telemetry }) };
}
