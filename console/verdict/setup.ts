import type { JSONWebKeySet, JWK } from 'jose';
import type { TrustedIssuerSettings } from '../../core/contract/settings.ts';
import {
  importJwkSet,
  importSecret,
  importVerificationKey,
  type KeyLookup,
} from '../../core/keys/verification-key.ts';
import { UnavailableError } from '../../core/ports.ts';
import { heldLookup } from '../../core/revocation/held-reader.ts';
import type { RevocationRecord } from '../../core/revocation/record.ts';
import type { AuthorizationRequest } from '../../core/verify/decide-request.ts';
import { explain, type Explanation } from '../../core/verify/explain.ts';
import type { RouteScopes } from '../../core/verify/routes.ts';
import type { TrustedIssuer } from '../../core/verify/verify-token.ts';

/** Keys of one issuer: a JWK Set, one key that stands for any `kid`, a shared secret as base64url, or none known. */
export type IssuerKeys =
  { readonly jwks: JSONWebKeySet } | { readonly any: JWK } | { readonly secret: Uint8Array } | undefined;

/** Everything that an authorizer goes by, as plain data. */
export interface Setup {
  readonly issuers: readonly { readonly settings: TrustedIssuerSettings; readonly keys: IssuerKeys }[];
  readonly clockToleranceSeconds: number;
  readonly proofWindowSeconds: number;
  readonly routeScopes: RouteScopes;
  /** Records that stand; absent where they are not known here. */
  readonly revocations?: readonly RevocationRecord[];
  /** `jti`s of DPoP proofs that were seen before; absent where they are not known. */
  readonly usedProofs?: readonly string[];
  /** NumericDate of the request. */
  readonly now: number;
}

/** What an authorizer of this setup decides about a request, step by step: by its own code. */
export async function explainWith(setup: Setup, request: AuthorizationRequest): Promise<Explanation> {
  const issuers = await Promise.all(setup.issuers.map(trust));
  const { clockToleranceSeconds, proofWindowSeconds, routeScopes, now, revocations, usedProofs } = setup;
  return explain(request, {
    ...{ clockToleranceSeconds, proofWindowSeconds, routeScopes, now },
    issuers: new Map(issuers.map((issuer) => [issuer.settings.issuer, issuer])),
    revocations: heldLookup({
      async read(ids) {
        if (revocations === undefined)
          throw new UnavailableError('whether it was revoked is known to the stack alone');
        return new Map(revocations.filter(({ id }) => ids.includes(id)).map((record) => [record.id, record]));
      },
    }),
    replays: {
      async remember(id) {
        if (usedProofs === undefined)
          throw new UnavailableError('whether it was used before is known to the stack alone');
        return !usedProofs.includes(id.split(':').at(-1) ?? '');
      },
    },
  });
}

async function trust({ settings, keys }: Setup['issuers'][number]): Promise<TrustedIssuer> {
  const lookup = await lookupOf(keys, settings.algorithms).catch(
    (error: unknown) => (error as Error).message,
  );
  return {
    settings,
    keys: {
      async find(kid) {
        if (typeof lookup === 'string') throw new UnavailableError(lookup);
        return lookup.get(kid);
      },
    },
  };
}

/** @throws Error that says why the issuer's keys cannot be used at all: the authorizer then fails closed */
async function lookupOf(keys: IssuerKeys, accepted: readonly string[]): Promise<KeyLookup> {
  if (keys === undefined) throw new Error('no key was given');
  if ('jwks' in keys) return importJwkSet(keys.jwks, accepted);
  if ('secret' in keys) return importSecret(keys.secret, accepted);
  const key = await importVerificationKey({ ...keys.any, kid: keys.any.kid ?? 'given' }, accepted);
  return { get: (kid) => (key === undefined || kid === undefined ? key : { ...key, kid }) };
}
