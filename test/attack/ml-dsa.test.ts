/** RFC 9964: ML-DSA, which Node.js has from 24.7. */
import { describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { ConfigError } from '../../core/contract/config-error.ts';
import { isAvailable } from '../../core/keys/algorithms.ts';
import { startAuthorizer } from './authorizer.ts';
import { eventOf } from './events.ts';
import { segmentsOf, withSignature } from './forge.ts';
import { audience, now } from './world.ts';
import { issuer, worldOf } from './vectors.ts';

describe.each(['ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87'])('%s', (alg) => {
  if (!isAvailable(alg)) {
    it.todo('skipped: this runtime has no ML-DSA');
    it('is a configuration error in a runtime that has none', () => {
      const start = () => startAuthorizer(worldOf({ kty: 'AKP', kid: 'k', alg, pub: 'AA' }, alg));
      expect(start).toThrow(ConfigError);
      expect(start).toThrow(
        `issuer ${issuer}: algorithms: got ${alg}, which this runtime cannot verify; run on Node.js 24.7 or later`,
      );
    });
    return;
  }

  it('passes signed, and not altered', async () => {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
    const token = await new SignJWT({ jti: 'j' })
      .setProtectedHeader({ alg, kid: 'k' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject('ada')
      .setIssuedAt(now - 60)
      .setExpirationTime(now + 300)
      .sign(privateKey);
    const authorize = startAuthorizer(worldOf({ ...(await exportJWK(publicKey)), alg, kid: 'k' }, alg));
    const verdictOf = async (presented: string) =>
      (await authorize(eventOf('HTTP 2.0', { authorization: [`Bearer ${presented}`] }) ?? {})).verdict;
    const flipped = Buffer.from(segmentsOf(token)[2], 'base64url').map((byte, at) =>
      at === 9 ? byte ^ 1 : byte,
    );
    expect(await verdictOf(token)).toBe('allow');
    expect(await verdictOf(withSignature(token, flipped))).toBe('signature_invalid');
    expect(await verdictOf(withSignature(token, new Uint8Array()))).toBe('signature_invalid');
  });
});
