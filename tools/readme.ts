/** The README's code, so that what a reader copies is what the checks run. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const file = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', 'README.md');

/**
 * Code blocks of one language under a heading of the README, in their order.
 *
 * @throws Error where the heading is not there or has no such block
 */
export function readmeBlocks(heading: string, language: string): readonly string[] {
  const section = readFileSync(file, 'utf8')
    .split(/^## /m)
    .find((text) => text.startsWith(`${heading}\n`));
  const blocks = [...(section ?? '').matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, name, code]) =>
    name === language && code !== undefined ? [code] : [],
  );
  if (blocks.length === 0) throw new Error(`README.md has no ${language} block under "${heading}"`);
  return blocks;
}
