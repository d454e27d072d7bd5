import { dateTime, isPlausibleTime, relative } from '../token/times.ts';
import type { Bench } from './state.ts';

/** The token's life on a line, with the time of the verdict to be moved along it. */
export function TimeTravel({ bench, now }: { readonly bench: Bench; readonly now: number }) {
  const { exp, iat, nbf } = bench.token.claims ?? {};
  const at = bench.at ?? now;
  const start = [nbf, iat].find(isPlausibleTime);
  const end = isPlausibleTime(exp) ? exp : undefined;
  return (
    <div class="timeline">
      <div class="line">
        <span class="small">
          {bench.at === undefined ? (
            <strong>Now</strong>
          ) : (
            <>
              At <strong>{dateTime(at)}</strong> <span class="muted">({relative(at, now)})</span>
            </>
          )}
        </span>
        <div class="line tail">
          {bench.at !== undefined && (
            <button type="button" class="button plain" onClick={() => bench.setAt(undefined)}>
              Back to now
            </button>
          )}
          <TimeInput bench={bench} at={at} />
        </div>
      </div>
      {start !== undefined && end !== undefined && end > start && (
        <Track {...{ bench, at, start, end, now }} />
      )}
    </div>
  );
}

function TimeInput({ bench, at }: { readonly bench: Bench; readonly at: number }) {
  const local = new Date((at - new Date(at * 1000).getTimezoneOffset() * 60) * 1000)
    .toISOString()
    .slice(0, 19);
  const pick = (text: string) => {
    const time = new Date(text).getTime() / 1000;
    if (Number.isFinite(time)) bench.setAt(time);
  };
  return (
    <input
      class="input time"
      type="datetime-local"
      step="1"
      aria-label="Time of the verdict"
      value={local}
      onChange={(event) => pick(event.currentTarget.value)}
    />
  );
}

function Track(props: {
  readonly bench: Bench;
  readonly at: number;
  readonly start: number;
  readonly end: number;
  readonly now: number;
}) {
  const { bench, at, start, end, now } = props;
  const margin = (end - start) * 0.2;
  const [from, to] = [start - margin, end + margin];
  const percent = (time: number) => `${(100 * (time - from)) / (to - from)}%`;
  return (
    <>
      <div class="track">
        <div class="span base" />
        <div
          class="span life"
          style={{ left: percent(start), right: `${100 - Number.parseFloat(percent(end))}%` }}
        />
        <input
          type="range"
          aria-label="Time of the verdict, along the token’s life"
          aria-valuetext={dateTime(at)}
          min={from}
          max={to}
          step={Math.max(1, Math.round((to - from) / 400))}
          value={Math.min(to, Math.max(from, at))}
          onInput={(event) => bench.setAt(event.currentTarget.valueAsNumber)}
        />
      </div>
      <div class="ends">
        <span>issued {relative(start, now)}</span>
        <span>
          {end > now ? 'expires' : 'expired'} {relative(end, now)}
        </span>
      </div>
    </>
  );
}
