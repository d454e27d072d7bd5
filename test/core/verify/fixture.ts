/** Two issuers that share a `kid`, keys of every algorithm, and a good token to be spoilt. */
import type { TrustedIssuerSettings } from '../../../core/contract/settings.ts';
import type { RevocationReader } from '../../../core/ports.ts';
import { type AuthorizationContext, authorizeToken, type Decision } from '../../../core/verify/authorize.ts';
import {
  bearer,
  compact,
  contextOf,
  makeKey,
  now,
  type Sign,
  signer,
  type TestKey,
  trust,
} from '../issuer.ts';

export const ours: TrustedIssuerSettings = {
  issuer: 'https://issuer.example',
  audience: ['orders', 'invoices'],
  typ: ['at+jwt'],
  algorithms: ['RS256', 'ES256', 'EdDSA', 'PS256'],
  maxLifetimeSeconds: 3600,
};

export const foreign: TrustedIssuerSettings = {
  ...{ issuer: 'https://login.example/', audience: ['orders'], jwksUri: 'https://login.example/jwks' },
  ...{ typ: null, algorithms: ['RS256'], maxLifetimeSeconds: 86_400 },
};

/** Parts of a token that differ from the good one: objects are merged in, texts take the part's place. */
export interface Spoilt {
  readonly header?: object | string;
  readonly claims?: object | string;
  readonly sign?: Sign;
}

export const goodClaims = {
  ...{ iss: ours.issuer, sub: 'alice', aud: 'orders', client_id: 'shop', jti: 'jti-1', scope: 'read write' },
  ...{ iat: now - 100, nbf: now - 100, exp: now + 800 },
};

export const foreignClaims = { ...goodClaims, iss: foreign.issuer, client_id: undefined, jti: undefined };

export interface Stage {
  readonly keys: Readonly<
    Record<'rs' | 'ps' | 'es' | 'ed' | 'stranger' | 'foreign' | 'shared' | 'other', TestKey>
  >;
  readonly sign: Readonly<Record<keyof Stage['keys'], Sign>>;
  token(spoilt?: Spoilt): string;
  decide(token: string, change?: Partial<AuthorizationContext>): Promise<Decision>;
  contextWith(reader: RevocationReader): AuthorizationContext;
}

/** `stranger` has the kid of `rs` and is published by nobody; `shared` and `other` share a kid over two issuers. */
export async function setStage(): Promise<Stage> {
  const keys = {
    rs: await makeKey('RS256', 'rs'),
    ps: await makeKey('PS256', 'ps'),
    es: await makeKey('ES256', 'es'),
    ed: await makeKey('EdDSA', 'ed'),
    stranger: await makeKey('RS256', 'rs'),
    foreign: await makeKey('RS256', 'foreign'),
    shared: await makeKey('RS256', 'shared'),
    other: await makeKey('RS256', 'shared'),
  };
  const sign = Object.fromEntries(
    Object.entries(keys).map(([name, key]) => [name, signer(key)]),
  ) as Stage['sign'];
  const { rs, ps, es, ed, shared } = keys;
  const issuers = [
    await trust(ours, [rs, ps, es, ed, shared]),
    await trust(foreign, [keys.foreign, keys.other]),
  ];
  const context = contextOf(issuers);
  return {
    ...{ keys, sign },
    token: ({ header = {}, claims = {}, sign: by = sign.rs } = {}) =>
      compact(
        typeof header === 'string' ? header : { alg: 'RS256', typ: 'at+jwt', kid: 'rs', ...header },
        typeof claims === 'string' ? claims : { ...goodClaims, ...claims },
        by,
      ),
    decide: (token, change) => authorizeToken(bearer(token), { ...context, ...change }),
    contextWith: (reader) => contextOf(issuers, reader),
  };
}

/** What a decision says of why. */
export function verdictOf(decision: Decision): object {
  if (decision.outcome === 'allow') return { outcome: 'allow' };
  const { status, reason, detail } = decision;
  return { status, reason, detail };
}

export const refused = (reason: string, detail: string): object => ({ status: 401, reason, detail });
