/** The authorizer as it is deployed, with stores in memory that answer as DynamoDB and an issuer's server do. */
import { nodeVerifier } from '../../adapters/crypto/node-verifier.ts';
import { Metrics } from '../../core/contract/metrics.ts';
import {
  type LogFields,
  type ReplayStore,
  type RevocationReader,
  type TicketStore,
  UnavailableError,
} from '../../core/ports.ts';
import { heldLookup } from '../../core/revocation/held-reader.ts';
import type { SignatureVerifier } from '../../core/verify/signature.ts';
import { trustedIssuers } from '../../core/verify/trusted-issuers.ts';
import type { AuthorizerContext } from '../../functions/authorizer/decide.ts';
import type { AuthorizerEvent } from '../../functions/authorizer/event.ts';
import { respond } from '../../functions/authorizer/respond.ts';
import { wholeStage } from './events.ts';
import { now, ticketId, unreachable, type World } from './world.ts';

/** What became of an event. */
export interface Outcome {
  /** `allow`, a reason code, `unavailable`, or `fault` where something else was thrown. */
  readonly verdict: string;
  /** What API Gateway makes of it: 200 stands for a request that passes. */
  readonly status: 200 | 401 | 403 | 500;
  /** What API Gateway was told: the answer, or the error. */
  readonly answer: unknown;
}

/** An authorizer in one container. */
export interface Authorizer {
  (event: object): Promise<Outcome>;
  /** Every log line and metric so far, as text. */
  readonly lines: readonly string[];
}

/** How one authorizer is set up otherwise than the others. */
export interface Setup {
  readonly refusals?: AuthorizerContext['refusals'];
  /** Whether DPoP and tickets are on. Default true. */
  readonly hasReplaysAndTickets?: boolean;
  /** Whether API Gateway keeps answers. Default false. */
  readonly keepsAnswers?: boolean;
  /** NumericDate of every request. Default: that of the attacks. */
  readonly clock?: number;
  /** Default: that of the handlers. */
  readonly verifySignature?: SignatureVerifier;
}

/** Starts an authorizer. It runs what the handlers run. */
export function startAuthorizer(world: World, setup: Setup = {}): Authorizer {
  const { refusals, hasReplaysAndTickets = true, keepsAnswers } = setup;
  const { clock = now, verifySignature = nodeVerifier() } = setup;
  const lines: string[] = [];
  const reasons: string[] = [];
  const { replays, tickets, ...bare } = makeContext(world, lines, reasons);
  const context: AuthorizerContext = {
    ...{ ...bare, refusals, keepsAnswers, verifySignature, clock: () => clock },
    ...(hasReplaysAndTickets && { replays, tickets }),
  };
  const authorize = async (event: object): Promise<Outcome> => {
    reasons.length = 0;
    try {
      const answered = await respond(event as AuthorizerEvent, context);
      const passes = isAllowing(answered);
      return {
        verdict: passes ? 'allow' : (reasons[0] ?? 'fault'),
        status: passes ? 200 : 403,
        answer: answered,
      };
    } catch (error) {
      lines.push(String(error), String((error as Error).stack));
      const status = (error as Error).message === 'Unauthorized' ? 401 : 500;
      return { verdict: verdictOf(error, reasons[0]), status, answer: error };
    }
  };
  return Object.assign(authorize, { lines });
}

function verdictOf(error: unknown, reason: string | undefined): string {
  if (error instanceof UnavailableError) return 'unavailable';
  return (error as Error).message === 'Unauthorized' ? (reason ?? 'fault') : 'fault';
}

interface Clause {
  readonly Effect?: string;
  readonly Resource?: string;
}

/** Whether API Gateway lets the request pass, on this route as on any other. */
function isAllowing(answered: unknown): boolean {
  const { isAuthorized, policyDocument } = answered as {
    readonly isAuthorized?: boolean;
    readonly policyDocument?: { readonly Statement: readonly Clause[] };
  };
  const allows = ({ Effect, Resource }: Clause) => Effect === 'Allow' && Resource === wholeStage;
  return isAuthorized === true || policyDocument?.Statement.some(allows) === true;
}

/** What an authorizer works with: stores of its own over one world; jose for its signatures. */
export function makeContext(
  world: World,
  lines: string[],
  reasons: string[],
): Omit<AuthorizerContext, 'refusals'> & { replays: ReplayStore; tickets: TicketStore } {
  const { clockToleranceSeconds, proofWindowSeconds = 60, routeScopes } = world.settings;
  return {
    issuers: trustedIssuers(world.settings, {
      own: { readPublic: async (name) => world.keySets[name] },
      foreign: {
        fetch: async (uri) => world.jwkSets[uri] ?? Promise.reject(new UnavailableError('cannot be reached')),
      },
      secrets: { read: async (arn) => secretOf(world, arn) },
    }),
    revocations: heldLookup(revocationsOf(world)),
    ...{ clockToleranceSeconds, proofWindowSeconds, routeScopes },
    ...{ replays: replaysOf(world), tickets: ticketsOf(world) },
    telemetry: {
      count(metric, dimensions, fields?: LogFields) {
        const reason = dimensions[Metrics.reason];
        if (reason !== undefined) reasons.push(reason);
        lines.push(JSON.stringify({ metric, dimensions, fields }));
      },
      log: (level, message, fields) => void lines.push(JSON.stringify({ level, message, fields })),
    },
    clock: () => now,
  };
}

function revocationsOf({ revocations }: World): RevocationReader {
  const stored = new Map(revocations.map((record) => [record.id, record]));
  return {
    async read(ids) {
      if (ids.some((id) => id.endsWith(`:${unreachable}`)))
        throw new UnavailableError('the table cannot be reached');
      return new Map(
        ids.flatMap((id) => [stored.get(id)].flatMap((found) => (found ? [[id, found] as const] : []))),
      );
    },
  };
}

function secretOf({ secrets }: World, arn: string): Uint8Array {
  const secret = secrets[arn];
  if (secret === undefined) throw new UnavailableError('the secret cannot be read');
  return secret;
}

function ticketsOf({ tickets }: World): TicketStore {
  const kept = new Map(tickets.map((ticket) => [ticket.id, ticket]));
  return {
    put: async (ticket) => void kept.set(ticket.id, ticket),
    async take(id) {
      if (id === ticketId(unreachable)) throw new UnavailableError('the table cannot be reached');
      const taken = kept.get(id);
      kept.delete(id);
      return taken;
    },
  };
}

function replaysOf({ usedProofs }: World): ReplayStore {
  const remembered = new Set<string>();
  return {
    async remember(id) {
      const jti = id.split(':').at(-1) ?? '';
      if (jti === unreachable) throw new UnavailableError('the table cannot be reached');
      const isNew = !remembered.has(id) && !usedProofs.includes(jti);
      remembered.add(id);
      return isNew;
    },
  };
}
