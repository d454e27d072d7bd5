import type { JSONWebKeySet } from 'jose';
import type { AuthorizerSettings, TrustedIssuerSettings } from '../contract/settings.ts';
import { ConfigError } from '../contract/config-error.ts';
import { isAvailable } from '../keys/algorithms.ts';
import { toJwkSet } from '../keys/jwk-set.ts';
import { cachedKeySource, type KeySource, type KeySourceTimes } from '../keys/key-source.ts';
import { importJwkSet, importSecret, type KeyLookup } from '../keys/verification-key.ts';
import {
  type JwkSetFetcher,
  type PublicKeySetReader,
  type SecretReader,
  UnavailableError,
} from '../ports.ts';
import type { TrustedIssuer } from './verify-token.ts';

/** Our own keys are one table read away: asked often, and at once for a `kid` that is new. */
const ownTimes: KeySourceTimes = { maxAgeSeconds: 60, maxStaleSeconds: 3600, cooldownSeconds: 1 };

/** Another's keys: a withdrawn key is gone after 5 minutes; an issuer that is down is bridged for 4 hours. */
const foreignTimes: KeySourceTimes = { maxAgeSeconds: 300, maxStaleSeconds: 14_400, cooldownSeconds: 10 };

/** Keys that stand in the configuration. */
const constantTimes: KeySourceTimes = {
  maxAgeSeconds: Infinity,
  maxStaleSeconds: Infinity,
  cooldownSeconds: Infinity,
};

/** Where keys come from. */
export interface KeyOrigins {
  /** Absent where there is no token service of ours. */
  readonly own?: PublicKeySetReader;
  readonly foreign: JwkSetFetcher;
  /** Absent in all but the authorizer: no other function may read what an issuer shares with it. */
  readonly secrets?: SecretReader;
}

/**
 * The configured issuers with their keys, by exact `iss`.
 *
 * @throws {@link ConfigError} where an issuer's keys are nowhere to be had, or this runtime cannot verify an algorithm
 */
export function trustedIssuers(
  settings: Pick<AuthorizerSettings, 'issuers'>,
  origins: KeyOrigins,
): ReadonlyMap<string, TrustedIssuer> {
  return new Map(
    settings.issuers.map((issuer) => [issuer.issuer, { settings: issuer, keys: keySource(issuer, origins) }]),
  );
}

/** Our own issuer may have any algorithm that there is; its keys say which. */
function keySource(settings: TrustedIssuerSettings, { own, foreign, secrets }: KeyOrigins): KeySource {
  const { issuer, jwksUri, jwks, secretArn, algorithms } = settings;
  const isOwn = jwksUri === undefined && jwks === undefined && secretArn === undefined;
  const unavailable = isOwn ? undefined : algorithms.find((alg) => !isAvailable(alg));
  if (unavailable !== undefined)
    throw new ConfigError(
      `issuer ${issuer}: algorithms: got ${unavailable}, which this runtime cannot verify; run on Node.js 24.7 or later, or ` +
        `leave it out`,
    );
  const imported = async (load: Promise<JSONWebKeySet>): Promise<KeyLookup> =>
    importJwkSet(await load, algorithms);
  if (jwksUri !== undefined) return cachedKeySource(() => imported(foreign.fetch(jwksUri)), foreignTimes);
  if (jwks !== undefined)
    return cachedKeySource(() => importJwkSet(jwks as JSONWebKeySet, algorithms), constantTimes);
  if (secretArn !== undefined) {
    if (secrets === undefined) return unreadable(issuer);
    return cachedKeySource(async () => importSecret(await secrets.read(secretArn), algorithms), foreignTimes);
  }
  if (own !== undefined) return cachedKeySource(() => imported(ownJwkSet(own, issuer)), ownTimes);
  throw new ConfigError(
    `issuer ${issuer}: got no jwksUri, jwks, secretArn or key-set table; one of them is needed`,
  );
}

/** Undecided, never "no such token": revoking would seem done, and a good token inactive. */
function unreadable(issuer: string): KeySource {
  const why = `issuer ${issuer} signs with a secret that the authorizer alone may read; revoke its tokens by jti or subject`;
  return { find: () => Promise.reject(new UnavailableError(why)) };
}

async function ownJwkSet(own: PublicKeySetReader, issuer: string): Promise<JSONWebKeySet> {
  const keySet = await own.readPublic(issuer);
  if (keySet === undefined) throw new UnavailableError('no key set was written yet');
  return toJwkSet(keySet);
}
