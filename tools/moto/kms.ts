/** What local KMS is compared with moto's in. */
import { constants, createPublicKey, verify } from 'node:crypto';
import {
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GetPublicKeyCommand,
  type KeySpec,
  type KMSClient,
  SignCommand,
  type SigningAlgorithmSpec,
  VerifyCommand,
  type VerifyCommandOutput,
} from '@aws-sdk/client-kms';
import { errorOf, type Scenario, textOf } from './scenario.ts';

const message = Buffer.from('to be signed');
const context = { EncryptionContext: { issuer: 'a', kid: 'b' } };

async function makeKey(kms: KMSClient, KeySpec: KeySpec = 'SYMMETRIC_DEFAULT'): Promise<string> {
  const KeyUsage = KeySpec === 'SYMMETRIC_DEFAULT' ? 'ENCRYPT_DECRYPT' : 'SIGN_VERIFY';
  return (await kms.send(new CreateKeyCommand({ KeySpec, KeyUsage }))).KeyMetadata?.KeyId ?? '';
}

async function encrypt(kms: KMSClient, KeyId: string, more: object = {}): Promise<Uint8Array | undefined> {
  const input = { KeyId, Plaintext: Buffer.from('secret'), ...more };
  return (await kms.send(new EncryptCommand(input))).CiphertextBlob;
}

const algorithms: readonly (readonly [KeySpec, SigningAlgorithmSpec])[] = [
  ['RSA_2048', 'RSASSA_PKCS1_V1_5_SHA_256'],
  ['RSA_2048', 'RSASSA_PSS_SHA_256'],
  ['RSA_3072', 'RSASSA_PSS_SHA_384'],
  ['RSA_2048', 'RSASSA_PSS_SHA_512'],
  ['ECC_NIST_P256', 'ECDSA_SHA_256'],
  ['ECC_NIST_P384', 'ECDSA_SHA_384'],
  ['ECC_NIST_P521', 'ECDSA_SHA_512'],
  ['ECC_SECG_P256K1', 'ECDSA_SHA_256'],
];

/**
 * Signs with the service and verifies with Node. moto salts PSS to the full length, and hashes a digest once more
 * (`MessageType` DIGEST): AWS does neither, and test/local/kms holds us to that.
 */
async function signAndVerify(
  kms: KMSClient,
  [spec, SigningAlgorithm]: readonly [KeySpec, SigningAlgorithmSpec],
): Promise<unknown> {
  const KeyId = await makeKey(kms, spec);
  const shown = await kms.send(new GetPublicKeyCommand({ KeyId }));
  const key = createPublicKey({ key: Buffer.from(shown.PublicKey ?? []), format: 'der', type: 'spki' });
  const hash = `sha${SigningAlgorithm.slice(-3)}`;
  const isPss = SigningAlgorithm.startsWith('RSASSA_PSS');
  const by = { key, ...(isPss && { padding: constants.RSA_PKCS1_PSS_PADDING }) };
  const { Signature } = await kms.send(new SignCommand({ KeyId, SigningAlgorithm, Message: message }));
  const holds = verify(hash, message, by, Signature ?? new Uint8Array());
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
  return [holds, shown.KeyUsage, [...(shown.SigningAlgorithms ?? [])].sort(), namedCurve, modulusLength];
}

/** Signs {@link message}, and has the signature verified over a message. */
async function verifyOwn(kms: KMSClient, Message: Buffer): Promise<VerifyCommandOutput> {
  const by = { KeyId: await makeKey(kms, 'RSA_2048'), SigningAlgorithm: 'RSASSA_PSS_SHA_256' as const };
  const { Signature } = await kms.send(new SignCommand({ ...by, Message: message }));
  return await kms.send(new VerifyCommand({ ...by, Message, Signature }));
}

/** The comparisons, each of one behaviour. */
export const kmsScenarios: readonly Scenario[] = [
  {
    title: 'a ciphertext opens under its context, and under no other',
    async run({ kms }) {
      const CiphertextBlob = await encrypt(kms, await makeKey(kms), context);
      const open = async (more: object) => await kms.send(new DecryptCommand({ CiphertextBlob, ...more }));
      return [textOf((await open(context)).Plaintext), await errorOf(open({}))];
    },
  },
  {
    title: 'a ciphertext that was changed does not open',
    async run({ kms }) {
      const CiphertextBlob = Buffer.from((await encrypt(kms, await makeKey(kms))) ?? []);
      CiphertextBlob[CiphertextBlob.length - 1] = (CiphertextBlob.at(-1) ?? 0) ^ 1;
      return await errorOf(kms.send(new DecryptCommand({ CiphertextBlob })));
    },
  },
  {
    title: 'Encrypt takes 1 to 4096 bytes',
    async run({ kms }) {
      const key = await makeKey(kms);
      const sizes = [0, 1, 4096, 4097];
      return await Promise.all(
        sizes.map((size) => errorOf(encrypt(kms, key, { Plaintext: Buffer.alloc(size) }))),
      );
    },
  },
  {
    title: 'a key that is not there',
    run: ({ kms }) => errorOf(encrypt(kms, '11111111-1111-4111-8111-111111111111')),
  },
  {
    title: 'a data key opens to what was given',
    async run({ kms }) {
      const KeyId = await makeKey(kms);
      const made = await kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256', ...context }));
      const opened = await kms.send(new DecryptCommand({ CiphertextBlob: made.CiphertextBlob, ...context }));
      return [made.Plaintext?.length, textOf(opened.Plaintext) === textOf(made.Plaintext)];
    },
  },
  {
    title: 'a key is described',
    async run({ kms }) {
      const { KeyMetadata } = await kms.send(
        new DescribeKeyCommand({ KeyId: await makeKey(kms, 'RSA_2048') }),
      );
      const { KeySpec, KeyUsage, KeyState, Enabled, Origin, KeyManager, SigningAlgorithms } =
        KeyMetadata ?? {};
      return [
        KeySpec,
        KeyUsage,
        KeyState,
        Enabled,
        Origin,
        KeyManager,
        [...(SigningAlgorithms ?? [])].sort(),
      ];
    },
  },
  ...algorithms.map((algorithm): Scenario => ({
    title: algorithm.join(' signs by '),
    run: ({ kms }) => signAndVerify(kms, algorithm),
  })),
  {
    title: 'Verify accepts a signature that holds',
    run: async ({ kms }) => (await verifyOwn(kms, message)).SignatureValid,
  },
  {
    title: 'Verify refuses the signature of another message',
    run: ({ kms }) => errorOf(verifyOwn(kms, Buffer.from('another'))),
  },
  {
    title: 'a symmetric key has no public key',
    async run({ kms }) {
      return await errorOf(kms.send(new GetPublicKeyCommand({ KeyId: await makeKey(kms) })));
    },
  },
  {
    title: 'a message above 4096 bytes is not signed',
    async run({ kms }) {
      const KeyId = await makeKey(kms, 'ECC_NIST_P256');
      const input = { KeyId, SigningAlgorithm: 'ECDSA_SHA_256' as const, Message: Buffer.alloc(4097) };
      return await errorOf(kms.send(new SignCommand(input)));
    },
  },
];
