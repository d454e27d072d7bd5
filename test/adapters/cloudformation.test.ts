import type { RequestListener } from 'node:http';
import type { CloudFormationCustomResourceCreateEvent, CloudFormationCustomResourceEvent } from 'aws-lambda';
import { afterEach, describe, expect, it } from '@jest/globals';
import { answerCloudFormation } from '../../adapters/http/cloudformation.ts';
import { serve, type TestServer } from './http-server.ts';

let server: TestServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

const names = { StackId: 'arn:stack', RequestId: 'request', LogicalResourceId: 'FirstKey' };

/** Serves the listener as CloudFormation's ResponseURL. */
async function create(listener: RequestListener): Promise<CloudFormationCustomResourceCreateEvent> {
  server = await serve(listener);
  return {
    ...names,
    RequestType: 'Create',
    ServiceToken: 'arn:function',
    ResponseURL: `${server.url}/answer?X-Amz-Signature=signed`,
    ResourceType: 'Custom::FirstKey',
    ResourceProperties: { ServiceToken: 'arn:function' },
  };
}

type Existing = CloudFormationCustomResourceCreateEvent & { readonly PhysicalResourceId: string };

const accept: RequestListener = (_, response) => response.end();
const answer = (): unknown => JSON.parse(server?.received.at(-1)?.body ?? '');

describe('answerCloudFormation', () => {
  it('puts a SUCCESS with an empty content type', async () => {
    await answerCloudFormation(await create(accept), async () => undefined);
    const received = server?.received[0];
    expect(received).toMatchObject({ method: 'PUT', url: '/answer?X-Amz-Signature=signed' });
    expect(received?.headers).toMatchObject({
      'content-type': '',
      'content-length': String(received?.body.length),
    });
    expect(answer()).toEqual({ ...names, Status: 'SUCCESS', PhysicalResourceId: 'FirstKey' });
  });

  it("hands on the work's result as the resource's attributes", async () => {
    await answerCloudFormation(await create(accept), async () => ({ Kid: 'abc' }));
    expect(answer()).toMatchObject({ Status: 'SUCCESS', Data: { Kid: 'abc' } });
  });

  it.each<(event: Existing) => CloudFormationCustomResourceEvent>([
    (event) => ({ ...event, RequestType: 'Update', OldResourceProperties: event.ResourceProperties }),
    (event) => ({ ...event, RequestType: 'Delete' }),
  ])('keeps the physical id of what exists', async (turn) => {
    const event = turn({ ...(await create(accept)), PhysicalResourceId: 'given' });
    await answerCloudFormation(event, async () => undefined);
    expect(answer()).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'given' });
  });

  it('puts a FAILED with the reason where the work fails, and does not reject', async () => {
    const event = await create(accept);
    await expect(
      answerCloudFormation(event, () => Promise.reject(new TypeError('no table'))),
    ).resolves.toBeUndefined();
    expect(answer()).toEqual({
      ...names,
      Status: 'FAILED',
      Reason: 'TypeError: no table',
      PhysicalResourceId: 'FirstKey',
    });
  });

  it('cuts a long reason, so that the answer is taken', async () => {
    await answerCloudFormation(await create(accept), () => Promise.reject(new Error('ü'.repeat(9000))));
    expect(Buffer.byteLength(server?.received[0]?.body ?? '')).toBeLessThan(4096);
  });

  it('does the work once and tries again until the answer is taken', async () => {
    let worked = 0;
    const statuses = [500, 503, 200];
    const event = await create((_, response) => response.writeHead(statuses.shift() ?? 200).end());
    await answerCloudFormation(event, async () => void worked++);
    expect(server?.received).toHaveLength(3);
    expect(worked).toBe(1);
  });

  it('rejects after four attempts without naming the signed address', async () => {
    const event = await create((_, response) => response.writeHead(403).end());
    const error = await answerCloudFormation(event, async () => undefined).catch((caught: unknown) => caught);
    expect(String(error)).toBe("Error: CloudFormation's ResponseURL: got status 403; allowed: status 200");
    expect(server?.received).toHaveLength(4);
  });

  it('gives up within 10 s where nothing answers', async () => {
    const event = await create(() => undefined);
    const begun = performance.now();
    await expect(answerCloudFormation(event, async () => undefined)).rejects.toThrow(
      'no whole answer within 2000 ms',
    );
    expect(performance.now() - begun).toBeLessThan(10_500);
  }, 15_000);

  it('does not send plain http beyond loopback', async () => {
    const event = {
      ...(await create(accept)),
      ResponseURL: 'http://bucket.example/answer?X-Amz-Signature=signed',
    };
    const error = await answerCloudFormation(event, async () => undefined).catch((caught: unknown) => caught);
    expect(String(error)).toContain('allowed: https, or http on a loopback address');
    expect(String(error)).not.toContain('signed');
  });
});
