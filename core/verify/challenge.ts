import type { Refusal } from './reasons.ts';

/**
 * The value of `WWW-Authenticate` for a refusal (RFC 6750 §3, RFC 9449 §7.1): the scheme, the OAuth error, and our
 * reason as its description. A request without credentials is told the scheme alone (RFC 6750 §3.1).
 */
export function challengeOf({ reason, status }: Pick<Refusal, 'reason' | 'status'>): string {
  if (reason === 'token_missing') return 'Bearer';
  if (reason.startsWith('dpop_proof'))
    return `DPoP error="invalid_dpop_proof", error_description="${reason}"`;
  const error = status === 403 ? 'insufficient_scope' : 'invalid_token';
  return `Bearer error="${error}", error_description="${reason}"`;
}
