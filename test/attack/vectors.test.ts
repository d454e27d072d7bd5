import { describe, expect, it } from '@jest/globals';
import type { JWK } from 'jose';
import { checkDpopProof } from '../../core/sender/dpop.ts';
import { startAuthorizer } from './authorizer.ts';
import { eventOf, shapes } from './events.ts';
import { base64url, compact, forgeKey, segmentsOf, withSignature } from './forge.ts';
import { audience } from './world.ts';
import { buildSignatureStep, hasVectors, issuer, nameless, readVectors, worldOf } from './vectors.ts';

function whereThereAreVectors(define: () => void): void {
  if (hasVectors) define();
  else it.todo('skipped: there is no folder ../shared/vectors');
}

/** How the vectors may be refused: in words of spelling, header, key, algorithm or signature. */
const unreadable = ['token_malformed', 'credentials_malformed', 'header_unsupported'];
const refusals = [...unreadable, 'key_unknown', 'algorithm_mismatch', 'signature_invalid'];

const signatureStep = hasVectors ? buildSignatureStep() : Promise.resolve(startAuthorizer);

/** Verdicts of one token on every shape that can carry it. */
async function verdictsOf(
  authorize: ReturnType<typeof startAuthorizer>,
  token: string,
): Promise<readonly string[]> {
  const verdicts: string[] = [];
  for (const shape of shapes) {
    const event = eventOf(shape, { authorization: [`Bearer ${token}`] });
    if (event !== undefined) verdicts.push((await authorize(event)).verdict);
  }
  return verdicts;
}

interface WycheproofGroup {
  readonly comment: string;
  readonly public?: JWK;
  readonly private?: JWK;
  readonly tests: readonly {
    readonly tcId: number;
    readonly comment: string;
    readonly jws: string;
    readonly result: 'valid' | 'invalid';
  }[];
}

interface Overlay {
  readonly treat_as_valid: Readonly<Record<string, string>>;
  readonly treat_as_invalid: Readonly<Record<string, string>>;
}

interface Vector {
  readonly title: string;
  readonly key: JWK;
  readonly algorithm: string;
  readonly jws: string;
  readonly isValid: boolean;
}

function wycheproof(): readonly Vector[] {
  const { testGroups } = readVectors('wycheproof/json_web_signature_test.json') as {
    testGroups: WycheproofGroup[];
  };
  const overlays = readVectors('wycheproof/OVERLAY.json') as Record<string, Overlay>;
  const overlay = overlays['json_web_signature_test.json'];
  return testGroups.flatMap(({ comment, public: published, private: secret, tests }) => {
    const key = published ?? secret ?? { kty: 'none' };
    const algorithm = key.alg ?? (key.kty === 'RSA' ? 'RS256' : 'ES256');
    return tests.map((test) => ({
      ...{ title: `${test.tcId} ${comment}: ${test.comment}`, key, algorithm, jws: test.jws },
      isValid:
        Object.hasOwn(overlay?.treat_as_valid ?? {}, test.tcId) ||
        (test.result === 'valid' && !Object.hasOwn(overlay?.treat_as_invalid ?? {}, test.tcId)),
    }));
  });
}

describe('Wycheproof JSON Web Signature vectors, C2SP/wycheproof', () => {
  whereThereAreVectors(() => {
    const vectors = wycheproof();

    it('are 401, of which 42 hold', () => {
      expect(vectors).toHaveLength(401);
      expect(vectors.filter(({ isValid }) => isValid)).toHaveLength(42);
    });

    it.each(vectors.map((vector) => [vector.isValid ? 'accepts' : 'refuses', vector.title, vector] as const))(
      'the signature step %s %s',
      async (_, __, { key, algorithm, jws, isValid }) => {
        const authorize = (await signatureStep)(worldOf(key, algorithm));
        for (const verdict of await verdictsOf(authorize, jws)) {
          if (isValid) expect(verdict).toBe('allow');
          else expect(refusals).toContain(verdict);
        }
      },
    );

    it('pass as access token in no case: their payloads are no claims', async () => {
      for (const { key, algorithm, jws } of vectors) {
        for (const verdict of await verdictsOf(startAuthorizer(worldOf(key, algorithm)), jws))
          expect(unreadable).toContain(verdict);
      }
    });
  });
});

