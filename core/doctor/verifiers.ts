import type { JWK } from 'jose';
import type { Evidence, Fetched, Finding } from './evidence.ts';

/** What AWS's verifiers take of a JWK Set: bytes (HTTP API, ALB), time to answer (HTTP API), keys (ALB). */
const limits = { bytes: 150_000, milliseconds: 1500, keys: 10 } as const;

/** Would AWS's own verifiers take this issuer's tokens? */
export function checkVerifiers(evidence: Evidence): readonly Finding[] {
  const keys = keysOf(evidence.jwkSet);
  return [discovery(evidence), documentSize(evidence.jwkSet, keys.length), kids(keys), ...algorithms(keys)];
}

/** OpenID Connect Discovery §4.3: `issuer` is exactly the URL that the document was found under. */
function discovery({ issuer, discovery: found, jwkSet }: Evidence): Finding {
  const { issuer: named, jwks_uri: uri } = objectOf(found.body);
  const isExact = found.status === 200 && named === issuer && uri === jwkSet.url;
  const evidence = `${found.url}: status ${found.status}, issuer ${String(named)}, jwks_uri ${String(uri)}, ${found.milliseconds} ms`;
  const isSlow = found.milliseconds > limits.milliseconds;
  return { check: 'discovery document at the issuer', verdict: isExact && !isSlow ? 'ok' : 'fail', evidence };
}

function documentSize({ status, body, milliseconds, url }: Fetched, count: number): Finding {
  const bytes = new TextEncoder().encode(body).length;
  const fits =
    bytes <= limits.bytes && milliseconds <= limits.milliseconds && count <= limits.keys && count > 0;
  return {
    check: 'JWK Set within the limits of AWS',
    verdict: status === 200 && fits ? 'ok' : 'fail',
    evidence:
      `${url}: status ${status}, ${count} keys (1 to ${limits.keys}), ${bytes} bytes (to ${limits.bytes}), ` +
      `${milliseconds} ms (to ${limits.milliseconds})`,
  };
}

function kids(keys: readonly JWK[]): Finding {
  const named = new Set(keys.map(({ kid }) => kid).filter((kid) => typeof kid === 'string' && kid !== ''));
  const isPrivate = keys.some((key) => 'd' in key || 'priv' in key || key.kty === 'oct');
  return {
    check: 'every key has a kid of its own and is public',
    verdict: named.size === keys.length && !isPrivate ? 'ok' : 'fail',
    evidence: `${keys.length} keys, ${named.size} kids${isPrivate ? ', PRIVATE OR SECRET MEMBERS AMONG THEM' : ''}`,
  };
}

function algorithms(keys: readonly JWK[]): readonly Finding[] {
  const found = [...new Set(keys.map(({ alg }) => alg ?? 'none named'))].join(', ');
  const verdictOf = (isTaken: (key: JWK) => boolean) => (keys.every(isTaken) ? 'ok' : 'warn');
  return [
    {
      check: 'HTTP API JWT authorizer: RSA keys only',
      verdict: verdictOf(({ kty }) => kty === 'RSA'),
      evidence: `algorithms: ${found}`,
    },
    {
      check: 'REST API JWT authorizer: RSA keys, or algorithms listed in it',
      verdict: 'ok',
      evidence: `algorithms to list in DefaultAlgorithms: ${found}`,
    },
    {
      check: 'ALB: RS256 only',
      verdict: verdictOf(({ alg }) => alg === 'RS256'),
      evidence: `algorithms: ${found}`,
    },
  ];
}

/** The keys of a JWK Set; none where it is no JWK Set. */
export function keysOf({ body }: Fetched): readonly JWK[] {
  const { keys } = objectOf(body);
  return Array.isArray(keys) ? (keys as JWK[]) : [];
}

function objectOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
