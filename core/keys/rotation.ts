import { ConfigError } from '../contract/config-error.ts';
import type { KeyRotationRequest } from '../contract/messages.ts';
import type { TokenServiceSettings } from '../contract/settings.ts';
import type { KeySealer, KeySetStore, RevocationReader, RevocationWriter } from '../ports.ts';
import { revocationExpiry } from '../revocation/revoke.ts';
import { revocationId } from '../revocation/record.ts';
import { advance, compromise, emptyKeySet, keysWanted, type NewKey, publish, rotate } from './advance.ts';
import { generateSigningKey } from './generate.ts';
import { isPublished, type KeySet, type SealedKeySet } from './key-set.ts';
import { describeFaults, windowFaults } from './window-faults.ts';

/** What rotation works with. */
export interface RotationContext {
  readonly issuer: string;
  readonly settings: TokenServiceSettings;
  readonly keySets: KeySetStore;
  readonly sealer: KeySealer;
  readonly revocations: RevocationReader & RevocationWriter;
  /** NumericDate, read once. */
  readonly now: number;
}

/** A key set before and after; the same object where nothing was due. */
export interface Turned {
  readonly before: KeySet;
  readonly after: KeySet;
}

/**
 * Refuses a configuration that breaks a window of a key that exists.
 *
 * @throws {@link ConfigError} which keys, why, and from when the configuration would be safe
 */
export async function checkWindows(context: RotationContext): Promise<void> {
  const stored = await context.keySets.readPublic(context.issuer);
  const faults = stored === undefined ? [] : windowFaults(stored, context.settings, context.now);
  if (faults.length > 0) throw new ConfigError(describeFaults(faults));
}

/** A rotator that loses the race reads again; more losses in a row than this are not a race. */
const maxAttempts = 5;

/**
 * Brings the key set to where it has to be and writes it, if anything changed, in one conditional write. Private
 * keys are sealed before they are written; those of keys that no longer sign are dropped. A key that is revoked without
 * being `compromised`, because someone stopped halfway, is taken out of use.
 *
 * @returns the key set as it was and as it is now
 * @throws UnavailableError where the table or KMS cannot be reached: nothing is changed, the next tick heals
 * @throws RangeError where a key that does not exist is said to be compromised
 */
export async function turnKeys(turn: KeyRotationRequest, context: RotationContext): Promise<Turned> {
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    const read = await context.keySets.read(context.issuer);
    const stored = read ?? { ...emptyKeySet(context.issuer), sealed: {} };
    const next = await changed(turn, stored, context);
    if (next === stored || (await context.keySets.replace(next))) return { before: stored, after: next };
  }
  throw new Error(`lost the race for the key set ${maxAttempts} times in a row; try again`);
}

async function changed(
  turn: KeyRotationRequest,
  stored: SealedKeySet,
  context: RotationContext,
): Promise<SealedKeySet> {
  const { settings: policy, now } = context;
  const due = advance(await withoutRevoked(stored, context), policy, now);
  const moved = await applyTurn(turn, due, context);
  const fresh = await Promise.all(Array.from({ length: keysWanted(moved) }, () => sealedKey(context)));
  const next = publish(stored, moved, { fresh: fresh.map(([key]) => key), policy, now });
  if (next === stored) return stored;
  const sealed = { ...stored.sealed, ...Object.fromEntries(fresh.map(([key, blob]) => [key.kid, blob])) };
  return { ...next, sealed: ofSigners(next, sealed) };
}

/** What a crash between the two writes of an emergency left: the revocation stands, so the key has to go. */
async function withoutRevoked(stored: SealedKeySet, context: RotationContext): Promise<KeySet> {
  const { issuer, now } = context;
  const published = stored.keys.filter((key) => isPublished(key.state)).map(({ kid }) => kid);
  if (published.length === 0) return stored;
  const records = await context.revocations.read(published.map((kid) => revocationId('key', issuer, kid)));
  const inForce = [...records.values()].filter(({ expiresAt }) => expiresAt > now);
  return inForce.reduce<KeySet>((keySet, { value }) => compromise(keySet, value, now), stored);
}

async function applyTurn(turn: KeyRotationRequest, due: KeySet, context: RotationContext): Promise<KeySet> {
  if (turn.action === 'rotate') return rotate(due, context.settings, context.now);
  if (turn.action === 'tick') return due;
  const without = compromise(due, turn.kid, context.now);
  const longest = due.keys.find((key) => key.kid === turn.kid)?.maxTokenLifetimeSeconds ?? 0;
  await revokeKey(turn.kid, longest, context);
  return without;
}

/** Written before the key set, so that a crash between the two leaves the key's tokens refused. */
async function revokeKey(kid: string, tokenLifetimeSeconds: number, context: RotationContext): Promise<void> {
  const { issuer, settings, now } = context;
  await context.revocations.write({
    id: revocationId('key', issuer, kid),
    kind: 'key',
    issuer,
    value: kid,
    revokedAt: now,
    expiresAt: revocationExpiry(now + settings.signerHoldSeconds + tokenLifetimeSeconds, settings),
    reason: 'key compromised',
  });
}

async function sealedKey(context: RotationContext): Promise<[NewKey, Uint8Array]> {
  const { publicPart, privateJwk } = await generateSigningKey(context.settings.algorithm);
  const plaintext = new TextEncoder().encode(JSON.stringify(privateJwk));
  return [publicPart, await context.sealer.seal({ issuer: context.issuer, kid: publicPart.kid }, plaintext)];
}

function ofSigners(keySet: KeySet, sealed: SealedKeySet['sealed']): SealedKeySet['sealed'] {
  const signers = keySet.keys.filter((key) => key.state === 'pending' || key.state === 'active');
  return Object.fromEntries(
    signers.flatMap(({ kid }) => {
      const blob = sealed[kid];
      return blob === undefined ? [] : [[kid, blob]];
    }),
  );
}
