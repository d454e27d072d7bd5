/** Stores in memory that keep the promises of the ports: what is tested over them is the core, not storage. */
import { type AdminEvent, dayOf } from '../../core/admin/event.ts';
import type { Client, IssuedToken } from '../../core/issue/client.ts';
import type { SealedKeySet } from '../../core/keys/key-set.ts';
import type {
  ClientLister,
  ClientStore,
  EventLog,
  IssuedTokenStore,
  KeySealer,
  KeySetStore,
  Listed,
  ListPage,
  RefreshFamilyStore,
  ReplayStore,
  RevocationReader,
  RevocationWriter,
  SecretVersions,
  SealContext,
} from '../../core/ports.ts';
import type { RefreshFamily } from '../../core/refresh/family.ts';
import type { RevocationRecord } from '../../core/revocation/record.ts';

/** A key-set table: a write wins only if its version is the one after what is stored. */
export class MemoryKeySets implements KeySetStore {
  stored: SealedKeySet | undefined;
  /** All writes that won. */
  readonly written: SealedKeySet[] = [];
  reads = 0;
  /** Runs before the next write is decided, once: what another rotator does meanwhile, or a crash. */
  beforeReplace: (() => Promise<void>) | undefined;

  read(): Promise<SealedKeySet | undefined> {
    this.reads += 1;
    return Promise.resolve(this.stored);
  }

  readPublic(): Promise<SealedKeySet | undefined> {
    return this.read();
  }

  async replace(next: SealedKeySet): Promise<boolean> {
    const meanwhile = this.beforeReplace;
    this.beforeReplace = undefined;
    await meanwhile?.();
    if (next.version !== (this.stored?.version ?? 0) + 1) return false;
    this.stored = next;
    this.written.push(next);
    return true;
  }
}

/** A sealer whose ciphertext names what it is bound to, and opens for that alone. */
export class MemorySealer implements KeySealer {
  sealed = 0;
  unsealed = 0;
  private readonly plaintexts = new Map<
    Uint8Array,
    { readonly bound: string; readonly plaintext: Uint8Array }
  >();

  seal({ issuer, kid }: SealContext, plaintext: Uint8Array): Promise<Uint8Array> {
    this.sealed += 1;
    const ciphertext = Uint8Array.of(this.sealed);
    this.plaintexts.set(ciphertext, { bound: `${issuer} ${kid}`, plaintext });
    return Promise.resolve(ciphertext);
  }

  unseal({ issuer, kid }: SealContext, ciphertext: Uint8Array): Promise<Uint8Array> {
    this.unsealed += 1;
    const found = this.plaintexts.get(ciphertext);
    if (found?.bound !== `${issuer} ${kid}`) return Promise.reject(new Error('InvalidCiphertext'));
    return Promise.resolve(found.plaintext);
  }
}

export class MemoryRevocations implements RevocationReader, RevocationWriter {
  readonly written: RevocationRecord[] = [];

  read(ids: readonly string[]): Promise<ReadonlyMap<string, RevocationRecord>> {
    const found = this.written.filter(({ id }) => ids.includes(id));
    return Promise.resolve(new Map(found.map((record) => [record.id, record])));
  }

  write(record: RevocationRecord): Promise<void> {
    this.written.push(record);
    return Promise.resolve();
  }
}

export class MemoryClients implements ClientStore, ClientLister {
  readonly stored = new Map<string, Client>();
  /** Runs before the next replacement, once: what another writer does meanwhile. */
  beforeReplace: (() => unknown) | undefined;

  get(clientId: string): Promise<Client | undefined> {
    return Promise.resolve(this.stored.get(clientId));
  }

  create(client: Client): Promise<boolean> {
    return Promise.resolve(this.#put(client, undefined));
  }

  replace(next: Client): Promise<boolean> {
    const meanwhile = this.beforeReplace;
    this.beforeReplace = undefined;
    meanwhile?.();
    return Promise.resolve(this.#put(next, next.version - 1));
  }

  delete(clientId: string): Promise<void> {
    this.stored.delete(clientId);
    return Promise.resolve();
  }

  list({ limit, after }: ListPage): Promise<Listed<Client>> {
    return Promise.resolve(slice([...this.stored.values()], limit, after));
  }

  #put(client: Client, before: number | undefined): boolean {
    if (this.stored.get(client.clientId)?.version !== before) return false;
    this.stored.set(client.clientId, client);
    return true;
  }
}

/** A page of what is there; the place is how many came before. */
export function slice<T>(all: readonly T[], limit: number, after = '0'): Listed<T> {
  const end = Number(after) + limit;
  return { items: all.slice(Number(after), end), ...(end < all.length && { next: String(end) }) };
}

export function clientsOf(...clients: readonly Client[]): MemoryClients {
  const store = new MemoryClients();
  for (const client of clients) store.stored.set(client.clientId, client);
  return store;
}

/** Families in memory: a turn wins only over the generation before it. */
export class MemoryFamilies implements RefreshFamilyStore {
  readonly stored = new Map<string, RefreshFamily>();
  /** How many turns won. */
  turns = 0;

