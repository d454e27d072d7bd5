import { expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { documents } from '../tools/docs.ts';

it.each(Object.entries(documents))('%s is what the code says; `npm run docs` writes it', (file, make) => {
  expect(readFileSync(file, 'utf8')).toBe(make());
});

const shownBy = [...readFileSync('docs/threat-model.md', 'utf8').matchAll(/`((?:test|tools)\/[^`]*)`/g)].map(
  ([, place = '']) => place,
);

it('docs/threat-model.md names tests in every row', () => expect(shownBy.length).toBeGreaterThan(15));

it.each([...new Set(shownBy)])('docs/threat-model.md: %s is there', (place) => {
  expect(existsSync(place)).toBe(true);
});
