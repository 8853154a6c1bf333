// Audit log: list, filter and export.
import { readFile } from 'node:fs/promises';
import { type Page, request } from '@playwright/test';
import { expect, serve, test } from '../support/test';
import { inspect } from '../support/inspect';
import { hydrated, open } from '../support/page';
import { template } from '../support/template';

serve('demo users');
test.use({ as: 'admin' });

const rows = (page: Page) => page.locator('tbody tr');
const total = (page: Page) => page.locator('.pager-count b').nth(1);
const field = (page: Page, name: string) => page.getByRole('search').getByLabel(name, { exact: true });
const actionFilter = (page: Page) => page.locator('select[name=action]');

/** Audit events: the admin changes a user, and another user's API client changes many. */
const RECORD = `
  insert into audit_events (at, actor_id, actor_label, via, action, target_kind, target_id, target_label, changes, reason, ip, request_id)
  select now() - interval '1 minute', a.id, a.username, 'ui', 'user.suspended', 'user', m.id, m.username,
    '{"status": ["active", "suspended"], "displayName": ["Tess", "Theresa"]}', 'Asked for by Tess', '192.0.2.7', gen_random_uuid()
  from users a, users m where a.username = 'admin' and m.username = 'test-member';
  insert into audit_events (at, actor_label, via, action, target_kind, target_label, changes)
  select now() - n * interval '1 hour', 'importer', 'api', case n % 2 when 0 then 'user.created' else 'planet.moved' end, 'user',
    'person-' || n, '{"name": [null, "x"]}'
  from generate_series(1, 120) n`;

test.beforeAll(async ({ database }) => {
  await database.rows(RECORD);
});

test('an entry shows action, actor and changes', async ({ page }) => {
  await open(page, '/users?limit=25');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Audit log' }).click();
  await expect(page).toHaveURL('/audit');
  await expect(page).toHaveTitle('Audit log · Rollcall');
  await expect(rows(page)).toHaveCount(50);
  await actionFilter(page).selectOption('User suspended');
  await page.getByRole('button', { name: 'Filter' }).click();
  await expect(page).toHaveURL('/audit?action=user.suspended');
  await expect(total(page)).toHaveText('1');
  const row = rows(page).filter({ hasText: 'User suspended: test-member' });
  await expect(row).toContainText('admin, via panel');
  await expect(row.getByText('Asked for by Tess')).toBeHidden();
  await row.getByText('Display name, Status').click();
  for (const words of ['Tess → Theresa', 'active → suspended', 'Asked for by Tess', '192.0.2.7']) {
    await expect(row.getByText(words, { exact: true })).toBeVisible();
  }
  await inspect(page, 'audit-opened');
  await row.getByRole('link', { name: 'test-member' }).click();
  await expect(page).toHaveURL(/\/users\/[0-9a-f-]{36}$/);
});

test('the URL holds the filters, and pages lead through what matches', async ({ page }) => {
  await open(page, '/audit');
  await field(page, 'Actor').fill('Importer');
  await field(page, 'From').fill('30d');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/audit?actor=Importer&from=30d');
  await expect(total(page)).toHaveText('120');
  await expect(rows(page).first()).toContainText('planet.moved: person-1');
  await inspect(page, 'audit');
  await page.getByRole('link', { name: 'Next' }).click();
  await expect(page.locator('.pager-count')).toContainText('51–100 of 120');
  await page.getByRole('link', { name: 'Next' }).click();
  await expect(rows(page)).toHaveCount(20);
  await expect(rows(page).last()).toContainText('User created: person-120');
  await page.getByRole('link', { name: 'Previous' }).click();
  await expect(page.locator('.pager-count')).toContainText('51–100 of 120');
  await field(page, 'Target').fill('person-7');
  await page.getByRole('button', { name: 'Filter' }).click();
  await expect(rows(page)).toHaveCount(1);
  await page.goBack();
  await expect(field(page, 'Target')).toHaveValue('');
  await expect(field(page, 'Actor')).toHaveValue('Importer');
  await page.getByRole('link', { name: 'Clear' }).click();
  await expect(page).toHaveURL('/audit');
  await expect(field(page, 'Actor')).toHaveValue('');
});

test('what cannot be understood is said, and nothing is found', async ({ page, browserWatch }) => {
  browserWatch.expectAnswer(422, '/audit');
  await open(page, '/audit?from=yesterday');
  await expect(page.getByRole('alert')).toContainText('"yesterday" is not a date');
  await expect(rows(page)).toHaveCount(0);
  await expect(page.getByRole('link', { name: /^Export/ })).toHaveCount(0);
  await open(page, '/audit?actor=unknown-user');
  await expect(page.getByRole('heading', { name: 'No entries match' })).toBeVisible();
  await inspect(page, 'audit-none');
  await page.getByRole('link', { name: 'Clear filters' }).click();
  await expect(rows(page)).toHaveCount(50);
});

