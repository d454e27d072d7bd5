/** Builds a module with some of its sources altered: one guard taken out, one reader replaced. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** One piece of source text, that must stand in its file exactly once, and what takes its place. */
export interface Edit {
  /** From the root of the repository. */
  readonly file: string;
  readonly text: string;
  readonly replacement: string;
}

/** @throws Error where a text is not found, or found more than once: the list is then older than the source */
export function alter(file: string, edits: readonly Edit[]): string {
  return edits.reduce(
    (source, { text, replacement }) => {
      const count = source.split(text).length - 1;
      if (count !== 1) throw new Error(`${file}: got ${count} times, allowed once: ${text}`);
      return source.replace(text, () => replacement);
    },
    readFileSync(path.join(root, file), 'utf8'),
  );
}

/** Bundles `entry` with the edits made, into one ES module in memory. */
export async function buildAltered(entry: string, edits: readonly Edit[]): Promise<string> {
  const altered = new Map(
    [...new Set(edits.map(({ file }) => file))].map((file) => [
      path.join(root, file),
      alter(
        file,
        edits.filter((edit) => edit.file === file),
      ),
    ]),
  );
  const result = await build({
    ...{
      entryPoints: [path.join(root, entry)],
      absWorkingDir: root,
      bundle: true,
      write: false,
      logLevel: 'silent',
    },
    ...{ platform: 'node', target: 'node20', format: 'esm', mainFields: ['module', 'main'] },
    plugins: [
      {
        name: 'altered',
        setup: ({ onLoad }) =>
          onLoad({ filter: /\.ts$/ }, ({ path: loaded }) => {
            const contents = altered.get(loaded);
            return contents === undefined ? undefined : { contents, loader: 'ts' };
          }),
      },
    ],
  });
  return result.outputFiles?.[0]?.text ?? '';
}
