import * as z from 'zod/mini';
import { OAuthError } from '../oauth/errors.ts';
import type { RevocationRecord } from '../revocation/record.ts';
import {
  type RevocationNote,
  type RevocationTarget,
  revokeByName,
  revokeToken,
} from '../revocation/revoke.ts';
import { maxIdentifierLength } from '../verify/header.ts';
import { reasons, RefusedError } from '../verify/reasons.ts';
import { type VerifiedToken, verifyToken } from '../verify/verify-token.ts';
import { recordDeeds } from './events.ts';
import type { AdminContext, AdminRequest } from './request.ts';

const identifier = z.string().check(z.minLength(1), z.maxLength(maxIdentifierLength));
const common = {
  /** Why, for the record. */
  reason: z.optional(z.string().check(z.minLength(1), z.maxLength(500))),
};
const named = {
  ...common,
  /** Issuer of the tokens. Default: our own. */
  issuer: z.optional(z.string()),
};

const request = z.union([
  z.strictObject({ ...common, token: z.string().check(z.minLength(1)) }),
  z.strictObject({ ...named, jti: identifier }),
  z.strictObject({ ...named, subject: identifier }),
  z.strictObject({ ...named, clientId: identifier }),
  z.strictObject({ ...named, sid: identifier }),
]);

/** Body of `POST /admin/revocations`: one token, or everything so far of a subject, a client or a session. */
export type AdminRevocationRequest = z.infer<typeof request>;

const allowed =
  'allowed: one of token, jti, subject, clientId, sid (strings), with an optional reason and, but for token, issuer';

/**
 * `POST /admin/revocations`: revokes tokens of any trusted issuer. The revocation is written before it is recorded as an
 * event: a caller that sees a failure asks again, which revokes nothing twice.
 *
 * @throws {@link OAuthError} `invalid_request` for a body or token that cannot be used
 * @throws UnavailableError where a table or an issuer's keys cannot be reached
 */
export async function adminRevoke(
  { actor, body }: AdminRequest,
  context: AdminContext,
): Promise<RevocationRecord> {
  const parsed = request.safeParse(parseJson(body));
  if (!parsed.success)
    throw new OAuthError('invalid_request', `the body is no revocation request; ${allowed}`);
  const { reason } = parsed.data;
  const note: RevocationNote = { actor, ...(reason !== undefined && { reason }) };
  const record = await revoke(parsed.data, note, context);
  const { kind, issuer, value } = record;
  await recordDeeds([{ action: 'revoked', target: { kind, issuer, value }, ...note, actor }], context);
  return record;
}

async function revoke(
  wanted: AdminRevocationRequest,
  note: RevocationNote,
  context: AdminContext,
): Promise<RevocationRecord> {
  const { revocations, settings, verification } = context;
  const options = { now: verification.now, settings, note };
  if ('token' in wanted) return revokeToken(await verified(wanted.token, context), revocations, options);
  return revokeByName(targetOf(wanted, context), revocations, options);
}

function targetOf(
  wanted: Exclude<AdminRevocationRequest, { token: string }>,
  context: AdminContext,
): RevocationTarget {
  const issuer = wanted.issuer ?? context.ownIssuer;
  const trusted = context.verification.issuers.get(issuer);
  if (trusted === undefined) {
    const known = [...context.verification.issuers.keys()].join(', ');
    throw new OAuthError('invalid_request', `issuer is none of the trusted ones; allowed: ${known}`);
  }
  return { ...kindAndValue(wanted), issuer, maxLifetimeSeconds: trusted.settings.maxLifetimeSeconds };
}

function kindAndValue(
  wanted: Exclude<AdminRevocationRequest, { token: string }>,
): Pick<RevocationTarget, 'kind' | 'value'> {
  if ('jti' in wanted) return { kind: 'token', value: wanted.jti };
  if ('subject' in wanted) return { kind: 'subject', value: wanted.subject };
  if ('clientId' in wanted) return { kind: 'client', value: wanted.clientId };
  return { kind: 'session', value: wanted.sid };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new OAuthError('invalid_request', `the body is not JSON; ${allowed}`);
  }
}

async function verified(token: string, context: AdminContext): Promise<VerifiedToken> {
  try {
    return await verifyToken(token, context.verification);
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    const passes =
      reasons[error.reason].isTransient === true ? 'does not pass yet' : 'passes nowhere already';
    throw new OAuthError('invalid_request', `the token ${passes}: ${error.reason}; revoke by jti or subject`);
  }
}
