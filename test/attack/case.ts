/** What a case of the attack table is, and the short ways to write one. */
import { randomUUID } from 'node:crypto';
import type { Reason } from '../../core/verify/reasons.ts';
import { type Presented, type Shape, targetOf } from './events.ts';
import { compact, type Content, type ForgedKey } from './forge.ts';
import { type AttackKeys, audience, now, own } from './world.ts';

/** What must become of a request. */
export type Expected = Reason | 'allow' | 'unavailable';

/** One attack, or one honest request that must not suffer from the guards. */
export interface AttackCase {
  readonly title: string;
  readonly expected: Expected;
  /** A token, or all that is sent. `target` is what a DPoP proof must name. */
  readonly present: (forge: Forge, target: ReturnType<typeof targetOf>) => string | Presented;
  /** Default: every shape that can carry what is presented. */
  readonly shapes?: readonly Shape[];
  /** Changes the event after it was made. */
  readonly event?: (event: Record<string, unknown>) => Record<string, unknown>;
}

type Members = Readonly<Record<string, unknown>>;

/** Changes of a good token; a member that is `undefined` is left out. */
export interface TokenChanges {
  readonly header?: Members;
  readonly claims?: Members;
  /** Default: our own active key, RS256. */
  readonly key?: ForgedKey;
}

/** Forges tokens out of a good one. */
export interface Forge {
  readonly keys: AttackKeys;
  /** JOSE header of a good token. */
  header(changes?: TokenChanges): Members;
  /** Claims of a good token. */
  claims(changes?: Members): Members;
  /** A good token, with changes, signed. */
  token(changes?: TokenChanges): string;
  /** Any two segments, signed by our own active key. */
  signed(segments: { readonly header?: Content; readonly payload?: Content }): string;
}

export function makeForge(keys: AttackKeys): Forge {
  const header = ({ header: changes = {}, key = keys.ownRs }: TokenChanges = {}) => ({
    ...{ alg: key.alg, typ: 'at+jwt', kid: key.kid, ...changes },
  });
  const claims = (changes: Members = {}) => ({ ...goodClaims(), ...changes });
  return {
    keys,
    header,
    claims,
    token: (changes = {}) => compact(header(changes), claims(changes.claims), changes.key ?? keys.ownRs),
    signed: (segments) => compact(segments.header ?? header(), segments.payload ?? claims(), keys.ownRs),
  };
}

function goodClaims(): Members {
  return {
    ...{ iss: own, sub: 'ada', aud: audience, jti: randomUUID(), client_id: 'client-1', sid: 'session-1' },
    ...{ iat: now - 60, nbf: now - 60, exp: now + 300, scope: 'connect read' },
  };
}

/** A case whose token differs in claims alone. */
export function claim(
  title: string,
  expected: Expected,
  claims: Members,
  key?: keyof AttackKeys,
): AttackCase {
  return {
    title,
    expected,
    present: (forge) => forge.token({ claims, ...(key !== undefined && { key: forge.keys[key] }) }),
  };
}

/** A case whose token differs in its JOSE header alone. */
export function header(
  title: string,
  expected: Expected,
  changes: Members,
  key?: keyof AttackKeys,
): AttackCase {
  return {
    title,
    expected,
    present: (forge) => forge.token({ header: changes, ...(key !== undefined && { key: forge.keys[key] }) }),
  };
}

/** A case whose signed segments are these texts or bytes. */
export function segments(
  title: string,
  expected: Expected,
  make: (forge: Forge) => { readonly header?: Content; readonly payload?: Content },
): AttackCase {
  return { title, expected, present: (forge) => forge.signed(make(forge)) };
}

/** A case that sends whatever `make` makes. */
export function sent(
  title: string,
  expected: Expected,
  make: AttackCase['present'],
  rest: Partial<AttackCase> = {},
): AttackCase {
  return { title, expected, present: make, ...rest };
}
