import { activeKey, isPublished, pendingKey } from '../keys/key-set.ts';
import { leadSeconds, mayActivateAt, mayRemoveAt } from '../keys/windows.ts';
import type { Evidence, Finding } from './evidence.ts';
import { instant } from './instant.ts';

/** How late a transition may be before it counts: ticks may be a day apart at most, an hour is what the alarms wait. */
const lateSeconds = 3600;

/** How long AWS's own verifiers keep a JWK Set, in seconds: HTTP API JWT authorizer, REST API JWT authorizer. */
const awsCaches = { httpApi: 7200, restApi: 3600 } as const;

/** Do the signing keys live as they have to? */
export function checkKeys(evidence: Evidence): readonly Finding[] {
  return [
    ...[standing(evidence), lead(evidence), caches(evidence), overlap(evidence)],
    ...[sealed(evidence), onTime(evidence)],
  ];
}

function standing({ keySet }: Evidence): Finding {
  const count = (state: string) => keySet.keys.filter((key) => key.state === state).length;
  const isWell = count('active') === 1 && count('pending') === 1;
  const evidence = `version ${keySet.version}: ${count('active')} active, ${count('pending')} pending, ${count('retiring')} retiring`;
  return { check: 'one key signs and the next one is ready', verdict: isWell ? 'ok' : 'fail', evidence };
}

function lead({ keySet, now }: Evidence): Finding {
  const check = 'every verifier can know the key that signs';
  const { windows } = keySet;
  const active = activeKey(keySet);
  if (active === undefined || windows === undefined)
    return { check, verdict: 'fail', evidence: 'there is no active key, or its windows were never noted' };
  const wanted =
    windows.older !== undefined && now < (windows.olderUntil ?? 0) ? windows.older : windows.current;
  const from = mayActivateAt(active, wanted);
  const isKnown = active.original || (active.activatedAt ?? 0) >= from || now >= from;
  const had = Math.round((active.activatedAt ?? now) - active.publishedAt);
  return {
    check,
    verdict: isKnown ? 'ok' : 'warn',
    evidence: active.original
      ? `${active.kid} was in the first key set, so no older copy can lack it`
      : `${active.kid} was published ${had} s before it signed; the windows ask for ${leadSeconds(wanted)} s`,
  };
}

function caches({ keySet }: Evidence): Finding {
  const seconds = keySet.windows?.current.jwksCacheSeconds ?? 0;
  const { httpApi, restApi } = awsCaches;
  return {
    check: 'new keys wait for the JWK Sets that AWS keeps',
    verdict: seconds >= httpApi ? 'ok' : 'warn',
    evidence: `jwksCacheSeconds is ${seconds}; the HTTP API JWT authorizer keeps one ${httpApi} s, that of REST APIs ${restApi} s`,
  };
}

function overlap({ keySet, now }: Evidence): Finding {
  const { windows } = keySet;
  const gone = keySet.keys.filter(
    ({ state, deactivatedAt }) => state === 'retired' && deactivatedAt !== undefined,
  );
  const early = gone.flatMap((key) => {
    const until = windows === undefined ? Infinity : mayRemoveAt(key, windows.current);
    return until > Math.max(now, key.removedAt ?? 0)
      ? [`${key.kid} has left it, and has tokens until ${instant(until)}`]
      : [];
  });
  return {
    check: 'every key is in the JWK Set until its last token ends',
    verdict: early.length === 0 ? 'ok' : 'fail',
    evidence: early.join('; ') || `${gone.length} have left it, none with a token that is valid`,
  };
}

/** A sealed key is no JSON: what is stored is what KMS returned, or the name of a key in KMS. */
function sealed({ keySet }: Evidence): Finding {
  const signers = [activeKey(keySet), pendingKey(keySet)].filter((key) => key !== undefined);
  const missing = signers.filter(({ kid }) => keySet.sealed[kid] === undefined);
  const plain = Object.entries(keySet.sealed).filter(([, bytes]) => isJson(bytes));
  return {
    check: 'private keys are sealed',
    verdict: missing.length === 0 && plain.length === 0 ? 'ok' : 'fail',
    evidence: `${Object.keys(keySet.sealed).length} sealed, ${missing.length} missing, ${plain.length} in clear text`,
  };
}

function isJson(bytes: Uint8Array): boolean {
  try {
    JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return true;
  } catch {
    return false;
  }
}

function onTime({ timeline, now, keySet }: Evidence): Finding {
  const published = new Set(keySet.keys.filter(({ state }) => isPublished(state)).map(({ kid }) => kid));
  const due = timeline.keys
    .filter(({ kid }) => published.has(kid))
    .flatMap(({ kid, spans }) => spans.filter((span) => span.isForecast).map(({ to }) => ({ kid, to })))
    .toSorted((a, b) => a.to - b.to)[0];
  const isLate = due !== undefined && now - due.to > lateSeconds;
  const evidence = due
    ? `next: ${due.kid} at ${new Date(due.to * 1000).toISOString()}`
    : 'nothing is expected';
  return { check: 'rotation is on time', verdict: isLate ? 'fail' : 'ok', evidence };
}
