/**
 * `npm run soak -- --minutes 2`: keys that rotate every few seconds under steady load, through `keyturn local`. Every token
 * is used until it expires, at the API and with a JWK Set that is kept for as long as the settings allow. Ends with 1 where
 * a valid token was refused once; draws keys, refusals and latency into `.keyturn/soak.svg`, or where `--svg FILE` says.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose';
import type { KeyRotationResult } from '../core/contract/messages.ts';
import { demoClient, type Played, running, startLocal } from '../test/e2e/keyturn.ts';
import { type Sample, soakSvg } from './soak-graph.ts';

const times = {
  ...{ tokenLifetimeSeconds: 6, rotationPeriodSeconds: 8, jwksCacheSeconds: 3 },
  ...{ clockSkewSeconds: 4, propagationSeconds: 1, signerHoldSeconds: 1 },
};
const workers = 4;
/** Left for a request to be answered before its token expires. */
const inFlightMs = 1000;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '2' },
    svg: { type: 'string', default: path.join('.keyturn', 'soak.svg') },
  },
});
const end = Date.now() + Number(values.minutes) * 60_000;

interface Token {
  readonly text: string;
  readonly expiresAt: number;
}

const pool: Token[] = [];
const samples: Sample[] = [];
const refusals: string[] = [];
const seen = { requests: 0, verifications: 0, tokens: 0, rotations: 0, failedTicks: 0 };
let latencies: number[] = [];

async function newToken(stack: Played): Promise<void> {
  const { clientId, secret } = demoClient(stack);
  const authorization = `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`;
  const body = new URLSearchParams({ grant_type: 'client_credentials' });
  const answer = await fetch(`${stack.url}/oauth2/token`, {
    method: 'POST',
    headers: { authorization },
    body,
  });
  const { access_token: text } = (await answer.json()) as { access_token?: string };
  if (text === undefined) return void refusals.push(`no token was issued: status ${answer.status}`);
  seen.tokens += 1;
  pool.push({ text, expiresAt: (decodeJwt(text).exp ?? 0) * 1000 });
}

/** A token of any age that will be valid for as long as a request may take. */
function anyToken(): Token | undefined {
  const now = Date.now();
  while (pool[0] !== undefined && pool[0].expiresAt - inFlightMs < now) pool.shift();
  return pool[Math.floor(Math.random() * pool.length)];
}

async function callApi(stack: Played): Promise<void> {
  const token = anyToken();
  if (token === undefined) return;
  const begun = performance.now();
  const { status } = await fetch(`${stack.url}/whoami`, {
    headers: { authorization: `Bearer ${token.text}` },
  });
  latencies.push(performance.now() - begun);
  seen.requests += 1;
  if (status !== 200 && Date.now() < token.expiresAt) refusals.push(`the API answered ${status}`);
}

/** What the stack publishes; undefined, and noted as a refusal, where it answers with something else. */
async function publishedKeys(stack: Played): Promise<JSONWebKeySet | undefined> {
  const answer = await fetch(`${stack.url}/.well-known/jwks.json`);
  if (answer.ok) return (await answer.json()) as JSONWebKeySet;
  refusals.push(`the JWK Set was not served: status ${answer.status}`);
  return undefined;
}

/** A verifier of another's make: it keeps the JWK Set for as long as it may, and asks no sooner, whatever `kid` comes. */
function foreignVerifier(stack: Played): () => Promise<void> {
  let [keys, fetchedAt] = [undefined as ReturnType<typeof createLocalJWKSet> | undefined, 0];
  return async () => {
    const asked = Date.now();
    if (keys === undefined || asked - fetchedAt >= times.jwksCacheSeconds * 1000) {
      const published = await publishedKeys(stack);
      if (published === undefined) return;
      [keys, fetchedAt] = [createLocalJWKSet(published), asked];
    }
    const token = anyToken();
    if (token === undefined) return;
    seen.verifications += 1;
    await jwtVerify(token.text, keys, { clockTolerance: times.clockSkewSeconds }).catch((error: unknown) =>
      refusals.push(`a verifier with its own copy: ${String(error)}`),
    );
  };
}

/** EventBridge Scheduler counts in minutes; keys that live for seconds need their ticks every second. */
async function tick(stack: Played): Promise<void> {
  const { endpoints, outputs } = running(stack);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const lambda = new LambdaClient({ endpoint: endpoints.lambda, region: 'us-east-1', credentials });
  const [FunctionName, Payload] = [outputs['KeyRotationFunction'], JSON.stringify({ action: 'tick' })];
  const answer = await lambda.send(new InvokeCommand({ FunctionName, Payload }));
  const result = JSON.parse(new TextDecoder().decode(answer.Payload)) as KeyRotationResult;
  if (answer.FunctionError !== undefined) seen.failedTicks += 1;
  else if (result.rotated) seen.rotations += 1;
  lambda.destroy();
}

async function sample(stack: Played): Promise<void> {
  const { keys = [] } = (await publishedKeys(stack)) ?? {};
  const sorted = latencies.toSorted((a, b) => a - b);
  latencies = [];
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0;
  const kids = keys.map(({ kid }) => kid ?? '');
  samples.push({ kids, refusals: refusals.length, p50: at(0.5), p99: at(0.99) });
}

async function over(work: () => Promise<void>, pauseMs: number): Promise<void> {
  while (Date.now() < end) {
    await work();
    await sleep(pauseMs);
  }
}

const stack = await startLocal({ config: { tokenService: times } });
try {
  const verify = foreignVerifier(stack);
  const loads = Array.from({ length: workers }, () => over(() => callApi(stack), 10));
  const others = [over(() => newToken(stack), 100), over(verify, 20), over(() => tick(stack), 1000)];
  await Promise.all([...loads, ...others, over(() => sample(stack), 1000)]);
} finally {
  await stack.end('SIGTERM');
}

mkdirSync(path.dirname(values.svg), { recursive: true });
writeFileSync(values.svg, soakSvg(samples));
const allLatencies = samples.map(({ p99 }) => p99).toSorted((a, b) => a - b);
console.log(
  `${values.minutes} min: ${seen.rotations} rotations (${seen.failedTicks} ticks failed), ${seen.tokens} tokens, ${seen.requests} requests, ` +
    `${seen.verifications} verifications with a copy up to ${times.jwksCacheSeconds} s old, ${refusals.length} refusals; ` +
    `p99 of a request in the median second ${Math.round(allLatencies[Math.floor(allLatencies.length / 2)] ?? 0)} ms`,
);
console.log(`graph: ${path.resolve(values.svg)}, ${readFileSync(values.svg).length} bytes`);
for (const refusal of [...new Set(refusals)]) console.log(`REFUSED: ${refusal}`);
const isWell = refusals.length === 0 && seen.rotations >= Number(values.minutes) * 3 && seen.requests > 0;
console.log(isWell ? '1 passed, 0 failed, 0 skipped' : '0 passed, 1 failed, 0 skipped');
process.exitCode = isWell ? 0 : 1;
