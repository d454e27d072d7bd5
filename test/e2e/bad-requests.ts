/** A bad request to an OAuth endpoint: how it differs from a good one, and what the RFCs have for an answer. */
import type { ForgedKey } from '../attack/forge.ts';
import type { RawRequest } from './raw-http.ts';

/** What requests are made with. All of it is secret. */
export interface Holdings {
  readonly issuer: string;
  readonly secret: string;
  /** Key of the client `signer`. */
  readonly key: ForgedKey;
  readonly stranger: ForgedKey;
  /** Tokens of another client. */
  readonly othersRefreshToken: string;
  readonly othersAccessToken: string;
}

/** A change of a good request to an endpoint whose own parameters are `own`. */
export type Change = (
  held: Holdings,
  own: string,
) => Partial<Omit<RawRequest, 'target' | 'body'>> & {
  readonly query?: string;
  readonly body?: string | Buffer;
};

/** Status and `error`; without one it is a good answer, or an answer of API Gateway itself. */
export type BadRequest = readonly [name: string, status: number, error: string | undefined, change: Change];

export const formType = ['Content-Type', 'application/x-www-form-urlencoded'] as const;
export const basic = (id: string, secret: string) =>
  ['Authorization', `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`] as const;

/** NumericDate. */
export const now = () => Math.floor(Date.now() / 1000);
/** Another content type. */
export const typed = (type: string): Change => {
  return ({ secret }) => ({ headers: [['Content-Type', type], basic('shop', secret)] });
};
/** Another body. */
export const withBody =
  (change: (own: string, held: Holdings) => string | Buffer): Change =>
  (held, own) => ({ body: change(own, held) });
/** Another Authorization header. */
export const authorized =
  (value: string | ((held: Holdings) => string)): Change =>
  (held) => ({
    headers: [formType, ['Authorization', typeof value === 'string' ? value : value(held)]],
  });
/** Credentials as Basic has them. */
export const encoded = (pair: string | Buffer) => `Basic ${Buffer.from(pair).toString('base64')}`;
/** Credentials in the body, none in a header. */
export const posted =
  (parameters: (held: Holdings) => string): Change =>
  (held, own) => ({ headers: [formType], body: `${own}&${parameters(held)}` });
