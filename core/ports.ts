import type { JSONWebKeySet } from 'jose';
import type { AdminEvent } from './admin/event.ts';
import type { CachingStage } from './contract/settings.ts';
import type { Client, IssuedToken } from './issue/client.ts';
import type { KeySet, SealedKeySet } from './keys/key-set.ts';
import type { RefreshFamily } from './refresh/family.ts';
import type { RevocationRecord } from './revocation/record.ts';
import type { ScheduleRun } from './schedule/run.ts';
import type { StoredTicket } from './ticket/stored-ticket.ts';

/**
 * What core asks of the outside. Every method rejects with {@link UnavailableError} when the other side cannot
 * answer in time; the request then fails closed.
 */

/** The other side did not answer, or not in time. Its message holds no request data. */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError';
}

/** Reads revocation records. */
export interface RevocationReader {
  /**
   * All existing records among `ids` in one round trip, strongly consistent, by id. An expired record may
   * still be among them: expiry is the caller's to compare.
   */
  read(ids: readonly string[]): Promise<ReadonlyMap<string, RevocationRecord>>;
}

/** Writes revocation records. */
export interface RevocationWriter {
  /**
   * Writes the record unless the stored one already refuses as much: an existing record is only ever widened
   * (later `revokedBefore`, later `expiresAt`), so that writing twice, or late, is harmless.
   */
  write(record: RevocationRecord): Promise<void>;
}

/** All of the revocation table, for administration. */
export interface RevocationStore extends RevocationWriter {
  /** Strongly consistent. An expired record may still be there. */
  get(id: string): Promise<RevocationRecord | undefined>;
  /**
   * Deletes a record if it still is the one that was read.
   *
   * @returns false where it was changed or deleted meanwhile; nothing is done then
   */
  remove(record: RevocationRecord): Promise<boolean>;
  /** One page of all records, in no order. Reads the whole table, page by page. */
  list(page: ListPage): Promise<Listed<RevocationRecord>>;
}

/** How much to list, and after what. */
export interface ListPage {
  /** Most entries. */
  readonly limit: number;
  /** The `next` of the page before. */
  readonly after?: string;
}

/** One page of a list, which may be short, or empty, and yet have a next. */
export interface Listed<T> {
  readonly items: readonly T[];
  /** Absent on the last page. */
  readonly next?: string;
}

/** Reads public keys of our own issuer. */
export interface PublicKeySetReader {
  /** Strongly consistent; `undefined` where no key set was ever written. Never touches the sealed part. */
  readPublic(issuer: string): Promise<KeySet | undefined>;
}

/** Reads and changes key sets. */
export interface KeySetStore extends PublicKeySetReader {
  /** Strongly consistent, with the sealed private keys. */
  read(issuer: string): Promise<SealedKeySet | undefined>;
  /**
   * Writes `next` if the stored version is still `next.version - 1` (or nothing is stored and it is 1).
   *
   * @returns false if another writer was first; nothing is changed then
   */
  replace(next: SealedKeySet): Promise<boolean>;
}

/** Seals private keys (KMS, with issuer and kid as encryption context). */
export interface KeySealer {
  seal(context: SealContext, plaintext: Uint8Array): Promise<Uint8Array>;
  /** @throws {@link UnavailableError}, or an Error when the ciphertext is not of this context */
  unseal(context: SealContext, ciphertext: Uint8Array): Promise<Uint8Array>;
}

/** What a sealed key is bound to. */
export interface SealContext {
  readonly issuer: string;
  readonly kid: string;
}

/** The record of who did what, when. */
export interface EventLog {
  /** Appends; writing an event again, under the same id, changes nothing. */
  append(events: readonly AdminEvent[]): Promise<void>;
  /**
   * One page of a day's events (UTC), newest first.
   *
   * @param day for instance `2026-11-24`
   * @param before id of an event: those that are older than it. Default: from the day's end
   */
  ofDay(
    day: string,
    page: { readonly limit: number; readonly before?: string },
  ): Promise<readonly AdminEvent[]>;
}

/** The last run of each schedule. */
export interface ScheduleRunLog {
  /** Takes the place of a run that began before it, or at the same time; one that began later stays. */
  record(run: ScheduleRun): Promise<void>;
  /** The last run of each schedule that ran within the last month. */
  all(now: number): Promise<readonly ScheduleRun[]>;
}

/** Looks registered clients up. */
export interface ClientReader {
  /** Strongly consistent. */
  get(clientId: string): Promise<Client | undefined>;
}

/** Registered clients. */
export interface ClientStore extends ClientReader {
  /** Registers a client, whose version is 1. @returns false if the id is taken; nothing is changed then */
  create(client: Client): Promise<boolean>;
  /** Writes `next` if the stored version is still `next.version - 1`. @returns false if not; nothing is changed then */
  replace(next: Client): Promise<boolean>;
  /** Deletes a client; one that is not there is deleted already. */
  delete(clientId: string): Promise<void>;
}

