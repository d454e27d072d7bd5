import * as z from 'zod/mini';
import { OAuthError } from '../oauth/errors.ts';
import type { RevocationRecord } from '../revocation/record.ts';
import { readBody } from './body.ts';
import { type Count, countHits } from './count.ts';
import type { AdminDeed } from './event.ts';
import { recordDeeds } from './events.ts';
import type { AdminContext, AdminRequest } from './request.ts';
import {
  requestedRecord,
  revocationRequest,
  revocationRequestShape,
  revokeRequested,
} from './revocation-request.ts';

/** What a dry run answers. */
export interface DryRun {
  readonly dryRun: true;
  /** What would be written. */
  readonly record: RevocationRecord;
  /** Unexpired tokens of the inventory that it would hit; null where nothing is known of them. */
  readonly liveTokens: Count | null;
}

/**
 * `POST /admin/revocations`: revokes tokens of any trusted issuer. The revocation is written before it is recorded as an
 * event: a caller that sees a failure asks again, which revokes nothing twice.
 *
 * @throws {@link OAuthError} `invalid_request` for a body, token, issuer or time that cannot be used
 * @throws UnavailableError where a table or an issuer's keys cannot be reached
 */
export async function adminRevoke(
  { actor, body }: AdminRequest,
  context: AdminContext,
): Promise<RevocationRecord | DryRun> {
  const wanted = readBody(body, revocationRequest, revocationRequestShape);
  const record = await requestedRecord(wanted, actor, context);
  if (wanted.dryRun === true) return { dryRun: true, record, liveTokens: await countHits(record, context) };
  await context.revocations.write(record);
  await recordDeeds([deedOf(record, actor)], context);
  return record;
}

/** Most revocations of one bulk request. */
export const maxBulk = 100;

const bulkRequest = z.strictObject({
  revocations: z.array(z.unknown()).check(z.minLength(1), z.maxLength(maxBulk)),
  dryRun: z.optional(z.boolean()),
});

/** What became of one entry of a bulk request. */
export type BulkResult =
  { readonly record: RevocationRecord } | { readonly error: string; readonly error_description: string };

/**
 * `POST /admin/revocations/bulk`: bad entries are listed, good ones done; a second request with the same entries changes
 * nothing more. A dry run looks at every entry and counts no tokens.
 *
 * @throws {@link OAuthError} `invalid_request` where the body is no list of 1 to 100 entries
 * @throws UnavailableError where a table or an issuer's keys cannot be reached: some of it may be done
 */
export async function adminRevokeMany(
  { actor, body }: AdminRequest,
  context: AdminContext,
): Promise<{ readonly results: readonly BulkResult[] }> {
  const { revocations, dryRun = false } = readBody(
    body,
    bulkRequest,
    `revocations, a list of 1 to ${maxBulk}, with an optional dryRun`,
  );
  const results = await inTurns(revocations, (entry) => revokeEntry(entry, { actor, dryRun }, context));
  const done = results.flatMap((result, at) =>
    'record' in result && !dryRun && !isDryRun(revocations[at]) ? [deedOf(result.record, actor)] : [],
  );
  await recordDeeds(done, context);
  return { results };
}

/** Writes that are under way at once. */
const concurrency = 10;

async function inTurns<T, R>(entries: readonly T[], act: (entry: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (let at = 0; at < entries.length; at += concurrency) {
    results.push(...(await Promise.all(entries.slice(at, at + concurrency).map(act))));
  }
  return results;
}

async function revokeEntry(
  entry: unknown,
  caller: { readonly actor: string; readonly dryRun: boolean },
  context: AdminContext,
): Promise<BulkResult> {
  try {
    return { record: await revokeRequested(entry, caller, context) };
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    return { error: error.code, error_description: error.message };
  }
}

/** Whether an entry, good or bad, asks to be looked at alone. */
function isDryRun(entry: unknown): boolean {
  return typeof entry === 'object' && entry !== null && 'dryRun' in entry && entry.dryRun === true;
}

function deedOf({ kind, issuer, value, reason }: RevocationRecord, actor: string): AdminDeed {
  return {
    action: 'revoked',
    actor,
    target: { kind, issuer, value },
    ...(reason !== undefined && { reason }),
  };
}