describe('examples of RFC 7515 (JWS), RFC 7520 (JOSE cookbook), RFC 8037 (EdDSA)', () => {
  whereThereAreVectors(() => {
    interface Rfc7515Case {
      readonly id: string;
      readonly jwk?: JWK;
      readonly alg?: string;
      readonly jws: string;
      readonly expect: string;
    }
    interface CookbookCase {
      readonly title: string;
      readonly input: { readonly key?: JWK; readonly alg?: string };
      readonly output: { readonly compact?: string; readonly json?: unknown };
    }

    const rfc7515 = (readVectors('rfc7515/appendix_examples.json') as { cases: Rfc7515Case[] }).cases;
    const signed = rfc7515.flatMap(({ id, jwk, alg = '', jws, expect: expected }) =>
      jwk !== undefined && expected === 'valid-signature' ? [[`RFC 7515 ${id}`, jwk, alg, jws] as const] : [],
    );
    const cookbook = [
      ...['jws/4_1.rsa_v15_signature', 'jws/4_2.rsa-pss_signature', 'jws/4_3.ecdsa_signature'],
      ...['jws/4_4.hmac-sha2_integrity_protection', 'curve25519/jws'],
    ].flatMap((file) => {
      const { title, input, output } = readVectors(`jose-cookbook/${file}.json`) as CookbookCase;
      return [[title, input.key ?? {}, input.alg ?? '', output.compact ?? ''] as const];
    });

    it.each([...signed, ...cookbook])('the signature step accepts %s, and not altered', async (...row) => {
      const [, key, algorithm, jws] = row;
      const authorize = (await signatureStep)(worldOf(key, algorithm));
      const [header, payload, signature] = segmentsOf(jws);
      const flipped = Buffer.from(signature, 'base64url').map((byte, index) =>
        index === 9 ? byte ^ 1 : byte,
      );
      expect(new Set(await verdictsOf(authorize, jws))).toEqual(new Set(['allow']));
      for (const altered of [withSignature(jws, flipped), `${header}.${payload}AAAA.${signature}`])
        expect(new Set(await verdictsOf(authorize, altered))).toEqual(new Set(['signature_invalid']));
    });

    it('RFC 7515 A.1 reaches its claims in the authorizer as it is, and is refused for them', async () => {
      const [, jwk, alg, jws] = signed.find(([id]) => id === 'RFC 7515 A.1') ?? ['', {}, '', ''];
      const authorize = startAuthorizer(worldOf(jwk, alg, 'joe'));
      expect(new Set(await verdictsOf(authorize, jws))).toEqual(new Set(['claims_malformed']));
      const altered = withSignature(jws, new Uint8Array(32));
      expect(new Set(await verdictsOf(authorize, altered))).toEqual(new Set(['signature_invalid']));
    });

    it.each(rfc7515.filter(({ jwk }) => jwk === undefined).map(({ id, jws }) => [id, jws] as const))(
      'RFC 7515 %s is refused',
      async (_, jws) => {
        const authorize = (await signatureStep)(worldOf(forgeKey('RS256', nameless).publicJwk, 'RS256'));
        for (const verdict of await verdictsOf(authorize, jws))
          expect(['algorithm_mismatch', 'header_unsupported']).toContain(verdict);
      },
    );

    it.each([
      ...['4_5.signature_with_detached_content', '4_6.protecting_specific_header_fields'],
      ...['4_7.protecting_content_only', '4_8.multiple_signatures'],
    ])('JWS %s is no compact JWS with a payload, and is refused', async (file) => {
      const { input, output } = readVectors(`jose-cookbook/jws/${file}.json`) as CookbookCase;
      const authorize = (await signatureStep)(worldOf(input.key ?? {}, 'HS256'));
      const spellings = [output.compact, JSON.stringify(output.json), base64url(JSON.stringify(output.json))];
      for (const token of spellings.filter((spelling) => spelling !== undefined)) {
        for (const verdict of await verdictsOf(authorize, token)) expect(refusals).toContain(verdict);
      }
    });

    it('every JWE of RFC 7520 is refused', async () => {
      const files = [
        ...['5_1.key_encryption_using_rsa_v15_and_aes-hmac-sha2', '5_6.direct_encryption_using_aes-gcm'],
        ...['5_3.key_wrap_using_pbes2-aes-keywrap_with-aes-cbc-hmac-sha2', '5_9.compressed_content'],
      ];
      const authorize = startAuthorizer(worldOf(forgeKey('RS256', 'x').publicJwk, 'RS256'));
      for (const file of files) {
        const { output } = readVectors(`jose-cookbook/jwe/${file}.json`) as CookbookCase;
        expect(output.compact).toEqual(expect.any(String));
        expect(new Set(await verdictsOf(authorize, output.compact ?? ''))).toEqual(
          new Set(['token_malformed']),
        );
      }
    });

    it.each(['4.2.hmac-sha2_b64_false', 'hmac-sha2_b64_false'])('RFC 7797 %s is refused', async (file) => {
      const { input, output } = readVectors(`jose-cookbook/rfc7797/${file}.json`) as CookbookCase & {
        output: { json: { signatures: { protected: string; signature: string }[] } };
      };
      const [signature] = output.json.signatures;
      const token = `${signature?.protected}.${base64url('$.02')}.${signature?.signature}`;
      const authorize = (await signatureStep)(worldOf(input.key ?? {}, 'HS256'));
      expect(new Set(await verdictsOf(authorize, token))).toEqual(new Set(['header_unsupported']));
    });
  });
});

