import * as z from 'zod/mini';
import { OAuthError } from '../oauth/errors.ts';
import { revocationId, type RevocationRecord } from '../revocation/record.ts';
import { readBody } from './body.ts';
import { recordDeeds } from './events.ts';
import type { AdminContext, AdminRequest } from './request.ts';

const request = z.strictObject({
  kind: z.enum(['token', 'subject', 'client', 'session', 'key', 'issuer']),
  value: z.string(),
  issuer: z.optional(z.string()),
  reason: z.optional(z.string().check(z.minLength(1), z.maxLength(500))),
  /** That of the record that is meant: another one is left alone. */
  revokedAt: z.optional(z.number()),
});

const shape =
  'kind (token, subject, client, session or issuer) and value, with an optional issuer, reason and revokedAt';

/**
 * `POST /admin/revocations/undo`: lifts a revocation, all that was revoked under that name. Its event is written first, so
 * that nothing is ever lifted without one. Authorizers see it within half a second, or once their cached answer is over.
 *
 * @throws {@link OAuthError} `invalid_request`: 400 for a key, whose tokens anybody may have made; 404 where nothing is
 *   revoked under that name; 409 where it was revoked again meanwhile
 * @throws UnavailableError where a table cannot be reached
 */
export async function adminUnrevoke(
  { actor, body }: AdminRequest,
  context: AdminContext,
): Promise<RevocationRecord> {
  const { kind, value, issuer = context.ownIssuer, reason, revokedAt } = readBody(body, request, shape);
  if (kind === 'key') {
    throw new OAuthError(
      'invalid_request',
      'a key stays revoked, because whoever has it can sign tokens at will; issue new tokens under another key',
    );
  }
  const record = await context.revocations.get(revocationId(kind, issuer, value));
  if (record === undefined)
    throw new OAuthError('invalid_request', 'nothing is revoked under that name', 404);
  if (revokedAt !== undefined && revokedAt !== record.revokedAt) throw changed();
  const target = { kind, issuer, value };
  const detail = `revoked at ${record.revokedAt} by ${record.actor ?? 'nobody known'}`;
  const why = reason !== undefined && { reason };
  await recordDeeds([{ action: 'unrevoked', actor, target, detail, ...why }], context);
  if (!(await context.revocations.remove(record))) throw changed();
  return record;
}

function changed(): OAuthError {
  return new OAuthError(
    'invalid_request',
    'it was revoked again, or lifted, meanwhile; look at it and ask again',
    409,
  );
}
