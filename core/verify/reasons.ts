/**
 * Why a token is refused: a fixed list of codes, the same in the log line, the metric and the answer. 401 asks
 * the client for another token (RFC 6750 §3.1 `invalid_token`); 403 says that no other token of this client will
 * do better (`insufficient_scope`).
 */
const reasonRules = {
  token_missing: { status: 401, meaning: 'There is no Authorization header.' },
  credentials_malformed: {
    status: 401,
    meaning: 'The Authorization header is not exactly one `Bearer <token>` or `DPoP <token>`.',
  },
  token_malformed: {
    status: 401,
    meaning: 'The token is not one strictly encoded compact JWS with JSON claims (RFC 7515 §7.1).',
  },
  header_unsupported: {
    status: 401,
    meaning: 'The JOSE header has something that is not supported: crit, b64, zip, or a key of its own.',
  },
  type_not_accepted: { status: 401, meaning: 'The `typ` is not accepted from this issuer.' },
  issuer_unknown: { status: 401, meaning: 'The `iss` is not exactly one of the configured issuers.' },
  key_unknown: { status: 401, isTransient: true, meaning: 'The issuer has no usable key with this `kid`.' },
  algorithm_mismatch: { status: 401, meaning: "The `alg` is not the key's algorithm." },
  signature_invalid: { status: 401, meaning: 'The signature is not valid.' },
  claims_malformed: { status: 401, meaning: 'A registered claim is missing or of the wrong type.' },
  expired: { status: 401, meaning: 'The time is past `exp`.' },
  not_yet_valid: { status: 401, isTransient: true, meaning: 'The time is before `nbf`.' },
  issued_in_future: { status: 401, isTransient: true, meaning: 'The time is before `iat`.' },
  lifetime_too_long: { status: 401, meaning: '`exp` − `iat` is longer than this issuer may grant.' },
  audience_mismatch: { status: 401, meaning: 'No `aud` is one that is accepted here.' },
  claim_mismatch: {
    status: 401,
    meaning: 'A claim does not have the value that is required for this issuer.',
  },
  token_revoked: { status: 401, meaning: 'This token was revoked.' },
  subject_revoked: {
    status: 401,
    meaning: 'Tokens issued to this subject up to a certain time were revoked, this one among them.',
  },
  client_revoked: {
    status: 401,
    meaning: 'Tokens issued to this client up to a certain time were revoked, this one among them.',
  },
  session_revoked: {
    status: 401,
    meaning: 'Tokens issued in this session (`sid`) up to a certain time were revoked, this one among them.',
  },
  key_revoked: { status: 401, meaning: 'The signing key was revoked.' },
  issuer_revoked: {
    status: 401,
    meaning: 'Tokens issued by this issuer up to a certain time were revoked, this one among them.',
  },
  sender_constraint_unmet: {
    status: 401,
    meaning:
      'The token is bound to a key (`cnf`) but came without a proof, or it came with a proof but is not bound.',
  },
  certificate_mismatch: {
    status: 401,
    meaning: 'The TLS client certificate is not the one of `cnf.x5t#S256` (RFC 8705 §3.1).',
  },
  dpop_proof_missing: {
    status: 401,
    meaning: 'The token is bound to a DPoP key but came without a DPoP header.',
  },
  dpop_proof_malformed: {
    status: 401,
    meaning: 'The DPoP proof is not one well-formed, signed proof (RFC 9449 §4.2).',
  },
  dpop_proof_mismatch: {
    status: 401,
    meaning: 'The DPoP proof is for another key, method, URL or access token (`jwk`, `htm`, `htu`, `ath`).',
  },
  dpop_proof_stale: { status: 401, meaning: 'The `iat` of the DPoP proof is too far from the current time.' },
  dpop_proof_replayed: { status: 401, meaning: 'The DPoP proof was used before.' },
  ticket_invalid: { status: 401, meaning: 'The WebSocket ticket is unknown, used or expired.' },
  scope_insufficient: { status: 403, meaning: 'The token lacks a scope that the route requires.' },
} satisfies Record<string, ReasonRule>;

/** What a reason code stands for. */
interface ReasonRule {
  readonly status: 401 | 403;
  readonly meaning: string;
  /** Whether the same token may be good a moment later, so that the refusal must not be cached. */
  readonly isTransient?: boolean;
}

export type Reason = keyof typeof reasonRules;

/** All reason codes. */
export const reasons: Readonly<Record<Reason, ReasonRule>> = reasonRules;

/** A refusal, with what may be told about it. */
export interface Refusal {
  readonly outcome: 'refuse';
  readonly status: 401 | 403;
  readonly reason: Reason;
  /** What was got and what is allowed. Holds no token and no claim beyond kid, jti, times, types and names. */
  readonly detail: string;
  /** Set once the signature held. */
  readonly issuer?: string;
  readonly kid?: string;
  readonly jti?: string;
}

/** Thrown inside the verification steps; {@link toRefusal} makes the decision of it. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly reason: Reason;
  constructor(reason: Reason, detail: string) {
    super(detail);
    this.reason = reason;
  }
}

/** The refusal that a {@link RefusedError} stands for; anything else is rethrown. */
export function toRefusal(error: unknown, known: Pick<Refusal, 'issuer' | 'kid' | 'jti'> = {}): Refusal {
  if (!(error instanceof RefusedError)) throw error;
  const { reason, message } = error;
  return { outcome: 'refuse', status: reasons[reason].status, reason, detail: message, ...known };
}
