/**
 * `check-output.ts FILE`: searches what a whole run of the checks printed for what must never be printed. Tokens, private
 * keys and client secrets are known by their spelling; secrets that have none are those that tests wrote, one a line, to
 * the file that KEYTURN_CANARIES names. Prints where something was found, never what.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

interface Search {
  readonly name: string;
  /** What was found, with where it starts. */
  readonly find: (text: string) => readonly { readonly index: number; readonly found: string }[];
}

/** Between a member's name and its value, as JSON, JSON in a string, form or `util.inspect` spell it. */
const is = String.raw`["'\\]*\s*[:=]\s*["'\\]*`;

const searches: readonly Search[] = [
  search('a signed token', /eyJ[\w-]{8,}\.[\w-]{2,}\.[\w-]{43,}/g, isJose),
  search('a refresh token', /\bktr\.[\w-]{22}\.\d+\.[\w-]{22}\.[\w-]{43}/g),
  search('a private key in PEM', /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\\rn]*[A-Za-z0-9+/]{16}/g),
  search(
    'a private member of a JWK',
    new RegExp(String.raw`\b(?:d|p|q|dp|dq|qi|k|priv)${is}[\w-]{22,}`, 'g'),
  ),
  search('a secret', new RegExp(String.raw`\b(?:client_?)?(?:secret|ticket)${is}[\w-]{43}\b`, 'gi')),
  search('credentials', /\bBasic [A-Za-z0-9+/]{40,}/g),
];

function search(name: string, pattern: RegExp, isMeant: (found: string) => boolean = () => true): Search {
  return {
    name,
    find: (text) =>
      [...text.matchAll(pattern)].flatMap(({ index, 0: found }) =>
        isMeant(found) ? [{ index, found }] : [],
      ),
  };
}

/** Whether the first segment is a JOSE header. */
function isJose(token: string): boolean {
  try {
    return 'alg' in JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());
  } catch {
    return false;
  }
}

/** Secrets that tests wrote down; shorter ones stand in innocent text by chance. */
function written(canaries: readonly string[]): Search {
  const secrets = [...new Set(canaries)].filter((secret) => secret.length >= 12);
  return {
    name: 'a secret that a test wrote down',
    find: (text) =>
      secrets.flatMap((secret) => {
        const index = text.indexOf(secret);
        return index < 0 ? [] : [{ index, found: secret }];
      }),
  };
}

/** What stands in a text that must not, by the search that found it: line numbers and nothing else. */
export function leaksOf(
  text: string,
  canaries: readonly string[] = [],
): ReadonlyMap<string, readonly number[]> {
  const plain = stripVTControlCharacters(text);
  const lineOf = (index: number) => plain.slice(0, index).split('\n').length;
  return new Map(
    [...searches, written(canaries)].map(({ name, find }) => [
      name,
      find(plain).map(({ index }) => lineOf(index)),
    ]),
  );
}

function main(file: string, canaryFile: string | undefined): boolean {
  const canaries =
    canaryFile !== undefined && existsSync(canaryFile) ? readFileSync(canaryFile, 'utf8').split('\n') : [];
  const leaks = [...leaksOf(readFileSync(file, 'utf8'), canaries)];
  for (const [name, lines] of leaks)
    if (lines.length > 0) console.log(`FAILED: ${name} was printed in line ${lines.slice(0, 20).join(', ')}`);
  const failed = leaks.filter(([, lines]) => lines.length > 0).length;
  console.log(`${leaks.length - failed} passed, ${failed} failed, 0 skipped`);
  return failed === 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , file = ''] = process.argv;
  process.exitCode = main(file, process.env.KEYTURN_CANARIES) ? 0 : 1;
}
