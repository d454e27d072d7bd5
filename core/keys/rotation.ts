import { ConfigError } from '../contract/config-error.ts';
import type { KeyRotationRequest } from '../contract/messages.ts';
import type { TokenServiceSettings } from '../contract/settings.ts';
import {
  type KeySetStore,
  type RevocationReader,
  type RevocationWriter,
  UnavailableError,
} from '../ports.ts';
import { revocationExpiry } from '../revocation/revoke.ts';
import { revocationId } from '../revocation/record.ts';
import { advance, compromise, emptyKeySet, keysWanted, publish, rotate } from './advance.ts';
import { endKeys, handlesOf } from './handles.ts';
import type { KeyMaker, MadeKey } from './key-maker.ts';
import { isPublished, type KeySet, type KeyWindows, type SealedKeySet } from './key-set.ts';
import { describeFaults, windowFaults } from './window-faults.ts';

/** What rotation works with. */
export interface RotationContext {
  readonly issuer: string;
  readonly settings: TokenServiceSettings;
  readonly keySets: KeySetStore;
  readonly maker: KeyMaker;
  readonly revocations: RevocationReader & RevocationWriter;
  /** NumericDate, read once: what is written is dated with it. */
  readonly now: number;
  /** Reads the clock again, to see how long ago that was. */
  readonly clock: () => number;
}

/** A key set before and after; the same object where nothing was due. */
export interface Turned {
  readonly before: KeySet;
  readonly after: KeySet;
}

/** What is asked of rotation: by an event, or `adopt` by a deployment that brings new settings. */
export type Turn = KeyRotationRequest | { readonly action: 'adopt' };

/**
 * Whether something that was dated `now` may still be written. A late write is as one by a clock that is behind: half of
 * the clock skew is left for it (a second at least), and half for the clocks of rotators.
 */
export function isTimely(now: number, at: number, { clockSkewSeconds }: KeyWindows): boolean {
  return at - now <= Math.max(1, clockSkewSeconds / 2);
}

/** A rotator that loses the race reads again; more losses in a row than this are not a race. */
const maxAttempts = 5;

/**
 * Brings the key set to where it has to be and writes it, if anything changed, in one conditional write. A key is in
 * custody before it is written. A key that is revoked without being `compromised`, because someone stopped halfway, is
 * taken out of use.
 *
 * @returns the key set as it was and as it is now
 * @throws UnavailableError where the table or KMS cannot be reached: nothing is changed, the next tick heals
 * @throws RangeError where a key that does not exist is said to be compromised
 * @throws ConfigError where settings are to be adopted that break a window of a key that exists, or leave it unused in KMS
 */
export async function turnKeys(turn: Turn, context: RotationContext): Promise<Turned> {
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    const read = await context.keySets.read(context.issuer);
    const stored = read ?? { ...emptyKeySet(context.issuer), sealed: {} };
    const { next, made } = await changed(turn, stored, context);
    if (next === stored) return { before: stored, after: stored };
    const isLate = !isTimely(context.now, context.clock(), context.settings);
    if (!isLate && (await context.keySets.replace(next))) return { before: stored, after: next };
    await Promise.all(made.map(async ({ handle }) => context.maker.end?.(handle)));
    if (isLate)
      throw new UnavailableError('turning the keys took too long to be written; the next tick does it');
  }
  throw new Error(`lost the race for the key set ${maxAttempts} times in a row; try again`);
}

async function changed(
  turn: Turn,
  stored: SealedKeySet,
  context: RotationContext,
): Promise<{ readonly next: SealedKeySet; readonly made: readonly MadeKey[] }> {
  const { issuer, maker, settings: policy, now } = context;
  if (turn.action === 'adopt') {
    checkWindows(stored, context);
    checkCustody(stored, context);
  }
  const due = advance(await withoutRevoked(stored, context), policy, now);
  const moved = await applyTurn(turn, due, context);
  const ended = await endKeys(stored, maker);
  const wanted = Array.from({ length: keysWanted(moved) }, () => maker.make(issuer, policy.algorithm));
  const made = await Promise.all(wanted);
  const from = ended.length > 0 && moved === stored ? { ...stored } : moved;
  const next = publish(stored, from, { fresh: made.map(({ key }) => key), policy, now });
  if (next === stored) return { next: stored, made };
  return { next: { ...next, sealed: handlesOf(next, stored.sealed, { made, ended, maker }) }, made };
}

function checkWindows(stored: KeySet, { settings, now }: RotationContext): void {
  const faults = windowFaults(stored, settings, now);
  if (faults.length > 0) throw new ConfigError(describeFaults(faults));
}

/** Sealed keys stay usable under KMS custody; the other way round, token-issue may not sign in KMS any more. */
function checkCustody({ keys, sealed }: SealedKeySet, { maker }: RotationContext): void {
  const signers = keys.filter(({ state }) => state === 'active' || state === 'pending');
  const elsewhere = signers.find(({ kid }) => maker.isElsewhere?.(sealed[kid] ?? new Uint8Array()));
  if (elsewhere === undefined) return;
  throw new ConfigError(
    `custody: got sealed while KMS holds key ${elsewhere.kid}, which ${elsewhere.state === 'active' ? 'signs' : 'signs next'}; ` +
      'allowed: kms, for as long as this token service lives; a new one may start with sealed',
  );
}

/** What a crash between the two writes of an emergency left: the revocation stands, so the key has to go. */
async function withoutRevoked(stored: SealedKeySet, context: RotationContext): Promise<KeySet> {
  const { issuer, now } = context;
  const published = stored.keys.filter((key) => isPublished(key.state)).map(({ kid }) => kid);
  const records = await context.revocations.read(published.map((kid) => revocationId('key', issuer, kid)));
  const inForce = [...records.values()].filter(({ expiresAt }) => expiresAt > now);
  return inForce.reduce<KeySet>((keySet, { value }) => compromise(keySet, value, now), stored);
}

async function applyTurn(turn: Turn, due: KeySet, context: RotationContext): Promise<KeySet> {
  if (turn.action === 'rotate') return rotate(due, context.settings, context.now);
  if (turn.action !== 'compromise') return due;
  const without = compromise(due, turn.kid, context.now);
  const longest = due.keys.find((key) => key.kid === turn.kid)?.maxTokenLifetimeSeconds ?? 0;
  await revokeKey(turn, longest, context);
  return without;
}

/** Written before the key set, so that a crash between the two leaves the key's tokens refused. */
async function revokeKey(
  { kid, actor, reason = 'key compromised' }: Extract<KeyRotationRequest, { action: 'compromise' }>,
  tokenLifetimeSeconds: number,
  context: RotationContext,
): Promise<void> {
  const { issuer, settings, now } = context;
  await context.revocations.write({
    id: revocationId('key', issuer, kid),
    kind: 'key',
    issuer,
    value: kid,
    revokedAt: now,
    expiresAt: revocationExpiry(now + settings.signerHoldSeconds + tokenLifetimeSeconds, settings),
    reason,
    ...(actor !== undefined && { actor }),
  });
}
