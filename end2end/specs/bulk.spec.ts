// Bulk actions on several users.
import type { Page } from '@playwright/test';
import { expect, serve, test } from '../support/test';
import { dialog, field, press, toast } from '../support/dialog';
import { inspect } from '../support/inspect';
import { expectNoSidewaysScroll, hold, hydrated, open } from '../support/page';
import { bar, box } from '../support/selection';
import { UsersList } from '../support/users-list';

serve('demo users');
test.use({ as: 'admin' });

/** List with some active users, one suspended user and the signed-in user. */
const PAGE = { q: 'test- OR username:admin', sort: 'username', limit: '25' };

const undo = (page: Page) => toast(page).getByRole('button', { name: 'Undo' });

async function select(page: Page, ...usernames: string[]): Promise<void> {
  for (const username of usernames) await box(page, username).check();
}

test.beforeEach(async ({ database }) => {
  await database.rows(`update users set deleted_at = null, purge_after = null, suspended_reason = null, status =
    case username when 'test-suspended' then 'suspended' when 'test-pending' then 'pending' else 'active' end
    where username like 'test-%' and username <> 'test-deleted'`);
});

test('the bar comes with the first box and counts', async ({ page, database }) => {
  await new UsersList(page, database).open(PAGE);
  await expect(bar(page)).toBeHidden();
  await select(page, 'test-member');
  await expect(bar(page)).toContainText('1 selected');
  const all = page.getByRole('checkbox', { name: 'Select all on this page' });
  await expect(all).toHaveJSProperty('indeterminate', true);
  await all.check();
  await expect(bar(page)).toContainText('5 selected');
  await inspect(page, 'users-selected');
  await all.uncheck();
  await expect(bar(page)).toBeHidden();
});

test('a row still opens the user, and its box does not', async ({ page, database }) => {
  const list = new UsersList(page, database);
  await list.open(PAGE);
  await select(page, 'test-member');
  await expect(page).toHaveURL(/\/users\?/);
  await list.rows.filter({ hasText: 'test-auditor' }).click({ position: { x: 640, y: 20 } });
  await expect(page).toHaveURL('/users/test-auditor');
});

test('suspending says who, who not and why; Cancel keeps the selection', async ({ page, database }) => {
  await new UsersList(page, database).open(PAGE);
  await select(page, 'admin', 'test-auditor', 'test-member', 'test-suspended');
  await bar(page).getByRole('link', { name: 'Suspend', exact: true }).click();
  await expect(dialog(page).getByRole('heading', { name: 'Suspend' })).toBeVisible();
  await expect(dialog(page).getByRole('heading', { name: '2 users', exact: true })).toBeVisible();
  await expect(dialog(page).getByRole('listitem')).toHaveText(['test-auditor', 'test-member']);
  await expect(dialog(page)).toContainText('2 skipped');
  await expect(dialog(page)).toContainText('Not active.');
  await inspect(page, 'bulk-suspend');

  await page.keyboard.press('Escape');
  await expect(dialog(page)).toBeHidden();
  await expect(bar(page)).toContainText('4 selected');
  await expect(bar(page).getByRole('link', { name: 'Suspend', exact: true })).toBeFocused();
});

test('it does just that, with a reason, by keyboard', async ({ page, database, browserWatch }) => {
  browserWatch.expectAnswer(422, '/sfn/bulk-users');
  await new UsersList(page, database).open(PAGE);
  await box(page, 'test-auditor').focus();
  await page.keyboard.press('Space');
  await box(page, 'test-member').focus();
  await page.keyboard.press('Space');
  await bar(page).getByRole('link', { name: 'Suspend', exact: true }).focus();
  await page.keyboard.press('Enter');
  const button = dialog(page).getByRole('button', { name: 'Suspend 2 users' });
  await button.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('Reason', { exact: true })).toBeFocused();
  await page.keyboard.type('Left the project');
  await page.keyboard.press('Enter');
  await expect(toast(page)).toContainText('Suspended 2 users');
  await expect(toast(page)).toContainText('test-auditor, test-member');
  await expect(page).toHaveURL(`/users?${new URLSearchParams(PAGE)}`);
  expect(
    await database.column(`select username from users where suspended_reason = 'Left the project' order by 1`),
  ).toEqual(['test-auditor', 'test-member']);
});

