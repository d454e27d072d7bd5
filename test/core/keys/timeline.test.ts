import { describe, expect, it } from '@jest/globals';
import { timelineSvg } from '../../../core/keys/timeline-svg.ts';
import { comingOf, drawTimeline } from '../../../core/keys/timeline-text.ts';
import { timelineOf } from '../../../core/keys/timeline.ts';
import { key, keySet, policy } from './key-sets.ts';

const now = 1_800_000_000;
const lead = 7200 + 30 + 60;

const set = keySet(
  key('old', 'retired', { publishedAt: now - 300_000, activatedAt: now - 250_000, deactivatedAt: now - 150_000, removedAt: now - 140_000 }), // prettier-ignore
  key('last', 'retiring', {
    publishedAt: now - 200_000,
    activatedAt: now - 150_000,
    deactivatedAt: now - 500,
  }),
  key('this', 'active', { publishedAt: now - 150_000, activatedAt: now - 500 }),
  key('next', 'pending', { publishedAt: now - 500 }),
);

describe('timelineOf', () => {
  it('tells what happened and what the schedule will do', () => {
    const timeline = timelineOf(set, policy, now);
    const lives = timeline.keys.map(({ spans }) =>
      spans.map(({ state, from, to, isForecast }) => [state, from - now, to - now, isForecast]),
    );
    expect(lives).toEqual([
      [['pending', -300_000, -250_000, false], ['active', -250_000, -150_000, false], ['retiring', -150_000, -140_000, false]], // prettier-ignore
      [['pending', -200_000, -150_000, false], ['active', -150_000, -500, false], ['retiring', -500, 525, true]], // prettier-ignore
      [
        ['pending', -150_000, -500, false],
        ['active', -500, 99_500, true],
      ],
      [
        ['pending', -500, 99_500, true],
        ['active', 99_500, 199_500, true],
      ],
    ]);
  });

  it.each([
    ['waits for the lead of the next key', { rotationPeriodSeconds: 600 }, lead - 500],
    ['comes once the period is over', { rotationPeriodSeconds: 50_000 }, 49_500],
    ['is due as soon as the lead is over where the algorithm changed', { algorithm: 'ES256' as const }, lead - 500], // prettier-ignore
  ])('%s', (_, change, expected) => {
    const { keys } = timelineOf(set, { ...policy, ...change }, now);
    expect((keys[3]?.spans[0]?.to ?? 0) - now).toBe(expected);
  });

  it('ends a compromised key where it was taken out', () => {
    const gone = key('bad', 'compromised', {
      publishedAt: now - 9,
      activatedAt: now - 8,
      removedAt: now - 2,
    });
    expect(timelineOf(keySet(gone), policy, now).keys[0]?.spans.map(({ to }) => to - now)).toEqual([-8, -2]);
  });

  it('ends a key that never signed where it left the JWK Set', () => {
    const unwanted = key('es', 'retired', { publishedAt: now - 9, removedAt: now - 2 });
    expect(timelineOf(keySet(unwanted), policy, now).keys[0]?.spans).toEqual([
      { state: 'pending', from: now - 9, to: now - 2, isForecast: false },
    ]);
  });
});

describe('drawings of a timeline', () => {
  const timeline = timelineOf(set, policy, now);

  it('name what is to come, soonest first', () => {
    expect(comingOf(timeline).map(({ at, what }) => [at - now, what])).toEqual([
      [525, 'last leaves the JWK Set'],
      [99_500, 'this stops signing'],
      [99_500, 'next begins to sign'],
    ]);
  });

  it('have a row a key in a terminal', () => {
    expect(drawTimeline(timeline, 40).split('\n')).toEqual([
      '                    2027-01-11T20:40        2027-01-16T11:38',
      expect.stringMatching(/^old retired {9}░+█+▒+ +│$/),
      expect.stringMatching(/^last retiring {7} +░+█+│$/),
      expect.stringMatching(/^this active {9} +░+│█+$/),
      expect.stringMatching(/^next pending {8} +│░+█$/),
      '                    ░ published  █ signs  ▒ verifies only  │ now',
      '',
      '2027-01-15T08:08:45Z  last leaves the JWK Set',
      '2027-01-16T11:38:20Z  this stops signing',
      '2027-01-16T11:38:20Z  next begins to sign',
    ]);
  });

  it('have a bar a span as SVG, with a title', () => {
    const svg = timelineSvg(timeline);
    expect(svg.match(/<rect /g)).toHaveLength(10);
    expect(svg).toContain(
      '<title>this: signs, 2027-01-15T07:51:40Z to 2027-01-16T11:38:20Z (expected)</title>',
    );
  });
});
