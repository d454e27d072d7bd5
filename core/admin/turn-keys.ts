import * as z from 'zod/mini';
import type { KeyRotationResult } from '../contract/messages.ts';
import { OAuthError } from '../oauth/errors.ts';
import { readBody } from './body.ts';
import { recordDeeds } from './events.ts';
import type { AdminContext, AdminRequest } from './request.ts';

const reason = z.optional(z.string().check(z.minLength(1), z.maxLength(500)));
const rotateBody = z.strictObject({ reason });
const compromiseBody = z.strictObject({ kid: z.string().check(z.minLength(1)), reason });

/**
 * `POST /admin/keys/rotate`: lets the pending key sign now, where it has had its lead; else nothing changes, and no event is
 * recorded.
 *
 * @throws {@link OAuthError} `invalid_request` for a body that cannot be used
 * @throws UnavailableError where key-rotation, or what it works with, cannot be reached
 */
export async function rotateKeys(request: AdminRequest, context: AdminContext): Promise<KeyRotationResult> {
  const { reason: why } = readBody(request.body, rotateBody, 'an object with an optional reason');
  const result = await context.turnKeys({ action: 'rotate' });
  if (!result.rotated || result.active === undefined) return result;
  const target = { kind: 'key', issuer: context.ownIssuer, value: result.active };
  const noted = why !== undefined && { reason: why };
  await recordDeeds([{ action: 'key.rotated', actor: request.actor, target, ...noted }], context);
  return result;
}

/**
 * `POST /admin/keys/compromise`: takes a key out of use at once; its tokens are refused everywhere. The event is recorded
 * after that: a caller that sees a failure asks again, which refuses nothing twice.
 *
 * @throws {@link OAuthError} `invalid_request` for a body that cannot be used; 404 where there is no such key
 * @throws UnavailableError where key-rotation, or what it works with, cannot be reached
 */
export async function compromiseKey(
  { actor, body }: AdminRequest,
  context: AdminContext,
): Promise<KeyRotationResult> {
  const { kid, reason: why } = readBody(body, compromiseBody, 'kid, with an optional reason');
  const { ownIssuer: issuer } = context;
  const { keys = [] } = (await context.keySets.readPublic(issuer)) ?? {};
  if (!keys.some((key) => key.kid === kid)) {
    const known = keys.map((key) => key.kid).join(', ');
    throw new OAuthError('invalid_request', `there is no key with that kid; the keys are ${known}`, 404);
  }
  const noted = why !== undefined && { reason: why };
  const result = await context.turnKeys({ action: 'compromise', kid, actor, ...noted });
  const target = { kind: 'key', issuer, value: kid };
  await recordDeeds([{ action: 'key.compromised', actor, target, ...noted }], context);
  return result;
}
