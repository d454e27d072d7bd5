/** The stack's own signing key, unsealed as only token-issue may, so that tests can sign what it never would. */
import { randomUUID } from 'node:crypto';
import { DecryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { CompactSign, importJWK } from 'jose';
import { connectDynamoDb } from '../../adapters/dynamodb/connection.ts';
import { keySetStore } from '../../adapters/dynamodb/key-sets.ts';
import { Outputs } from '../../core/contract/outputs.ts';
import { activeKey } from '../../core/keys/key-set.ts';
import { type Played, running } from './keyturn.ts';

export interface OwnKey {
  readonly kid: string;
  readonly privateKey: Parameters<CompactSign['sign']>[0];
  /** Claims of a good token, issued now. */
  claims(): Record<string, unknown> & { readonly iat: number };
}

const local = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

export async function ownKey(stack: Played): Promise<OwnKey> {
  const { endpoints, outputs } = running(stack);
  const issuer = outputs[Outputs.issuer] ?? '';
  const table = keySetStore(
    connectDynamoDb({ ...local, endpoint: endpoints.dynamodb }),
    outputs[Outputs.keySetTable] ?? '',
  );
  const keySet = await table.read(issuer);
  const kid = (keySet && activeKey(keySet)?.kid) ?? '';
  const kms = new KMSClient({ ...local, endpoint: endpoints.kms });
  const { Plaintext: plaintext } = await kms.send(
    new DecryptCommand({ CiphertextBlob: keySet?.sealed[kid], EncryptionContext: { issuer, kid } }),
  );
  const privateKey = await importJWK(JSON.parse(new TextDecoder().decode(plaintext)), 'RS256');
  return { kid, privateKey, claims: () => goodClaims(issuer) };
}

function goodClaims(issuer: string) {
  const iat = Math.floor(Date.now() / 1000);
  const subject = { sub: 'admin', client_id: 'admin', jti: randomUUID() };
  return { iss: issuer, aud: issuer, ...subject, iat, nbf: iat, exp: iat + 300 };
}

/** Signs claims as an access token of the stack. */
export function signWith({ kid, privateKey }: OwnKey, claims: object): Promise<string> {
  return new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid })
    .sign(privateKey);
}