  get(sid: string): Promise<RefreshFamily | undefined> {
    return Promise.resolve(this.stored.get(sid));
  }

  create(family: RefreshFamily): Promise<void> {
    this.stored.set(family.sid, family);
    return Promise.resolve();
  }

  turn(next: RefreshFamily): Promise<boolean> {
    const family = this.stored.get(next.sid);
    if (family?.generation !== next.generation - 1 || family.revokedAt !== undefined)
      return Promise.resolve(false);
    this.stored.set(next.sid, next);
    this.turns += 1;
    return Promise.resolve(true);
  }

  revoke(sid: string, revokedAt: number): Promise<void> {
    const family = this.stored.get(sid);
    if (family !== undefined) this.stored.set(sid, { revokedAt, ...family });
    return Promise.resolve();
  }
}

/** Remembers what was used. */
export function memoryReplays(): ReplayStore {
  const seen = new Set<string>();
  return {
    remember(id) {
      const isFirst = !seen.has(id);
      seen.add(id);
      return Promise.resolve(isFirst);
    },
  };
}

export class MemoryIssuedTokens implements IssuedTokenStore {
  readonly stored: IssuedToken[] = [];

  put(token: IssuedToken): Promise<void> {
    this.stored.push(token);
    return Promise.resolve();
  }

  get(jti: string): Promise<IssuedToken | undefined> {
    return Promise.resolve(this.stored.find((token) => token.jti === jti));
  }
}

export class MemoryEvents implements EventLog {
  readonly stored: AdminEvent[] = [];

  append(events: readonly AdminEvent[]): Promise<void> {
    this.stored.push(...events);
    return Promise.resolve();
  }

  ofDay(
    day: string,
    { limit, before }: { readonly limit: number; readonly before?: string },
  ): Promise<readonly AdminEvent[]> {
    const found = this.stored.filter(({ id }) => dayOf(id) === day && (before === undefined || id < before));
    return Promise.resolve(found.sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, limit));
  }
}

interface SecretVersion {
  readonly text?: string;
  readonly stages: ReadonlySet<string>;
}

/** Secrets with the rules of Secrets Manager for versions and labels. */
export class MemorySecrets implements SecretVersions {
  readonly versions = new Map<string, SecretVersion>();

  get(_: string, { stage, versionId }: { readonly stage: string; readonly versionId?: string }) {
    const found = [...this.versions].find(
      ([id, { stages }]) => stages.has(stage) && (versionId ?? id) === id,
    );
    if (found?.[1].text === undefined) return Promise.resolve(undefined);
    return Promise.resolve({ versionId: found[0], text: found[1].text });
  }

  put(_: string, version: { readonly versionId: string; readonly stage: string; readonly text: string }) {
    const known = this.versions.get(version.versionId)?.text;
    if (known !== undefined && known !== version.text) return Promise.resolve(false);
    const stages = this.versions.get(version.versionId)?.stages ?? new Set();
    this.versions.set(version.versionId, { stages, text: version.text });
    this.label(version.stage, version.versionId);
    return Promise.resolve(true);
  }

  stages() {
    return Promise.resolve(new Map([...this.versions].map(([id, { stages }]) => [id, [...stages]])));
  }

  makeCurrent(_: string, { to, from }: { readonly to: string; readonly from?: string }) {
    const holder = [...this.versions].find(([, { stages }]) => stages.has('AWSCURRENT'))?.[0];
    if (holder !== to && holder !== from)
      return Promise.reject(new Error(`AWSCURRENT is at ${holder}: got from ${from}`));
    this.label('AWSCURRENT', to);
    return Promise.resolve();
  }

  /** Moves a label; AWSPREVIOUS follows AWSCURRENT. */
  label(stage: string, to: string): void {
    const holder = [...this.versions].find(([, { stages }]) => stages.has(stage))?.[0];
    if (holder === to) return;
    if (stage === 'AWSCURRENT' && holder !== undefined) this.label('AWSPREVIOUS', holder);
    for (const [id, { text, stages }] of this.versions) {
      const kept = new Set([...stages].filter((label) => label !== stage));
      this.versions.set(id, { ...(text !== undefined && { text }), stages: kept });
    }
    const { text, stages } = this.versions.get(to) ?? { text: undefined, stages: new Set<string>() };
    this.versions.set(to, { ...(text !== undefined && { text }), stages: new Set([...stages, stage]) });
  }
}
