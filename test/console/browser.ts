/** A real Chromium, with everything that a page must not do counted. */
import { readFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import chromium from '@sparticuz/chromium';
import { type Browser, chromium as playwright, type Locator, type Page } from 'playwright-core';

const root = path.resolve(import.meta.dirname, '..', '..');
/** Screenshots: ignored by git, kept by CI. */
const folder = path.join(root, 'test-output', 'console');
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The built page. */
export const file = path.join(root, 'dist', 'console', 'index.html');
export const fromDisk = pathToFileURL(file).href;

/** A browser, and what its pages did that they should not. */
export interface Watched {
  readonly browser: Browser;
  /** Faults of the script, violations of the content security policy, requests to hosts that nobody named. */
  readonly faults: string[];
  /** Every address that was asked for. */
  readonly requests: string[];
  open(
    url?: string,
    options?: { readonly width?: number; readonly scheme?: 'light' | 'dark' },
  ): Promise<Page>;
  screenshot(page: Page, name: string, isFull?: boolean): Promise<void>;
}

/** @param hosts that pages may ask, besides the page's own file */
export async function startBrowser(hosts: readonly string[] = []): Promise<Watched> {
  process.env['AWS_LAMBDA_JS_RUNTIME'] ??= 'nodejs22.x';
  const executablePath = await chromium.executablePath();
  const args = chromium.args.filter(
    (arg) => !/web-security|insecure-content|single-process|no-zygote/.test(arg),
  );
  const browser = await playwright.launch({
    executablePath,
    args,
    headless: true,
    env: { ...process.env, ...fonts() },
  });
  const faults: string[] = [];
  const requests: string[] = [];
  mkdirSync(folder, { recursive: true });
  return {
    ...{ browser, faults, requests },
    async open(url = fromDisk, { width = 1360, scheme = 'light' } = {}) {
      const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: scheme });
      page.setDefaultTimeout(90_000);
      page.on('pageerror', (error) => faults.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error' && !/status of \d+|net::ERR/.test(message.text()))
          faults.push(message.text());
      });
      page.on('request', (request) => {
        requests.push(request.url());
        if (!isNamed(request.url(), hosts)) faults.push(`asked ${request.url()}`);
      });
      await page.goto(url);
      return page;
    },
    async screenshot(page, name, isFull = false) {
      await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: isFull });
    },
  };
}

function isNamed(url: string, hosts: readonly string[]): boolean {
  return /^(?:file|data|blob|about):/.test(url) || hosts.includes(new URL(url).host);
}

/** Chromium's own fonts and those of the system: code is to be in a fixed-width one. */
function fonts(): NodeJS.ProcessEnv {
  const home = mkdtempSync(path.join(os.tmpdir(), 'keyturn-fonts-'));
  const configuration = path.join(home, 'fonts.conf');
  const folders = [path.join(os.tmpdir(), 'fonts'), '/usr/share/fonts', '/System/Library/Fonts'];
  writeFileSync(
    configuration,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>${folders
      .map((dir) => `<dir>${dir}</dir>`)
      .join(
        '',
      )}<cachedir>${home}</cachedir><alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias></fontconfig>`,
  );
  return { FONTCONFIG_FILE: configuration };
}

/** What a button copies. */
export async function copiedBy(page: Page, button: Locator): Promise<string> {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const read = () => page.evaluate<string>('navigator.clipboard.readText()');
  await page.evaluate("navigator.clipboard.writeText('')");
  await button.click();
  let text = await read();
  while (text === '') text = await read();
  return text;
}

/** What axe finds, one line a finding. */
export async function axeFindings(page: Page): Promise<readonly string[]> {
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run: () => Promise<{
          violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
        }>;
      };
    };
    const { violations } = await axe.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(
        ({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary.split('\n').at(-1)}`,
      ),
    );
  });
}
