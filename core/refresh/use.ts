import type { TokenServiceSettings } from '../contract/settings.ts';
import { hashSecret } from '../issue/client-secret.ts';
import { equalInConstantTime } from '../issue/constant-time.ts';
import { OAuthError } from '../oauth/errors.ts';
import type { RefreshFamilyStore, RevocationReader, RevocationWriter } from '../ports.ts';
import { isOfFamily, type RandomBytes, type RefreshFamily, turned } from './family.ts';
import { parseRefreshToken, type RefreshToken, successorSecret } from './refresh-token.ts';
import { isFamilyRevoked, revokeFamily } from './revoke.ts';

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
 * Looks a refresh token up and decides whether it may be used (RFC 9700 §4.14.2). Nothing is changed, unless it turns out
 * to be an older one: then its family is revoked, access tokens and all.
 *
 * @param client who presents it; a family of another client, or of an earlier one of this id, is none
 * @throws {@link OAuthError} `invalid_grant`; {@link RefreshReuseError} where a family was revoked for it
 * @throws UnavailableError where a table cannot be reached
 */
export async function holdRefreshToken(
  text: string,
  client: { readonly clientId: string; readonly createdAt: number },
  context: RefreshContext,
): Promise<HeldToken> {
  const token = parseRefreshToken(text);
  const family = token && (await context.families.get(token.sid));
  if (token === undefined || family === undefined) throw refused();
  const isOfClient = family.clientId === client.clientId && family.createdAt >= client.createdAt;
  if (!(await isOfFamily(token, family)) || !isOfClient || family.expiresAt <= context.now) throw refused();
  if (await isFamilyRevoked(family, context)) throw refused();
  return { token, family, standing: await standingOf(token, family, context) };
}

/** A token of a generation that was never made proves nothing, and revokes nothing. */
async function standingOf(
  token: RefreshToken,
  family: RefreshFamily,
  context: RefreshContext,
): Promise<HeldToken['standing']> {
  const hash = await hashSecret(token.secret);
  if (token.generation === family.generation && equalInConstantTime(family.currentHash, hash))
    return 'current';
  if (token.generation >= family.generation) throw refused();
  if (isLast(token, hash, family) && isInGrace(family, context)) return 'last';
  await revokeFamily(family, { reason: 'a refresh token was used again' }, context);
  throw new RefreshReuseError(family.sid);
}

function isLast(token: RefreshToken, hash: string, family: RefreshFamily): boolean {
  const { generation, previousHash = '' } = family;
  return token.generation === generation - 1 && equalInConstantTime(previousHash, hash);
}

function isInGrace({ turnedAt = 0 }: RefreshFamily, { settings, now }: RefreshContext): boolean {
  return now - turnedAt < settings.refreshGraceSeconds;
}

/**
 * Uses a token that may be used: of all concurrent uses one turns the family, and the others get what it got.
 *
 * @throws {@link OAuthError} `invalid_grant` where the family was revoked meanwhile, or there is no grace
 */
export async function useRefreshToken(
  held: HeldToken,
  text: string,
  client: { readonly clientId: string; readonly createdAt: number },
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
