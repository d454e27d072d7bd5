/** What an administrator, or a schedule, did. */
export type AdminAction =
  | 'token.issued'
  | 'revoked'
  | 'unrevoked'
  | 'client.registered'
  | 'client.changed'
  | 'client.disabled'
  | 'client.enabled'
  | 'client.deleted'
  | 'client.secret-added'
  | 'client.secret-removed'
  | 'key.rotated'
  | 'key.compromised';

/** What was done, to what. */
export interface AdminDeed {
  readonly action: AdminAction;
  /** `sub` of the token, the caller's name on a direct invoke, or `schedule`. */
  readonly actor: string;
  /** What it was done to. */
  readonly target: {
    /** A kind of revocation, or `client`, `key`. */
    readonly kind: string;
    /** Absent where it is our own or goes without saying. */
    readonly issuer?: string;
    /** `jti`, digest, `sub`, client id, `sid`, `kid`; empty for a whole issuer. */
    readonly value: string;
  };
  /** Why, in the actor's words. */
  readonly reason?: string;
  /** More to know, in one line: holds no secret and no token. */
  readonly detail?: string;
}

/** One entry of the record of who did what. */
export interface AdminEvent extends AdminDeed {
  /** Sorts by time: `2026-11-24T17:24:07.123Z#<unique>`. */
  readonly id: string;
  /** NumericDate, with fractions. */
  readonly at: number;
}

/**
 * The entry for a deed.
 *
 * @param moment when, as a NumericDate, and an identifier that no other event has
 */
export function adminEvent(
  deed: AdminDeed,
  moment: { readonly now: number; readonly unique: string },
): AdminEvent {
  const time = new Date(moment.now * 1000).toISOString();
  return { ...deed, id: `${time}#${moment.unique}`, at: moment.now };
}

/** The day, in UTC, that an event's id or a NumericDate is of: `2026-11-24`. */
export function dayOf(moment: string | number): string {
  return (typeof moment === 'string' ? moment : new Date(moment * 1000).toISOString()).slice(0, 10);
}
