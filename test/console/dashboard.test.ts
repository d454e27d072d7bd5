/** The dashboard, in a real Chromium, joined to a stack that plays on this machine. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { setTimeout as sleep } from 'node:timers/promises';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { Outputs } from '../../core/contract/outputs.ts';
import { freePort, type Played, running, startLocal } from '../e2e/keyturn.ts';
import { axeFindings, copiedBy, startBrowser, type Watched } from './browser.ts';

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

/** Asks the admin API as the page does. */
async function admin<T>(path: string, body: object): Promise<T> {
  const authorization = `Bearer ${signedIn(stack.output()).split('admin=')[1]}`;
  const init = { method: 'POST', headers: { authorization }, body: JSON.stringify(body) };
  const answer = await fetch(`${stack.url}/admin/${path}`, init);
  expect(answer.ok).toBe(true);
  return (await answer.json()) as T;
}

async function issue(clientId: string, scope: string): Promise<string> {
  const body = { clientId, scope };
  return (await admin<{ readonly access_token: string }>('tokens', body)).access_token;
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

/** Runs key rotation, as a schedule of this name does. */
async function tick(name: string, everySeconds: number): Promise<void> {
  const { outputs, endpoints } = running(stack);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const lambda = new LambdaClient({ endpoint: endpoints.lambda, region: 'us-east-1', credentials });
  const Payload = JSON.stringify({ action: 'tick', schedule: { name, everySeconds } });
  const FunctionName = outputs[Outputs.keyRotationFunction] ?? '';
  await lambda.send(new InvokeCommand({ FunctionName, Payload }));
  lambda.destroy();
}

it('shows when a schedule ran last, and when it runs next', async () => {
  await tick('key-rotation', 300);
  await go('Overview');
  const cells = page
    .getByRole('region', { name: 'Schedules', exact: true })
    .getByRole('row')
    .filter({ hasText: 'key-rotation' });
  await cells.getByText('5 min', { exact: true }).waitFor();
  expect(await cells.innerText()).toMatch(/key-rotation\s+5 min\s+(?:now|\d+ (?:s|min) ago)\s+in \d/);
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
    await page.getByRole('heading', { name: '1 active revocation' }).waitFor();
    await watched.screenshot(page, 'tokens');
    expect(await axeFindings(page)).toEqual([]);
    expect(await whoami(token)).toBe(401);
    await page.getByRole('button', { name: 'Undo', exact: true }).click();
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

describe('finds tokens, many at a time', () => {
  const live = () => page.getByRole('region', { name: 'Live tokens' });
  const expectTitle = (title: RegExp) => page.getByRole('heading', { name: title }).waitFor();
  const jtiOf = (token: string) => decodeJwt(token).jti ?? '';
  const [shop, desk]: [string[], string[]] = [[], []];

  beforeAll(async () => {
    for (const clientId of ['shop', 'desk'])
      await admin('clients', { clientId, scopes: ['orders:read', 'invoices:read'] });
    for (let count = 0; count < 25; count++) shop.push(await issue('shop', 'orders:read'));
    desk.push(await issue('desk', 'invoices:read'), await issue('desk', 'orders:read'));
    await go('Events');
    await go('Tokens');
  });

  async function search(member: string, value: string, scope = ''): Promise<void> {
    await page.getByLabel('Search by').selectOption(member);
    await page.getByLabel('Searched value').fill(value);
    if (member !== 'jti') await page.getByLabel('Scope', { exact: true }).fill(scope);
  }

  it.each<readonly [string, () => readonly [string, string?], RegExp]>([
    ['subject', () => ['desk'], /^2 tokens$/],
    ['clientId', () => ['desk'], /^2 tokens$/],
    ['clientId', () => ['desk', 'invoices:read'], /^1 token$/],
    ['jti', () => [jtiOf(desk[1] ?? '')], /^1 token$/],
    ['kid', () => [decodeProtectedHeader(desk[0] ?? '').kid ?? ''], /^20 tokens, of more$/],
    ['kid', () => [decodeProtectedHeader(desk[0] ?? '').kid ?? '', 'invoices:read'], /^1 token$/],
    ['sid', () => ['nobody'], /^0 tokens$/],
  ])('by %s, case %#', async (member, wanted, title) => {
    await search(member, ...wanted());
    await expectTitle(title);
    expect(await page.getByLabel('Search by').inputValue()).toBe(member);
  });

  it('shows the first, and more when asked for', async () => {
    await search('clientId', 'shop');
    await expectTitle(/^20 tokens, of more$/);
    await page.getByRole('button', { name: 'Show more tokens' }).click();
    await expectTitle(/^25 tokens$/);
    expect(await page.getByRole('button', { name: 'Show more tokens' }).count()).toBe(0);
    await watched.screenshot(page, 'tokens-found');
  });

  it('copies what names one', async () => {
    const copy = live()
      .getByRole('button', { name: /^Copy jti / })
      .first();
    const [, jti] = /^Copy jti (.+)$/.exec((await copy.getAttribute('aria-label')) ?? '') ?? [];
    expect(await copiedBy(page, copy)).toBe(jti);
  });

  it('revokes those that are chosen, after a preview, and takes it back', async () => {
    await page.getByLabel('Choose all that are shown').check();
    await page.getByLabel(`Choose ${jtiOf(shop[0] ?? '')}`).uncheck();
    await page.getByRole('button', { name: 'Revoke 24 …' }).click();
    await page.getByText('It hits 24 tokens.').waitFor();
    await page.getByLabel(/^Why/).fill('leaked in a log');
    await page.getByRole('button', { name: 'Revoke', exact: true }).click();
    await expectTitle(/^24 active revocations$/);
    expect(await page.getByRole('cell', { name: 'leaked in a log' }).count()).toBe(24);
    expect(await Promise.all(shop.slice(0, 3).map(whoami))).toEqual([200, 401, 401]);
    await page.getByRole('button', { name: 'Undo', exact: true }).click();
    await expectTitle(/^0 active revocations$/);
    expect(await whoami(shop[1] ?? '')).toBe(200);
  });

  it('revokes all of a subject', async () => {
    await live().getByRole('button', { name: 'Revoke all tokens of subject shop' }).first().click();
    await page.getByText('It hits subject shop: 25 live tokens.').waitFor();
    await page.getByRole('button', { name: 'Revoke', exact: true }).click();
    await live().getByText('revoked · subject').nth(24).waitFor();
    expect(await whoami(shop[24] ?? '')).toBe(401);
  });

  it('revokes all of a client, watches the effect on a pasted token, and lifts it with a reason', async () => {
    const [token = '', other = ''] = desk;
    await page.getByLabel('Paste a token').fill(token);
    await expectTitle(/^1 token$/);
    await live().getByRole('button', { name: 'Revoke all tokens of client desk' }).click();
    await page.getByText('It hits client desk: 2 live tokens.').waitFor();
    await page.getByRole('button', { name: 'Revoke', exact: true }).click();
    await page.getByText(/Refused since \d+\.\d s\./).waitFor();
    expect(await whoami(other)).toBe(401);
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Undo client desk' }).click();
    await page.getByText('What it refused is accepted again').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await page.getByLabel('Why (goes into the events)').fill('it was a drill');
    await page.getByRole('button', { name: 'Accept it again' }).click();
    await live().getByText('live', { exact: true }).waitFor();
    expect(await whoami(other)).toBe(200);
    await go('Events');
    await page.getByText('it was a drill').waitFor();
  });

  it('counts on the overview what was refused and why, what expires when, and what a key does next', async () => {
    await go('Overview');
    const refused = page.getByRole('region', { name: 'Refused, by reason' });
    for (const reason of ['token_revoked', 'subject_revoked', 'client_revoked'])
      await refused.getByRole('listitem').filter({ hasText: reason }).waitFor();
    await page.getByRole('list', { name: 'Revocations by kind' }).getByText('subject').waitFor();
    await page.getByRole('img', { name: /^Tokens by time of issue: \d\d in all/ }).waitFor();
    await page.getByRole('img', { name: /^Tokens by time of expiry: \d\d in all/ }).waitFor();
    await page.getByRole('img', { name: / is active; hands over in \d+ days$/ }).waitFor();
    expect(await refused.getByRole('listitem').count()).toBeGreaterThan(2);
    await watched.screenshot(page, 'overview');
  });

  it('says problems first', async () => {
    await tick('nightly', 1);
    await page.getByText(/^The schedule nightly was due .+ ago and did not run\.$/).waitFor();
    await page.getByText('late', { exact: true }).waitFor();
    expect(await page.getByText(/^No problems/).count()).toBe(0);
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
    await issuing.getByRole('button', { name: 'Find it' }).click();
    await page.getByRole('heading', { name: '1 token', exact: true }).waitFor();
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
    await row().getByText('1 min', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Disable web' }).click();
    await row().getByText('disabled').waitFor();
    await page.getByRole('button', { name: 'Enable web' }).click();
    await row().getByText('enabled').waitFor();
    await page.getByRole('button', { name: 'Disable web' }).click();
    await page.getByRole('button', { name: 'Delete web' }).click();
    await page.getByText(/It hits client web: 3 live tokens\./).waitFor();
    await page.getByRole('button', { name: 'Delete it' }).click();
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

it.each(['Overview', 'Tokens', 'Clients', 'Keys', 'Events'])('%s fits a small screen', async (view) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await go(view);
  await page.getByRole('heading', { name: view, exact: true }).waitFor();
  await page.locator('.rows-table').first().waitFor();
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
  const isWhole = await page.locator('.nav [aria-current]').evaluate((link) => {
    const [{ left, right }, nav] = [
      link.getBoundingClientRect(),
      link.parentElement?.getBoundingClientRect(),
    ];
    return nav !== undefined && left >= nav.left && right <= nav.right;
  });
  expect(isWhole).toBe(true);
  expect(await axeFindings(page)).toEqual([]);
  await watched.screenshot(page, `small-${view.toLowerCase()}`, true);
  await page.setViewportSize({ width: 1360, height: 900 });
});

describe('turns the keys', () => {
  const kidOf = (token: string) => decodeProtectedHeader(token).kid ?? '';
  const row = (kid: string) => page.getByRole('row').filter({ hasText: kid });

  it('rotates, and says from when it may again', async () => {
    const before = kidOf(await freshToken());
    await go('Keys');
    await row(before).getByText('active', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Rotate now' }).click();
    await page.getByLabel('Why (goes into the events)').fill('a drill');
    await page.getByRole('button', { name: 'Rotate', exact: true }).click();
    await page.getByText(/^Rotated: now signs \S+\. The next one may sign in /).waitFor();
    await row(before).getByText('retiring', { exact: true }).waitFor();
    expect(await row(before).innerText()).toMatch(/goes in \d+ min/);
    await page.getByRole('img', { name: new RegExp(`^${before} is retiring; goes in`) }).waitFor();
    await page.getByRole('button', { name: 'Rotate now' }).click();
    await page.getByRole('button', { name: 'Rotate', exact: true }).click();
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
      .then((kept) => stack.keyturn(['revoke', '-'], String(kept)));
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

  it('says that the stack is down, keeps what it knew and what was typed', async () => {
    await go('Tokens');
    await page.getByLabel('Client', { exact: true }).fill('shop');
    await page.getByRole('heading', { name: /^20 tokens/ }).waitFor();
    await stack.end('SIGTERM');
    const fault = page.getByText(/No answer from 127\.0\.0\.1:\d+\. Is the stack running\?/);
    await fault.first().waitFor();
    await page.getByRole('button', { name: 'Issue' }).click();
    await page
      .getByRole('region', { name: 'Issue a token' })
      .getByText(/No answer from/)
      .waitFor();
    expect(await page.getByLabel('Client', { exact: true }).inputValue()).toBe('shop');
    expect(await page.getByRole('heading', { name: /^20 tokens/ }).count()).toBe(1);
  });
});

it('no violation of its policy, no fault, and nobody else was asked', () => {
  expect(watched.faults).toEqual([]);
});
