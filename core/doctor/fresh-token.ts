import { compactVerify, decodeJwt, decodeProtectedHeader, errors, importJWK, type JWK } from 'jose';
import type { Evidence, Finding } from './evidence.ts';
import { keysOf } from './verifiers.ts';

/** What API Gateway takes of all headers together, in bytes; `Authorization: Bearer ` is 22 of them. */
const limits = { headerBytes: 10_240, scheme: 22 } as const;

/**
 * Is a token what every AWS verifier reads: under a key of the JWK Set, `iss` as configured, and times as whole numbers?
 * Nothing of the token itself is told.
 */
export async function checkToken(evidence: Evidence): Promise<Finding> {
  const { token, jwkSet } = evidence;
  const { alg = '', kid = '' } = decodeProtectedHeader(token);
  const key = keysOf(jwkSet).find((each) => each.kid === kid);
  const signature = key === undefined ? `kid ${kid} is not in the JWK Set` : await signatureFault(token, key);
  const faults = [signature, ...claimFaults(evidence)].filter((fault) => fault !== undefined);
  const { exp, iat, nbf } = decodeJwt(token);
  return {
    check: 'a fresh token is what AWS verifiers read',
    verdict: faults.length === 0 ? 'ok' : 'fail',
    evidence:
      faults.join('; ') ||
      `${alg} under kid ${kid} of the JWK Set; exp ${exp}, iat ${iat}, nbf ${nbf}; ${token.length} bytes`,
  };
}

async function signatureFault(token: string, key: JWK): Promise<string | undefined> {
  const { alg = '' } = decodeProtectedHeader(token);
  if (key.alg !== alg) return `alg is ${alg}, and that of its key ${key.alg}`;
  try {
    await compactVerify(token, await importJWK(key, alg));
    return undefined;
  } catch (error) {
    /** An older Node.js has no ML-DSA. */
    if (error instanceof errors.JOSENotSupported) return undefined;
    return `its signature is not of key ${key.kid}`;
  }
}

/** RFC 7519 §2 lets a NumericDate have a fraction; not every verifier does. */
function claimFaults({ token, issuer, now }: Evidence): readonly (string | undefined)[] {
  const claims = decodeJwt<{ client_id?: unknown; scope?: unknown }>(token);
  const bytes = token.length + limits.scheme;
  const { iss, aud, exp, scope, client_id: clientId } = claims;
  return [
    ...(['exp', 'iat', 'nbf'] as const).map((name) =>
      Number.isInteger(claims[name]) ? undefined : `${name} is ${claims[name]}, no whole number`,
    ),
    iss === issuer ? undefined : `iss is ${iss}, and not ${issuer}`,
    Number(exp) > now ? undefined : 'it has ended already',
    aud === undefined && clientId === undefined ? 'it has neither aud nor client_id' : undefined,
    scope === undefined || typeof scope === 'string' ? undefined : 'scope is no string',
    bytes <= limits.headerBytes ? undefined : `its header has ${bytes} bytes (to ${limits.headerBytes})`,
  ];
}
