import { connectDynamoDb } from '../../adapters/dynamodb/connection.ts';
import { publicKeySetReader } from '../../adapters/dynamodb/key-sets.ts';
import { Environment, readJsonVariable, readVariable } from '../../core/contract/environment.ts';
import type { TokenServiceSettings } from '../../core/contract/settings.ts';
import type { PublicKeySetReader } from '../../core/ports.ts';

/** Longest time that we ask others to keep our documents; the key windows count on `jwksCacheSeconds`, or less. */
const longestMaxAgeSeconds = 300;

/** Wires the metadata function. */
export function compose(): { issuer: string; keySets: PublicKeySetReader; maxAgeSeconds: number } {
  const settings = readJsonVariable(process.env, Environment.tokenService) as TokenServiceSettings;
  return {
    issuer: readVariable(process.env, Environment.issuer),
    keySets: publicKeySetReader(connectDynamoDb(), readVariable(process.env, Environment.keySetTable)),
    maxAgeSeconds: Math.min(longestMaxAgeSeconds, settings.jwksCacheSeconds),
  };
}
