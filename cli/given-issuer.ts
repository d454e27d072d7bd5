import type { JWK } from 'jose';
import { exchange } from '../adapters/http/exchange.ts';
import { jwkSetFetcher } from '../adapters/http/jwks.ts';
import {
  secretAlgorithms,
  type TrustedIssuerSettings,
  verificationAlgorithms,
} from '../core/contract/settings.ts';
import type { UnverifiedJws } from '../core/jws/parse.ts';
import type { KeySource } from '../core/keys/key-source.ts';
import { importVerificationKey } from '../core/keys/verification-key.ts';
import type { TrustedIssuer } from '../core/verify/verify-token.ts';
import { type OptionValues, stringOption, UsageError } from './command.ts';
import { readKeyFile, readSecretFile } from './key-file.ts';

/** Where the keys come from, by the option that names it. */
export const keyOptions = ['key', 'secret', 'jwks-url', 'issuer'] as const;

/**
 * The issuer that the user vouches for: its keys by one of {@link keyOptions}, its rules by `--audience` and `--typ`.
 * What no option names is taken as the token says it. Nothing is fetched from an address that the token names.
 */
export async function givenIssuer(token: UnverifiedJws, options: OptionValues): Promise<TrustedIssuer> {
  const issuer = stringOption(options, 'issuer') ?? String(token.claims.iss);
  const audience = stringOption(options, 'audience');
  const typ = stringOption(options, 'typ');
  const keys = await jwksOf(options);
  const settings: TrustedIssuerSettings = {
    issuer,
    audience: audience === undefined ? [token.claims.aud].flat().map(String) : [audience],
    typ: typ === undefined ? null : [typ],
    jwks: { keys: keys.map((key) => ({ ...key })) },
    algorithms: [...verificationAlgorithms, ...secretAlgorithms],
    maxLifetimeSeconds: Number.MAX_SAFE_INTEGER,
  };
  return { settings, keys: keySourceOf(keys, token) };
}

/** A single key serves whatever `kid` the token names; of several, the one of that name. */
function keySourceOf(jwks: readonly JWK[], { header }: UnverifiedJws): KeySource {
  const kid = typeof header.kid === 'string' ? header.kid : 'given';
  const chosen = jwks.length === 1 ? jwks : jwks.filter((jwk) => jwk.kid === kid);
  return {
    async find() {
      const keys = chosen.map((jwk) => importVerificationKey({ ...jwk, kid }, [String(header.alg)]));
      return (await Promise.all(keys)).find((key) => key !== undefined);
    },
  };
}

async function jwksOf(options: OptionValues): Promise<readonly JWK[]> {
  const [key, secret, url, issuer] = keyOptions.map((name) => stringOption(options, name));
  if (key !== undefined) return (await readKeyFile(key, 'public')).map(publicHalf);
  if (secret !== undefined) return [await readSecretFile(secret)];
  if (url !== undefined && !URL.canParse(url))
    throw new UsageError(`--jwks-url: got ${url}; allowed: the URL of a JWK Set`);
  return (await jwkSetFetcher().fetch(url ?? (await jwksUriOf(issuer ?? '')))).keys;
}

/** Of a private JWK the half that verifies: the user's own key is not one that was published. */
function publicHalf({ d, p, q, dp, dq, qi, oth, priv, ...jwk }: JWK): JWK {
  void [d, p, q, dp, dq, qi, oth, priv];
  return jwk;
}

/** OpenID Connect Discovery 1.0 §4: the document must name the very issuer that was asked. */
async function jwksUriOf(issuer: string): Promise<string> {
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  if (!URL.canParse(address)) throw new UsageError(`--issuer: got ${issuer}; allowed: the URL of an issuer`);
  const { status, body } = await exchange(address, {
    method: 'GET',
    headers: {},
    timeMs: 5000,
    maxBytes: 150_000,
  });
  const { issuer: named, jwks_uri: jwksUri } = status === 200 ? documentOf(body.toString()) : {};
  if (named === issuer && typeof jwksUri === 'string') return jwksUri;
  throw new UsageError(
    `${address}: got status ${status}, issuer ${String(named)}; allowed: 200 with issuer ${issuer} and a jwks_uri`,
    1,
  );
}

/** A page that is no JSON object names no issuer. */
function documentOf(text: string): Readonly<Record<string, unknown>> {
  try {
    return { ...(JSON.parse(text) as object) };
  } catch {
    return {};
  }
}
