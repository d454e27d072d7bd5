import { base64url } from 'jose';
import type { TokenServiceSettings } from '../contract/settings.ts';
import type { Client } from '../issue/client.ts';
import { hashSecret } from '../issue/client-secret.ts';
import { equalInConstantTime } from '../issue/constant-time.ts';
import { type RefreshToken, successorSecret } from './refresh-token.ts';

/**
 * All refresh tokens that came of one grant, as one item: whatever is used, one conditional write decides. It holds
 * hashes and a nonce; no token can be made of it. Times are NumericDates.
 */
export interface RefreshFamily {
  /** 128 random bits; `sid` of its access tokens. */
  readonly sid: string;
  readonly clientId: string;
  readonly subject: string;
  /** What its access tokens may be granted at most. */
  readonly scopes: readonly string[];
  /** Audiences that its access tokens may have at most. */
  readonly audience: readonly string[];
  /** The DPoP key that its tokens are bound to (RFC 9449 §5). */
  readonly jkt?: string;
  /** Hash of what all its tokens share. */
  readonly proofHash: string;
  /** Of the token that is to be used next. */
  readonly generation: number;
  /** Hash of that token's secret. */
  readonly currentHash: string;
  /** Hash of the secret of the token before it; absent in generation 0, as are the two that follow. */
  readonly previousHash?: string;
  /** What that secret and this nonce make is the secret of the current token. */
  readonly nonce?: string;
  /** When the token before was used for the first time. */
  readonly turnedAt?: number;
  readonly createdAt: number;
  /** When its last token ends, however often it is used. */
  readonly expiresAt: number;
  readonly revokedAt?: number;
}

/** Whether a token is, or was, one of the family: its own secret is not looked at. */
export async function isOfFamily(token: RefreshToken, family: RefreshFamily): Promise<boolean> {
  return equalInConstantTime(family.proofHash, await hashSecret(token.proof));
}

/** Whether a family is a client's: one of an earlier client of the same id is not. */
export function isFamilyOf(family: RefreshFamily, client: Pick<Client, 'clientId' | 'createdAt'>): boolean {
  return family.clientId === client.clientId && family.createdAt >= client.createdAt;
}

/**
 * When a family's last token ends: at what it began with, or sooner by the settings of now. Revocations by subject, client
 * and issuer are kept for no longer than these say.
 */
export function endOf(
  { createdAt, expiresAt }: RefreshFamily,
  { refreshTokenLifetimeSeconds }: Pick<TokenServiceSettings, 'refreshTokenLifetimeSeconds'>,
): number {
  return Math.min(expiresAt, createdAt + refreshTokenLifetimeSeconds);
}

/** Gives random bytes. */
export type RandomBytes = (length: number) => Uint8Array;

/** A new family, and its first token. */
export async function newFamily(
  grant: Pick<
    RefreshFamily,
    'clientId' | 'subject' | 'scopes' | 'audience' | 'jkt' | 'createdAt' | 'expiresAt'
  >,
  randomBytes: RandomBytes,
): Promise<{ readonly family: RefreshFamily; readonly token: RefreshToken }> {
  const random = (length: number) => base64url.encode(randomBytes(length));
  const token = { sid: random(16), generation: 0, proof: random(16), secret: random(32) };
  const family = {
    ...grant,
    sid: token.sid,
    generation: 0,
    proofHash: await hashSecret(token.proof),
    currentHash: await hashSecret(token.secret),
  };
  return { family, token };
}

/** The family after its current token was used, and the token that takes its place. */
export async function turned(
  family: RefreshFamily,
  used: RefreshToken,
  turn: { readonly now: number; readonly randomBytes: RandomBytes },
): Promise<{ readonly family: RefreshFamily; readonly token: RefreshToken }> {
  const nonce = base64url.encode(turn.randomBytes(32));
  const generation = family.generation + 1;
  const token = { ...used, generation, secret: await successorSecret(used.secret, nonce) };
  const next = {
    ...family,
    generation,
    currentHash: await hashSecret(token.secret),
    previousHash: family.currentHash,
    nonce,
    turnedAt: turn.now,
  };
  return { family: next, token };
}
