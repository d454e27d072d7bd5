/** Error codes of RFC 6749 §5.2, RFC 7009 §2.2.1, RFC 8707 §2, RFC 9449 §5 and RFC 6750 §3.1, and their HTTP status. */
const statuses = {
  invalid_request: 400,
  invalid_client: 401,
  invalid_grant: 400,
  unauthorized_client: 400,
  unsupported_grant_type: 400,
  invalid_scope: 400,
  invalid_target: 400,
  invalid_dpop_proof: 400,
  unsupported_token_type: 400,
  insufficient_scope: 403,
  temporarily_unavailable: 503,
  server_error: 500,
} as const;

export type OAuthErrorCode = keyof typeof statuses;

/**
 * An OAuth error answer. The description says what was wrong and what is allowed, in the characters that RFC 6749
 * §5.2 takes (no quotes, no backslash, ASCII), and repeats nothing of the request but parameter names.
 */
export class OAuthError extends Error {
  override readonly name = 'OAuthError';
  readonly code: OAuthErrorCode;
  readonly status: number;
  constructor(code: OAuthErrorCode, description: string, status: number = statuses[code]) {
    super(description);
    this.code = code;
    this.status = status;
  }
}
