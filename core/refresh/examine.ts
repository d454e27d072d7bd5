import type { TokenServiceSettings } from '../contract/settings.ts';
import { hashSecret } from '../issue/client-secret.ts';
import { equalInConstantTime } from '../issue/constant-time.ts';
import type { RefreshFamilyStore } from '../ports.ts';
import { endOf, isOfFamily, type RefreshFamily } from './family.ts';
import type { RefreshToken } from './refresh-token.ts';
import { familyStanding, type FamilyStandingContext } from './revoke.ts';

/** What deciding about refresh tokens works with. */
export interface ExaminationContext extends FamilyStandingContext {
  readonly settings: TokenServiceSettings;
  readonly families: Pick<RefreshFamilyStore, 'get'>;
}

/** What a refresh token is found to be: one of its family, whose time has not come. */
export interface Examined {
  readonly family: RefreshFamily;
  /**
   * `current`: to be used next. `last`: used a moment ago, and it gets the successor that it got then. `used`: before that.
   * `revoked`, `halfway`: its family is, see {@link familyStanding}.
   */
  readonly standing: 'current' | 'last' | 'used' | 'revoked' | 'halfway';
}

/**
 * Looks a refresh token up and says what it is (RFC 9700 §4.14.2). Nothing is changed.
 *
 * @returns undefined for one that is of no family that is still there, or of a generation that was never made
 * @throws UnavailableError where a table cannot be reached
 */
export async function examine(
  token: RefreshToken,
  context: ExaminationContext,
): Promise<Examined | undefined> {
  const family = await context.families.get(token.sid);
  if (family === undefined || !(await isOfFamily(token, family))) return undefined;
  if (endOf(family, context.settings) <= context.now) return undefined;
  const familyIs = await familyStanding(family, context);
  if (familyIs !== 'open') return { family, standing: familyIs };
  const hash = await hashSecret(token.secret);
  if (token.generation === family.generation && equalInConstantTime(family.currentHash, hash))
    return { family, standing: 'current' };
  if (token.generation >= family.generation) return undefined;
  return { family, standing: isLast(token, hash, family) && isInGrace(family, context) ? 'last' : 'used' };
}

function isLast(token: RefreshToken, hash: string, family: RefreshFamily): boolean {
  const { generation, previousHash = '' } = family;
  return token.generation === generation - 1 && equalInConstantTime(previousHash, hash);
}

function isInGrace({ turnedAt = 0 }: RefreshFamily, { settings, now }: ExaminationContext): boolean {
  return now - turnedAt < settings.refreshGraceSeconds;
}
