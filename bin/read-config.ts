import { readFileSync } from 'node:fs';
import { ConfigError, type KeyturnConfig, parseConfig } from '../lib/index.ts';

/** The file that is read, where it exists, when none is named. */
const defaultFile = 'keyturn.config.json';

/**
 * Reads the configuration file, relative to the working directory. Without the default file every default holds.
 *
 * @param named the file that the user named; `undefined` or empty for {@link defaultFile}
 * @throws {@link ConfigError} when it cannot be read or used
 */
export function readConfig(named: string | undefined): KeyturnConfig {
  const source = named ? named : defaultFile;
  return parseConfig(read(source, { optional: !named }), source);
}

function read(source: string, { optional }: { readonly optional: boolean }): string {
  try {
    return readFileSync(source, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : cause;
    if (code === 'ENOENT' && optional) return '{}';
    throw new ConfigError(
      `${source} cannot be read (${String(code)}); allowed: a JSON file that exists; correct KEYTURN_CONFIG, or leave it ` +
        `unset to read ${defaultFile}`,
      { cause },
    );
  }
}
