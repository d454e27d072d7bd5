import type { TokenServiceSettings } from '../contract/settings.ts';
import type { Client } from '../issue/client.ts';
import { OAuthError } from '../oauth/errors.ts';
import type { RefreshFamilyStore, RevocationReader, RevocationWriter } from '../ports.ts';
import { examine } from './examine.ts';
import { isFamilyOf, type RandomBytes, type RefreshFamily, turned } from './family.ts';
import { parseRefreshToken, type RefreshToken, successorSecret } from './refresh-token.ts';
import { finishRevocation, revokeFamily } from './revoke.ts';

/** What using refresh tokens works with. */
export interface RefreshContext {
  readonly issuer: string;
  readonly settings: TokenServiceSettings;
  readonly families: RefreshFamilyStore;
  readonly revocations: RevocationReader & RevocationWriter;
  readonly randomBytes: RandomBytes;
  /** NumericDate, read once. */
  readonly now: number;
}

/** A refresh token that may be used, and its family. */
export interface HeldToken {
  readonly token: RefreshToken;
  readonly family: RefreshFamily;
  /** `last` where it was used a moment ago: it gets the successor that it got then. */
  readonly standing: 'current' | 'last';
}

/** A token that was used before, and not just now: the family is compromised, and was revoked for it. */
export class RefreshReuseError extends OAuthError {
  readonly sid: string;
  constructor(sid: string) {
    super('invalid_grant', unusable);
    this.sid = sid;
  }
}

const unusable = 'the refresh token is unknown, expired, revoked or was used before';

/**
 * Looks a refresh token up and decides whether it may be used. Nothing is changed, unless it turns out to be an older one:
 * then its family is revoked, access tokens and all.
 *
 * @param client who presents it; a family of another client, or of an earlier one of this id, is none
 * @throws {@link OAuthError} `invalid_grant`; {@link RefreshReuseError} where a family was revoked for it
 * @throws UnavailableError where a table cannot be reached
 */
export async function holdRefreshToken(
  text: string,
  client: Pick<Client, 'clientId' | 'createdAt'>,
  context: RefreshContext,
): Promise<HeldToken> {
  const token = parseRefreshToken(text);
  const examined = token && (await examine(token, context));
  if (token === undefined || examined === undefined || !isFamilyOf(examined.family, client)) throw refused();
  const { family, standing } = examined;
  if (standing === 'current' || standing === 'last') return { token, family, standing };
  if (standing === 'halfway') await finishRevocation(family, context);
  if (standing !== 'used') throw refused();
  await revokeFamily(family, { reason: 'a refresh token was used again' }, context);
  throw new RefreshReuseError(family.sid);
}

/**
 * Uses a token that may be used: of all concurrent uses one turns the family, and the others get what it got.
 *
 * @throws {@link OAuthError} `invalid_grant` where the family was revoked meanwhile, or there is no grace
 */
export async function useRefreshToken(
  held: HeldToken,
  text: string,
  client: Pick<Client, 'clientId' | 'createdAt'>,
  context: RefreshContext,
): Promise<RefreshToken> {
  let { token, family, standing } = held;
  while (standing === 'current') {
    const next = await turned(family, token, context);
    if (await context.families.turn(next.family)) return next.token;
    ({ token, family, standing } = await holdRefreshToken(text, client, context));
  }
  const { generation, nonce = '' } = family;
  return { ...token, generation, secret: await successorSecret(token.secret, nonce) };
}

function refused(): OAuthError {
  return new OAuthError('invalid_grant', unusable);
}