/** Lists registered clients. */
export interface ClientLister {
  /** One page of all clients, in no order, eventually consistent. Reads the whole table, page by page. */
  list(page: ListPage): Promise<Listed<Client>>;
}

/** Refresh families. */
export interface RefreshFamilyStore {
  /** Strongly consistent. An expired family may still be there: expiry is the caller's to compare. */
  get(sid: string): Promise<RefreshFamily | undefined>;
  /** Keeps a new family, whose `sid` no other has. */
  create(family: RefreshFamily): Promise<void>;
  /**
   * Writes `next` if what is stored is still of the generation before it, and not revoked. One conditional write: of many
   * that race, one gets true.
   *
   * @returns false if another use was first, or the family was revoked; nothing is changed then
   */
  turn(next: RefreshFamily): Promise<boolean>;
  /** Marks a family as revoked. It stays what it is where it was revoked before, or is not there. */
  revoke(sid: string, revokedAt: number): Promise<void>;
}

/** The record of what was issued. */
export interface IssuedTokenStore {
  put(token: IssuedToken): Promise<void>;
  get(jti: string): Promise<IssuedToken | undefined>;
}

/** Notes in the record of what was issued that a token was refused. */
export interface RefusalNotes {
  /**
   * Takes the place of an earlier note. A token that is not recorded stays so. Whoever waits for it waits no longer than
   * some hundredths of a second.
   *
   * @throws UnavailableError where it is not known whether it was written
   */
  note(jti: string, refusal: NonNullable<IssuedToken['lastRefusal']>): Promise<void>;
}

/** Which issued tokens. */
export interface TokenQuery {
  /** What they have in common. Default: nothing. */
  readonly by?: { readonly name: 'subject' | 'clientId' | 'sid' | 'kid'; readonly value: string };
  /** One scope that they must have. */
  readonly scope?: string;
  /** NumericDates: their `exp` is later than this, and not later than that. */
  readonly expiresAfter: number;
  readonly expiresBefore?: number;
}

/** Looks into the record of what was issued. Eventually consistent: the last second or so may be missing. */
export interface TokenInventory {
  get(jti: string): Promise<IssuedToken | undefined>;
  /** One page, in no order. `next` belongs to the query that it came of. */
  find(query: TokenQuery, page: ListPage): Promise<Listed<IssuedToken>>;
}

/** Remembers what may be used once. */
export interface ReplayStore {
  /**
   * Remembers an id. One conditional write: of many that race, one gets true.
   *
   * @param expiresAt NumericDate up to which it must be remembered
   * @returns false if the id is remembered already
   */
  remember(id: string, expiresAt: number): Promise<boolean>;
}

/** One-time tickets for WebSocket handshakes. */
export interface TicketStore {
  put(ticket: StoredTicket): Promise<void>;
  /** The ticket, which nobody else will get; `undefined` where it is unknown or was taken. */
  take(id: string): Promise<StoredTicket | undefined>;
}

/** Fetches the JWK Set of a foreign issuer from its configured address. */
export interface JwkSetFetcher {
  /** @throws {@link UnavailableError} on anything but a JWK Set of acceptable size in time */
  fetch(jwksUri: string): Promise<JSONWebKeySet>;
}

/** Reads secrets that issuers share with us. */
export interface SecretReader {
  /** The current version of a secret, as bytes. */
  read(secretArn: string): Promise<Uint8Array>;
}

/** Versions of a secret, each under staging labels (AWS Secrets Manager). */
export interface SecretVersions {
  /**
   * The value under a label.
   *
   * @param at the label, and where one version alone is meant, its id
   * @returns undefined where there is none
   */
  get(
    secretId: string,
    at: { readonly stage: 'AWSCURRENT' | 'AWSPENDING'; readonly versionId?: string },
  ): Promise<{ readonly versionId: string; readonly text: string } | undefined>;
  /**
   * Puts a version under a label, which moves to it. Putting the same again changes nothing.
   *
   * @returns false if there is a version of this id with another value; nothing is changed then
   */
  put(
    secretId: string,
    version: {
      readonly versionId: string;
      readonly stage: 'AWSCURRENT' | 'AWSPENDING';
      readonly text: string;
    },
  ): Promise<boolean>;
  /** The labels of every version, by its id. */
  stages(secretId: string): Promise<ReadonlyMap<string, readonly string[]>>;
  /** Moves AWSCURRENT to a version; AWSPREVIOUS follows to the one that had it. */
  makeCurrent(secretId: string, move: { readonly from?: string; readonly to: string }): Promise<void>;
}

/** Structured log lines and metrics. Fields name `kid`, `jti` and reason; never a token or a secret. */
export interface Telemetry {
  /** One log line that is also a metric count of 1. */
  count(metric: string, dimensions: Readonly<Record<string, string>>, fields?: LogFields): void;
  /** One log line. */
  log(level: 'info' | 'warn' | 'error', message: string, fields?: LogFields): void;
}

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Caches of authorizers' answers. */
export interface AuthorizerCaches {
  /** Forgets the answers of every authorizer of a stage. */
  flush(stage: CachingStage): Promise<void>;
}
