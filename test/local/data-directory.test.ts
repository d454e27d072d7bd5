/** A data folder: Git leaves it alone. */
import { mkdtempSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { openDataDirectory } from '../../local/data-directory.ts';

it('tells Git to ignore all that it holds', () => {
  const folder = path.join(mkdtempSync(path.join(os.tmpdir(), 'keyturn-test-')), 'data');
  openDataDirectory(folder).release();
  expect(readFileSync(path.join(folder, '.gitignore'), 'utf8')).toBe('*\n');
});
