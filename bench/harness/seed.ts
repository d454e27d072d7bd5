import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createGzip } from 'node:zlib';
import { revocationId } from '../../core/revocation/record.ts';
import { freePort } from '../../test/engines.ts';

const run = promisify(execFile);

/** An engine that starts with revocations in it. */
export interface FilledEngine {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/**
 * Starts dynoxide on tables that its own import has filled: writing millions of items through the API takes hours.
 *
 * @param counts revocations by table
 * @returns nothing where dynoxide is not installed
 */
export async function startFilled(
  counts: Readonly<Record<string, number>>,
): Promise<FilledEngine | undefined> {
  const binary = dynoxide();
  if (binary === undefined) return undefined;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'keyturn-bench-'));
  const schema = path.join(folder, 'schema.json');
  const database = path.join(folder, 'tables.db');
  writeFileSync(schema, JSON.stringify(Object.keys(counts).map(schemaOf)));
  for (const [name, count] of Object.entries(counts))
    await writeExport(path.join(folder, 'export', name), count);
  await run(binary, [
    'import',
    '--source',
    path.join(folder, 'export'),
    '--schema',
    schema,
    '--output',
    database,
  ]);
  const port = await freePort();
  const child = spawn(binary, ['--port', String(port), '--db-path', database], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  await sleep(1000);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async stop() {
      child.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

function dynoxide(): string | undefined {
  try {
    const resolved = createRequire(import.meta.url).resolve('@dynoxide/linux-x64/package.json');
    const file = path.join(path.dirname(resolved), 'dynoxide');
    return existsSync(file) ? file : undefined;
  } catch {
    return undefined;
  }
}

function schemaOf(name: string): object {
  return {
    Table: {
      TableName: name,
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    },
  };
}

/** A table in the format of DynamoDB's export to S3. */
async function writeExport(folder: string, count: number): Promise<void> {
  mkdirSync(path.join(folder, 'data'), { recursive: true });
  const file = createWriteStream(path.join(folder, 'data', 'items.json.gz'));
  await pipeline(Readable.from(lines(count)), createGzip({ level: 1 }), file);
}

/** A thousand items a chunk. */
function* lines(count: number): Generator<string> {
  for (let start = 0; start < count; start += 1000) {
    const length = Math.min(1000, count - start);
    yield Array.from({ length }, (_, index) => `${JSON.stringify({ Item: itemOf(start + index) })}\n`).join(
      '',
    );
  }
}

function itemOf(index: number): object {
  const issuer = 'https://rs256.example';
  const value = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
  return {
    id: { S: revocationId('token', issuer, value) },
    kind: { S: 'token' },
    issuer: { S: issuer },
    value: { S: value },
    revokedAt: { N: '1700000000' },
    expiresAt: { N: '4000000000' },
  };
}