test('what has changed meanwhile comes back to the dialog', async ({ page, database, browserWatch }) => {
  browserWatch.expectAnswer(409, '/sfn/bulk-users');
  await new UsersList(page, database).open(PAGE);
  await select(page, 'test-auditor', 'test-member');
  await bar(page).getByRole('link', { name: 'Delete' }).click();
  const button = (count: string) => dialog(page).getByRole('button', { name: `Delete ${count}` });
  await expect(button('2 users')).toBeVisible();
  await database.rows(`update users set version = version + 1 where username = 'test-auditor'`);
  await button('2 users').click();
  await expect(dialog(page).getByRole('heading', { name: 'Review and confirm again' })).toBeVisible();
  await expect(dialog(page).getByRole('alert')).toContainText('Nothing was done; review the current list and try again.');
  await expect(dialog(page)).toContainText('Changed by someone else.');
  const deleted = `select count(*)::int from users where deleted_at is not null and username like 'test-%r'`;
  expect(await database.value(deleted)).toBe(0);
  await inspect(page, 'bulk-changed');
  await button('1 user').click();
  await expect(toast(page)).toContainText('Deleted test-member');
  expect(await database.value(deleted)).toBe(1);
});

test('what was found last stays when something else is wrong', async ({ page, database, browserWatch }) => {
  browserWatch.expectAnswer(409, '/sfn/bulk-users');
  browserWatch.expectAnswer(422, '/sfn/bulk-users');
  await new UsersList(page, database).open(PAGE);
  await select(page, 'test-auditor', 'test-member');
  await bar(page).getByRole('link', { name: 'Suspend', exact: true }).click();
  await field(page, 'Reason').fill('Audit');
  await database.rows(`update users set version = version + 1 where username = 'test-auditor'`);
  await press(page, 'Suspend 2 users');
  await expect(dialog(page).getByRole('heading', { name: '1 user', exact: true })).toBeVisible();
  await field(page, 'Reason').fill('');
  await press(page, 'Suspend 1 user');
  await expect(field(page, 'Reason')).toHaveAccessibleDescription(/Enter a reason\./);
  await expect(dialog(page).getByRole('heading', { name: '1 user', exact: true })).toBeVisible();
  await expect(dialog(page).getByRole('button', { name: 'Suspend 1 user' })).toBeVisible();
});

test('suspended until a day, and Undo unsuspends only these users', async ({ page, database }) => {
  await new UsersList(page, database).open(PAGE);
  await select(page, 'test-auditor', 'test-member', 'test-suspended');
  await bar(page).getByRole('link', { name: 'Suspend', exact: true }).click();
  await field(page, 'Reason').fill('On leave');
  await field(page, 'Until').fill('2030-01-02T03:04');
  await press(page, 'Suspend 2 users');
  await expect(toast(page)).toContainText(/Suspended 2 users until .*2030/);
  // The typed time is in the browser's time zone.
  const until = new Date(await page.evaluate(() => new Date('2030-01-02T03:04').getTime()));
  expect(
    await database.rows(`select username, suspended_until from users where suspended_reason = 'On leave' order by 1`),
  ).toEqual(['test-auditor', 'test-member'].map((username) => ({ username, suspended_until: until })));
  await undo(page).click();
  await expect(toast(page)).toContainText('Unsuspended 2 users');
  await expect(undo(page)).toHaveCount(0);
  expect(
    await database.column(`select username from users where status = 'suspended' and username like 'test-%'`),
  ).toEqual(['test-suspended']);
});

test('the message leaves the list as it was', async ({ page, database }) => {
  await new UsersList(page, database).open(PAGE);
  await select(page, 'test-member');
  await bar(page).getByRole('link', { name: 'Delete' }).click();
  await expect(dialog(page)).toContainText(/You can restore them until .*\d\. Sessions are not restored\./);
  await press(page, 'Delete 1 user');
  await expect(toast(page)).toContainText('Deleted test-member');
  // The message stays while the pointer is over it.
  await toast(page).hover();
  await hydrated(page);
  const query = new URLSearchParams(PAGE).toString();
  await expect(page).toHaveURL(`/users?${query}`);
  const create = page.getByRole('link', { name: 'Create user' });
  await expect(create).toHaveAttribute('href', `/users/new?${query}`);
  await toast(page).getByRole('link', { name: 'Dismiss' }).click();
  await expect(page).toHaveURL(`/users?${query}`);
  await expect(toast(page)).toBeHidden();
});

test('Undo restores, and names the users that it cannot restore', async ({ page, database, browserWatch }) => {
  browserWatch.expectAnswer(409, '/users/bulk/restore');
  await new UsersList(page, database).open(PAGE);
  await select(page, 'test-auditor', 'test-member');
  await bar(page).getByRole('link', { name: 'Delete' }).click();
  await press(page, 'Delete 2 users');
  await expect(toast(page)).toContainText('Deleted 2 users');
  await database.rows(`update users set version = version + 1 where username = 'test-auditor'`);
  await undo(page).click();
  await expect(page).toHaveURL('/users/bulk/restore');
  await expect(dialog(page).getByRole('listitem')).toHaveText(['test-member']);
  await expect(dialog(page)).toContainText('Changed by someone else.');
  await press(page, 'Restore 1 user');
  await expect(toast(page)).toContainText('Restored test-member');
  expect(
    await database.column(
      `select username from users where deleted_at is not null and username in ('test-auditor', 'test-member')`,
    ),
  ).toEqual(['test-auditor']);
});

