import { clientStore } from '../../adapters/dynamodb/clients.ts';
import { connectDynamoDb } from '../../adapters/dynamodb/connection.ts';
import { publicKeySetReader } from '../../adapters/dynamodb/key-sets.ts';
import { refreshFamilyStore } from '../../adapters/dynamodb/refresh-families.ts';
import { replayStore } from '../../adapters/dynamodb/replays.ts';
import { revocationWriter } from '../../adapters/dynamodb/revocations.ts';
import { jwkSetFetcher } from '../../adapters/http/jwks.ts';
import { Environment, readJsonVariable, readVariable } from '../../core/contract/environment.ts';
import type { AuthorizerSettings, TokenServiceSettings } from '../../core/contract/settings.ts';
import { clientKeySources } from '../../core/issue/client-keys.ts';
import type { RevocationContext } from '../../core/oauth/revocation-endpoint.ts';
import { trustedIssuers } from '../../core/verify/trusted-issuers.ts';

/** Wires revocation, once per container; `forRequest` reads the clock once. */
export function compose(): { forRequest: () => RevocationContext } {
  const authorizer = readJsonVariable(process.env, Environment.authorizer) as AuthorizerSettings;
  const client = connectDynamoDb();
  const keySets = publicKeySetReader(client, readVariable(process.env, Environment.keySetTable));
  const issuers = trustedIssuers(authorizer, { own: keySets, foreign: jwkSetFetcher() });
  const settings = readJsonVariable(process.env, Environment.tokenService) as TokenServiceSettings;
  const ownIssuer = readVariable(process.env, Environment.issuer);
  const context = {
    issuer: ownIssuer,
    keysOf: clientKeySources(jwkSetFetcher()),
    replays: replayStore(client, readVariable(process.env, Environment.replayTable)),
    clockSkewSeconds: settings.clockSkewSeconds,
    clients: clientStore(client, readVariable(process.env, Environment.clientTable)),
    revocations: revocationWriter(client, readVariable(process.env, Environment.revocationTable)),
    families: refreshFamilyStore(client, readVariable(process.env, Environment.refreshFamilyTable)),
    settings,
  };
  const { clockToleranceSeconds } = authorizer;
  return {
    forRequest: () => {
      const now = Date.now() / 1000;
      return { ...context, now, verification: { issuers, clockToleranceSeconds, now } };
    },
  };
}
