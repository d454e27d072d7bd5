import { afterEach, describe, expect, it } from '@jest/globals';
import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamSchema } from '@aws-lambda-powertools/parser/schemas';
import { isObject, objectOf } from '../../../local/json.ts';
import { engines } from '../../engines.ts';
import {
  endPlay,
  eventually,
  inlineFunction,
  localClient,
  newFolder,
  playResources,
  type PlayedTemplate,
} from '../played.ts';

const table = {
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    TableName: 'orders',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
  },
};

const says = inlineFunction(
  "exports.handler = async (event) => { console.log('GOT ' + JSON.stringify(event)); };",
);

function mapping(properties: object = {}): object {
  return {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      EventSourceArn: { 'Fn::GetAtt': ['Orders', 'StreamArn'] },
      FunctionName: { Ref: 'Reader' },
      StartingPosition: 'LATEST',
      ...properties,
    },
  };
}

const resources = { Orders: table, Reader: says, Mapping: mapping() };

let stack: PlayedTemplate | undefined;
afterEach(async () => {
  await endPlay(stack);
  stack = undefined;
});

function eventsIn(lines: readonly string[]): unknown[] {
  return lines.flatMap((line) => {
    const text = /^Reader: GOT (.*)$/.exec(line)?.[1];
    return text === undefined ? [] : [JSON.parse(text) as unknown];
  });
}

function recordsIn(lines: readonly string[]): Record<string, unknown>[] {
  return eventsIn(lines).flatMap((event) => {
    const { Records: records } = objectOf(event);
    return Array.isArray(records) ? records.filter(isObject) : [];
  });
}

function summaries(lines: readonly string[]): string[] {
  return recordsIn(lines).map(({ eventName, dynamodb }) => {
    const { Keys, OldImage, NewImage } = objectOf(dynamodb);
    const n = (image: unknown) => String(objectOf(objectOf(image).n).N ?? '-');
    return `${String(eventName)} ${String(objectOf(objectOf(Keys).id).S)} ${n(OldImage)} ${n(NewImage)}`;
  });
}

describe.each(engines)('a table stream on $name', ({ name: engine }) => {
  it('delivers what each write changed, in order, in the shape of AWS', async () => {
    stack = await playResources(resources, { engine });
    const client = new DynamoDBClient({ ...localClient, endpoint: stack.endpoints.dynamodb });
    const item = (id: string, n: string) => ({ id: { S: id }, n: { N: n } });
    await client.send(new PutItemCommand({ TableName: 'orders', Item: item('a', '1') }));
    await client.send(new PutItemCommand({ TableName: 'orders', Item: item('a', '1') }));
    const updated = await client.send(
      new UpdateItemCommand({
        TableName: 'orders',
        Key: { id: { S: 'a' } },
        UpdateExpression: 'SET n = n + :one',
        ExpressionAttributeValues: { ':one': { N: '1' } },
        ReturnValues: 'UPDATED_NEW',
      }),
    );
    expect(updated.Attributes).toEqual({ n: { N: '2' } });
    await client.send(new DeleteItemCommand({ TableName: 'orders', Key: { id: { S: 'a' } } }));
    await client.send(new DeleteItemCommand({ TableName: 'orders', Key: { id: { S: 'a' } } }));
    const refused = client.send(
      new PutItemCommand({
        TableName: 'orders',
        Item: item('x', '1'),
        ConditionExpression: 'attribute_exists(id)',
      }),
    );
    await expect(refused).rejects.toThrow('The conditional request failed');
    await client.send(
      new BatchWriteItemCommand({
        RequestItems: {
          orders: [{ PutRequest: { Item: item('b', '1') } }, { PutRequest: { Item: item('c', '1') } }],
        },
      }),
    );
    const { lines } = stack;
    await eventually(() => recordsIn(lines).length >= 5);
    expect(summaries(lines)).toEqual([
      'INSERT a - 1',
      'MODIFY a 1 2',
      'REMOVE a 2 -',
      'INSERT b - 1',
      'INSERT c - 1',
    ]);
    for (const event of eventsIn(lines)) expect(DynamoDBStreamSchema.safeParse(event).error).toBeUndefined();
    const numbers = recordsIn(lines).map(({ dynamodb }) => String(objectOf(dynamodb).SequenceNumber));
    expect(numbers).toEqual([...new Set(numbers)].sort());
  });

  it('delivers again what an earlier run did not', async () => {
    const folder = newFolder();
    const failing = inlineFunction("exports.handler = async () => { throw new Error('not today'); };");
    stack = await playResources({ ...resources, Reader: failing }, { engine, folder });
    const client = new DynamoDBClient({ ...localClient, endpoint: stack.endpoints.dynamodb });
    await client.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: 'a' }, n: { N: '7' } } }));
    const { lines } = stack;
    await eventually(() => lines.some((line) => line.includes('attempt 1 failed: Error: not today')));
    await stack.stop();
    stack = await playResources(resources, { engine, folder });
    const { lines: after } = stack;
    await eventually(() => recordsIn(after).length > 0);
    expect(summaries(after)).toEqual(['INSERT a - 7']);
  });

  it('goes on when the engine dies', async () => {
    stack = await playResources(resources, { engine });
    const client = new DynamoDBClient({
      ...localClient,
      endpoint: stack.endpoints.dynamodb,
      maxAttempts: 10,
    });
    stack.killEngine();
    await client.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: 'a' }, n: { N: '1' } } }));
    const { lines } = stack;
    await eventually(() => recordsIn(lines).length > 0);
    expect(summaries(lines)).toEqual(['INSERT a - 1']);
  });
});

it.each(engines.filter(({ name }) => name === 'dynoxide'))(
  'delivers a transaction on $name',
  async ({ name: engine }) => {
    stack = await playResources(resources, { engine });
    const client = new DynamoDBClient({ ...localClient, endpoint: stack.endpoints.dynamodb });
    await client.send(
      new TransactWriteItemsCommand({
        TransactItems: ['a', 'b'].map((id) => ({
          Put: { TableName: 'orders', Item: { id: { S: id }, n: { N: '1' } } },
        })),
      }),
    );
    const { lines } = stack;
    await eventually(() => recordsIn(lines).length > 1);
    expect(summaries(lines)).toEqual(['INSERT a - 1', 'INSERT b - 1']);
  },
);

it('plays a table whose stream nobody reads', async () => {
  stack = await playResources({ Orders: table });
  expect(stack.leftOut).toEqual([]);
});

it.each<[string, object, string]>([
  ['a queue', { EventSourceArn: 'arn:aws:sqs:us-east-1:000000000000:q' }, 'is not the stream of a table'],
  ['a function elsewhere', { FunctionName: 'other' }, 'other is not a function that is played'],
  [
    'a filter rule that is not played',
    { FilterCriteria: { Filters: [{ Pattern: '{"a":[{"cidr":"10.0.0.0/8"}]}' }] } },
    'its filter criteria have a rule that is not played',
  ],
])('leaves out a mapping of %s', async (_what, properties, reason) => {
  stack = await playResources({ ...resources, Mapping: mapping(properties) });
  expect(stack.leftOut).toEqual([
    {
      logicalId: 'Mapping',
      type: 'AWS::Lambda::EventSourceMapping',
      reason: expect.stringContaining(reason),
    },
  ]);
});
