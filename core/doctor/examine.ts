import type { Evidence, Finding } from './evidence.ts';
import { checkToken } from './fresh-token.ts';
import { instant } from './instant.ts';
import { checkKeys } from './keys.ts';
import { checkSecrets } from './secrets.ts';
import { checkVerifiers } from './verifiers.ts';

/** Every check of a token service, each with what shows it. */
export async function examine(evidence: Evidence): Promise<readonly Finding[]> {
  return [
    ...checkVerifiers(evidence),
    await checkToken(evidence),
    ...checkKeys(evidence),
    ...[schedules(evidence), ...checkSecrets(evidence), clocks(evidence)],
  ];
}

/** Key rotation above all: before its first run there is nothing to tell, and the keys are new. */
function schedules({ schedules: all }: Evidence): Finding {
  const faults = all.filter(({ isLate, outcome }) => isLate || outcome === 'failed');
  const shown = faults.length > 0 ? faults : all;
  const said = shown.map(({ name, lastRunAt, outcome, isLate, nextRunAt }) => {
    const due = isLate ? `, and was due ${instant(nextRunAt)}` : '';
    return `${name} ${outcome} ${instant(lastRunAt)}${due}`;
  });
  return {
    check: 'schedules run, and are on time',
    verdict: faults.length > 0 ? 'fail' : 'ok',
    evidence: said.join('; ') || 'none has run yet',
  };
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
