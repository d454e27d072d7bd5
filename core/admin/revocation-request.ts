import * as z from 'zod/mini';
import type { TokenServiceSettings } from '../contract/settings.ts';
import { OAuthError } from '../oauth/errors.ts';
import type { RevocationWriter } from '../ports.ts';
import { parseRefreshToken } from '../refresh/refresh-token.ts';
import type { RevocationKind, RevocationRecord } from '../revocation/record.ts';
import {
  type ExpirySettings,
  namedRecord,
  type RevocationNote,
  type RevocationTarget,
  tokenRecord,
} from '../revocation/revoke.ts';
import { maxIdentifierLength } from '../verify/header.ts';
import { reasons, RefusedError } from '../verify/reasons.ts';
import {
  type TrustedIssuer,
  type VerificationContext,
  type VerifiedToken,
  verifyToken,
} from '../verify/verify-token.ts';
import { readBody } from './body.ts';

const identifier = z.string().check(z.minLength(1), z.maxLength(maxIdentifierLength));
const common = {
  /** Why, for the record. */
  reason: z.optional(z.string().check(z.minLength(1), z.maxLength(500))),
  /** Whether to say what would be revoked, and revoke nothing. */
  dryRun: z.optional(z.boolean()),
};
const named = {
  ...common,
  /** Issuer of the tokens: the exact `iss`. Default: our own. */
  issuer: z.optional(z.string()),
};
const timed = {
  ...named,
  /** NumericDate up to which tokens were issued. Default: now. */
  before: z.optional(z.number().check(z.gte(0))),
};

/** What can be revoked, by the member that names it. */
export const revocationRequest = z.union([
  z.strictObject({ ...common, token: z.string().check(z.minLength(1)) }),
  z.strictObject({ ...named, jti: identifier }),
  z.strictObject({ ...named, digest: z.string().check(z.regex(/^sha-256:[A-Za-z0-9_-]{43}$/)) }),
  z.strictObject({ ...timed, subject: identifier }),
  z.strictObject({ ...timed, clientId: identifier }),
  z.strictObject({ ...timed, sid: identifier }),
  z.strictObject({ ...named, kid: identifier }),
  z.strictObject({ ...timed, all: z.literal(true) }),
]);

/** One revocation that is asked for: the body of `POST /admin/revocations`, and what `keyturn/revocations` takes. */
export type RevocationRequest = z.infer<typeof revocationRequest>;

/** The shape in words. */
export const revocationRequestShape =
  'one of token, jti, digest (sha-256: and 43 base64url characters), subject, clientId, sid, kid (strings) and all (true), ' +
  'with an optional reason, dryRun and, but for token, issuer; before (a NumericDate) with subject, clientId, sid and all';

/** What revoking works with. */
export interface RevokingContext {
  /** Our own `iss`; absent where none but others are believed. */
  readonly ownIssuer?: string | undefined;
  /** A revocation of our own issuer outlives the refresh families that it ends, not their access tokens alone. */
  readonly settings: ExpirySettings & Pick<TokenServiceSettings, 'refreshTokenLifetimeSeconds'>;
  readonly revocations: RevocationWriter;
  /** Every trusted issuer, and the request's time. */
  readonly verification: VerificationContext;
}

/**
 * Does what one request asks for, unless it is a dry run.
 *
 * @param request a {@link RevocationRequest}, as it came
 * @throws {@link OAuthError} `invalid_request` for a request, token, issuer, key or time that cannot be used
 * @throws UnavailableError where the table or an issuer's keys cannot be reached
 */
export async function revokeRequested(
  request: unknown,
  { actor, dryRun = false }: { readonly actor: string; readonly dryRun?: boolean },
  context: RevokingContext,
): Promise<RevocationRecord> {
  const wanted = readBody(JSON.stringify(request) ?? '', revocationRequest, revocationRequestShape);
  const record = await requestedRecord(wanted, actor, context);
  if (!dryRun && wanted.dryRun !== true) await context.revocations.write(record);
  return record;
}

