import { describe, expect, it } from '@jest/globals';
import { UnavailableError } from '../../../core/ports.ts';
import { lastRefusals, maxNotesPerMinute } from '../../../core/verify/last-refusal.ts';
import type { Refusal } from '../../../core/verify/reasons.ts';

const issuer = 'https://issuer.example';
const now = 1_800_000_000;

const refusal = (parts: Partial<Refusal> = {}): Refusal => ({
  ...{ outcome: 'refuse', status: 401, reason: 'token_revoked', detail: 'revoked' },
  ...{ issuer, kid: 'k1', jti: 'j1' },
  ...parts,
});

function container(fault?: Error) {
  const noted: unknown[] = [];
  const lines: unknown[] = [];
  const note = lastRefusals({
    issuer,
    notes: {
      note: async (jti, last) => {
        noted.push([jti, last]);
        if (fault) throw fault;
      },
    },
    telemetry: { log: (...line) => void lines.push(line) },
  });
  return { noted, lines, note };
}

it('notes when and why a token of ours was refused', async () => {
  const { note, noted } = container();
  await note(refusal(), now + 0.75);
  expect(noted).toEqual([['j1', { at: now, reason: 'token_revoked' }]]);
});

describe('notes nothing of', () => {
  it.each<[string, object]>([
    ['a token whose signature did not hold', { issuer: undefined, kid: undefined, jti: undefined }],
    ['a token without jti', { jti: undefined }],
    ["another issuer's token", { issuer: 'https://login.example' }],
  ])('%s', async (_, parts) => {
    const { note, noted } = container();
    const { outcome, status, reason, detail, ...known } = { ...refusal(), ...parts } as Refusal;
    const said = Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
    await note({ outcome, status, reason, detail, ...said }, now);
    expect(noted).toEqual([]);
  });
});

it('notes a token once a minute of the clock, also where the clock goes back', async () => {
  const { note, noted } = container();
  for (const later of [0, 1, 59, 60, 119, -1]) await note(refusal(), now + later);
  expect(noted.map((entry) => (entry as [string, { at: number }])[1].at - now)).toEqual([0, 60, -1]);
});

it(`makes ${maxNotesPerMinute} notes a minute, whatever it is sent`, async () => {
  const { note, noted } = container();
  for (let at = 0; at < 1000; at += 1) await note(refusal({ jti: `j${at}` }), now);
  expect(noted).toHaveLength(maxNotesPerMinute);
  await note(refusal({ jti: 'next' }), now + 60);
  expect(noted).toHaveLength(maxNotesPerMinute + 1);
});

it('logs a note that fails, loses it, and does not reject', async () => {
  const { note, noted, lines } = container(new UnavailableError('the table was not answered'));
  await note(refusal(), now);
  await note(refusal(), now + 1);
  expect(noted).toHaveLength(1);
  const fields = { jti: 'j1', cause: 'the table was not answered' };
  expect(lines).toEqual([['warn', 'a last refusal was not recorded', fields]]);
});
