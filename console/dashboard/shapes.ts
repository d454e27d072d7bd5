/** Answers of the admin API, by the names that the pages give them. */
export type { ClientEntry as Client } from '../../core/admin/client-entry.ts';
export type { Count } from '../../core/admin/count.ts';
export type { AdminEvent } from '../../core/admin/event.ts';
export type { KeyList, ListedKey as Key } from '../../core/admin/keys.ts';
export type { Overview, ScheduleOverview } from '../../core/admin/overview.ts';
export type { RevocationRequest } from '../../core/admin/revocation-request.ts';
export type { DryRun } from '../../core/admin/revocations.ts';
export type { IssuedToken } from '../../core/issue/client.ts';
export type { KeySpan, KeyTimeline as KeyLife } from '../../core/keys/timeline.ts';
export type { RevocationRecord as Revocation } from '../../core/revocation/record.ts';
