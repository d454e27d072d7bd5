import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { isObject } from '../json.ts';
import type { StreamRecord } from './record.ts';

/** The records that a function was not fed yet, kept on disk until all of them are delivered. */
export class Backlog {
  readonly records: StreamRecord[];
  readonly #file: string;

  /** @param file one record a line; what is in it was not delivered, or not for sure, by an earlier run. */
  constructor(file: string) {
    this.#file = file;
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    this.records = existsSync(file) ? readFileSync(file, 'utf8').split('\n').flatMap(recordOf) : [];
  }

  add(records: readonly StreamRecord[]): void {
    appendFileSync(this.#file, records.map((record) => `${JSON.stringify(record)}\n`).join(''), {
      mode: 0o600,
    });
    this.records.push(...records);
  }

  /** Forgets the oldest records: they were delivered, or given up. */
  remove(count: number): void {
    this.records.splice(0, count);
    if (this.records.length === 0) rmSync(this.#file, { force: true });
  }
}

/** A crash may have left half a line. */
function recordOf(line: string): StreamRecord[] {
  try {
    const record: unknown = JSON.parse(line);
    return isObject(record) && isObject(record.dynamodb) ? [record as unknown as StreamRecord] : [];
  } catch {
    return [];
  }
}
