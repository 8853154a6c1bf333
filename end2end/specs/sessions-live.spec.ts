// Live updates of the session list, in one tab or several.
import { type Page, request } from '@playwright/test';
import { expect, serve, test } from '../support/test';
import { open } from '../support/page';
import { Rollcall } from '../support/rollcall';
import { rows, signInElsewhere } from '../support/sessions';
import { template } from '../support/template';

serve('demo users');
test.use({ as: 'admin' });

/** Shortens intervals of 30 seconds. */
async function hurry(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const setInterval = window.setInterval;
    window.setInterval = ((act: TimerHandler, time: number) =>
      setInterval(act, time === 30_000 ? 500 : time)) as typeof window.setInterval;
  });
}

/** Returns the number of event streams that a server has opened. */
const streams = (server: Rollcall): number =>
  server.log.split('\n').filter((line) => line.includes('/sessions/events') && line.includes('answered')).length;

/** Changes the visibility of a tab as the browser does when it is covered or shown again. */
const turn = (page: Page, hidden: boolean): Promise<boolean> => page.evaluate((hidden) => {
  Object.defineProperty(document, 'hidden', { configurable: true, value: hidden });
  return document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
}, hidden);

/** Ends the sessions of these users, so that a first row with one of them is from the test itself. */
test.beforeEach(({ database }) =>
  database.rows(`update sessions set ended_at = now(), ended_reason = 'revoked' where ended_at is null
    and user_id in (select id from users where username in ('test-member', 'test-auditor'))`));

test('rows appear and end by themselves', async ({ page, server, database }) => {
  await open(page, '/sessions');
  const first = await rows(page).first().locator('.handle').textContent();
  await signInElsewhere(server.url, 'test-member');
  await expect(rows(page).first()).toContainText('test-member');
  await expect(page.locator('[aria-live]', { hasText: '1 signed in.' })).toHaveCount(1);
  expect(await rows(page).nth(1).locator('.handle').textContent()).toBe(first);

  // While a row has the focus, new rows are announced instead of inserted.
  await rows(page).nth(2).locator('.name').focus();
  await signInElsewhere(server.url, 'test-member');
  await expect(page.getByRole('link', { name: '1 new session', exact: true })).toBeVisible();
  await expect(rows(page).nth(2).locator('.name')).toBeFocused();
  await page.getByLabel('User', { exact: true }).focus();
  await expect(page.getByRole('link', { name: '1 new session', exact: true })).toBeHidden();
  await expect(rows(page).nth(1)).toContainText('test-member');

  await database.rows(`update sessions s set ended_at = now(), ended_reason = 'revoked', ended_by = a.id
    from users u, users a where u.id = s.user_id and u.username = 'test-member' and a.username = 'admin' and ended_at is null`);
  await expect(rows(page).first()).toContainText('Revoked by admin');
  await expect(rows(page).first().getByRole('link', { name: /^Revoke/ })).toBeHidden();
});

test('on other pages new sessions are counted, and a click shows them', async ({ page, server }) => {
  await open(page, '/sessions?device=unknown');
  await signInElsewhere(server.url, 'test-member');
  await page.getByRole('link', { name: '1 new session', exact: true }).click();
  await expect(rows(page).filter({ hasText: 'test-member' }).first()).toBeVisible();
  await expect(page.getByRole('link', { name: '1 new session', exact: true })).toBeHidden();
});

test('eight tabs share one stream, which stays when the first of them is closed', async ({ page, context, server }) => {
  const before = streams(server);
  const tabs = [page];
  while (tabs.length < 8) tabs.push(await context.newPage());
  for (const tab of tabs) await open(tab, '/sessions');
  await signInElsewhere(server.url, 'test-member');
  for (const tab of tabs) await expect(rows(tab).first()).toContainText('test-member');
  await page.close();
  await signInElsewhere(server.url, 'test-auditor');
  for (const tab of tabs.slice(1)) await expect(rows(tab).first()).toContainText('test-auditor');
  expect(streams(server) - before).toBe(1);
});

test('a tab that is shown again gets what it missed, by the stream of the others', async ({ page, context, server }) => {
  const before = streams(server);
  const other = await context.newPage();
  for (const tab of [page, other]) await open(tab, '/sessions');
  await expect.poll(() => streams(server) - before).toBe(1);
  await turn(other, true);
  await signInElsewhere(server.url, 'test-member');
  await expect(rows(page).first()).toContainText('test-member');
  await turn(other, false);
  await expect(rows(other).first()).toContainText('test-member');
  expect(streams(server) - before).toBe(1);
});

test('a hidden page hangs up, and gets afterwards what it missed', async ({ page, server }) => {
  const before = streams(server);
  await open(page, '/sessions');
  await expect.poll(() => streams(server) - before).toBe(1);
  await turn(page, true);
  await signInElsewhere(server.url, 'test-member');
  await turn(page, false);
  await expect(rows(page).first()).toContainText('test-member');
  await expect.poll(() => streams(server) - before).toBe(2);
});

test('where no worker is shared each tab has one', async ({ page, server }) => {
  await page.addInitScript(() => Object.assign(window, { SharedWorker: undefined }));
  const before = streams(server);
  await open(page, '/sessions');
  await expect.poll(() => streams(server) - before).toBe(1);
  await signInElsewhere(server.url, 'test-member');
  await expect(rows(page).first()).toContainText('test-member');
});

test('without workers the list is read again', async ({ page, server }) => {
  await hurry(page);
  await page.addInitScript(() => Object.assign(window, { SharedWorker: undefined, Worker: undefined }));
  await open(page, '/sessions');
  await rows(page).nth(3).locator('.name').focus();
  await signInElsewhere(server.url, 'test-member');
  await expect(rows(page).first()).toContainText('test-member');
  await expect(rows(page).nth(4).locator('.name')).toBeFocused();
});

test('a user that is signed out while they watch gets to sign in', async ({ another, database }) => {
  const page = await another();
  await page.request.post('/api/auth/login', { data: { username: 'test-auditor', password: template().password } });
  await hurry(page);
  await open(page, '/sessions');
  await expect(page.getByRole('link', { name: /^Revoke/ })).toHaveCount(0);
  await database.rows(`update sessions set ended_at = now(), ended_reason = 'revoked'
    where user_id = (select id from users where username = 'test-auditor')`);
  await expect(page).toHaveURL(/\/login/);
});

test('a server that stops does not wait for those who watch', async ({ database }) => {
  const server = await Rollcall.start(database.url);
  const admin = await request.newContext({ baseURL: server.url, storageState: { cookies: [], origins: [] } });
  await admin.post('/api/auth/login', { data: { username: 'admin', password: template().password } });
  const { cookies } = await admin.storageState();
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  const stream = await fetch(`${server.url}/api/admin/sessions/events`, { headers: { cookie } });
  expect(stream.status).toBe(200);
  const asked = Date.now();
  expect(await server.stop()).toBe(0);
  // A stop gives running requests 30 seconds; an event stream must not use that time.
  expect(Date.now() - asked).toBeLessThan(25_000);
  expect(await stream.text()).not.toContain('data:');
  await admin.dispose();
});
