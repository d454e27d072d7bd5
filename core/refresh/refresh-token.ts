import { base64url } from 'jose';

/**
 * A refresh token: opaque to everyone but the token service (RFC 6749 §1.5). Its spelling is
 * `ktr.<sid>.<generation>.<proof>.<secret>`.
 */
export interface RefreshToken {
  /** The family. It stands in access tokens too, so it proves nothing. */
  readonly sid: string;
  /** 0 for the family's first token. */
  readonly generation: number;
  /** 128 random bits that all tokens of the family share: whoever has them holds, or once held, one of its tokens. */
  readonly proof: string;
  /** 256 bits that only this token has. */
  readonly secret: string;
}

const spelling = /^ktr\.([\w-]{22})\.(0|[1-9]\d{0,8})\.([\w-]{22})\.([\w-]{43})$/;

/** The token's text. */
export function formatRefreshToken({ sid, generation, proof, secret }: RefreshToken): string {
  return `ktr.${sid}.${generation}.${proof}.${secret}`;
}

/** What a text says, if it is spelled like a refresh token of ours. Nothing of it is believed yet. */
export function parseRefreshToken(text: string): RefreshToken | undefined {
  const [, sid, generation, proof, secret] = spelling.exec(text) ?? [];
  if (sid === undefined || proof === undefined || secret === undefined) return undefined;
  return { sid, generation: Number(generation), proof, secret };
}

/**
 * The secret of the next token: an HMAC of a fresh nonce under the secret of the one before.
 *
 * So the successor can be told again to whoever presents that token a second time, though no token is kept anywhere:
 * the nonce alone, which is kept, says nothing, and neither does an older token without the nonces after it.
 *
 * @param nonce 256 random bits, base64url, chosen when the token was used for the first time
 */
export async function successorSecret(secret: string, nonce: string): Promise<string> {
  const utf8 = new TextEncoder();
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', utf8.encode(secret), algorithm, false, ['sign']);
  const mac = await crypto.subtle.sign('HMAC', key, utf8.encode(`keyturn refresh ${nonce}`));
  return base64url.encode(new Uint8Array(mac));
}