test('what could not be loaded is said, and can be tried again', async ({ page, browserWatch }) => {
  browserWatch.expectAnswer(503, '/sfn/audit');
  await open(page, '/users?limit=25');
  await page.route('**/sfn/audit*', (route) =>
    route.fulfill({ status: 503, json: { error: 'UNAVAILABLE', message: 'Try again in a moment.', details: {} } }),
  );
  await page.getByRole('link', { name: 'Audit log' }).click();
  await expect(page.getByRole('heading', { name: 'The audit log could not be loaded' })).toBeVisible();
  await page.unroute('**/sfn/audit*');
  await page.getByRole('link', { name: 'Try again' }).click();
  await expect(rows(page)).toHaveCount(50);
});

test('matching entries are exported to a file, which is audited', async ({ page }) => {
  await open(page, '/audit?actor=importer&action=user.created');
  for (const [name, first] of [
    ['Export CSV', /^id,at,actor,/],
    ['Export NDJSON', /^\{"id":/],
  ] as const) {
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name }).click();
    const file = await download;
    expect(file.suggestedFilename()).toMatch(/^audit-log-\d+\.(csv|ndjson)$/);
    const text = await readFile(await file.path(), 'utf8');
    expect(text).toMatch(first);
    expect(text).not.toContain('planet.moved');
    expect(text.trimEnd().split('\n')).toHaveLength(name === 'Export CSV' ? 61 : 60);
  }
  await open(page, '/audit?action=audit.exported');
  await expect(rows(page)).toHaveCount(2);
  await expect(rows(page).first()).toContainText('Audit log exported: Audit log');
  await rows(page).first().locator('summary').click();
  await expect(rows(page).first()).toContainText('actor=importer action=user.created');
});

test('by keyboard: through the filter into a row', async ({ page }) => {
  await open(page, '/audit');
  await field(page, 'Actor').focus();
  await page.keyboard.type('importer');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/audit?actor=importer');
  await expect(field(page, 'Actor')).toBeFocused();
  // A row of the previous list would disappear, and the focus with it.
  await expect(total(page)).toHaveText('120');
  const summary = rows(page).first().locator('summary');
  await summary.focus();
  await page.keyboard.press('Enter');
  await expect(rows(page).first().getByText('Entry', { exact: true })).toBeVisible();
});

test('auditors can read, others cannot', async ({ another }) => {
  const page = await another();
  await page.request.post('/api/auth/login', { data: { username: 'test-auditor', password: template().password } });
  await open(page, '/audit?actor=importer');
  await expect(rows(page)).toHaveCount(50);
  await expect(page.getByRole('link', { name: 'Export CSV' })).toBeVisible();
  const member = await request.newContext({ baseURL: new URL(page.url()).origin, storageState: { cookies: [], origins: [] } });
  await member.post('/api/auth/login', { data: { username: 'test-member', password: template().password } });
  expect((await member.get('/api/admin/audit')).status()).toBe(403);
  await member.dispose();
});

test('a page that was drawn is the one that the browser takes over', async ({ page }) => {
  await page.goto('/audit?actor=importer');
  const drawn = await rows(page).first().textContent();
  await hydrated(page);
  expect(await rows(page).first().textContent()).toBe(drawn);
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false, contextOptions: { reducedMotion: 'reduce' } });

  test('filtering, paging, opening a row, taking it away', async ({ page }) => {
    await page.goto('/audit');
    await field(page, 'Actor').fill('importer');
    await actionFilter(page).selectOption('User created');
    await page.getByRole('button', { name: 'Filter' }).click();
    await expect(rows(page)).toHaveCount(50);
    await page.getByRole('link', { name: 'Next' }).click();
    await expect(rows(page)).toHaveCount(10);
    await expect(actionFilter(page)).toHaveValue('user.created');
    await rows(page).first().locator('summary').click();
    await expect(rows(page).first().getByText('Entry', { exact: true })).toBeVisible();
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Export CSV' }).click();
    expect((await readFile(await (await download).path(), 'utf8')).trimEnd().split('\n')).toHaveLength(61);
    await page.getByRole('link', { name: 'Clear' }).click();
    await expect(rows(page)).toHaveCount(50);
  });
});
