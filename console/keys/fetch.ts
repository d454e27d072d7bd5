import type { JSONWebKeySet } from 'jose';
import { isSafeUrl } from './safe-url.ts';

/**
 * Fetches a JWK Set, by its own address or by way of the issuer's metadata (OpenID Connect Discovery §4). Sends no
 * cookies, no referrer and nothing of the token.
 *
 * @throws Error in words for the reader
 */
export async function fetchJwkSet(url: string, isIssuer: boolean): Promise<JSONWebKeySet> {
  if (!isIssuer) return readSet(await getJson(url), url);
  const metadata = await getJson(`${url.replace(/\/$/, '')}/.well-known/openid-configuration`);
  const { jwks_uri: address, issuer } = metadata as {
    readonly jwks_uri?: unknown;
    readonly issuer?: unknown;
  };
  if (issuer !== url) throw new Error(`the metadata names another issuer: ${String(issuer)}`);
  if (typeof address !== 'string' || !isSafeUrl(address))
    throw new Error('the metadata names no usable jwks_uri');
  if (new URL(address).host !== new URL(url).host) {
    throw new Error(
      `its keys are on another host, ${new URL(address).host}: ask that address yourself, ${address}`,
    );
  }
  return readSet(await getJson(address), address);
}

async function getJson(url: string): Promise<unknown> {
  const { host } = new URL(url);
  let answer: Response;
  try {
    answer = await fetch(url, {
      ...({
        credentials: 'omit',
        referrerPolicy: 'no-referrer',
        redirect: 'error',
        cache: 'no-store',
      } as const),
      signal: AbortSignal.timeout(10_000),
    });
  } catch {
    throw new Error(
      `${host} gave no answer that a page may read: it is down, or it does not allow other pages (CORS). Paste its JWK Set instead`,
    );
  }
  if (!answer.ok) throw new Error(`${host} answered ${answer.status}`);
  try {
    return await answer.json();
  } catch {
    throw new Error(`${host} answered with something that is not JSON`);
  }
}

function readSet(value: unknown, url: string): JSONWebKeySet {
  if (Array.isArray((value as Partial<JSONWebKeySet> | null)?.keys)) return value as JSONWebKeySet;
  throw new Error(`${new URL(url).host} answered with something that is no JWK Set`);
}
