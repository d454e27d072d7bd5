import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { packageRoot } from '../../lib/package-root.ts';

it('finds the folder of package.json from the sources', () => {
  const { name } = JSON.parse(readFileSync(path.join(packageRoot(), 'package.json'), 'utf8'));
  expect(name).toBe('keyturn');
  expect(packageRoot()).toBe(path.resolve(import.meta.dirname, '..', '..'));
});
