import * as z from 'zod/mini';
import { OAuthError } from '../oauth/errors.ts';
import type { RevocationIds } from '../revocation/decide.ts';
import type { RevocationRecord } from '../revocation/record.ts';
import type { RequestedRoute } from '../verify/decide-request.ts';
import { type Explanation, explain } from '../verify/explain.ts';
import { readBody } from './body.ts';
import type { AdminContext, AdminRequest } from './request.ts';

const explainBody = z.strictObject({
  token: z.string().check(z.minLength(1)),
  route: z.optional(z.string()),
  at: z.optional(z.number()),
});

const allowed = 'token, and if wanted route (such as GET /orders/{id}) and at (a NumericDate)';

/**
 * `POST /admin/explain`: what the authorizer would decide about a token presented as Bearer, step by step. It is looked up
 * in the revocation table, and nothing is written.
 *
 * @throws {@link OAuthError} `invalid_request` for a body that cannot be used
 */
export async function adminExplain({ body }: AdminRequest, context: AdminContext): Promise<Explanation> {
  const { token, route, at } = readBody(body, explainBody, allowed);
  const { issuers, clockToleranceSeconds, now } = context.verification;
  return explain(
    {
      authorization: [`Bearer ${token}`],
      tickets: [],
      sender: { method: 'GET', url: '', proofs: [] },
      route: toRoute(route ?? 'GET /'),
    },
    {
      ...{ issuers, clockToleranceSeconds, now: at ?? now },
      revocations: { find: (ids) => findRecords(ids, context) },
      proofWindowSeconds: 0,
      routeScopes: context.routeScopes,
    },
  );
}

async function findRecords(
  ids: RevocationIds,
  { revocations }: AdminContext,
): Promise<readonly RevocationRecord[]> {
  const found = await Promise.all([ids.token, ...ids.common].map((id) => revocations.get(id)));
  return found.filter((record) => record !== undefined);
}

/** A route key of API Gateway, or the method and path of a request. */
function toRoute(route: string): RequestedRoute {
  if (/^\$(?:default|connect)$/.test(route)) return { routeKey: route };
  const [, method, path] = /^([A-Z]+) (\/\S*)$/.exec(route) ?? [];
  if (method === undefined || path === undefined)
    throw new OAuthError('invalid_request', 'route must be a method and a path, $default or $connect');
  return { method, path };
}
