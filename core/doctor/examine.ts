import type { Evidence, Finding } from './evidence.ts';
import { checkKeys } from './keys.ts';
import { checkVerifiers } from './verifiers.ts';

/** Every check of a token service, each with what shows it. */
export function examine(evidence: Evidence): readonly Finding[] {
  return [...checkVerifiers(evidence), ...checkKeys(evidence), clocks(evidence)];
}

/** `Date` counts whole seconds, so a second of difference is none. */
function clocks({ discovery, timeline, now, keySet }: Evidence): Finding {
  const skew = keySet.windows?.current.clockSkewSeconds ?? 0;
  const apart = [timeline.now - now, ...(discovery.date === undefined ? [] : [discovery.date - now])];
  const furthest = Math.max(...apart.map(Math.abs));
  return {
    check: 'clocks agree',
    verdict: furthest <= skew + 1 ? 'ok' : 'fail',
    evidence:
      `against this machine: key-rotation ${apart[0]?.toFixed(1)} s, ` +
      `Date header ${apart[1] === undefined ? 'not there' : `${apart[1].toFixed(1)} s`}; clocks may differ by ${skew} s`,
  };
}
