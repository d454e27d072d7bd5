import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { documents } from '../tools/docs.ts';

it.each(Object.entries(documents))('%s is what the code says; `npm run docs` writes it', (file, make) => {
  expect(readFileSync(file, 'utf8')).toBe(make());
});
