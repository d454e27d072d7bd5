/**
 * Checks that `npm ci` can work on a machine of any platform: every package that package-lock.json names, the optional
 * platform packages above all, is pinned by integrity and resolvable in the registry it was locked from.
 */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly optional?: boolean;
  /** Comes inside another package's archive. */
  readonly inBundle?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, LockedPackage>>;
};

const nameOf = (place: string) => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);

/** Where a package's own dependency is looked for: beside it, then in each folder above. */
function isLocked(from: string, name: string): boolean {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    if (`${at === '' ? '' : `${at}/`}node_modules/${name}` in lock.packages) return true;
    if (at === '') return false;
  }
}

const faults: string[] = [];
const entries = Object.entries(lock.packages).filter(
  ([place, { inBundle }]) => place !== '' && inBundle !== true,
);
for (const [place, { version, integrity, optionalDependencies = {} }] of entries) {
  if (version === undefined || integrity === undefined)
    faults.push(`${place}: no version or integrity in the lock file`);
  for (const name of Object.keys(optionalDependencies)) {
    if (!isLocked(place, name)) faults.push(`${place}: its optional package ${name} is not in the lock file`);
  }
}

const run = promisify(execFile);
const optional = entries.filter(([, entry]) => entry.optional === true);
const queue = [...optional];
async function ask(): Promise<void> {
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const [place, { version }] = next;
    const spec = `${nameOf(place)}@${version}`;
    const answer = await run('npm', ['view', spec, 'version', '--prefer-offline']).catch(() => ({
      stdout: '',
    }));
    if (answer.stdout.trim() === '') faults.push(`${spec}: not in the registry`);
  }
}
if (process.argv.includes('--registry')) await Promise.all(Array.from({ length: 8 }, ask));

for (const fault of faults) console.error(fault);
console.log(
  `package-lock.json: ${entries.length} packages, ${optional.length} optional, ${faults.length} faults`,
);
process.exitCode = faults.length === 0 ? 0 : 1;
