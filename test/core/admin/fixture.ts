/** The admin API over stores in memory, for two trusted issuers: ours and another. */
import { randomBytes } from 'node:crypto';
import { policy } from '../keys/key-sets.ts';
import type { AdminContext, AdminHandler } from '../../../core/admin/request.ts';
import type { IssuedToken } from '../../../core/issue/client.ts';
import type { Listed, ListPage, RevocationStore, TokenInventory, TokenQuery } from '../../../core/ports.ts';
import type { RevocationRecord } from '../../../core/revocation/record.ts';
import { contextOf, now } from '../issuer.ts';
import { MemoryClients, MemoryEvents, slice } from '../stores.ts';
import { ours, setStage, type Stage } from '../verify/fixture.ts';

export const foreign = 'https://foreign.example';

/** Keeps what was written last under an id. */
export class MemoryRevocationStore implements RevocationStore {
  readonly stored = new Map<string, RevocationRecord>();
  /** Runs before the next removal: what another administrator does meanwhile. */
  beforeRemove: (() => unknown) | undefined;

  write(record: RevocationRecord): Promise<void> {
    this.stored.set(record.id, record);
    return Promise.resolve();
  }

  get(id: string): Promise<RevocationRecord | undefined> {
    return Promise.resolve(this.stored.get(id));
  }

  remove(record: RevocationRecord): Promise<boolean> {
    this.beforeRemove?.();
    const isSame = this.stored.get(record.id) === record;
    if (isSame) this.stored.delete(record.id);
    return Promise.resolve(isSame);
  }

  list({ limit, after }: ListPage): Promise<Listed<RevocationRecord>> {
    return Promise.resolve(slice([...this.stored.values()], limit, after));
  }
}

export class MemoryInventory implements TokenInventory {
  readonly stored: IssuedToken[] = [];

  get(jti: string): Promise<IssuedToken | undefined> {
    return Promise.resolve(this.stored.find((token) => token.jti === jti));
  }

  find(query: TokenQuery, { limit, after }: ListPage): Promise<Listed<IssuedToken>> {
    const { by, scope, expiresAfter, expiresBefore = Infinity } = query;
    const found = this.stored.filter(
      (token) =>
        (by === undefined || token[by.name] === by.value) &&
        (scope === undefined || token.scope.split(' ').includes(scope)) &&
        token.expiresAt > expiresAfter &&
        token.expiresAt <= expiresBefore,
    );
    return Promise.resolve(slice(found, limit, after));
  }
}

export function issued(parts: Partial<IssuedToken> = {}): IssuedToken {
  return {
    ...{
      jti: 'jti-1',
      issuer: ours.issuer,
      subject: 'alice',
      clientId: 'shop',
      scope: 'read write',
      kid: 'k',
    },
    ...{ issuedAt: now - 10, expiresAt: now + 800 },
    ...parts,
  };
}

export interface Administration {
  readonly stage: Stage;
  readonly revocations: MemoryRevocationStore;
  readonly events: MemoryEvents;
  readonly tokens: MemoryInventory;
  readonly clients: MemoryClients;
  readonly context: AdminContext;
  ask(
    handler: AdminHandler,
    request: { body?: unknown; query?: Record<string, string>; scopes?: readonly string[] },
  ): Promise<object>;
}

let made: Promise<Stage> | undefined;

export async function administration(more: Partial<AdminContext> = {}): Promise<Administration> {
  const stage = await (made ??= setStage());
  const [revocations, events] = [new MemoryRevocationStore(), new MemoryEvents()];
  const [tokens, clients] = [new MemoryInventory(), new MemoryClients()];
  const keys = { find: () => Promise.resolve(undefined) };
  const { issuers } = stage.contextWith({ read: () => Promise.resolve(new Map()) });
  const others = contextOf([
    { settings: { ...ours, issuer: foreign, maxLifetimeSeconds: 3600 }, keys },
  ]).issuers;
  let ids = 0;
  const context: AdminContext = {
    ...{ ownIssuer: ours.issuer, revocations, events, tokens, clients, newId: () => `id-${++ids}` },
    ...{ issue: () => Promise.reject(new Error('not here')), randomBytes },
    keySets: { readPublic: () => Promise.resolve(undefined) },
    runs: { all: () => Promise.resolve([]) },
    turnKeys: () => Promise.reject(new Error('not asked for here')),
    routeScopes: { 'GET /orders/{id}': { all: ['orders:read'] } },
    settings: { ...policy, resultsCacheSeconds: 0, refreshTokenLifetimeSeconds: 2_592_000 },
    verification: { issuers: new Map([...issuers, ...others]), clockToleranceSeconds: 60, now },
    ...more,
  };
  return {
    ...{ stage, revocations, events, tokens, clients, context },
    ask: (handler, { body, query, scopes }) => {
      const text = typeof body === 'string' ? body : JSON.stringify(body ?? {});
      const caller = { actor: 'ops', ...(scopes !== undefined && { scopes }) };
      return handler({ ...caller, query: new URLSearchParams(query), body: text }, context);
    },
  };
}
