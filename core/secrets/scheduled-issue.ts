import { base64url, decodeJwt, decodeProtectedHeader } from 'jose';
import type { DirectIssueRequest, ScheduledIssueRequest } from '../contract/messages.ts';
import type { TokenAnswer } from '../issue/issue.ts';
import type { RevocationReader, SecretVersions } from '../ports.ts';
import { checkRevocation, revocationIds } from '../revocation/decide.ts';
import { RefusedError } from '../verify/reasons.ts';

/** What issuing on a schedule works with. */
export interface ScheduledIssueContext {
  readonly secrets: SecretVersions;
  /** Asks the token service, which IAM lets us. */
  readonly issue: (request: DirectIssueRequest) => Promise<TokenAnswer>;
  readonly revocations: RevocationReader;
  /** NumericDate, read once. */
  readonly now: number;
}

/** What a secret with a token holds, as JSON: the token answer (RFC 6749 §5.1), and its times as NumericDates. */
export interface TokenSecretValue {
  readonly access_token: string;
  readonly token_type: string;
  readonly issued_at: number;
  readonly expires_at: number;
  readonly scope?: string;
}

/** How a turn ended. */
export interface ScheduledIssueResult {
  readonly isRenewed: boolean;
  /** NumericDate. */
  readonly expiresAt: number;
}

/**
 * Sees to it that a secret holds a token with a third of its lifetime or more to go: by then the next one takes its place,
 * and the old one is valid a while longer for whoever has read it already. A token that is revoked, itself or with its client
 * or its key, is replaced at once.
 *
 * The next version's id follows from the current one's, so that of two turns at once, or one that is repeated, a single
 * version comes: the secret is what the first of them made it.
 *
 * @throws Error where the token service refuses, a secret cannot be written, or the revocation table be read
 */
export async function issueIntoSecret(
  { secretArn, clientId, scope, resource }: ScheduledIssueRequest,
  { secrets, issue, revocations, now }: ScheduledIssueContext,
): Promise<ScheduledIssueResult> {
  const current = await secrets.get(secretArn, { stage: 'AWSCURRENT' });
  const held = current && readTokenSecret(current.text);
  if (held !== undefined && now < renewalTime(held) && !(await isRevoked(held, revocations, now)))
    return { isRenewed: false, expiresAt: held.expires_at };
  const answer = await issue({
    ...{ action: 'issue', clientId },
    ...(scope !== undefined && { scope }),
    ...(resource !== undefined && { resource }),
  });
  const value = toTokenSecret(answer, now);
  const versionId = await versionAfter(secretArn, current?.versionId);
  const isRenewed = await secrets.put(secretArn, {
    ...{ stage: 'AWSCURRENT', versionId, text: JSON.stringify(value) },
  });
  return { isRenewed, expiresAt: value.expires_at };
}

/** `now` was read before the token was signed, so it may end a moment later than is said. */
function toTokenSecret(answer: TokenAnswer, now: number): TokenSecretValue {
  const issuedAt = Math.floor(now);
  return {
    access_token: answer.access_token,
    token_type: answer.token_type,
    issued_at: issuedAt,
    expires_at: issuedAt + answer.expires_in,
    ...(answer.scope !== undefined && { scope: answer.scope }),
  };
}

/** Whether the authorizer refuses a token for a revocation. We signed it: nothing else of it can have become wrong. */
async function isRevoked(
  { access_token: text }: TokenSecretValue,
  revocations: RevocationReader,
  now: number,
): Promise<boolean> {
  const { kid = '' } = decodeProtectedHeader(text);
  const {
    iss = '',
    sub = '',
    jti = '',
    iat = 0,
    client_id: clientId = '',
  } = decodeJwt<{ client_id?: string }>(text);
  const token = { kid, accepted: { iss, sub, jti, iat, clientId }, signingInput: text };
  const { token: own, common } = await revocationIds(token);
  const records = await revocations.read([own, ...common]);
  try {
    checkRevocation(token, records.values(), now);
    return false;
  } catch (error) {
    if (error instanceof RefusedError) return true;
    throw error;
  }
}

/** What we wrote; anything else, such as the value that the secret was made with, is no token. */
function readTokenSecret(text: string): TokenSecretValue | undefined {
  try {
    const value = JSON.parse(text) as Partial<TokenSecretValue> | null;
    const isOurs = typeof value?.access_token === 'string';
    const isTimed = Number.isFinite(value?.issued_at) && Number.isFinite(value?.expires_at);
    return isOurs && isTimed ? (value as TokenSecretValue) : undefined;
  } catch {
    return undefined;
  }
}

function renewalTime({ issued_at: from, expires_at: to }: TokenSecretValue): number {
  return from + ((to - from) * 2) / 3;
}

/** 43 characters; Secrets Manager takes 32 to 64. */
async function versionAfter(secretArn: string, versionId = ''): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(['keyturn token', secretArn, versionId]));
  return base64url.encode(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}
