import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { LocalError, messageOf, systemCode } from './errors.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';
import { isObject, objectOf } from './json.ts';

/** The DynamoDB engines that the data of a folder may have been written by. */
export type Engine = 'dynoxide' | 'dynalite';

/** The layout of a data folder that this version reads and writes. */
export const dataFormat = 1;

/** A data folder that this process holds until it is released. */
export interface DataDirectory {
  readonly path: string;
  file(name: string): string;
  /** The engine that the stored data was written by; undefined in a new folder. */
  readonly engine: Engine | undefined;
  setEngine(engine: Engine): void;
  release(): void;
}

/**
 * Opens a data folder for this process alone, and makes it when there is none.
 *
 * @throws {@link LocalError} `DATA_UNWRITABLE`, `DATA_IN_USE`, or `DATA_FOREIGN` when another version wrote it
 * (nothing is overwritten then).
 */
export function openDataDirectory(folder: string): DataDirectory {
  const directory = path.resolve(folder);
  const file = (name: string): string => path.join(directory, name);
  prepare(directory);
  lock(directory, file('lock'));
  try {
    return {
      path: directory,
      file,
      engine: readData(file('data.json')),
      setEngine: (engine) => writeJsonFile(file('data.json'), { format: dataFormat, engine }),
      release: () => rmSync(file('lock'), { force: true }),
    };
  } catch (error) {
    rmSync(file('lock'), { force: true });
    throw error;
  }
}

/** Keys and secrets are in it, so that Git is told to leave it alone. */
function prepare(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    writeFileSync(path.join(directory, '.gitignore'), '*\n');
  } catch (error) {
    throw unwritable(directory, error);
  }
}

function unwritable(directory: string, error: unknown): LocalError {
  return new LocalError(
    'DATA_UNWRITABLE',
    `The data folder ${directory} cannot be written (${systemCode(error) ?? messageOf(error)}). Make it writable, or name another folder.`,
    { cause: error },
  );
}

function readData(file: string): Engine | undefined {
  const data = readOrText(file);
  if (data === undefined) return undefined;
  const { format, engine } = objectOf(data);
  if (isObject(data) && format === dataFormat && (engine === 'dynoxide' || engine === 'dynalite'))
    return engine;
  throw new LocalError(
    'DATA_FOREIGN',
    `${file} says format ${JSON.stringify(format)} and engine ${JSON.stringify(engine)}; this version reads format ${dataFormat} ` +
      'with engine "dynoxide" or "dynalite". Nothing was changed: use the version that wrote the folder, name another folder, or delete it.',
  );
}

function readOrText(file: string): unknown {
  try {
    return readJsonFile(file);
  } catch {
    return 'not JSON';
  }
}

function lock(directory: string, file: string): void {
  if (tryLock(directory, file)) return;
  const holder = readHolder(file);
  if (holder !== undefined && identityOf(holder.pid) === holder.identity) {
    throw new LocalError(
      'DATA_IN_USE',
      `The data folder ${directory} is in use by process ${holder.pid}. Stop that one first, or name another folder (--data).`,
    );
  }
  rmSync(file, { force: true });
  if (!tryLock(directory, file)) lock(directory, file);
}

function tryLock(directory: string, file: string): boolean {
  try {
    const descriptor = openSync(file, 'wx', 0o600);
    writeSync(descriptor, JSON.stringify({ pid: process.pid, identity: identityOf(process.pid) }));
    closeSync(descriptor);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw unwritable(directory, error);
  }
}

function readHolder(file: string): { pid: number; identity: unknown } | undefined {
  try {
    const { pid, identity } = objectOf(JSON.parse(readFileSync(file, 'utf8')));
    return typeof pid === 'number' ? { pid, identity } : undefined;
  } catch {
    return undefined;
  }
}

/** Tells a process from a later one with the same pid, where the system says when it started. */
function identityOf(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (systemCode(error) !== 'EPERM') return undefined;
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`;
  } catch {
    return 'alive';
  }
}
