/** What the README says of the configuration is what the configuration is. */
import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseConfig } from '../core/contract/config.ts';

const text = readFileSync(path.resolve(import.meta.dirname, '..', 'README.md'), 'utf8');
const section = text.split(/^## /m).find((part) => part.startsWith('Configure it\n')) ?? '';

/** Key to default, as the table has them. */
const rows = new Map(
  [...section.matchAll(/^\| `([\w.]+)` +\| +(.+?) +\|/gm)].map(([, key = '', value = '']) => [key, value]),
);

/** Every key of the configuration that has a default, with it. */
function leaves(value: unknown, key = ''): readonly (readonly [string, unknown])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[key, value]];
  return Object.entries(value).flatMap(([name, inner]) =>
    leaves(inner, key === '' ? name : `${key}.${name}`),
  );
}

const defaults = leaves(parseConfig('{}', 'defaults'));

describe('the README, under "Configure it"', () => {
  it.each(defaults)('has %s with its default', (key, value) => {
    const isEmpty = Array.isArray(value) && value.length === 0;
    expect(rows.get(key)?.replaceAll('`', '')).toBe(isEmpty ? 'none' : String(value));
  });

  it('has no key that is refused', () => {
    for (const key of rows.keys()) {
      const config = key
        .split('.')
        .toReversed()
        .reduce<unknown>((inner, name) => ({ [name]: inner }), null);
      expect(() => parseConfig(JSON.stringify(config), 'a row')).not.toThrow(/unknown key/);
    }
  });
});

it('the README links to files that are there', () => {
  const links = [...text.matchAll(/\]\(((?!https?:)[^)#]+)\)/g)].map(([, target = '']) => target);
  const missing = links.filter((target) => {
    try {
      return readFileSync(path.resolve(import.meta.dirname, '..', target)).length === 0;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code !== 'EISDIR';
    }
  });
  expect({ found: links.length > 3, missing }).toEqual({ found: true, missing: [] });
});
