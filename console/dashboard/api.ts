import { base, type Session } from './session.ts';

/** A request that was not served, said in words. */
export class ApiFault extends Error {
  override readonly name = 'ApiFault';
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Parameters of a request; those without a value are left out. */
export type Query = Readonly<Record<string, string | number | undefined>>;

/** The admin API of the stack that the session is for (docs/admin-api.md). Every method rejects with {@link ApiFault}. */
export interface Api {
  get<T>(path: string, query?: Query): Promise<T>;
  post<T>(path: string, body: object): Promise<T>;
  remove<T>(path: string, query: Query): Promise<T>;
  /** What the authorizer makes of a token now: the status of the sample route. */
  tryToken(token: string): Promise<number>;
}

/** A list's page. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

/** Most entries of one page, and most pages that are read for one look at a list. */
const [largestPage, mostPages] = [1000, 20];

/** A list up to `limit` entries, however short its pages are; whole where no limit is given. */
export async function readPages<T>(
  api: Api,
  path: string,
  { limit, ...query }: Query = {},
): Promise<Page<T>> {
  const wanted = limit === undefined ? Infinity : Number(limit);
  const items: T[] = [];
  let page: string | undefined;
  const pages = limit === undefined ? Infinity : mostPages;
  for (let read = 0; read < pages; read++) {
    const got: Page<T> = await api.get<Page<T>>(path, {
      ...query,
      ...{ limit: Math.min(largestPage, wanted - items.length), page },
    });
    items.push(...got.items);
    page = got.next;
    if (page === undefined || items.length >= wanted) break;
  }
  return { items, ...(page !== undefined && { next: page }) };
}

/** Why a session without a token asks for nothing. */
const endedSession = 'Your session has ended. Sign in again: nothing that you typed is lost.';

export function apiOf({ token, signOut }: Session): Api {
  const send = async <T>(
    method: string,
    path: string,
    rest: { query?: Query; body?: object },
  ): Promise<T> => {
    if (token === undefined) throw new ApiFault(401, endedSession);
    const answer = await ask(`${base}${path}${queryOf(rest.query)}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(rest.body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(rest.body !== undefined && { body: JSON.stringify(rest.body) }),
    });
    const body: unknown = await answer.json().catch(() => ({}));
    if (answer.ok) return body as T;
    if (answer.status === 401) signOut(endedSession);
    throw faultOf(answer.status, body, path);
  };
  return {
    get: (path, query = {}) => send('GET', path, { query }),
    post: (path, body) => send('POST', path, { body }),
    remove: (path, query) => send('DELETE', path, { query }),
    tryToken: async (tried) =>
      (await ask(`${base}/whoami`, { headers: { authorization: `Bearer ${tried}` } })).status,
  };
}

async function ask(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, {
      ...init,
      ...({ credentials: 'omit', cache: 'no-store', redirect: 'error' } as const),
      signal: AbortSignal.timeout(15_000),
    });
  } catch {
    throw new ApiFault(0, `No answer from ${new URL(url).host}. Is the stack running?`);
  }
}

function faultOf(status: number, body: unknown, path: string): ApiFault {
  const { error_description: said } = body as { readonly error_description?: string };
  if (said !== undefined) return new ApiFault(status, sentence(said));
  if (status === 401) return new ApiFault(status, endedSession);
  if (status === 403) return new ApiFault(status, 'Your session may not do this: its token lacks the scope.');
  if (status === 404) return new ApiFault(status, `This stack does not serve ${path}.`);
  return new ApiFault(status, `The stack answered ${status}; its log says why.`);
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}

function queryOf(query: Query = {}): string {
  const set = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  return set.length === 0
    ? ''
    : `?${new URLSearchParams(set.map(([name, value]) => [name, String(value)])).toString()}`;
}
