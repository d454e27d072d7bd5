import { describe, expect, it } from '@jest/globals';
import { type AdminEvent, adminEvent, dayOf } from '../../../core/admin/event.ts';
import { listEvents } from '../../../core/admin/events.ts';
import type { AdminContext } from '../../../core/admin/request.ts';
import { now } from '../issuer.ts';
import { MemoryEvents } from '../stores.ts';

const day = 86_400;

function eventAt(at: number, unique: string): AdminEvent {
  const target = { kind: 'subject', value: 'alice' };
  return adminEvent({ action: 'revoked', actor: 'ops', target }, { now: at, unique });
}

function list(events: MemoryEvents, query: Record<string, string> = {}) {
  const request = { actor: 'ops', query: new URLSearchParams(query), body: '' };
  return listEvents(request, { events, verification: { now } } as unknown as AdminContext);
}

/** All pages one after another. */
async function listAll(events: MemoryEvents, query: Record<string, string>): Promise<readonly AdminEvent[]> {
  const all: AdminEvent[] = [];
  let page: string | undefined;
  do {
    const answer = await list(events, { ...query, ...(page !== undefined && { page }) });
    all.push(...answer.items);
    page = answer.next;
  } while (page !== undefined);
  return all;
}

describe('adminEvent', () => {
  it('has an id that sorts by time, and its day', () => {
    const [early, late] = [eventAt(now + 0.001, 'z'), eventAt(now + 0.002, 'a')];
    expect(early.id < late.id).toBe(true);
    expect(early).toMatchObject({ id: '2027-01-15T08:00:00.001Z#z', at: now + 0.001 });
    expect([dayOf(early.id), dayOf(now), dayOf(now - day)]).toEqual([
      '2027-01-15',
      '2027-01-15',
      '2027-01-14',
    ]);
  });
});

describe('listEvents', () => {
  const events = new MemoryEvents();
  const times = [0, 1, 2, day, day + 1, 60 * day, 399 * day];
  events.stored.push(...times.map((ago) => eventAt(now - ago, String(ago))));
  const expected = times.map((ago) => now - ago);

  it.each(['1', '2', '3', '100', '1000'])(
    'gives every event once, newest first, in pages of %s',
    async (limit) => {
      expect((await listAll(events, { limit })).map(({ at }) => at)).toEqual(expected);
    },
  );

  it('gives what was before a time', async () => {
    const found = await listAll(events, { until: String(now - 1) });
    expect(found.map(({ at }) => at)).toEqual(expected.slice(2));
  });

  it('looks at 50 days a request, and says where to go on', async () => {
    const page = await list(events);
    expect(page.items).toHaveLength(5);
    expect(page.next).toBeDefined();
    expect((await list(new MemoryEvents())).items).toEqual([]);
  });

  it.each<[string, Record<string, string>, string]>([
    ['a limit of none', { limit: '0' }, 'limit must be a whole number from 1 to 1000'],
    ['a limit beyond', { limit: '1001' }, 'limit must be a whole number from 1 to 1000'],
    ['no number', { limit: 'ten' }, 'limit must be a whole number from 1 to 1000'],
    ['a page of its own', { page: 'x' }, 'page is not a next value of this list'],
    [
      'a page that is no day',
      { page: 'eyJkYXkiOiIyMDI3LTEzLTAxIn0' },
      'page is not a next value of this list',
    ],
    ['a date for a time', { until: '2027-01-15' }, 'until must be a NumericDate: seconds since 1970'],
    ['a misspelt parameter', { untl: '1' }, 'allowed in the query, each once: limit, page, until'],
  ])('refuses %s', async (_, query, message) => {
    await expect(list(events, query)).rejects.toMatchObject({
      code: 'invalid_request',
      status: 400,
      message,
    });
  });
});
