import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/**
 * Builds the console into one HTML file that needs nothing else: script and style inside, allowed by their hashes, and
 * nobody to ask but the stack itself and hosts that the reader names on a button. It works from disk as well.
 *
 * @returns path of the file
 */
export async function buildConsole(): Promise<string> {
  const [script, style] = await Promise.all([bundle('main.tsx'), bundle('style/index.css')]);
  const html = fill(readFileSync(path.join(root, 'console', 'index.html'), 'utf8'), {
    '%CSP%': policy(script, style),
    '<!-- style -->': `<style>${style}</style>`,
    '<!-- script -->': `<script type="module">${script}</script>`,
  });
  const folder = path.join(root, 'dist', 'console');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'index.html'), html);
  writeFileSync(path.join(folder, 'index.html.gz'), gzipSync(html, { level: 9 }));
  return path.join(folder, 'index.html');
}

/** As a function, so that a `$` in a bundle is a `$`. */
function fill(template: string, values: Readonly<Record<string, string>>): string {
  return Object.entries(values).reduce((text, [name, value]) => text.replace(name, () => value), template);
}

function policy(script: string, style: string): string {
  return [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    'img-src data:',
    "connect-src 'self' https: http://127.0.0.1:* http://localhost:*",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

function hashOf(content: string): string {
  return `sha256-${createHash('sha256').update(content).digest('base64')}`;
}

async function bundle(entry: string): Promise<string> {
  const result = await build({
    entryPoints: [path.join(root, 'console', entry)],
    absWorkingDir: root,
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: ['chrome123', 'firefox120', 'safari17.5'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
    charset: 'utf8',
  });
  const text = result.outputFiles[0]?.text.trim() ?? '';
  if (/<\/(?:script|style)/i.test(text))
    throw new Error(`${entry}: its bundle would end the element that it stands in`);
  return text;
}
