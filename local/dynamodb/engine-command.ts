import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Engine } from '../data-directory.ts';
import { LocalError } from '../errors.ts';
import { host } from '../loopback.ts';

/** How an engine's process is started. */
export interface EngineCommand {
  readonly file: string;
  readonly args: readonly string[];
  /** Whether it ends by itself when its standard input closes, that is, when this process is gone. */
  readonly endsWithInput: boolean;
}

const resolvePackage = createRequire(import.meta.url).resolve;

/** Makes a Node program end when whoever started it is gone. */
const endWithInput = 'data:text/javascript,process.stdin.on("end",()=>process.exit()).resume()';

/** The engines that are installed, the one to prefer first. */
export function installedEngines(): Engine[] {
  return [
    ...(locate('@dynoxide/linux-x64/package.json') ? ['dynoxide' as const] : []),
    ...(locate('dynalite') ? ['dynalite' as const] : []),
  ];
}

/**
 * The engine for a data folder: the one asked for, the one that wrote the folder, or the best that is installed.
 *
 * @throws {@link LocalError} `DATA_FOREIGN` when the folder belongs to the other engine, `ENGINE_UNAVAILABLE` when
 * the engine is not installed.
 */
export function chooseEngine(asked: Engine | undefined, stored: Engine | undefined): Engine {
  if (asked !== undefined && stored !== undefined && asked !== stored) {
    throw new LocalError(
      'DATA_FOREIGN',
      `The data folder was written by the engine "${stored}", and "${asked}" is asked for. Nothing was changed: ` +
        `ask for "${stored}", name another folder, or delete this one.`,
    );
  }
  const installed = installedEngines();
  const engine = asked ?? stored ?? installed[0];
  if (engine !== undefined && installed.includes(engine)) return engine;
  throw new LocalError(
    'ENGINE_UNAVAILABLE',
    `The DynamoDB engine "${engine ?? 'dynalite'}" is not installed here; installed: ${installed.join(', ') || 'none'}. ` +
      'Install its package, or name a data folder that another engine wrote.',
  );
}

/** The command that starts an engine on a port, with its data in a folder. */
export function engineCommand(engine: Engine, port: number, folder: string): EngineCommand {
  if (engine === 'dynoxide') {
    const file = path.join(path.dirname(locate('@dynoxide/linux-x64/package.json') ?? ''), 'dynoxide');
    const args = ['--host', host, '--port', `${port}`, '--db-path', path.join(folder, 'dynoxide.sqlite')];
    return { file, args, endsWithInput: false };
  }
  const cli = path.join(path.dirname(locate('dynalite') ?? ''), 'cli.js');
  const instantly = ['createTableMs', 'deleteTableMs', 'updateTableMs'].flatMap((name) => [`--${name}`, '0']);
  const args = [
    '--import',
    endWithInput,
    cli,
    '--host',
    host,
    '--port',
    `${port}`,
    '--path',
    path.join(folder, 'dynalite'),
  ];
  return { file: process.execPath, args: [...args, ...instantly], endsWithInput: true };
}

function locate(name: string): string | undefined {
  try {
    const found = resolvePackage(name);
    return existsSync(found) ? found : undefined;
  } catch {
    return undefined;
  }
}
