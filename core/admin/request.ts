import type { KeyRotationRequest, KeyRotationResult } from '../contract/messages.ts';
import type { DirectIssueRequest } from '../contract/messages.ts';
import type { TokenAnswer } from '../issue/issue.ts';
import type { RandomBytes } from '../refresh/family.ts';
import type {
  ClientLister,
  ClientStore,
  EventLog,
  PublicKeySetReader,
  RevocationStore,
  ScheduleRunLog,
  TokenInventory,
} from '../ports.ts';
import type { KeyPolicy } from '../keys/windows.ts';
import type { RouteScopes } from '../verify/routes.ts';
import type { RevokingContext } from './revocation-request.ts';

/** What of a request the admin API reads, however it came. */
export interface AdminRequest {
  /** Who asks: recorded with what is done. */
  readonly actor: string;
  /** Scopes of its token. Absent for a direct invoke, where IAM decides: it may hand on all. */
  readonly scopes?: readonly string[];
  readonly query: URLSearchParams;
  /** JSON text; empty where there is none. */
  readonly body: string;
}

/** What the admin API works with. */
export interface AdminContext extends RevokingContext {
  readonly ownIssuer: string;
  readonly settings: RevokingContext['settings'] & KeyPolicy;
  readonly revocations: RevocationStore;
  /** Absent where issued tokens are not recorded. */
  readonly tokens?: TokenInventory;
  readonly keySets: PublicKeySetReader;
  /** Has key-rotation, which alone may write key sets, turn the keys. It rejects with UnavailableError. */
  readonly turnKeys: (request: KeyRotationRequest) => Promise<KeyRotationResult>;
  readonly clients: ClientStore & ClientLister;
  /** Asks the token service for a token: signing is not the admin API's. Rejects with an OAuthError where it refuses. */
  readonly issue: (request: DirectIssueRequest) => Promise<TokenAnswer>;
  readonly randomBytes: RandomBytes;
  readonly events: EventLog;
  readonly runs: Pick<ScheduleRunLog, 'all'>;
  /** What the authorizer asks for at each route. */
  readonly routeScopes: RouteScopes;
  /** An identifier that no other call gives. */
  readonly newId: () => string;
}

/**
 * Answers one route: what it returns is the JSON body of a 200.
 *
 * @throws OAuthError for a request that cannot be served
 * @throws UnavailableError where a table or an issuer's keys cannot be reached
 */
export type AdminHandler = (request: AdminRequest, context: AdminContext) => Promise<object>;
