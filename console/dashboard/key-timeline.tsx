import { dateTime, relative } from '../token/times.ts';
import { Id } from '../ui/parts.tsx';
import type { Key, KeyLife, KeyList, KeySpan } from './shapes.ts';

/** The keys' lives on one axis of time: what was, and what is to come by the schedule. */
export function KeyTimeline({ list, now }: { readonly list: KeyList; readonly now: number }) {
  const lives = list.timeline.filter(({ state }) => state !== 'retired');
  const spans = lives.flatMap((life) => life.spans);
  const to = Math.max(now + 3600, ...spans.map((span) => span.to));
  const from = Math.max(Math.min(now - 60, ...spans.map((span) => span.from)), now - (to - now));
  const percent = (time: number) => Math.min(100, Math.max(0, (100 * (time - from)) / (to - from)));
  return (
    <div class="rows">
      {lives.map((life) => {
        const next = whatNext(life, list, now);
        return (
          <div class="key-life">
            <div class="line small">
              <Id value={life.kid} label="key" />
              <span class="muted">{life.algorithm}</span>
              <span class="muted tail">
                {life.state} · {next}
              </span>
            </div>
            <div class="key-bar" role="img" aria-label={`${life.kid} is ${life.state}; ${next}`}>
              {life.spans
                .flatMap((span) => partsOf(span, now))
                .map((part) => (
                  <i
                    class={`${part.state} ${part.isForecast ? 'forecast' : ''}`}
                    style={{
                      left: `${percent(part.from)}%`,
                      width: `${percent(part.to) - percent(part.from)}%`,
                    }}
                    title={`${titles[part.state]}, ${dateTime(part.from)} to ${dateTime(part.to)}`}
                  />
                ))}
              <i class="now" style={{ left: `${percent(now)}%` }} />
            </div>
          </div>
        );
      })}
      <div class="line small muted">
        {Object.entries(titles).map(([state, title]) => (
          <span class="legend">
            <i class={state} /> {title}
          </span>
        ))}
        <span class="tail">
          {dateTime(from)} to {dateTime(to)}
        </span>
      </div>
    </div>
  );
}

const titles: Readonly<Record<KeySpan['state'], string>> = {
  pending: 'published',
  active: 'signs',
  retiring: 'verifies only',
};

/** What is over, and what is to come. */
function partsOf(span: KeySpan, now: number): readonly KeySpan[] {
  const { from, to } = span;
  if (!span.isForecast || to <= now || from >= now) return [{ ...span, isForecast: from >= now }];
  return [
    { ...span, to: now, isForecast: false },
    { ...span, from: now },
  ];
}

/** What happens next to a key, in words. */
export function whatNext({ kid, state, spans }: KeyLife, { keys }: KeyList, now: number): string {
  const key: Partial<Key> = keys.find((listed) => listed.kid === kid) ?? {};
  const until = spans.find((span) => span.state === state)?.to;
  const when = (time: number | undefined) =>
    time === undefined || time <= now ? 'with the next run' : relative(time, now);
  if (state === 'active') return `hands over ${when(until)}`;
  if (state === 'retiring') return `goes ${when(key.willBeRemovedAt)}`;
  if (state === 'compromised') return 'its tokens are refused';
  if (state === 'retired') return 'gone from the JWK Set';
  const { mayActivateAt = now } = key;
  const may = mayActivateAt > now ? `may sign ${relative(mayActivateAt, now)}` : 'ready to sign';
  return `${may}, takes over ${when(until)}`;
}
