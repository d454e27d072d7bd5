/** What the model is run over: where it starts, kinds of events, and how many events a sequence has after the start. */
import type { Group } from './world.ts';

export interface Subject {
  /** Events that come first. */
  readonly start: readonly string[];
  readonly alphabet: readonly Group[];
  readonly depth: number;
}

const [second, issue] = ['a second passes', 'a token is issued'];
const [reads, writes] = ['the second rotator reads', 'the second rotator writes'];
const everything = ['tick', 'old answers', 'second rotator', 'settings', 'emergency'] as const;

export const subjects = {
  'everything, from the first tick': { start: [], alphabet: everything, depth: 5 },
  'everything, with an old key nearly gone': {
    start: [second, reads, second, issue, writes, second, issue, second, second],
    alphabet: everything,
    depth: 4,
  },
  'windows and races': { start: [second], alphabet: ['old answers', 'second rotator'], depth: 9 },
  overlap: {
    start: [second, reads, second, issue, writes, second, issue],
    alphabet: ['tick', 'second rotator'],
    depth: 9,
  },
  'slow writes': {
    start: [second, reads, second, second, second, second],
    alphabet: ['old answers', 'second rotator'],
    depth: 6,
  },
  emergencies: { start: [], alphabet: ['old answers', 'emergency'], depth: 7 },
  'shorter windows': {
    start: [second, reads, second, writes, second, 'the verifier gets an old answer'],
    alphabet: ['old answers', 'second rotator', 'settings'],
    depth: 5,
  },
  'longer windows': {
    start: ['rotate', second, second, second, second, second],
    alphabet: ['settings'],
    depth: 6,
  },
} as const satisfies Record<string, Subject>;
