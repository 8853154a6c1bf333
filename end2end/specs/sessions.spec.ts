// Sessions of all users: list, filter, revoke.
import type { Page } from '@playwright/test';
import { expect, serve, test } from '../support/test';
import { inspect } from '../support/inspect';
import { hydrated, open } from '../support/page';
import { rows, signInElsewhere } from '../support/sessions';

serve('demo users');
test.use({ as: 'admin' });

const LIVE = 'select count(*)::int from live_sessions';

const row = (page: Page, text: string) => rows(page).filter({ hasText: text });
const total = (page: Page) => page.locator('.pager-count b').nth(1);

test('the list, its orders, filters and pages', async ({ page, database }) => {
  await open(page, '/sessions');
  const live = await database.value(LIVE);
  await expect(rows(page)).toHaveCount(Math.min(50, live));
  await expect(total(page)).toHaveText(live.toLocaleString('en'));
  await expect(row(page, 'This session').first()).toContainText('admin');
  await inspect(page, 'sessions');

  await page.getByRole('link', { name: 'Last seen' }).click();
  await expect(page).toHaveURL('/sessions?sort=-seen');
  await expect(page.getByRole('columnheader', { name: 'Last seen' })).toHaveAttribute('aria-sort', 'descending');
  await page.getByRole('link', { name: 'Next' }).click();
  await expect(page.locator('.pager-count')).toContainText('51–');

  const [owner] = await database.rows(
    `select username, count(*)::int as n from live_sessions where device = 'Chrome on Windows'
    group by username order by n desc limit 1`);
  const found = await database.value(
    `select count(*)::int from live_sessions where username = $1 and device ilike '%windows%'`,
    [owner!.username],
  );
  await page.getByLabel('User', { exact: true }).fill(owner!.username);
  await page.getByLabel('Device', { exact: true }).fill('windows');
  await page.getByRole('button', { name: 'Filter' }).click();
  await expect(page).toHaveURL(/user=.*device=windows/);
  await expect(rows(page).locator('.handle')).toHaveText(Array<string>(found).fill(owner!.username));
  await expect(rows(page).first()).toContainText('on Windows');
  await page.goBack();
  await expect(page.getByLabel('User', { exact: true })).toHaveValue('');
  await page.goForward();
  await expect(page.getByLabel('User', { exact: true })).toHaveValue(owner!.username);
  await page.getByRole('link', { name: 'Clear' }).click();
  await expect(page).toHaveURL('/sessions');
  await expect(page.getByLabel('Device', { exact: true })).toHaveValue('');
});

test('what cannot be understood is said, and no sessions are found', async ({ page, browserWatch }) => {
  browserWatch.expectAnswer(422, '/sessions');
  await open(page, '/sessions?address=nowhere');
  await expect(page.getByRole('alert')).toContainText('"nowhere" is not an IP address');
  await expect(rows(page)).toHaveCount(0);
  await expect(page.getByRole('link', { name: /^Revoke/ })).toHaveCount(0);
  await page.getByRole('link', { name: 'Show all sessions' }).click();
  await expect(rows(page)).not.toHaveCount(0);
  await open(page, '/sessions?user=unknown-user');
  await expect(page.getByRole('heading', { name: 'No sessions match' })).toBeVisible();
  await inspect(page, 'sessions-none');
});

test('ended sessions show reason and actor', async ({ page, database }) => {
  await open(page, '/sessions?ended=true');
  const ended = await database.value('select count(*)::int from ended_sessions');
  await expect(total(page)).toHaveText(ended.toLocaleString('en'));
  await expect(page.getByRole('columnheader', { name: 'Reason' })).toBeVisible();
  await expect(page.getByRole('link', { name: /^Revoke/ })).toHaveCount(0);
  await inspect(page, 'sessions-ended');
  await page.getByRole('link', { name: 'Active', exact: true }).click();
  await expect(page).toHaveURL('/sessions');
});

test('one session is revoked from its row', async ({ page, server, database }) => {
  await signInElsewhere(server.url, 'test-member');
  await open(page, '/sessions?user=test-member');
  const before = await rows(page).count();
  await rows(page).first().getByRole('link', { name: /^Revoke session of test-member/ }).click();
  await expect(page.getByRole('dialog')).toContainText('Last seen');
  await page.getByRole('button', { name: 'Revoke session of test-member' }).click();
  await expect(page.locator('.toast')).toContainText('Revoked the session of test-member');
  await expect(page).toHaveURL(/user=test-member/);
  await expect(rows(page)).toHaveCount(before - 1);
  const [latest] = await database.rows(
    `select ended_reason, u.username from sessions s join users u on u.id = s.ended_by order by ended_at desc limit 1`);
  expect(latest).toMatchObject({ ended_reason: 'revoked', username: 'admin' });
});

