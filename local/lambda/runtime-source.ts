/**
 * What runs in a function's worker thread, in place of Lambda's runtime client. It is source text because a worker
 * can load neither TypeScript nor a module of a bundle. Its `workerData` is {@link RuntimeData}; it answers
 * `ready` or `initError` once, and then `done` or `error` to each event.
 *
 * A `.js` file whose folder has no package.json is CommonJS on Lambda, whatever the package around the assembly
 * says: hence the loader for files of the function's own folder.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
 */
export const runtimeSource = String.raw`'use strict';
const { existsSync, readFileSync } = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { parentPort, workerData } = require('node:worker_threads');

const { directory, handler, functionName, memorySize, arn, callbacks } = workerData;
const stream = new Date().toISOString().slice(0, 10).replaceAll('-', '/') + '/[$LATEST]local';

function packageType(file) {
  for (let folder = path.dirname(file); folder.startsWith(directory); folder = path.dirname(folder)) {
    const found = path.join(folder, 'package.json');
    if (existsSync(found)) return JSON.parse(readFileSync(found, 'utf8')).type ?? 'commonjs';
    if (folder === directory) break;
  }
  return 'commonjs';
}

const loadScript = Module._extensions['.js'];
Module._extensions['.js'] = (module, file) => {
  const own = file.startsWith(directory + path.sep) && !file.includes(path.sep + 'node_modules' + path.sep);
  if (own && packageType(file) === 'commonjs') module._compile(readFileSync(file, 'utf8'), file);
  else loadScript(module, file);
};

function named(errorType, message) {
  return Object.assign(new Error(message), { name: errorType });
}

function load(base) {
  const file = ['.js', '.mjs', '.cjs'].map((extension) => base + extension).find(existsSync);
  if (file === undefined) throw named('Runtime.ImportModuleError', "Error: Cannot find module '" + path.basename(base) + "'");
  const isModule = file.endsWith('.mjs') || (file.endsWith('.js') && packageType(file) === 'module');
  return isModule ? import(pathToFileURL(file).href) : Module.createRequire(file)(file);
}

async function findHandler() {
  const dot = handler.indexOf('.', handler.lastIndexOf('/') + 1);
  let found = await load(path.join(directory, handler.slice(0, dot)));
  for (const name of handler.slice(dot + 1).split('.')) found = found?.[name];
  if (typeof found === 'function') return found;
  throw named('Runtime.HandlerNotFound', handler + ' is undefined or not exported');
}

function contextOf(requestId, deadline) {
  return {
    functionName, functionVersion: '$LATEST', invokedFunctionArn: arn, memoryLimitInMB: String(memorySize),
    awsRequestId: requestId, logGroupName: '/aws/lambda/' + functionName, logStreamName: stream,
    callbackWaitsForEmptyEventLoop: true, getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

function run(handle, event, context) {
  if (handle.length < 3) return handle(event, context);
  if (!callbacks) throw named('Runtime.CallbackHandlerDeprecated', 'this runtime takes no callback handlers: use an async handler');
  return new Promise((resolve, reject) => {
    const returned = handle(event, context, (error, value) => (error ? reject(error) : resolve(value)));
    if (typeof returned?.then === 'function') returned.then(resolve, reject);
  });
}

function describe(error) {
  if (error instanceof Error) return { errorType: error.name, errorMessage: error.message, stack: error.stack };
  return { errorType: typeof error, errorMessage: String(error), stack: '' };
}

function marshal(value) {
  try {
    return JSON.stringify(value) ?? 'null';
  } catch (error) {
    throw named('Runtime.MarshalError', 'Unable to stringify response body: ' + error.message);
  }
}

findHandler().then(
  (handle) => {
    parentPort.on('message', async ({ requestId, deadline, event }) => {
      try {
        const value = await run(handle, JSON.parse(event), contextOf(requestId, deadline));
        parentPort.postMessage({ kind: 'done', requestId, payload: marshal(value) });
      } catch (error) {
        parentPort.postMessage({ kind: 'error', requestId, error: describe(error) });
      }
    });
    parentPort.postMessage({ kind: 'ready' });
  },
  (error) => {
    const known = /^Cannot find (module|package)/.test(error?.message ?? '') ? 'Runtime.ImportModuleError' : undefined;
    const described = describe(error);
    parentPort.postMessage({ kind: 'initError', error: { ...described, errorType: known ?? described.errorType } });
  },
);
`;

/** What a worker is started with. */
export interface RuntimeData {
  /** The folder that holds the function's code. */
  readonly directory: string;
  /** `file.export`, without the file's extension. */
  readonly handler: string;
  readonly functionName: string;
  readonly arn: string;
  /** Megabytes. */
  readonly memorySize: number;
  /** Whether the runtime takes handlers with a callback (before Node.js 24). */
  readonly callbacks: boolean;
}

/** What a worker reports of an error; the stack goes to the log only. */
export interface RuntimeFailure {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly stack?: string;
}

/** What a worker answers. */
export type RuntimeMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'initError'; readonly error: RuntimeFailure }
  | { readonly kind: 'done'; readonly requestId: string; readonly payload: string }
  | { readonly kind: 'error'; readonly requestId: string; readonly error: RuntimeFailure };
