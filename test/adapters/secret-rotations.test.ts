import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CreateSecretCommand, RotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { AwsRefusalError } from '../../adapters/aws-call.ts';
import { secretRotations } from '../../adapters/secrets-manager/rotations.ts';
import { UnavailableError } from '../../core/ports.ts';
import { newYear, rotateArn, type RunningSecrets, startSecrets } from '../local/secrets-manager/fixture.ts';
import { faultyLink, type Fault, type FaultyLink } from './faulty-link.ts';
import { credentials } from './tables.ts';

const day = 86_400;

describe('secretRotations', () => {
  let run: RunningSecrets;
  let link: FaultyLink;
  let read: ReturnType<typeof secretRotations>;

  beforeAll(async () => {
    run = await startSecrets();
    link = await faultyLink(run.service.url);
    read = secretRotations({ endpoint: link.endpoint, region: 'us-east-1', credentials });
    for (const Name of ['still', 'rotating'])
      await run.client.send(new CreateSecretCommand({ Name, SecretString: 'x' }));
    const rules = { RotationRules: { ScheduleExpression: 'rate(30 days)' }, RotateImmediately: false };
    await run.client.send(
      new RotateSecretCommand({ SecretId: 'rotating', RotationLambdaARN: rotateArn, ...rules }),
    );
  });

  afterAll(async () => {
    await link.close();
    await run.end();
  });

  it('tells whether a secret rotates, and by when', async () => {
    expect(await read('still')).toEqual({ isOn: false });
    expect(await read('rotating')).toEqual({ isOn: true, nextRotationAt: newYear / 1000 + 30 * day });
  });

  it('names a refusal, and what to mend', async () => {
    const refusal = read('nowhere');
    await expect(refusal).rejects.toThrow(AwsRefusalError);
    await expect(refusal).rejects.toThrow(
      'SecretsManager refused DescribeSecret on secret nowhere: ResourceNotFoundException; there is no such secret',
    );
  });

  it.each<[string, Fault]>([
    ['hangs', 'hang'],
    ['resets', 'reset'],
    ['answers 500', { status: 500, body: '{}' }],
  ])('is unavailable within 2 s where it %s', async (_, fault) => {
    link.next(fault);
    const begun = performance.now();
    await expect(read('still')).rejects.toThrow(UnavailableError);
    expect(performance.now() - begun).toBeLessThan(2000);
  });
});
