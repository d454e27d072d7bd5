import { generateKeyPairSync, type KeyObject } from 'node:crypto';

const rsaAlgorithms: readonly string[] = ['PKCS1_V1_5', 'PSS'].flatMap((padding) =>
  ['256', '384', '512'].map((bits) => `RSASSA_${padding}_SHA_${bits}`),
);

interface Spec {
  readonly algorithms: readonly string[];
  generate(): KeyObject;
}

function rsa(modulusLength: number): Spec {
  return {
    algorithms: rsaAlgorithms,
    generate: () => generateKeyPairSync('rsa', { modulusLength }).privateKey,
  };
}

function ec(namedCurve: string, bits: number): Spec {
  return {
    algorithms: [`ECDSA_SHA_${bits}`],
    generate: () => generateKeyPairSync('ec', { namedCurve }).privateKey,
  };
}

/** Of a type that only newer runtimes have; their type definitions name none of them for all versions. */
function mlDsa(type: string): Spec {
  const generate = generateKeyPairSync as unknown as (type: string) => { readonly privateKey: KeyObject };
  return { algorithms: ['ML_DSA_SHAKE_256'], generate: () => generate(type).privateKey };
}

/** @see https://docs.aws.amazon.com/kms/latest/developerguide/symm-asymm-choose-key-spec.html */
const specs: Readonly<Record<string, Spec>> = {
  RSA_2048: rsa(2048),
  RSA_3072: rsa(3072),
  RSA_4096: rsa(4096),
  ECC_NIST_P256: ec('P-256', 256),
  ECC_NIST_P384: ec('P-384', 384),
  ECC_NIST_P521: ec('P-521', 512),
  ECC_SECG_P256K1: ec('secp256k1', 256),
  ECC_NIST_EDWARDS25519: {
    algorithms: ['ED25519_SHA_512'],
    generate: () => generateKeyPairSync('ed25519').privateKey,
  },
  ML_DSA_44: mlDsa('ml-dsa-44'),
  ML_DSA_65: mlDsa('ml-dsa-65'),
  ML_DSA_87: mlDsa('ml-dsa-87'),
};

/** The specs of keys that sign. */
export const signingSpecs: readonly string[] = Object.keys(specs);

/** The signing algorithms of a spec; none for a key that does not sign. */
export function signingAlgorithms(spec: string): readonly string[] {
  return specs[spec]?.algorithms ?? [];
}

/**
 * Makes a private key.
 *
 * @throws when the runtime has no such keys (ML-DSA before Node.js 24).
 */
export function generatePrivateKey(spec: string): KeyObject {
  const found = specs[spec];
  if (found === undefined) throw new Error(`no key spec ${spec}; there are: ${signingSpecs.join(', ')}`);
  return found.generate();
}

/** Why a key of the template is not played; undefined when it is. */
export function unplayedKey(spec: string, usage: string): string | undefined {
  if (spec === 'SYMMETRIC_DEFAULT') return undefined;
  if (!signingSpecs.includes(spec) || usage !== 'SIGN_VERIFY')
    return `keys of KeySpec ${spec} with KeyUsage ${usage} are not played: SYMMETRIC_DEFAULT, and SIGN_VERIFY with ${signingSpecs.join(', ')} are`;
  const isRuntimeTooOld = spec.startsWith('ML_DSA') && Number(process.versions.node.split('.')[0]) < 24;
  return isRuntimeTooOld
    ? `keys of KeySpec ${spec} need Node.js 24, and this is ${process.versions.node}`
    : undefined;
}
