/** The dashboard, in a real Chromium, joined to a stack that plays on this machine. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { setTimeout as sleep } from 'node:timers/promises';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { decodeProtectedHeader } from 'jose';
import { Outputs } from '../../core/contract/outputs.ts';
import { freePort, type Played, running, startLocal } from '../e2e/keyturn.ts';
import { axeFindings, startBrowser, type Watched } from './browser.ts';

/** A browser on a busy machine; what is waited for is text, not time. */
jest.setTimeout(180_000);

let stack: Played;
let watched: Watched;
let page: Page;

beforeAll(async () => {
  const port = await freePort();
  stack = await startLocal({ port });
  watched = await startBrowser([`127.0.0.1:${port}`]);
  page = await watched.open(signedIn(stack.output()));
});

afterAll(async () => {
  await watched?.browser.close();
  await stack?.end('SIGTERM');
});

/** The address that `keyturn local` prints. */
function signedIn(printed: string): string {
  const [address] = /http:\/\/\S+\/console#admin=\S+/.exec(printed) ?? [];
  if (address === undefined) throw new Error(`no console in the greeting:\n${printed}`);
  return address;
}

const go = (view: string) =>
  page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: view }).click();

async function freshToken(): Promise<string> {
  const { stdout, stderr } = await stack.keyturn(['token']);
  if (stdout.trim() === '') throw new Error(stderr);
  return stdout.trim();
}

/** The address of another session. */
async function freshAddress(): Promise<string> {
  const { stdout, stderr } = await stack.keyturn(['console']);
  if (stdout.trim() === '') throw new Error(stderr);
  return stdout.trim();
}

/** Status of the protected sample route. */
const whoami = async (token: string) =>
  (await fetch(`${stack.url}/whoami`, { headers: { authorization: `Bearer ${token}` } })).status;

/** Status of the token endpoint. */
async function tokenFor(clientId: string, secret: string): Promise<number> {
  const authorization = `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`;
  const body = new URLSearchParams({ grant_type: 'client_credentials' });
  return (await fetch(`${stack.url}/oauth2/token`, { method: 'POST', headers: { authorization }, body }))
    .status;
}

describe('signs in', () => {
  it('by the address that the start prints, and takes the token out of it', async () => {
    await page.getByText(stack.url, { exact: true }).waitFor();
    expect(page.url()).not.toContain('admin=');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    expect(await page.evaluate<string>('JSON.stringify(localStorage) + document.cookie')).toBe('{}');
  });

  it('by the address that keyturn console prints', async () => {
    const { stdout } = await stack.keyturn(['console']);
    expect(stdout.trim()).toMatch(new RegExp(`^${stack.url}/console#admin=ey[\\w.-]+$`));
  });

  it('serves the page compressed, with a validator, and frames it nowhere', async () => {
    const answer = await fetch(`${stack.url}/console`);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-encoding': 'gzip',
      'content-security-policy': "frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
    });
    const again = await fetch(`${stack.url}/console`, {
      headers: { 'if-none-match': answer.headers.get('etag') ?? '' },
    });
    expect(again.status).toBe(304);
  });
});

describe('shows the stack', () => {
  it.each(['light', 'dark'] as const)('the overview, problems first, %s', async (scheme) => {
    await page.emulateMedia({ colorScheme: scheme });
    await go('Overview');
    await page.getByText(/^live tokens?$/).waitFor();
    await page
      .getByRole('region', { name: 'Signing keys' })
      .getByText(/active/)
      .first()
      .waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await watched.screenshot(page, `overview-${scheme}`);
  });
});