describe('the example of RFC 9068 (JWT access tokens), signed with a key of ours', () => {
  whereThereAreVectors(() => {
    interface Example {
      readonly header: { readonly kid: string };
      readonly claims: { readonly iss: string; readonly iat: number; readonly aud: string };
    }
    const { cases } = readVectors('rfc9068/example.json') as {
      cases: Example[];
    };

    it.each([
      ['at+JWT', 'allow'],
      ['at+jwt', 'allow'],
      ['application/at+jwt', 'allow'],
      ['Application/AT+JWT', 'allow'],
      ['JWT', 'type_not_accepted'],
      ['', 'type_not_accepted'],
      [undefined, 'type_not_accepted'],
    ])('typ %j: %s', async (typ, expected) => {
      for (const { header, claims } of cases) {
        const key = forgeKey('RS256', header.kid);
        const world = worldOf(key.publicJwk, 'RS256', claims.iss);
        const issuers = world.settings.issuers.map((settings) => ({
          ...{ ...settings, audience: [claims.aud], typ: ['at+jwt'], maxLifetimeSeconds: 300 * 86_400 },
        }));
        const clock = claims.iat + 60;
        const authorize = startAuthorizer({ ...world, settings: { ...world.settings, issuers } }, { clock });
        const token = compact({ ...header, typ }, claims, key);
        expect(new Set(await verdictsOf(authorize, token))).toEqual(new Set([expected]));
      }
      expect(cases).toHaveLength(1);
    });
  });
});

describe('the examples of RFC 9449 (DPoP)', () => {
  whereThereAreVectors(() => {
    interface Examples {
      readonly access_tokens: Readonly<Record<string, string>>;
      readonly examples: readonly {
        readonly anchor: string | null;
        readonly jwt: string;
        readonly payload: {
          readonly iat: number;
          readonly htm: string;
          readonly htu: string;
          readonly cnf?: { readonly jkt: string };
        };
      }[];
    }
    const { access_tokens: tokens, examples } = readVectors('rfc9449-dpop/dpop_examples.json') as Examples;
    const jkt = examples.find(({ payload }) => payload.cnf !== undefined)?.payload.cnf?.jkt ?? '';
    const request = examples.find(({ anchor }) => anchor === 'protected-resource-request');

    it('the proof of the resource request holds for its token, method, URL and key', async () => {
      const { jwt = '', payload } = request ?? {};
      const proven = await checkDpopProof({
        ...{ proofs: [jwt], method: 'GET', url: 'https://resource.example.org/protectedresource', jkt },
        ...{ token: Object.values(tokens)[0] ?? '', now: payload?.iat ?? 0, windowSeconds: 60 },
      });
      expect(proven).toEqual({ jti: 'e1j3V_bKic8-LAEB', jkt, expiresAt: 1562262678 });
    });

    it.each([
      ['held, and is for another token', (proof: string) => proof, 'dpop_proof_mismatch', /^ath /],
      [
        'does not hold',
        (proof: string) => withSignature(proof, new Uint8Array(64)),
        'dpop_proof_malformed',
        /^the signature is not valid/,
      ],
    ])('in the authorizer, the signature of that proof %s', async (_, change, expected, detail) => {
      const { jwt = '', payload } = request ?? {};
      const iat = payload?.iat ?? 0;
      const key = forgeKey('ES256', 'kid');
      const claims = { iss: issuer, sub: 'ada', aud: audience, iat, exp: iat + 300, cnf: { jkt } };
      const token = compact({ alg: 'ES256', kid: 'kid' }, claims, key);
      const authorize = startAuthorizer(worldOf(key.publicJwk, 'ES256'), { clock: iat });
      const event = eventOf('HTTP 2.0', {
        ...{ authorization: [`DPoP ${token}`], proofs: [change(jwt)] },
        route: { method: 'GET', resource: '/protectedresource', path: '/protectedresource' },
      });
      const { verdict } = await authorize({
        ...event,
        requestContext: { ...(event?.requestContext as object), domainName: 'resource.example.org' },
      });
      expect(verdict).toBe(expected);
      const line = JSON.parse(authorize.lines[0] ?? '{}') as { fields?: { detail?: string } };
      expect(line.fields?.detail).toMatch(detail);
    });
  });
});
