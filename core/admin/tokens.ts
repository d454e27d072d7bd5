import type { IssuedToken } from '../issue/client.ts';
import { OAuthError } from '../oauth/errors.ts';
import type { TokenInventory, TokenQuery } from '../ports.ts';
import { allowOnly, type Page, readLimit, readPageToken, toAfter, toPageToken } from './page.ts';
import type { AdminContext, AdminRequest } from './request.ts';

const common = ['subject', 'clientId', 'sid', 'kid'] as const;

/**
 * `GET /admin/tokens`: what was issued, without the tokens.
 *
 * @throws {@link OAuthError} `invalid_request` for a query that cannot be used; 404 where nothing is recorded
 */
export async function listTokens({ query }: AdminRequest, context: AdminContext): Promise<Page<IssuedToken>> {
  allowOnly(query, ['jti', ...common, 'scope', 'expiresAfter', 'expiresBefore', 'limit', 'page']);
  const { tokens } = context;
  if (tokens === undefined) {
    throw new OAuthError('invalid_request', 'issued tokens are not recorded; recordIssuedTokens is off', 404);
  }
  const jti = query.get('jti');
  if (jti !== null) return { items: await oneToken(jti, query, tokens) };
  const after = readPageToken(query, toAfter);
  const { items, next } = await tokens.find(toQuery(query, context.verification.now), {
    limit: readLimit(query),
    ...(after !== undefined && { after }),
  });
  return { items, ...(next !== undefined && { next: toPageToken({ after: next }) }) };
}

async function oneToken(
  jti: string,
  query: URLSearchParams,
  tokens: TokenInventory,
): Promise<readonly IssuedToken[]> {
  if ([...query.keys()].length > 1) {
    throw new OAuthError('invalid_request', 'jti names one token; allowed: jti alone');
  }
  const token = await tokens.get(jti);
  return token === undefined ? [] : [token];
}

function toQuery(query: URLSearchParams, now: number): TokenQuery {
  const given = common.flatMap((name) => {
    const value = query.get(name);
    return value === null ? [] : [{ name, value }];
  });
  if (given.length > 1 || given.some(({ value }) => value === '')) {
    throw new OAuthError('invalid_request', `allowed: one of ${common.join(', ')}, not empty`);
  }
  const [by] = given;
  const scope = query.get('scope');
  const expiresBefore = readTime(query, 'expiresBefore');
  return {
    ...(by && { by }),
    ...(scope !== null && { scope }),
    expiresAfter: readTime(query, 'expiresAfter') ?? now,
    ...(expiresBefore !== undefined && { expiresBefore }),
  };
}

function readTime(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (/^\d{1,11}(\.\d{1,9})?$/.test(text)) return Number(text);
  throw new OAuthError('invalid_request', `${name} must be a NumericDate: seconds since 1970`);
}
