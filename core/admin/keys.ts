import { emptyKeySet } from '../keys/advance.ts';
import type { SigningKey } from '../keys/key-set.ts';
import { type Timeline, timelineOf } from '../keys/timeline.ts';
import { type KeyPolicy, mayActivateAt, mayRemoveAt, safePolicy } from '../keys/windows.ts';
import type { AdminContext, AdminRequest } from './request.ts';

/** A signing key with the times from which it may go on. */
export interface ListedKey extends Omit<SigningKey, 'publicJwk' | 'original'> {
  /** NumericDate from which it may sign; of a key that has not signed yet. */
  readonly mayActivateAt?: number;
  /** NumericDate from which it may leave the JWK Set; of a retiring key. */
  readonly willBeRemovedAt?: number;
}

/** What `GET /admin/keys` answers. */
export interface KeyList {
  readonly issuer: string;
  readonly version: number;
  /** Oldest first. */
  readonly keys: readonly ListedKey[];
  readonly timeline: Timeline['keys'];
}

/** `GET /admin/keys`: the signing keys, where each is in its life, and what happens when. */
export async function listKeys(_: AdminRequest, context: AdminContext): Promise<KeyList> {
  const { ownIssuer: issuer, settings, verification } = context;
  const keySet = (await context.keySets.readPublic(issuer)) ?? emptyKeySet(issuer);
  const policy = safePolicy(keySet, settings, verification.now);
  return {
    issuer,
    version: keySet.version,
    keys: keySet.keys.map((key) => listed(key, policy)),
    timeline: timelineOf(keySet, settings, verification.now).keys,
  };
}

function listed(key: SigningKey, policy: KeyPolicy): ListedKey {
  const { kid, algorithm, state, publishedAt, maxTokenLifetimeSeconds } = key;
  const { activatedAt, deactivatedAt, removedAt } = key;
  return {
    ...{ kid, algorithm, state, publishedAt, maxTokenLifetimeSeconds },
    ...(activatedAt !== undefined && { activatedAt }),
    ...(deactivatedAt !== undefined && { deactivatedAt }),
    ...(removedAt !== undefined && { removedAt }),
    ...(state === 'pending' && { mayActivateAt: mayActivateAt(key, policy) }),
    ...(state === 'retiring' && { willBeRemovedAt: mayRemoveAt(key, policy) }),
  };
}
