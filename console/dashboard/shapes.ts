/** Answers of the admin API, as docs/admin-api.md fixes them. Times are NumericDates. */

export interface Count {
  readonly count: number;
  readonly isComplete: boolean;
}

export interface Key {
  readonly kid: string;
  readonly algorithm: string;
  readonly state: 'pending' | 'active' | 'retiring' | 'retired' | 'compromised';
  readonly publishedAt: number;
  readonly activatedAt?: number;
  readonly mayActivateAt?: number;
  readonly deactivatedAt?: number;
  readonly willBeRemovedAt?: number;
  readonly removedAt?: number;
}

export interface Schedule {
  readonly name: string;
  readonly everySeconds: number;
  readonly lastRunAt?: number;
  readonly nextRunAt?: number;
}

export interface Overview {
  readonly issuer: string;
  readonly at: number;
  readonly liveTokens: Count | null;
  readonly revocations: {
    readonly byKind: Readonly<Record<string, number>>;
    readonly isComplete: boolean;
  } | null;
  readonly lastRefusals: {
    readonly byReason: Readonly<Record<string, number>>;
    readonly isComplete: boolean;
  } | null;
  readonly keys: readonly Key[] | null;
  readonly schedules: readonly Schedule[] | null;
}

export interface IssuedToken {
  readonly jti: string;
  readonly issuer: string;
  readonly subject: string;
  readonly clientId: string;
  readonly scope: string;
  readonly kid: string;
  readonly sid?: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly lastRefusal?: { readonly at: number; readonly reason: string };
}

export interface Revocation {
  readonly id: string;
  readonly kind: 'token' | 'subject' | 'client' | 'session' | 'key' | 'issuer';
  readonly issuer: string;
  readonly value: string;
  readonly revokedBefore?: number;
  readonly revokedAt: number;
  readonly expiresAt: number;
  readonly reason?: string;
  readonly actor?: string;
}

/** The body of a revocation: one of the members, and why. */
export type RevocationRequest = { readonly reason?: string; readonly issuer?: string } & (
  | { readonly token: string }
  | { readonly jti: string }
  | { readonly subject: string }
  | { readonly clientId: string }
  | { readonly sid: string }
);

export interface DryRun {
  readonly record: Revocation;
  readonly liveTokens: Count | null;
}

export interface Client {
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly audience?: readonly string[];
  readonly tokenLifetimeSeconds?: number;
  readonly disabled?: boolean;
  /** Registered by a CloudFormation stack, which alone changes it but for `disabled`. */
  readonly isOfStack?: boolean;
  /** Without a secret: it can keep none. */
  readonly isPublic?: boolean;
  /** It proves itself by keys in place of a secret. */
  readonly jwks?: object;
  readonly jwksUri?: string;
  readonly createdAt?: number;
  readonly secrets: readonly { readonly id: string; readonly createdAt?: number }[];
}

export interface AdminEvent {
  readonly id: string;
  readonly at: number;
  readonly action: string;
  readonly actor: string;
  readonly target: { readonly kind: string; readonly issuer?: string; readonly value: string };
  readonly reason?: string;
  readonly detail?: string;
}