it('shows when a schedule ran last, and when it runs next', async () => {
  const { outputs, endpoints } = running(stack);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const lambda = new LambdaClient({ endpoint: endpoints.lambda, region: 'us-east-1', credentials });
  const tick = { action: 'tick', schedule: { name: 'key-rotation', everySeconds: 300 } };
  const FunctionName = outputs[Outputs.keyRotationFunction] ?? '';
  await lambda.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(tick) }));
  lambda.destroy();
  await go('Overview');
  const cells = page
    .getByRole('region', { name: 'Schedules' })
    .getByRole('row')
    .filter({ hasText: 'key-rotation' });
  await cells.getByText('5 min', { exact: true }).waitFor();
  expect(await cells.innerText()).toMatch(/key-rotation\s+5 min\s+(?:now|\d+ s ago)\s+in \d/);
  await page
    .getByText(/^No problems: a key signs, the next one is published, no schedule is late\.$/)
    .waitFor();
});

describe('revokes', () => {
  it('a pasted token: finds it, previews, revokes, and sees it refused', async () => {
    const token = await freshToken();
    await page.emulateMedia({ colorScheme: 'light' });
    await go('Tokens');
    await page.getByLabel('Paste a token').fill(token);
    await page.getByText('1 token', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Revoke it …' }).click();
    await page.getByText(/It hits token .+: 1 live token\./).waitFor();
    await page.getByLabel('Why (goes into the record and the events)').fill('laptop stolen');
    await page.getByRole('button', { name: 'Revoke', exact: true }).click();
    await page.getByText(/Refused since \d+\.\d s\. The first refusal was seen \d\.\d\d s after/).waitFor();
    const live = page.getByRole('region', { name: 'Live tokens' });
    await live.getByText('revoked · token').waitFor();
    expect(await live.getByText('live', { exact: true }).count()).toBe(0);
    await page.getByRole('heading', { name: '1 revocation that stands' }).waitFor();
    await watched.screenshot(page, 'tokens');
    expect(await axeFindings(page)).toEqual([]);
    expect(await whoami(token)).toBe(401);
    await page.getByRole('button', { name: 'Undo', exact: true }).first().click();
    await page.getByText('Refused since').waitFor({ state: 'detached' });
    await live.getByText('live', { exact: true }).waitFor();
    expect(await whoami(token)).toBe(200);
  });

  it('writes down who did what, and why', async () => {
    await go('Events');
    await page.getByText('laptop stolen').first().waitFor();
    await page.getByText('unrevoked').first().waitFor();
    expect(await page.getByRole('region', { name: 'Events', exact: true }).textContent()).toContain(
      'keyturn-console',
    );
    expect(await axeFindings(page)).toEqual([]);
  });
});

describe('asks the stack about a token', () => {
  const explained = () => watched.requests.filter((url) => url.endsWith('/admin/explain')).length;

  it('only when the button is pressed: what is revoked, and what a route asks for', async () => {
    const token = await freshToken();
    await go('Debugger');
    await page.locator('#token').fill(token);
    const card = page.getByRole('region', { name: 'Ask the stack' });
    const ask = card.getByRole('button', { name: `Ask ${new URL(stack.url).host}` });
    await ask.waitFor();
    expect(explained()).toBe(0);
    await ask.click();
    await card.getByText('accepts it: every step holds, and nothing revokes it').waitFor();
    await stack.keyturn(['revoke', '-', '--reason', 'seen in a log'], token);
    await ask.click();
    await card.getByText('refuses it: 401 token_revoked').waitFor();
    await card.getByRole('list', { name: /^Steps of 127/ }).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await watched.screenshot(page, 'debugger-stack', true);
    expect(explained()).toBe(2);
  });

  it('a route that asks for a scope, and forgets the answer when something changes', async () => {
    const token = await freshToken();
    await page.locator('#token').fill(token);
    const card = page.getByRole('region', { name: 'Ask the stack' });
    await card.getByText('refuses it').waitFor({ state: 'detached' });
    await card.getByLabel('Route').fill('GET /admin/keys');
    await card.getByRole('button', { name: /^Ask/ }).click();
    await card.getByText('refuses it: 403 scope_insufficient').waitFor();
    await card.getByLabel('Route').fill('no route');
    await card.getByRole('button', { name: /^Ask/ }).click();
    await card.getByText('Route must be a method and a path').waitFor();
    await page.getByRole('button', { name: 'Clear' }).click();
    expect(explained()).toBe(4);
  });
});

describe('looks after clients', () => {
  const row = () => page.getByRole('row', { name: /^web / });

  it('registers one, shows its secret once, and issues a token in its name', async () => {
    await go('Clients');
    await page.getByLabel('Client id').fill('web');
    await page.getByLabel('Allowed scopes').fill('orders:read orders:write');
    await page.getByRole('button', { name: 'Register' }).click();
    const card = page.getByRole('region', { name: 'Secret of web, shown this once' });
    const secret = (await card.locator('code').textContent()) ?? '';
    expect(await tokenFor('web', secret)).toBe(200);
    await card.getByRole('button', { name: 'I have it' }).click();
    await card.waitFor({ state: 'detached' });
    expect(await page.content()).not.toContain(secret);
    await row().getByText('enabled').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await go('Tokens');
    const issuing = page.getByRole('region', { name: 'Issue a token' });
    await issuing.getByLabel('Client').fill('web');
    await issuing.getByLabel('Scopes').fill('orders:read');
    await issuing.getByRole('button', { name: 'Issue' }).click();
    const token = (await issuing.locator('code.secret').textContent()) ?? '';
    expect(await whoami(token)).toBe(200);
    await issuing.getByRole('button', { name: 'Explain it' }).click();
    await page.getByText('Signature not verified').waitFor();
    expect(await page.getByLabel('Value of client_id').inputValue()).toBe('web');
    await page.getByText('Clear').click();
  });

  it('adds a second secret and removes the first', async () => {
    await go('Clients');
    await page.getByRole('button', { name: 'New secret for web' }).click();
    const card = page.getByRole('region', { name: 'Secret of web, shown this once' });
    const second = (await card.locator('code').textContent()) ?? '';
    await card.getByRole('button', { name: 'I have it' }).click();
    const removals = row().getByRole('button', { name: /^Remove secret/ });
    await removals.nth(1).waitFor();
    await removals.first().click();
    await row().getByRole('button', { name: 'New secret for web' }).waitFor();
    expect(await tokenFor('web', second)).toBe(200);
  });

  it('changes, disables, enables and deletes one', async () => {
    await page.getByRole('button', { name: 'Edit web' }).click();
    await page.getByLabel('New scopes').fill('orders:read');
    await page.getByLabel('New lifetime, seconds').fill('60');
    await page.getByRole('button', { name: 'Change', exact: true }).click();
    await row().getByText('1 min').waitFor();
    await page.getByRole('button', { name: 'Disable web' }).click();
    await row().getByText('disabled').waitFor();
    await page.getByRole('button', { name: 'Enable web' }).click();
    await row().getByText('enabled').waitFor();
    await page.getByRole('button', { name: 'Disable web' }).click();
    await page.getByRole('button', { name: 'Delete web' }).click();
    await row().waitFor({ state: 'detached' });
    await go('Events');
    for (const action of ['client.registered', 'client.changed', 'client.disabled', 'client.deleted'])
      await page.getByText(action, { exact: true }).first().waitFor();
    expect(await tokenFor('web', 'whatever')).toBe(401);
  });

  it('says why one cannot be registered, and keeps what was typed', async () => {
    await go('Clients');
    await page.getByLabel('Client id').fill('demo');
    await page.getByLabel('Allowed scopes').fill('orders:read');
    await page.getByRole('button', { name: 'Register' }).click();
    await page.getByText('The client id is taken; choose another one.').waitFor();
    expect(await page.getByLabel('Client id').inputValue()).toBe('demo');
    await page.getByLabel('Client id').fill('');
  });
});

it.each(['Clients', 'Keys'])('%s: opens, and axe finds nothing', async (view) => {
  await go(view);
  await page.getByRole('heading', { name: view, exact: true }).waitFor();
  await page.getByRole('heading', { name: /^\d+ (?:clients?|keys?)$/ }).waitFor();
  expect(await axeFindings(page)).toEqual([]);
  await watched.screenshot(page, view.toLowerCase());
});

describe('turns the keys', () => {
  const kidOf = (token: string) => decodeProtectedHeader(token).kid ?? '';
  const row = (kid: string) => page.getByRole('row').filter({ hasText: kid });

  it('rotates, and says from when it may again', async () => {
    const before = kidOf(await freshToken());
    await go('Keys');
    await row(before).getByText('active', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Rotate now' }).click();
    await page.getByText(/^Rotated: now signs \S+\. The next one may sign in /).waitFor();
    await row(before).getByText('retiring', { exact: true }).waitFor();
    expect(await row(before).innerText()).toMatch(/retiring · goes in \d+ min/);
    await page.getByRole('button', { name: 'Rotate now' }).click();
    await page.getByText(/^Not rotated: still signs \S+\. The next one may sign in /).waitFor();
  });

  it('takes a compromised key out of use: its tokens are refused, the next key signs', async () => {
    const active = (
      await page.getByRole('row').filter({ hasText: 'active' }).locator('code').innerText()
    ).trim();
    let token = await freshToken();
    while (kidOf(token) !== active) token = await freshToken();
    await row(active).getByRole('button', { name: 'Compromised …' }).click();
    await page.getByText(/stops at once and every token under it is refused/).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Leave it' }).click();
    expect(await whoami(token)).toBe(200);
    await row(active).getByRole('button', { name: 'Compromised …' }).click();
    await page.getByLabel('Why (goes into the events)').fill('laptop lost');
    await page.getByRole('button', { name: 'Refuse its tokens now' }).click();
    await page.getByText(/^Rotated: now signs /).waitFor();
    await row(active).getByText('compromised', { exact: true }).waitFor();
    while ((await whoami(token)) !== 401) await sleep(50);
    while (kidOf(token) === active) token = await freshToken();
    expect(await whoami(token)).toBe(200);
    await go('Events');
    const event = page.getByRole('row').filter({ hasText: 'key.compromised' });
    expect(await event.innerText()).toContain('laptop lost');
  });
});

describe('when something is wrong', () => {
  it('says that the session ended, and keeps what was typed', async () => {
    const late = await watched.open(await freshAddress());
    const pages = late.getByRole('navigation', { name: 'Pages' });
    await pages.getByRole('link', { name: 'Tokens' }).click();
    await late.getByLabel('Search by').selectOption('subject');
    await late.getByLabel('Searched value').fill('alice');
    await late.getByLabel('Scopes', { exact: true }).fill('orders:read');
    await late
      .evaluate("sessionStorage.getItem('keyturn.admin')")
      .then((kept) => stack.keyturn(['revoke', '-'], (JSON.parse(String(kept)) as { token: string }).token));
    await late.getByText('Your session has ended. Sign in again: nothing that you typed is lost.').waitFor();
    expect(await axeFindings(late)).toEqual([]);
    await late.getByLabel('Admin token').fill((await freshAddress()).split('admin=')[1] ?? '');
    await late.getByRole('button', { name: 'Sign in' }).click();
    await late.getByText('No live token is like that.').waitFor();
    await late.getByRole('heading', { name: 'Sign in to a stack' }).waitFor({ state: 'detached' });
    expect(await late.getByLabel('Searched value').inputValue()).toBe('alice');
    expect(await late.getByLabel('Scopes', { exact: true }).inputValue()).toBe('orders:read');
    await late.close();
  });

  it('says that the stack is down', async () => {
    await go('Events');
    await page.getByText('laptop stolen').first().waitFor();
    await stack.end('SIGTERM');
    await page.getByText(/No answer from 127\.0\.0\.1:\d+\. Is the stack running\?/).waitFor();
    expect(await page.getByText('laptop stolen').count()).toBeGreaterThan(0);
  });
});

it('no violation of its policy, no fault, and nobody else was asked', () => {
  expect(watched.faults).toEqual([]);
});
