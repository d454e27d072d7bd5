import type { RefusalNotes, Telemetry } from '../ports.ts';
import type { Refusal } from './reasons.ts';

/** Notes that one container makes in one minute at most, whatever it is sent. */
export const maxNotesPerMinute = 60;

/** What noting refusals works with. */
export interface LastRefusalContext {
  /** Our own `iss`: nobody else's tokens are recorded. */
  readonly issuer: string;
  readonly notes: RefusalNotes;
  readonly telemetry: Pick<Telemetry, 'log'>;
}

/** Notes a refusal where it is one to be noted; it never rejects. */
export type NoteRefusal = (refusal: Refusal, now: number) => Promise<void>;

/**
 * Makes what notes when and why a token of ours was last refused. Only a token whose signature held is noted, which the
 * refusal says by naming its `jti`: so nobody can write but who holds a token. A token is noted once a minute of the clock,
 * and all of them {@link maxNotesPerMinute} times. A note that fails is logged, and lost.
 */
export function lastRefusals({ issuer, notes, telemetry }: LastRefusalContext): NoteRefusal {
  const noted = new Set<string>();
  let minute = 0;

  function isDue(jti: string, now: number): boolean {
    if (Math.floor(now / 60) !== minute) noted.clear();
    minute = Math.floor(now / 60);
    if (noted.size >= maxNotesPerMinute || noted.has(jti)) return false;
    noted.add(jti);
    return true;
  }

  return async ({ issuer: iss, jti, reason }, now) => {
    if (jti === undefined || iss !== issuer || !isDue(jti, now)) return;
    try {
      await notes.note(jti, { at: Math.floor(now), reason });
    } catch (error) {
      telemetry.log('warn', 'a last refusal was not recorded', { jti, cause: (error as Error).message });
    }
  };
}
