import { OAuthError } from '../oauth/errors.ts';
import { type AdminDeed, type AdminEvent, adminEvent, dayOf } from './event.ts';
import { allowOnly, type Page, readLimit, readPageToken, toPageToken } from './page.ts';
import type { AdminContext, AdminRequest } from './request.ts';

/** How long events are kept, in days. */
export const eventDays = 400;

/** Days that one request looks into; quiet ones make a page short. */
const maxDays = 50;

const secondsADay = 86_400;

/** Records what was done. */
export function recordDeeds(deeds: readonly AdminDeed[], context: AdminContext): Promise<void> {
  const { now } = context.verification;
  return context.events.append(deeds.map((deed) => adminEvent(deed, { now, unique: context.newId() })));
}

/** A day and, where some of its events were seen, the oldest of them. */
interface Place {
  readonly day: string;
  readonly before?: string;
}

/**
 * `GET /admin/events`: who did what, newest first.
 *
 * @throws {@link OAuthError} `invalid_request` for a query that cannot be used
 */
export async function listEvents(request: AdminRequest, context: AdminContext): Promise<Page<AdminEvent>> {
  allowOnly(request.query, ['limit', 'page', 'until']);
  const limit = readLimit(request.query);
  let place: Place | undefined = readPageToken(request.query, toPlace) ?? startOf(request, context);
  const oldest = dayOf(context.verification.now - eventDays * secondsADay);
  const items: AdminEvent[] = [];
  for (let day = 0; day < maxDays && place !== undefined && items.length < limit; day += 1) {
    const wanted: number = limit - items.length;
    const { before } = place;
    const found = await context.events.ofDay(place.day, {
      limit: wanted,
      ...(before !== undefined && { before }),
    });
    items.push(...found);
    place = found.length === wanted ? after(place.day, found) : dayBefore(place.day, oldest);
  }
  return { items, ...(place !== undefined && { next: toPageToken(place) }) };
}

function after(day: string, found: readonly AdminEvent[]): Place {
  const before = found.at(-1)?.id;
  return before === undefined ? { day } : { day, before };
}

function dayBefore(day: string, oldest: string): Place | undefined {
  const previous = dayOf(Date.parse(day) / 1000 - secondsADay);
  return previous < oldest ? undefined : { day: previous };
}

/** Before `until`, a NumericDate; today where it is left out. An id begins with its time. */
function startOf({ query }: AdminRequest, { verification }: AdminContext): Place {
  const text = query.get('until');
  if (text === null) return { day: dayOf(verification.now) };
  if (/^\d{1,11}(\.\d+)?$/.test(text)) {
    const before = new Date(Number(text) * 1000).toISOString();
    return { day: dayOf(before), before };
  }
  throw new OAuthError('invalid_request', 'until must be a NumericDate: seconds since 1970');
}

function toPlace(place: unknown): Place | undefined {
  if (typeof place !== 'object' || place === null || !('day' in place)) return undefined;
  const { day } = place;
  if (typeof day !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(day) || Number.isNaN(Date.parse(day)))
    return undefined;
  if (!('before' in place)) return { day };
  const { before } = place;
  return typeof before === 'string' && before.startsWith(day) ? { day, before } : undefined;
}
