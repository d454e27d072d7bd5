/** Makes keys, issuers and tokens for tests of the core: any header and claims, however wrong, signed for real. */
import { Buffer } from 'node:buffer';
import { constants, createHmac, KeyObject, sign } from 'node:crypto';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK } from 'jose';
import type { TrustedIssuerSettings } from '../../core/contract/settings.ts';
import { importJwkSet } from '../../core/keys/verification-key.ts';
import type { RevocationReader } from '../../core/ports.ts';
import { heldLookup } from '../../core/revocation/held-reader.ts';
import type { RevocationRecord } from '../../core/revocation/record.ts';
import type { Presentation } from '../../core/sender/constraint.ts';
import type { AuthorizationContext } from '../../core/verify/authorize.ts';
import type { TrustedIssuer } from '../../core/verify/verify-token.ts';

/** The time of all tests, a NumericDate. */
export const now = 1_800_000_000;

export interface TestKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly publicJwk: JWK & { readonly kid: string; readonly alg: string };
}

export async function makeKey(alg: string, kid: string): Promise<TestKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true, modulusLength: 2048 });
  return {
    ...{ kid, alg, privateKey, publicKey },
    publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' },
  };
}

export const encode = (part: string | Uint8Array): string => Buffer.from(part).toString('base64url');

/** Signs whatever it is given, whatever its header says. */
export type Sign = (signingInput: string) => string;

const options: Readonly<Record<string, object>> = {
  PS256: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 },
  ES256: { dsaEncoding: 'ieee-p1363' },
};

/** @param as the algorithm to sign with, where the key's own is not it */
export function signer({ alg, privateKey }: TestKey, as = alg): Sign {
  const key = KeyObject.from(privateKey);
  const hash = as === 'EdDSA' ? null : 'sha256';
  return (input) => encode(sign(hash, Buffer.from(input), { key, ...options[as] }));
}

export const hmacSigner =
  (secret: string | Uint8Array): Sign =>
  (input) =>
    createHmac('sha256', secret).update(input).digest('base64url');

/** A compact JWS of two texts, or of objects; `undefined` members are left out. */
export function compact(header: object | string, claims: object | string, signature: Sign): string {
  const text = (part: object | string): string => (typeof part === 'string' ? part : JSON.stringify(part));
  const input = `${encode(text(header))}.${encode(text(claims))}`;
  return `${input}.${signature(input)}`;
}

/** A token as a bearer presents it. */
export const bearer = (token: string): Presentation => ({
  ...{ scheme: 'Bearer', token, method: 'GET', url: 'https://api.example/orders', proofs: [] },
});

/** An issuer with the keys that it publishes. */
export async function trust(
  settings: TrustedIssuerSettings,
  keys: readonly TestKey[],
): Promise<TrustedIssuer> {
  const found = await importJwkSet({ keys: keys.map(({ publicJwk }) => publicJwk) }, settings.algorithms);
  return { settings, keys: { find: (kid) => Promise.resolve(found.get(kid)) } };
}

/** A revocation table that holds these records. */
export function recordsOf(...records: readonly RevocationRecord[]): RevocationReader {
  return {
    read: (ids) =>
      Promise.resolve(
        new Map(records.filter(({ id }) => ids.includes(id)).map((record) => [record.id, record])),
      ),
  };
}

export function contextOf(
  issuers: readonly TrustedIssuer[],
  reader: RevocationReader = recordsOf(),
): AuthorizationContext {
  return {
    issuers: new Map(issuers.map((issuer) => [issuer.settings.issuer, issuer])),
    revocations: heldLookup(reader),
    ...{ clockToleranceSeconds: 60, proofWindowSeconds: 60, now },
  };
}