test('a box that was ticked before the app took over stays so', async ({ page }) => {
  const release = await hold(page, '**/*.wasm');
  await page.goto(`/users?${new URLSearchParams(PAGE)}`, { waitUntil: 'commit' });
  await select(page, 'test-member');
  release();
  await hydrated(page);
  await expect(box(page, 'test-member')).toBeChecked();
  await expect(bar(page)).toContainText('1 selected');
});

test('where nothing can be done, there is no button', async ({ page, database }) => {
  await new UsersList(page, database).open(PAGE);
  await select(page, 'test-member');
  await bar(page).getByRole('link', { name: 'Unsuspend' }).click();
  await expect(dialog(page)).toContainText('None of the selected users can be changed.');
  await expect(dialog(page)).toContainText('Not suspended.');
  await dialog(page).getByRole('link', { name: 'Close' }).click();
  await expect(dialog(page)).toBeHidden();
});

test('signing out and unsuspending', async ({ page, database }) => {
  const list = new UsersList(page, database);
  for (const [label, username, sent, done] of [
    ['Sign out', 'test-member', 'Sign out 1 user', 'Signed out test-member everywhere'],
    ['Unsuspend', 'test-suspended', 'Unsuspend 1 user', 'Unsuspended test-suspended'],
  ] as const) {
    await list.open(PAGE);
    await select(page, username);
    await bar(page).getByRole('link', { name: label }).click();
    await dialog(page).getByRole('button', { name: sent }).click();
    await expect(toast(page)).toContainText(done);
    await expect(undo(page)).toHaveCount(0);
  }
});

test.describe('an auditor', () => {
  test.use({ as: 'test-auditor' });

  test('cannot select users', async ({ page, database }) => {
    await new UsersList(page, database).open(PAGE);
    await expect(page.getByRole('checkbox')).toHaveCount(0);
  });
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

  test('boxes, bar and dialog can be used', async ({ page, database }) => {
    await new UsersList(page, database).open(PAGE);
    await box(page, 'test-member').tap();
    await expectNoSidewaysScroll(page);
    await bar(page).getByRole('link', { name: 'Sign out' }).tap();
    await expect(dialog(page)).toBeVisible();
    await expectNoSidewaysScroll(page);
    await dialog(page).getByRole('button', { name: 'Sign out 1 user' }).tap();
    await expect(toast(page)).toContainText('Signed out test-member everywhere');
  });
});

test.describe('without scripts', () => {
  // Without scripts an idle browser draws no frames, so Playwright would wait forever for a moving element to be stable.
  test.use({ javaScriptEnabled: false, contextOptions: { reducedMotion: 'reduce' } });

  test('boxes and buttons are a form, also when it is rejected', async ({ page, database, browserWatch }) => {
    browserWatch.expectAnswer(422, '/users/bulk/suspend');
    await page.goto(`/users?${new URLSearchParams(PAGE)}`);
    await expect(bar(page)).toBeHidden();
    await select(page, 'test-auditor', 'test-member', 'test-suspended');
    await bar(page).getByRole('button', { name: 'Suspend', exact: true }).click();
    await expect(dialog(page).getByRole('heading', { name: '2 users', exact: true })).toBeVisible();
    await dialog(page).getByRole('link', { name: 'Cancel' }).click();
    await expect(box(page, 'test-member')).toBeChecked();
    await bar(page).getByRole('button', { name: 'Suspend', exact: true }).click();
    await dialog(page).getByRole('button', { name: 'Suspend 2 users' }).click();
    await expect(page.getByLabel('Reason', { exact: true })).toHaveAccessibleDescription(/Enter a reason\./);
    await page.getByLabel('Reason', { exact: true }).fill('Audit');
    await dialog(page).getByRole('button', { name: 'Suspend 2 users' }).click();
    await expect(toast(page)).toContainText('Suspended 2 users');
    const suspended = `select count(*)::int from users where suspended_reason = 'Audit'`;
    expect(await database.value(suspended)).toBe(2);
    await undo(page).click();
    await expect(toast(page)).toContainText('Unsuspended 2 users');
    expect(await database.value(suspended)).toBe(0);
  });
});

test('a URL without a selection says so', async ({ page, browserWatch }) => {
  browserWatch.expectAnswer(422, '/users/bulk/delete');
  await open(page, '/users/bulk/delete');
  await expect(dialog(page).getByRole('alert')).toContainText('Select 1 to 100 users.');
  await page.goto('/users/bulk/delete?u=nonsense');
  await expect(dialog(page).getByRole('alert')).toContainText('This selection is invalid.');
});
