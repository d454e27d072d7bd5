import { rmSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CloudFormationCustomResourceCreateSchema } from '@aws-lambda-powertools/parser/schemas';
import { ensureCustomResource } from '../../../local/custom-resources/custom-resources.ts';
import { FunctionDouble, functionArn, resource, type Handler } from '../gateway/function-double.ts';
import { newFolder } from '../played.ts';

let folder: string;
beforeEach(() => {
  folder = newFolder();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Sends an answer to the ResponseURL, as a provider does. */
const answering =
  (answer: object): Handler =>
  async ({ ResponseURL }) =>
    void (await fetch(String(ResponseURL), { method: 'PUT', body: JSON.stringify(answer) }));

function make(handler: Handler, properties: object = {}) {
  const invoker = new FunctionDouble({ provider: handler });
  const declared = resource('Thing', 'Custom::Thing', {
    ServiceToken: functionArn('provider'),
    ...properties,
  });
  const tools = { invoker, file: path.join(folder, 'made.json'), stackName: 'Stack' };
  return { invoker, made: ensureCustomResource(declared, tools) };
}

const success = { Status: 'SUCCESS', PhysicalResourceId: 'thing-1', Data: { Url: 'u' } };

describe('a custom resource', () => {
  it('is created once, with the event of CloudFormation', async () => {
    const first = make(answering(success), { size: '1' });
    expect(await first.made).toMatchObject({ physicalResourceId: 'thing-1', data: { Url: 'u' } });
    const [event] = first.invoker.eventsOf('provider');
    expect(CloudFormationCustomResourceCreateSchema.safeParse(event).error).toBeUndefined();
    const again = make(answering(success), { size: '1' });
    expect(await again.made).toMatchObject({ physicalResourceId: 'thing-1', data: { Url: 'u' } });
    expect(again.invoker.events).toEqual([]);
  });

  it('is updated when its properties have changed', async () => {
    await make(answering(success), { size: '1' }).made;
    const { invoker, made } = make(answering({ ...success, Data: { Url: 'v' } }), { size: '2' });
    expect((await made).data).toEqual({ Url: 'v' });
    expect(invoker.eventsOf('provider')[0]).toMatchObject({
      RequestType: 'Update',
      PhysicalResourceId: 'thing-1',
      ResourceProperties: { size: '2' },
      OldResourceProperties: { size: '1' },
    });
  });

  it.each<[string, Handler, string]>([
    ['answers FAILED', answering({ Status: 'FAILED', Reason: 'no room' }), 'no room'],
    [
      'throws',
      () => {
        throw new Error('boom');
      },
      'Error: boom',
    ],
  ])('whose provider %s ends the start, and is tried again', async (_what, handler, reason) => {
    await expect(make(handler).made).rejects.toMatchObject({
      code: 'CUSTOM_RESOURCE_FAILED',
      message: `The custom resource Thing was not made: ${reason}`,
    });
    const { invoker, made } = make(answering(success));
    await made;
    expect(invoker.eventsOf('provider')[0]).toMatchObject({ RequestType: 'Create' });
  });
});
