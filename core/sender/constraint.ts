import type { ReplayStore } from '../ports.ts';
import type { Credentials } from '../verify/credentials.ts';
import { RefusedError } from '../verify/reasons.ts';
import type { Trace } from '../verify/steps.ts';
import { certificateThumbprint } from './certificate.ts';
import { checkDpopProof } from './dpop.ts';

/** A token as it was presented, with what the request proves about its sender. */
export interface Presentation extends Credentials {
  readonly method: string;
  /** The request's URL as the client sees it, behind a custom domain and with the stage. */
  readonly url: string;
  /** Every DPoP header. */
  readonly proofs: readonly string[];
  /** The client's TLS certificate as PEM, where API Gateway asked for one. */
  readonly certificate?: string;
}

/** What proofs are checked with. */
export interface SenderContext {
  /** Remembers proofs. Absent where DPoP is not on: a token that is bound to a DPoP key is then refused. */
  readonly replays?: ReplayStore;
  /** How old a proof may be, and how far ahead of our clock, in seconds. */
  readonly proofWindowSeconds: number;
  /** Whether API Gateway keeps answers, which are right for whoever shows the same token: bound ones are refused. */
  readonly keepsAnswers?: boolean | undefined;
  /** NumericDate. */
  readonly now: number;
  /** Hears of each step; absent where nobody asks. */
  readonly trace?: Trace;
}

type Claims = Readonly<Record<string, unknown>>;

/**
 * Step 7: a token that is bound to a key (`cnf`, RFC 7800 §3.1) passes only with proof of that key: a DPoP proof
 * (RFC 9449) for `jkt`, the TLS client certificate (RFC 8705 §3.1) for `x5t#S256`, both where both are there. A token
 * that is not bound is no DPoP token.
 *
 * @throws RefusedError `sender_constraint_unmet`, `dpop_proof_…`, `certificate_mismatch`
 * @throws UnavailableError where the replay table cannot be reached
 */
export async function checkSenderConstraint(
  claims: Claims,
  presented: Presentation,
  context: SenderContext,
): Promise<void> {
  context.trace?.('sender', claims.cnf, `what a token under the ${presented.scheme} scheme may be bound to`);
  const { jkt, 'x5t#S256': thumbprint, ...others } = confirmation(claims.cnf);
  if (context.keepsAnswers === true && claims.cnf !== undefined)
    throw unmet('API Gateway keeps answers here, which must not serve a token that is bound to its sender');
  if ((jkt === undefined) !== (presented.scheme === 'Bearer')) {
    throw unmet(
      jkt === undefined ? 'the DPoP scheme is for tokens with cnf.jkt' : 'cnf.jkt asks for the DPoP scheme',
    );
  }
  if (Object.keys(others).length > 0) throw unmet('cnf names a confirmation method that is not supported');
  if (thumbprint !== undefined) await checkCertificate(thumbprint, presented.certificate, context.trace);
  if (jkt !== undefined) await checkProof(jkt, presented, context);
}

/** An empty `cnf` binds to nothing that could be proved. */
function confirmation(cnf: unknown): Claims {
  if (cnf === undefined) return {};
  if (typeof cnf === 'object' && cnf !== null && !Array.isArray(cnf) && Object.keys(cnf).length > 0)
    return cnf as Claims;
  throw unmet('cnf must be an object that names a key');
}

async function checkCertificate(
  thumbprint: unknown,
  certificate: string | undefined,
  trace?: Trace,
): Promise<void> {
  trace?.(
    'certificate',
    certificate && 'a certificate',
    `the certificate of thumbprint ${String(thumbprint)}`,
  );
  if (certificate === undefined) throw unmet('cnf.x5t#S256 asks for a TLS client certificate');
  if ((await certificateThumbprint(certificate)) !== thumbprint) {
    throw new RefusedError(
      'certificate_mismatch',
      'the TLS client certificate is not the one that the token is bound to',
    );
  }
}

async function checkProof(jkt: unknown, presented: Presentation, context: SenderContext): Promise<void> {
  const { replays, proofWindowSeconds: windowSeconds, now, trace } = context;
  trace?.(
    'proof',
    `${presented.proofs.length} DPoP header`,
    `one proof of key ${String(jkt)} for this request`,
  );
  if (typeof jkt !== 'string') throw unmet('cnf.jkt must be a string');
  if (replays === undefined) throw unmet('DPoP is not on here');
  const proof = await checkDpopProof({ ...presented, jkt, now, windowSeconds });
  trace?.('replay', proof.jti, 'a jti that was not seen before');
  if (!(await replays.remember(`dpop:${proof.jkt}:${proof.jti}`, proof.expiresAt))) {
    throw new RefusedError('dpop_proof_replayed', 'the proof was used before');
  }
}

function unmet(detail: string): RefusedError {
  return new RefusedError('sender_constraint_unmet', detail);
}
