import type { AuthorizerSettings, TrustedIssuerSettings } from '../contract/settings.ts';
import { toJwkSet } from '../keys/jwk-set.ts';
import { cachedKeySource, type KeySource, type KeySourceTimes } from '../keys/key-source.ts';
import { type JwkSetFetcher, type PublicKeySetReader, UnavailableError } from '../ports.ts';
import type { TrustedIssuer } from './verify-token.ts';

/** Our own keys are one table read away: asked often, and at once for a `kid` that is new. */
const ownTimes: KeySourceTimes = { maxAgeSeconds: 60, maxStaleSeconds: 3600, cooldownSeconds: 1 };

/** A foreign issuer's keys: a withdrawn key is gone after 5 minutes; an issuer that is down is bridged for 4 hours. */
const foreignTimes: KeySourceTimes = { maxAgeSeconds: 300, maxStaleSeconds: 14_400, cooldownSeconds: 10 };

/** Where keys come from. */
export interface KeyOrigins {
  /** Absent where there is no token service of ours. */
  readonly own?: PublicKeySetReader;
  readonly foreign: JwkSetFetcher;
}

/** The configured issuers with their keys, by exact `iss`. */
export function trustedIssuers(
  settings: Pick<AuthorizerSettings, 'issuers'>,
  origins: KeyOrigins,
): ReadonlyMap<string, TrustedIssuer> {
  return new Map(
    settings.issuers.map((issuer) => [issuer.issuer, { settings: issuer, keys: keySource(issuer, origins) }]),
  );
}

function keySource(settings: TrustedIssuerSettings, { own, foreign }: KeyOrigins): KeySource {
  const { issuer, jwksUri, algorithms } = settings;
  if (jwksUri !== undefined) return cachedKeySource(() => foreign.fetch(jwksUri), algorithms, foreignTimes);
  if (own === undefined) throw new Error(`issuer ${issuer}: got no jwksUri and no key-set table; one of them is needed`);
  const load = async () => {
    const keySet = await own.readPublic(issuer);
    if (keySet === undefined) throw new UnavailableError('no key set was written yet');
    return toJwkSet(keySet);
  };
  return cachedKeySource(load, algorithms, ownTimes);
}
