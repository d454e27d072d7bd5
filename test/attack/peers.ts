/** Other verifiers, told what the attacked authorizer knows: issuers, keys, audience, clock and tolerance. */
import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { JwtVerifier } from 'aws-jwt-verify';
import { createLocalJWKSet, type JWK, jwtVerify } from 'jose';
import jsonwebtoken, { type Algorithm } from 'jsonwebtoken';
import { toJwkSet } from '../../core/keys/jwk-set.ts';
import { audience, foreign, now, own, tolerance, type World } from './world.ts';

/** Whether another verifier takes a token of one of our issuers. */
export type Peer = (token: string) => Promise<boolean>;

interface PeerIssuer {
  readonly issuer: string;
  readonly algorithms: readonly string[];
  readonly keys: readonly JWK[];
}

/** Issuers whose keys are published, each with its JWK Set as it is. */
function peerIssuers({ settings, keySets, jwkSets }: World): readonly PeerIssuer[] {
  return settings.issuers.flatMap(({ issuer, jwksUri, algorithms }) => {
    const ownKeys = keySets[issuer];
    const { keys } = ownKeys === undefined ? (jwkSets[jwksUri ?? ''] ?? { keys: [] }) : toJwkSet(ownKeys);
    return issuer === own || issuer === foreign ? [{ issuer, algorithms, keys }] : [];
  });
}

/** aws-jwt-verify reads `Date.now()`, which must stand at the time of the attacks. */
function awsJwtVerify({ issuer, keys }: PeerIssuer): Peer {
  const verifier = JwtVerifier.create({
    issuer,
    audience,
    graceSeconds: tolerance,
    jwksUri: `${issuer}jwks`,
  });
  const unambiguous = keys.filter(({ kid }) => keys.filter((other) => other.kid === kid).length === 1);
  verifier.cacheJwks({ keys: unambiguous } as unknown as Parameters<typeof verifier.cacheJwks>[0]);
  return passes((token) => verifier.verifySync(token));
}

function jsonWebToken({ issuer, algorithms, keys }: PeerIssuer): Peer {
  return passes((token) => {
    const kid = jsonwebtoken.decode(token, { complete: true })?.header.kid;
    const jwk = keys.find((key) => key.kid === kid);
    if (jwk === undefined) throw new Error('no such key');
    return jsonwebtoken.verify(token, createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' }), {
      ...{ issuer, audience, clockTolerance: tolerance, clockTimestamp: now },
      algorithms: [...algorithms] as Algorithm[],
    });
  });
}

function jose({ issuer, algorithms, keys }: PeerIssuer): Peer {
  return passes((token) =>
    jwtVerify(token, createLocalJWKSet({ keys: [...keys] }), {
      ...{ issuer, audience, clockTolerance: tolerance, currentDate: new Date(now * 1000) },
      algorithms: [...algorithms],
    }),
  );
}

function passes(verify: (token: string) => unknown): Peer {
  return async (token) => {
    try {
      await verify(token);
      return true;
    } catch {
      return false;
    }
  };
}

const makers = { jose, 'aws-jwt-verify': awsJwtVerify, jsonwebtoken: jsonWebToken };
export type PeerName = keyof typeof makers;

/** Verifiers by their names on npm; each takes a token where it takes it as one of any issuer. */
export function makePeers(world: World): Readonly<Record<PeerName, Peer>> {
  const anyIssuer = (make: (issuer: PeerIssuer) => Peer): Peer => {
    const peers = peerIssuers(world).map(make);
    return async (token) => (await Promise.all(peers.map((accepts) => accepts(token)))).includes(true);
  };
  const entries = Object.entries(makers).map(([name, make]) => [name, anyIssuer(make)] as const);
  return Object.fromEntries(entries) as Record<PeerName, Peer>;
}
