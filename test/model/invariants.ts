/** What must hold in every state; it goes by tokens and verifiers, not by the formulas that keys live by. */
import { toJwkSet } from '../../core/keys/jwk-set.ts';
import type { VerifiedToken } from '../../core/verify/verify-token.ts';
import type { Rules } from './rules.ts';
import type { State } from './state.ts';
import type { Clocks } from './world.ts';

/** What is wrong in a state; `undefined` where nothing is. */
export function faultOf(state: State, rules: Rules, clocks: Clocks): string | undefined {
  const { keys, sealed } = state.stored;
  const count = (wanted: string) => keys.filter((key) => key.state === wanted).length;
  if (count('active') !== 1) return `${count('active')} active keys`;
  if (count('pending') !== 1) return `${count('pending')} keys ahead`;
  if (toJwkSet(state.stored).keys.length > 10) return 'more than ten published keys';
  const versions = state.history.map(({ keySet }) => keySet.version);
  if (versions.some((version, index) => index > 0 && version !== (versions[index - 1] ?? 0) + 1)) {
    return `a write was lost: versions ${versions.join(', ')}`;
  }
  const signers = keys.filter((key) => key.state === 'active' || key.state === 'pending');
  const lost = signers.find(({ kid }) => sealed[kid] === undefined);
  if (lost !== undefined) return `the private key of ${lost.kid} is lost`;
  return tokenFault(state, rules, state.now + clocks.verifier);
}

/** Looks at the youngest token of every key with the copy that the verifier has. */
function tokenFault(state: State, rules: Rules, now: number): string | undefined {
  for (const [kid, exp] of Object.entries(state.expiries)) {
    if (now >= exp) continue;
    const isCompromised = isOut(state, kid);
    const isKnown = state.copy.kids.includes(kid);
    const passes = isKnown && !isRevoked(state, rules, { kid, exp, now });
    if (isCompromised && passes) return `a token of the compromised ${kid} is accepted`;
    const isInContract = state.now <= state.copy.until && !isExcused(state, kid);
    if (!isCompromised && !passes && isInContract) return `a valid token of ${kid} is refused`;
  }
  return undefined;
}

/** An emergency was called over this key, be it half done. */
function isOut({ stored, revoked }: State, kid: string): boolean {
  const isMarked = stored.keys.some((key) => key.kid === kid && key.state === 'compromised');
  return isMarked || revoked.some(({ value }) => value === kid);
}

function isRevoked(state: State, rules: Rules, token: { kid: string; exp: number; now: number }): boolean {
  const records = state.revoked.filter(({ value }) => value === token.kid);
  const verified = { kid: token.kid, accepted: { iat: token.exp - 2 } } as VerifiedToken;
  try {
    rules.checkRevocation(verified, records, token.now);
    return false;
  } catch {
    return true;
  }
}

/** After an emergency a verifier may hold a copy from before the key that had to take over was published. */
function isExcused({ early, copy }: State, kid: string): boolean {
  const publishedIn = early[kid];
  return publishedIn !== undefined && copy.version < publishedIn;
}
