import { createHash } from 'node:crypto';
import { appendFile, readFile } from 'node:fs/promises';
import type { BulkResult } from '../core/admin/revocations.ts';
import type { Page } from '../core/admin/page.ts';
import type { IssuedToken } from '../core/issue/client.ts';
import { UsageError } from './command.ts';
import { askAdmin, type Stack } from './stack.ts';

/** What came of many revocations. */
export interface BulkOutcome {
  readonly revoked: number;
  /** Entries that an earlier run did. */
  readonly skipped: number;
  /** What was wrong with the others, by where they stand. */
  readonly faults: readonly { readonly at: string; readonly error: string }[];
}

/** How many are revoked at once. */
export interface BulkOptions {
  readonly note: Readonly<Record<string, string>>;
  readonly dryRun: boolean;
  /** Hears how far it has come. */
  readonly progress: (done: number) => void;
}

/** Revocations of one request. */
const chunk = 100;

/**
 * Revokes what a file lists, one a line: a token, a `jti`, or a JSON object as `POST /admin/revocations` takes it. What is done is
 * noted in `FILE.done`, so that another run does only the rest.
 *
 * @throws {@link UsageError} where the file cannot be read
 */
export async function revokeFile(stack: Stack, file: string, options: BulkOptions): Promise<BulkOutcome> {
  const done = new Set((await readFile(`${file}.done`, 'utf8').catch(() => '')).split('\n'));
  const lines = (await readLines(file)).map(({ at, text }) => ({ at, text, mark: markOf(text) }));
  const rest = lines.filter(({ mark }) => !done.has(mark));
  const faults: { at: string; error: string }[] = [];
  let revoked = 0;
  for (let start = 0; start < rest.length; start += chunk) {
    const part = rest.slice(start, start + chunk);
    const results = await revokeChunk(
      stack,
      part.map(({ text }) => entryOf(text, options.note)),
      options.dryRun,
    );
    const good = part.filter((_, index) => isDone(results[index]));
    part.forEach(({ at }, index) => faults.push(...faultOf(at, results[index])));
    if (!options.dryRun && good.length > 0)
      await appendFile(`${file}.done`, good.map(({ mark }) => `${mark}\n`).join(''));
    revoked += good.length;
    options.progress(start + part.length);
  }
  return { revoked, skipped: lines.length - rest.length, faults };
}

/**
 * Revokes every unexpired token of a query over the inventory, one by one. What is revoked stays in the inventory; running it
 * again changes nothing.
 *
 * @param query as `GET /admin/tokens` takes it
 */
export async function revokeQuery(
  stack: Stack,
  query: Readonly<Record<string, string>>,
  options: BulkOptions,
): Promise<BulkOutcome> {
  const faults: { at: string; error: string }[] = [];
  let [revoked, page] = [0, undefined as string | undefined];
  do {
    const wanted = { ...query, limit: String(chunk), ...(page !== undefined && { page }) };
    const answer = (await askAdmin(stack, 'listTokens', { query: wanted })) as Page<IssuedToken>;
    const entries = answer.items.map(({ jti, issuer }) => ({ jti, ...options.note, issuer }));
    const results = entries.length === 0 ? [] : await revokeChunk(stack, entries, options.dryRun);
    results.forEach((result, index) => faults.push(...faultOf(entries[index]?.jti ?? '', result)));
    revoked += results.filter(isDone).length;
    options.progress(revoked);
    page = answer.next;
  } while (page !== undefined);
  return { revoked, skipped: 0, faults };
}

async function revokeChunk(
  stack: Stack,
  revocations: readonly unknown[],
  dryRun: boolean,
): Promise<readonly BulkResult[]> {
  const answer = await askAdmin(stack, 'revokeMany', { body: { revocations, dryRun } });
  return (answer as { readonly results: readonly BulkResult[] }).results;
}

async function readLines(file: string): Promise<readonly { readonly at: string; readonly text: string }[]> {
  const content = await readFile(file, 'utf8').catch((error: Error) => {
    throw new UsageError(`${file} cannot be read: ${error.message}`, 1);
  });
  return content
    .split('\n')
    .map((line, index) => ({ at: `line ${index + 1}`, text: line.trim() }))
    .filter(({ text }) => text !== '' && !text.startsWith('#'));
}

/** A hash, so that a list of tokens leaves no copy of them. */
function markOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

/** An access token, whose header begins with `{"`, or a refresh token. */
const tokenSpelling = /^(eyJ[\w-]*\.[\w-]+\.[\w-]*|ktr\.[\w.-]+)$/;

/** A line that is no JSON object names a `jti`, or is a token: that one says its issuer itself. */
function entryOf(text: string, { issuer, ...note }: BulkOptions['note']): unknown {
  if (tokenSpelling.test(text)) return { ...note, token: text };
  return entryOfName(text, issuer === undefined ? note : { ...note, issuer });
}

function entryOfName(text: string, note: BulkOptions['note']): unknown {
  if (!text.startsWith('{')) return { ...note, jti: text };
  try {
    return { ...note, ...(JSON.parse(text) as object) };
  } catch {
    return text;
  }
}

function isDone(result: BulkResult | undefined): boolean {
  return result !== undefined && 'record' in result;
}

function faultOf(at: string, result: BulkResult | undefined): readonly { at: string; error: string }[] {
  return result !== undefined && 'error' in result ? [{ at, error: result.error_description }] : [];
}
