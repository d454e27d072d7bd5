import { counted } from '../ui/words.ts';
import type { Api } from './api.ts';
import type { DryRun, Revocation, RevocationRequest } from './shapes.ts';

/** Most entries of one bulk request (docs/admin-api.md). */
const maxBulk = 100;

type BulkResult = { readonly record: Revocation } | { readonly error_description: string };

/** What was revoked, and what could not be. */
export interface Revoked {
  readonly records: readonly Revocation[];
  /** In words. */
  readonly faults: readonly string[];
}

/** What revocations would hit, in a sentence. Nothing is written. */
export async function hitsOf(api: Api, requests: readonly RevocationRequest[]): Promise<string> {
  const [request] = requests;
  if (requests.length !== 1 || request === undefined) {
    const { records, faults } = await inBulk(api, requests, { dryRun: true });
    return [`It hits ${counted(records.length, 'token')}.`, ...faults].join(' ');
  }
  const { record, liveTokens } = await api.post<DryRun>('/admin/revocations', { ...request, dryRun: true });
  const what = `${record.kind} ${record.value}`;
  if (liveTokens === null) return `It hits ${what}; how many live tokens that is, the stack does not know.`;
  const { count, isComplete } = liveTokens;
  return `It hits ${what}: ${isComplete ? '' : 'at least '}${counted(count, 'live token')}.`;
}

/** Revokes one thing or many. */
export async function revokeAll(
  api: Api,
  requests: readonly RevocationRequest[],
  reason: string | undefined,
): Promise<Revoked> {
  const bodies = requests.map((request) => ({ ...request, ...(reason !== undefined && { reason }) }));
  const [only] = bodies;
  if (bodies.length !== 1 || only === undefined) return inBulk(api, bodies, {});
  return { records: [await api.post<Revocation>('/admin/revocations', only)], faults: [] };
}

async function inBulk(api: Api, requests: readonly RevocationRequest[], options: object): Promise<Revoked> {
  const all: BulkResult[] = [];
  for (let at = 0; at < requests.length; at += maxBulk) {
    const revocations = requests.slice(at, at + maxBulk);
    const body = { revocations, ...options };
    const { results } = await api.post<{ readonly results: readonly BulkResult[] }>(
      '/admin/revocations/bulk',
      body,
    );
    all.push(...results);
  }
  return {
    records: all.flatMap((result) => ('record' in result ? [result.record] : [])),
    faults: all.flatMap((result) => ('record' in result ? [] : [result.error_description])),
  };
}

/** Takes revocations back; one that was made anew meanwhile is left alone. */
export async function undoAll(
  api: Api,
  records: readonly Revocation[],
  reason: string | undefined,
): Promise<void> {
  for (const { kind, issuer, value, revokedAt } of records) {
    const named = { kind, issuer, value, revokedAt };
    await api.post('/admin/revocations/undo', { ...named, ...(reason !== undefined && { reason }) });
  }
}
