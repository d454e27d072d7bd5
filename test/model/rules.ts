/** The code under the model: turnKeys as it ships, and variants with one guard taken out, which the model has to see. */
import { checkRevocation } from '../../core/revocation/decide.ts';
import type { SealedKeySet } from '../../core/keys/key-set.ts';
import {
  isTimely,
  type RotationContext,
  type Turn,
  type Turned,
  turnKeys,
} from '../../core/keys/rotation.ts';

export interface Rules {
  turn(turn: Turn, context: RotationContext): Promise<Turned>;
  /** Whether a write to the table needs the version that was read. */
  readonly writes: 'conditional' | 'blind';
  readonly checkRevocation: typeof checkRevocation;
  readonly isTimely: typeof isTimely;
}

export const shipped: Rules = { turn: turnKeys, writes: 'conditional', checkRevocation, isTimely };

type Settings = RotationContext['settings'];

/** Takes the times to be other than they are, for rotators alone. */
function mistaken(change: (settings: Settings) => Partial<Settings>): Rules {
  return {
    ...shipped,
    turn: (turn, context) =>
      turnKeys(turn, { ...context, settings: { ...context.settings, ...change(context.settings) } }),
  };
}

/** Sees key sets without what they note of windows, and writes none. */
const forgetful: Rules = {
  ...shipped,
  turn(turn, context) {
    const bare = (keySet: SealedKeySet): SealedKeySet => {
      const { windows: _, ...rest } = keySet;
      return rest;
    };
    const keySets = {
      ...context.keySets,
      read: async (issuer: string) => {
        const stored = await context.keySets.read(issuer);
        return stored && bare(stored);
      },
      replace: (next: SealedKeySet) => context.keySets.replace(bare(next)),
    };
    return turnKeys(turn, { ...context, keySets });
  },
};

/** Each variant is a guard that is missing. */
export const broken: Readonly<Record<string, Rules>> = {
  'the lead is a second shorter': mistaken(({ propagationSeconds: p }) => ({ propagationSeconds: p - 1 })),
  'the overlap is a second shorter': mistaken(({ signerHoldSeconds: k }) => ({ signerHoldSeconds: k - 1 })),
  'clocks are taken to agree': mistaken(() => ({ clockSkewSeconds: 0 })),
  'windows are not noted': forgetful,
  'settings are adopted unguarded': {
    ...shipped,
    turn: (turn, context) => turnKeys(turn.action === 'adopt' ? { action: 'tick' } : turn, context),
  },
  'writes are unconditional': { ...shipped, writes: 'blind' },
  'a late write is let through': { ...shipped, isTimely: () => true },
  'an emergency leaves no revocation': {
    ...shipped,
    turn: (turn, context) =>
      turnKeys(turn, {
        ...context,
        revocations: { ...context.revocations, write: () => Promise.resolve() },
      }),
  },
  'revocations are not looked at': { ...shipped, checkRevocation: () => {} },
};
