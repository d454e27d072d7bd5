import type { GrantType } from './grants.ts';
import type { AdminRouteName } from './routes.ts';

/**
 * Events of direct invokes; IAM decides who may send them. CloudFormation's custom-resource events have AWS's own
 * shape.
 */

/** What a schedule says of itself in the events that it sends. */
export interface Schedule {
  readonly name: string;
  readonly everySeconds: number;
}

/** key-rotation: what to do to the key set besides what is due anyway. */
export type KeyRotationRequest =
  /** Nothing: what the schedule sends. */
  | { readonly action: 'tick'; readonly schedule?: Schedule }
  /** Let the pending key sign now, if it has had its lead. */
  | { readonly action: 'rotate' }
  /** Take a key out of use at once and refuse its tokens everywhere. */
  | {
      readonly action: 'compromise';
      readonly kid: string;
      /** Who asks, and why: kept in the revocation record. */
      readonly actor?: string;
      readonly reason?: string;
    };

/** key-rotation: what happened to the keys and what is to come, and change nothing. */
export interface KeyTimelineRequest {
  readonly action: 'timeline';
}

/** key-rotation's answer. */
export interface KeyRotationResult {
  /** Whether another key signs now than before. */
  readonly rotated: boolean;
  /** `kid` of the key that signs. */
  readonly active: string | undefined;
  /** `kid` of the key that signs next. */
  readonly next: string | undefined;
  /** NumericDate from which it may. */
  readonly nextMaySignAt: number | undefined;
}

/** token-issue: tokens for a registered client, vouched for by IAM instead of a secret. */
export interface DirectIssueRequest {
  readonly action: 'issue';
  readonly clientId: string;
  /** Whom the tokens speak for: a user that the caller has logged in. Default: the client itself. */
  readonly subject?: string;
  /** Space-separated, RFC 6749 §3.3; `offline_access` asks for a refresh token. Default: all scopes but that one. */
  readonly scope?: string;
  /** Resources that the access token is for (RFC 8707 §2). Default: all audiences of the client. */
  readonly resource?: readonly string[];
  /** RFC 7638 thumbprint of the DPoP key to bind the tokens to (RFC 9449 §6.1). Default: bound to none. */
  readonly jkt?: string;
}

/** scheduled-issue: a secret that is to hold a valid access token of a client. */
export interface ScheduledIssueRequest {
  readonly action: 'issue-into-secret';
  readonly secretArn: string;
  readonly clientId: string;
  /** As in {@link DirectIssueRequest}. */
  readonly scope?: string;
  readonly resource?: readonly string[];
  readonly schedule?: Schedule;
}

/** client-registration: a client as its stack wants it, JSON in the custom resource's property `Registration`. */
export interface ClientRegistration {
  readonly clientId: string;
  readonly grants: readonly GrantType[];
  readonly scopes: readonly string[];
  readonly audience?: readonly string[];
  readonly tokenLifetimeSeconds?: number;
  readonly refreshTokenLifetimeSeconds?: number;
  readonly isPublic?: boolean;
  readonly jwks?: { readonly keys: readonly Readonly<Record<string, unknown>>[] };
  readonly jwksUri?: string;
  /** The Secrets Manager secret with its client secret. */
  readonly secretArn?: string;
}

/** admin: one request of the admin API, vouched for by IAM instead of a token. */
export interface DirectAdminRequest {
  readonly action: 'admin';
  readonly route: AdminRouteName;
  /** Who asks: recorded with what is done. */
  readonly actor: string;
  /** Parameters of the query string. */
  readonly query?: Readonly<Record<string, string>>;
  /** The JSON body, as an object. */
  readonly body?: object;
}

/** admin's answer: what an HTTP caller would get. */
export interface DirectAdminAnswer {
  readonly status: number;
  /** Of a status of 400 or more: `{error, error_description}`. */
  readonly body: object;
}
