import { Buffer } from 'node:buffer';
import { KeyObject, sign as signBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { exportSPKI } from 'jose';
import { encode, hmacSigner, type Sign, signer } from '../issuer.ts';
import { foreign, foreignClaims, refused, setStage, type Stage, verdictOf } from './fixture.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});

const unsigned: Sign = () => '';
const wrongAlg = (alg: string) => refused('algorithm_mismatch', `alg must be ${alg} for this kid`);
const unknownKey = refused('key_unknown', 'the issuer publishes no usable key of this kid');
const unknownIssuer = refused('issuer_unknown', 'iss is none of the configured issuers');
const badSignature = refused('signature_invalid', 'the signature is not valid');

describe('authorizeToken believes a key of', () => {
  it.each(['rs', 'ps', 'es', 'ed'] as const)('kind %s', async (name) => {
    const { alg, kid } = stage.keys[name];
    const token = stage.token({ header: { alg, kid }, sign: stage.sign[name] });
    expect(await stage.decide(token)).toMatchObject({ outcome: 'allow', token: { kid } });
  });
});

describe('authorizeToken refuses the algorithm', () => {
  it.each([
    'none',
    'None',
    'NONE',
    'nOnE',
    ' none',
    '',
    'rs256',
    'RS256 ',
    'RS384',
    'RS1',
    'PS256',
    'ES256',
    'HS256',
  ])('%j under an RS256 key', async (alg) => {
    expect(verdictOf(await stage.decide(stage.token({ header: { alg } })))).toEqual(wrongAlg('RS256'));
    expect(verdictOf(await stage.decide(stage.token({ header: { alg }, sign: unsigned })))).toEqual(
      wrongAlg('RS256'),
    );
  });

  it('HS256 whose secret is the public key, in every form of it', async () => {
    const { publicKey, publicJwk } = stage.keys.rs;
    const pem = await exportSPKI(publicKey);
    const der = Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
    const { kid, alg, use, ...bare } = publicJwk;
    const secrets = [
      pem,
      pem.trim(),
      der,
      der.toString('base64'),
      JSON.stringify(publicJwk),
      JSON.stringify(bare),
    ];
    expect([kid, alg, use]).toEqual(['rs', 'RS256', 'sig']);
    for (const secret of [...secrets, String(bare.n), Buffer.from(String(bare.n), 'base64url'), '']) {
      const token = stage.token({ header: { alg: 'HS256' }, sign: hmacSigner(secret) });
      expect(verdictOf(await stage.decide(token))).toEqual(wrongAlg('RS256'));
      const disguised = stage.token({ sign: hmacSigner(secret) });
      expect(verdictOf(await stage.decide(disguised))).toEqual(badSignature);
    }
  });

  it('RS256 under a PS256 key, and the other way round', async () => {
    const { rs, ps } = stage.keys;
    const rsByPs = signer(rs, 'PS256');
    const psByRs = signer(ps, 'RS256');
    expect(verdictOf(await stage.decide(stage.token({ header: { alg: 'PS256' }, sign: rsByPs })))).toEqual(
      wrongAlg('RS256'),
    );
    expect(verdictOf(await stage.decide(stage.token({ header: { kid: 'ps' }, sign: psByRs })))).toEqual(
      wrongAlg('PS256'),
    );
    expect(verdictOf(await stage.decide(stage.token({ sign: rsByPs })))).toEqual(badSignature);
  });

  it('Ed25519 under a key that is published as EdDSA', async () => {
    const token = stage.token({ header: { alg: 'Ed25519', kid: 'ed' }, sign: stage.sign.ed });
    expect(verdictOf(await stage.decide(token))).toEqual(wrongAlg('EdDSA'));
  });
});

describe('authorizeToken refuses the key', () => {
  it.each([
    'unknown',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'RS',
    'rs ',
    '../rs',
    "rs' OR '1'='1",
  ])('of kid %j', async (kid) => {
    expect(verdictOf(await stage.decide(stage.token({ header: { kid } })))).toEqual(unknownKey);
  });

  it('of another issuer', async () => {
    const claims = { iss: foreign.issuer };
    expect(verdictOf(await stage.decide(stage.token({ claims })))).toEqual(unknownKey);
    const theirs = stage.token({ header: { kid: 'foreign' }, sign: stage.sign.foreign });
    expect(verdictOf(await stage.decide(theirs))).toEqual(unknownKey);
  });

  it('of another issuer under the same kid', async () => {
    const header = { kid: 'shared' };
    const ourToken = { header, sign: stage.sign.shared };
    const theirToken = { header, claims: foreignClaims, sign: stage.sign.other };
    expect(verdictOf(await stage.decide(stage.token(ourToken)))).toEqual({ outcome: 'allow' });
    expect(verdictOf(await stage.decide(stage.token(theirToken)))).toEqual({ outcome: 'allow' });
    expect(verdictOf(await stage.decide(stage.token({ ...ourToken, sign: stage.sign.other })))).toEqual(
      badSignature,
    );
    expect(verdictOf(await stage.decide(stage.token({ ...theirToken, sign: stage.sign.shared })))).toEqual(
      badSignature,
    );
  });

  it('that nobody published, under a kid that somebody did', async () => {
    expect(verdictOf(await stage.decide(stage.token({ sign: stage.sign.stranger })))).toEqual(badSignature);
  });
});

describe('authorizeToken refuses the issuer', () => {
  it.each<[unknown]>([
    ['https://issuer.example/'],
    ['https://ISSUER.example'],
    ['HTTPS://issuer.example'],
    ['https://issuer.example:443'],
    ['http://issuer.example'],
    ['https://issuer.example '],
    ['https://login.example'],
    ['https://evil.example'],
    ['__proto__'],
    [''],
    [undefined],
    [null],
    [1],
    [['https://issuer.example']],
    [{ iss: 'https://issuer.example' }],
  ])('%j', async (iss) => {
    expect(verdictOf(await stage.decide(stage.token({ claims: { iss } })))).toEqual(unknownIssuer);
  });
});

describe('authorizeToken refuses the signature', () => {
  const zeros =
    (length: number): Sign =>
    () =>
      encode(new Uint8Array(length));

  it.each([
    ['empty', 'rs', unsigned],
    ['of zeros', 'rs', zeros(256)],
    ['of ones', 'rs', () => encode(new Uint8Array(256).fill(255))],
    ['too short', 'rs', zeros(10)],
    ['too long', 'rs', zeros(257)],
    ['of ECDSA zeros', 'es', zeros(64)],
    ['of ECDSA, one byte', 'es', zeros(1)],
    ['of Ed25519 zeros', 'ed', zeros(64)],
  ] as const)('%s', async (_, name, sign) => {
    const { alg, kid } = stage.keys[name];
    expect(verdictOf(await stage.decide(stage.token({ header: { alg, kid }, sign })))).toEqual(badSignature);
  });

  it('of ECDSA in DER', async () => {
    const key = KeyObject.from(stage.keys.es.privateKey);
    const sign: Sign = (input) =>
      encode(signBytes('sha256', Buffer.from(input), { key, dsaEncoding: 'der' }));
    const token = stage.token({ header: { alg: 'ES256', kid: 'es' }, sign });
    expect(verdictOf(await stage.decide(token))).toEqual(badSignature);
  });

  it('over other claims, another header, or other bytes', async () => {
    const [header = '', claims = '', signature = ''] = stage.token().split('.');
    const [, otherClaims = ''] = stage.token({ claims: { sub: 'admin' } }).split('.');
    const [otherHeader = ''] = stage.token({ header: { cty: 'x' } }).split('.');
    const flipped = `${signature[0] === 'A' ? 'B' : 'A'}${signature.slice(1)}`;
    for (const parts of [
      [header, otherClaims, signature],
      [otherHeader, claims, signature],
      [header, claims, flipped],
    ]) {
      expect(verdictOf(await stage.decide(parts.join('.')))).toEqual(badSignature);
    }
  });
});