/**
 * The record that a request asks for; nothing is written yet. A refresh token stands for its session: that ends the family,
 * access tokens too, and whoever may revoke may name any session, so the token need prove nothing.
 *
 * @throws {@link OAuthError} `invalid_request` for a token, issuer, key or time that cannot be used
 * @throws UnavailableError where an issuer's keys cannot be reached
 */
export async function requestedRecord(
  wanted: RevocationRequest,
  actor: string,
  context: RevokingContext,
): Promise<RevocationRecord> {
  const { reason } = wanted;
  const note: RevocationNote = { actor, ...(reason !== undefined && { reason }) };
  const options = { now: context.verification.now, settings: context.settings, note };
  if (!('token' in wanted)) return namedRecord(targetOf(wanted, context), options);
  const family = parseRefreshToken(wanted.token);
  if (family !== undefined) return namedRecord(targetOf({ sid: family.sid }, context), options);
  return tokenRecord(await verified(wanted.token, context), options);
}

type NamedRequest = Exclude<RevocationRequest, { token: string }>;

function targetOf(wanted: NamedRequest, context: RevokingContext): RevocationTarget {
  const { settings } = trustedIssuer(wanted.issuer ?? context.ownIssuer, context);
  const { issuer } = settings;
  const target = kindAndValue(wanted);
  if (target.kind === 'key' && issuer === context.ownIssuer) {
    throw new OAuthError(
      'invalid_request',
      'a key of our own has to be taken out of use as well; allowed: POST /admin/keys/compromise, or ' +
        'keyturn rotate --compromised KID, which does both',
    );
  }
  const before = 'before' in wanted ? wanted.before : undefined;
  if (before !== undefined && before > Math.ceil(context.verification.now)) {
    throw new OAuthError('invalid_request', 'before is in the future; allowed: a NumericDate up to now');
  }
  const refreshSeconds =
    issuer === context.ownIssuer && target.kind !== 'token'
      ? context.settings.refreshTokenLifetimeSeconds
      : 0;
  const maxLifetimeSeconds = Math.max(settings.maxLifetimeSeconds, refreshSeconds);
  return { ...target, issuer, maxLifetimeSeconds, ...(before !== undefined && { before }) };
}

/**
 * A trusted issuer by its `iss`.
 *
 * @throws {@link OAuthError} `invalid_request` naming those that there are
 */
export function trustedIssuer(
  issuer: string | undefined,
  { verification }: Pick<RevokingContext, 'verification'>,
): TrustedIssuer {
  const trusted = issuer === undefined ? undefined : verification.issuers.get(issuer);
  if (trusted !== undefined) return trusted;
  const known = [...verification.issuers.keys()].join(', ');
  throw new OAuthError('invalid_request', `issuer is not a trusted issuer; allowed: ${known}`);
}

function kindAndValue(wanted: NamedRequest): { readonly kind: RevocationKind; readonly value: string } {
  if ('jti' in wanted) return { kind: 'token', value: wanted.jti };
  if ('digest' in wanted) return { kind: 'token', value: wanted.digest };
  if ('subject' in wanted) return { kind: 'subject', value: wanted.subject };
  if ('clientId' in wanted) return { kind: 'client', value: wanted.clientId };
  if ('sid' in wanted) return { kind: 'session', value: wanted.sid };
  if ('kid' in wanted) return { kind: 'key', value: wanted.kid };
  return { kind: 'issuer', value: '' };
}

const unreadable =
  'the token cannot be read: token_malformed; allowed: an access token or a refresh token of ours alone, without quotes, ' +
  'spaces and line breaks; or revoke by jti or subject';

async function verified(token: string, context: RevokingContext): Promise<VerifiedToken> {
  try {
    return await verifyToken(token, context.verification);
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    if (error.reason === 'token_malformed') throw new OAuthError('invalid_request', unreadable);
    const passes =
      reasons[error.reason].isTransient === true ? 'does not pass yet' : 'passes nowhere already';
    throw new OAuthError('invalid_request', `the token ${passes}: ${error.reason}; revoke by jti or subject`);
  }
}
