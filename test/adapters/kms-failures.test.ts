import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AwsRefusalError } from '../../adapters/aws-call.ts';
import { connectKms, kmsSealer } from '../../adapters/kms/sealer.ts';
import { UnavailableError, type KeySealer } from '../../core/ports.ts';
import { freePort } from '../engines.ts';
import { faultyLink, type Fault, type FaultyLink } from './faulty-link.ts';
import { credentials } from './tables.ts';

const key = 'arn:aws:kms:us-east-1:000000000000:key/1';
const context = { issuer: 'https://issuer.example', kid: 'kid' };
const bytes = Uint8Array.of(1, 2, 3);

const operations: readonly [string, (sealer: KeySealer) => Promise<unknown>][] = [
  ['Encrypt', (sealer) => sealer.seal(context, bytes)],
  ['Decrypt', (sealer) => sealer.unseal(context, bytes)],
];

describe('kmsSealer', () => {
  let link: FaultyLink;
  let sealer: KeySealer;

  beforeAll(async () => {
    link = await faultyLink(`http://127.0.0.1:${await freePort()}`);
    sealer = kmsSealer(key, connectKms({ endpoint: link.endpoint, region: 'us-east-1', credentials }));
  });

  beforeEach(() => link.always('hang'));

  afterAll(() => link.close());

  it.each(operations)('is unavailable within 2 s where %s hangs', async (operation, run) => {
    const begun = performance.now();
    const error = await run(sealer).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(UnavailableError);
    expect(String(error)).toContain(`KMS ${operation} on key ${key} was not answered: ETIMEDOUT`);
    expect(performance.now() - begun).toBeLessThan(2000);
  });

  it.each<[string, Fault]>([
    ['resets', 'reset'],
    ['has an internal error', { status: 500, body: '{"__type":"KMSInternalException"}' }],
    ['throttles', { status: 400, body: '{"__type":"ThrottlingException"}' }],
  ])('is unavailable where KMS %s', async (_, fault) => {
    link.always(fault);
    await expect(sealer.seal(context, bytes)).rejects.toBeInstanceOf(UnavailableError);
  });

  it.each([
    ['InvalidCiphertextException', 'the same request will be refused again'],
    ['AccessDeniedException', "the caller's role needs kms:Decrypt there"],
    ['NotFoundException', 'there is no such key in this account and Region'],
    ['DisabledException', 'the same request will be refused again'],
  ])('is refused, not unavailable, at a %s, and says nothing of its text', async (code, mend) => {
    link.always({ status: 400, body: JSON.stringify({ __type: code, message: 'cabbage' }) });
    const error = await sealer.unseal(context, bytes).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(AwsRefusalError);
    expect(error).toMatchObject({ code });
    expect(String(error)).toContain(`KMS refused Decrypt on key ${key}: ${code}; ${mend}`);
    expect(String(error)).not.toContain('cabbage');
  });

  it.each(operations)('takes no answer without bytes for %s', async (_, run) => {
    link.always({ status: 200, body: '{}' });
    await expect(run(sealer)).rejects.toThrow('KMS answered without bytes');
  });
});
