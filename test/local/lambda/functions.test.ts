import { writeFileSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { functionDefinition } from '../../../local/lambda/function-definition.ts';
import { functionNameOf, Functions } from '../../../local/lambda/functions.ts';
import { startInvokeApi } from '../../../local/lambda/invoke-api.ts';
import '../../engines.ts';
import { eventually, localClient, newFolder } from '../played.ts';

const service = 'http://127.0.0.1:1';
const endpoints = {
  dynamodb: service,
  kms: service,
  lambda: service,
  apigateway: service,
  secretsmanager: service,
};

let folder: string;
let functions: Functions;
let lines: string[];
beforeEach(() => {
  folder = newFolder();
  lines = [];
  functions = new Functions((source, line) => void lines.push(`${source}: ${line}`));
});
afterEach(async () => {
  await functions.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Adds the function `fn`, whose module has the given text. */
function add(code: string, properties: object = {}, file = 'index.js'): void {
  const directory = path.join(folder, 'code');
  mkdirSync(directory, { recursive: true });
  writeFileSync(path.join(directory, file), code);
  const resource = {
    logicalId: 'Fn',
    type: 'AWS::Lambda::Function',
    properties: { Runtime: 'nodejs24.x', ...properties },
  };
  functions.add('fn', () => functionDefinition(resource, 'fn', { directory, endpoints }));
}

const failed = (errorType: string, errorMessage: unknown, cause = 'unhandled') => ({
  ok: false,
  cause,
  error: { errorType, errorMessage },
});

describe('functionNameOf', () => {
  it.each([
    'fn',
    'fn:live',
    'arn:aws:lambda:us-east-1:000000000000:function:fn',
    'arn:aws:lambda:us-east-1:000000000000:function:fn:1',
    '000000000000:function:fn',
    'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:fn/invocations',
  ])('of %s is fn', (name) => {
    expect(functionNameOf(name)).toBe('fn');
  });
});

describe('a function', () => {
  it.each<[string, string, string]>([
    ['CommonJS', 'index.js', 'exports.handler = async (event) => ({ got: event.a });'],
    ['an ES module', 'index.mjs', 'export const handler = async (event) => ({ got: event.a });'],
    ['a function that does not wait', 'index.js', 'exports.handler = (event) => ({ got: event.a });'],
  ])('of %s answers', async (_what, file, code) => {
    add(code, {}, file);
    expect(await functions.invoke('fn', { a: 1 })).toEqual({ ok: true, payload: { got: 1 } });
  });

  it('has a context, its own environment, and lines in the log', async () => {
    add(
      'exports.handler = async (_, c) => { console.log("said"); return [c.functionName, c.invokedFunctionArn, process.env.A, process.env.JEST_WORKER_ID ?? null, c.getRemainingTimeInMillis() > 0]; };',
      { Environment: { Variables: { A: 'a' } } },
    );
    const arn = 'arn:aws:lambda:us-east-1:000000000000:function:fn';
    expect(await functions.invoke('fn', {})).toEqual({ ok: true, payload: ['fn', arn, 'a', null, true] });
    await eventually(() => lines.includes('Fn: said'));
  });

  it('keeps what is at module level between events, and handles one event at a time', async () => {
    add(
      'let n = 0, busy = 0; exports.handler = async () => { busy += 1; const most = busy; await new Promise((r) => setTimeout(r, 30)); busy -= 1; return [++n, most]; };',
    );
    expect(await functions.invoke('fn', {})).toEqual({ ok: true, payload: [1, 1] });
    expect(await functions.invoke('fn', {})).toEqual({ ok: true, payload: [2, 1] });
    const many = await Promise.all(Array.from({ length: 4 }, () => functions.invoke('fn', {})));
    expect(many.map((result) => result.ok && Array.isArray(result.payload) && result.payload[1])).toEqual([
      1, 1, 1, 1,
    ]);
  });

  it.each<[string, string, object, object]>([
    ['throws', "throw new TypeError('no')", {}, failed('TypeError', 'no')],
    ['throws no error', "throw 'text'", {}, failed('string', 'text')],
    [
      'answers what is no JSON',
      'return 1n',
      {},
      failed('Runtime.MarshalError', expect.stringContaining('Unable to stringify')),
    ],
    [
      'takes too long',
      'await new Promise(() => setInterval(() => {}, 1000))',
      { Timeout: 1 },
      failed('Sandbox.Timedout', expect.stringContaining('Task timed out after 1.00 seconds'), 'timeout'),
    ],
    [
      'ends the process',
      'process.exit(3)',
      {},
      failed('Runtime.ExitError', expect.stringContaining('exit status 3'), 'crashed'),
    ],
  ])(
    'that %s fails as on Lambda, and the next event is handled',
    async (_what, statement, properties, expected) => {
      add(`exports.handler = async (event) => { if (event.ok) return 'ok'; ${statement}; };`, properties);
      expect(await functions.invoke('fn', {})).toEqual(expected);
      expect(await functions.invoke('fn', { ok: true })).toEqual({ ok: true, payload: 'ok' });
    },
  );

  it.each<[string, string, object, object]>([
    [
      'has no such export',
      'exports.other = 1;',
      {},
      failed('Runtime.HandlerNotFound', 'index.handler is undefined or not exported'),
    ],
    [
      'has no such module',
      '',
      { Handler: 'other.handler' },
      failed('Runtime.ImportModuleError', "Error: Cannot find module 'other'"),
    ],
    ['throws while it is loaded', "throw new Error('init')", {}, failed('Error', 'init')],
    [
      'takes a callback on Node.js 24',
      'exports.handler = (e, c, done) => done(null, 1);',
      {},
      failed('Runtime.CallbackHandlerDeprecated', expect.stringContaining('async')),
    ],
  ])('that %s fails', async (_what, code, properties, expected) => {
    add(code, properties);
    expect(await functions.invoke('fn', {})).toEqual(expected);
  });

  it('takes a callback on earlier runtimes', async () => {
    add('exports.handler = (event, context, done) => done(null, 1);', { Runtime: 'nodejs22.x' });
    expect(await functions.invoke('fn', {})).toEqual({ ok: true, payload: 1 });
  });

  it('is throttled beyond its reserved concurrency', async () => {
    add('exports.handler = () => new Promise((r) => setTimeout(r, 50, 1));', {
      ReservedConcurrentExecutions: 1,
    });
    const results = await Promise.all([functions.invoke('fn', {}), functions.invoke('fn', {})]);
    expect(results).toEqual([
      { ok: true, payload: 1 },
      failed('TooManyRequestsException', 'Rate Exceeded.', 'throttled'),
    ]);
  });

  it('that is not played is not found', async () => {
    expect(await functions.invoke('none', {})).toMatchObject(
      failed('ResourceNotFoundException', 'Function not found: none. Functions played: none.'),
    );
  });
});

describe('the Invoke API', () => {
  async function invoke(input: object): Promise<unknown> {
    const api = await startInvokeApi(functions, () => undefined);
    const client = new LambdaClient({ ...localClient, endpoint: api.url, maxAttempts: 1 });
    try {
      const { StatusCode, FunctionError, Payload } = await client.send(
        new InvokeCommand({ FunctionName: 'fn', ...input }),
      );
      return { StatusCode, FunctionError, payload: Buffer.from(Payload ?? []).toString() };
    } catch (error) {
      return error instanceof Error ? error.name : error;
    } finally {
      client.destroy();
      await api.close();
    }
  }

  it('answers with the payload, or with the error', async () => {
    add(
      "let n = 0; exports.handler = async (event) => { if (event.bad) throw new Error('no'); return ++n; };",
    );
    expect(await invoke({})).toEqual({ StatusCode: 200, FunctionError: undefined, payload: '1' });
    expect(await invoke({ Payload: '{"bad":true}' })).toEqual({
      StatusCode: 200,
      FunctionError: 'Unhandled',
      payload: '{"errorType":"Error","errorMessage":"no"}',
    });
    expect(await invoke({ InvocationType: 'DryRun' })).toMatchObject({ StatusCode: 204 });
    expect(await invoke({ FunctionName: 'none' })).toBe('ResourceNotFoundException');
    expect(await invoke({ Payload: '{' })).toBe('InvalidRequestContentException');
  });

  it('takes nothing from a page in a browser, which any site could be', async () => {
    add("exports.handler = async () => { console.log('called'); return 1; };");
    const api = await startInvokeApi(functions, () => undefined);
    const ask = async (headers: Record<string, string>) =>
      (await fetch(`${api.url}/2015-03-31/functions/fn/invocations`, { method: 'POST', body: '{}', headers }))
        .status;
    expect([await ask({ origin: 'https://site.example' }), await ask({ origin: api.url })]).toEqual([
      403, 403,
    ]);
    expect(lines).not.toContain('Fn: called');
    expect(await ask({})).toBe(200);
    await api.close();
  });

  it('tries an asynchronous event again', async () => {
    add(
      "let n = 0; exports.handler = async () => { n += 1; console.log('try ' + n); if (n < 2) throw new Error('no'); };",
    );
    expect(await invoke({ InvocationType: 'Event' })).toMatchObject({ StatusCode: 202 });
    await eventually(() => lines.includes('Fn: try 2'));
  });
});
