import { clientStore } from '../../adapters/dynamodb/clients.ts';
import { connectDynamoDb } from '../../adapters/dynamodb/connection.ts';
import { publicKeySetReader } from '../../adapters/dynamodb/key-sets.ts';
import { refreshFamilyStore } from '../../adapters/dynamodb/refresh-families.ts';
import { replayStore } from '../../adapters/dynamodb/replays.ts';
import { revocationReader } from '../../adapters/dynamodb/revocations.ts';
import { jwkSetFetcher } from '../../adapters/http/jwks.ts';
import { Environment, readJsonVariable, readVariable } from '../../core/contract/environment.ts';
import type { AuthorizerSettings, TokenServiceSettings } from '../../core/contract/settings.ts';
import { clientKeySources } from '../../core/issue/client-keys.ts';
import type { IntrospectionContext } from '../../core/oauth/introspection-endpoint.ts';
import { heldLookup } from '../../core/revocation/held-reader.ts';
import { trustedIssuers } from '../../core/verify/trusted-issuers.ts';

/** Wires introspection, once per container; `forRequest` reads the clock once. */
export function compose(): { forRequest: () => IntrospectionContext } {
  const authorizer = readJsonVariable(process.env, Environment.authorizer) as AuthorizerSettings;
  const settings = readJsonVariable(process.env, Environment.tokenService) as TokenServiceSettings;
  const issuer = readVariable(process.env, Environment.issuer);
  const client = connectDynamoDb();
  const keySets = publicKeySetReader(client, readVariable(process.env, Environment.keySetTable));
  const revocations = revocationReader(client, readVariable(process.env, Environment.revocationTable));
  const families = refreshFamilyStore(client, readVariable(process.env, Environment.refreshFamilyTable));
  const context = {
    issuer,
    clients: clientStore(client, readVariable(process.env, Environment.clientTable)),
    keysOf: clientKeySources(jwkSetFetcher()),
    replays: replayStore(client, readVariable(process.env, Environment.replayTable)),
    clockSkewSeconds: settings.clockSkewSeconds,
  };
  const authorization = {
    issuers: trustedIssuers(authorizer, { own: keySets, foreign: jwkSetFetcher() }),
    revocations: heldLookup(revocations),
    clockToleranceSeconds: authorizer.clockToleranceSeconds,
    proofWindowSeconds: authorizer.proofWindowSeconds ?? 60,
  };
  return {
    forRequest: () => {
      const now = Date.now() / 1000;
      return {
        ...context,
        now,
        authorization: { ...authorization, now },
        refresh: { issuer, settings, families, revocations, now },
      };
    },
  };
}
