/** Stores in memory that keep the promises of the ports: what is tested over them is the core, not storage. */
import { type AdminEvent, dayOf } from '../../core/admin/event.ts';
import type { Client, IssuedToken } from '../../core/issue/client.ts';
import type { SealedKeySet } from '../../core/keys/key-set.ts';
import type {
  ClientStore,
  EventLog,
  IssuedTokenStore,
  KeySealer,
  KeySetStore,
  RevocationReader,
  RevocationWriter,
  SealContext,
} from '../../core/ports.ts';
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

export function clientsOf(...clients: readonly Client[]): ClientStore {
  return {
    get: (clientId) => Promise.resolve(clients.find((client) => client.clientId === clientId)),
    create: () => Promise.resolve(false),
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