test('all that match end, if they are as many as was shown', async ({ page, server, browserWatch }) => {
  browserWatch.expectAnswer(409, '/sfn/revoke-sessions');
  for (let n = 0; n < 2; n += 1) await signInElsewhere(server.url, 'test-auditor');
  await open(page, '/sessions?user=test-auditor');
  await page.getByRole('link', { name: 'Revoke matching sessions…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Revoke sessions' });
  const button = dialog.getByRole('button', { name: /^Revoke/ });
  await expect(button).toHaveText('Revoke 2 sessions');
  await expect(dialog).toContainText('of Test Auditor (test-auditor)');
  await inspect(page, 'sessions-revoke');
  await signInElsewhere(server.url, 'test-auditor');
  await button.click();
  await expect(dialog.getByRole('heading', { name: 'Review and confirm again' })).toBeVisible();
  await expect(dialog.getByRole('alert')).toContainText('The number of sessions changed');
  await expect(button).toHaveText('Revoke 3 sessions');
  await button.click();
  await expect(page.locator('.toast')).toContainText('Revoked 3 sessions of test-auditor');
  await expect(page.getByRole('heading', { name: 'No sessions match' })).toBeVisible();
});

test('by keyboard: into the dialog, out of it, and back where it began', async ({ page }) => {
  await open(page, '/sessions');
  const link = page.getByRole('link', { name: 'Revoke all other sessions…' });
  await link.focus();
  await page.keyboard.press('Enter');
  const others = page.getByRole('dialog', { name: 'Revoke all other sessions' });
  await expect(others).toContainText('Everyone else is signed out immediately, and so are your other devices.');
  await expect(page.getByRole('link', { name: 'Cancel' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL('/sessions');
  await expect(link).toBeFocused();
  await page.getByLabel('User', { exact: true }).focus();
  await page.keyboard.type('admin');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/sessions?user=admin');
  await expect(page.getByLabel('User', { exact: true })).toBeFocused();
});

test('the tab of a user revokes one or all', async ({ page, server }) => {
  for (let n = 0; n < 2; n += 1) await signInElsewhere(server.url, 'test-member');
  await open(page, '/users/test-member/sessions');
  const before = await rows(page).count();
  await inspect(page, 'user-sessions-revoke');
  await rows(page).first().getByRole('link', { name: /^Revoke/ }).click();
  await page.getByRole('button', { name: 'Revoke session of test-member' }).click();
  await expect(page.locator('.toast')).toContainText('Revoked the session of test-member');
  await expect(rows(page)).toHaveCount(before - 1);
  await page.getByRole('link', { name: 'Revoke all…' }).click();
  await expect(page.getByRole('dialog')).toContainText('of Test Member (test-member)');
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false, contextOptions: { reducedMotion: 'reduce' } });

  test('filtering, revoking one, revoking all that match', async ({ page, server }) => {
    for (let n = 0; n < 3; n += 1) await signInElsewhere(server.url, 'test-auditor');
    await page.goto('/sessions');
    await page.getByLabel('User', { exact: true }).fill('test-auditor');
    await page.getByRole('button', { name: 'Filter' }).click();
    await expect(rows(page)).toHaveCount(3);
    await rows(page).first().getByRole('link', { name: /^Revoke/ }).click();
    await page.getByRole('button', { name: 'Revoke session of test-auditor' }).click();
    await expect(page.locator('.toast')).toContainText('Revoked the session of test-auditor');
    await expect(rows(page)).toHaveCount(2);
    await page.getByRole('link', { name: 'Revoke matching sessions…' }).click();
    await page.getByRole('button', { name: 'Revoke 2 sessions' }).click();
    await expect(page.locator('.toast')).toContainText('Revoked 2 sessions');
    await expect(page.getByRole('heading', { name: 'No sessions match' })).toBeVisible();
  });
});

test('a page that was drawn is the one that the browser takes over', async ({ page }) => {
  await page.goto('/sessions');
  const drawn = await rows(page).first().textContent();
  await hydrated(page);
  expect(await rows(page).first().textContent()).toBe(drawn);
});

test('a long device does not hide which session is yours', async ({ page, database }) => {
  await database.rows(`update sessions set device = 'Microsoft Edge WebView on Chrome OS'
    where user_id = (select id from users where username = 'admin')`);
  await open(page, '/sessions');
  const own = page.locator('.cell-device', { hasText: 'This session' }).first();
  const [cell, badge] = await Promise.all([own.boundingBox(), own.locator('.badge').boundingBox()]);
  expect(badge!.x + badge!.width, 'nothing of it is cut off').toBeLessThanOrEqual(cell!.x + cell!.width);
});
