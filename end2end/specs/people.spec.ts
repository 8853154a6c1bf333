// Looking after one person at a time: making, changing, suspending, resetting, deleting, restoring.
import type { Browser, Page } from '@playwright/test';
import { expect, serve, test } from '../support/test';
import { expectNoSidewaysScroll, open, signIn } from '../support/page';
import { template } from '../support/template';

serve('demo people');
test.use({ as: 'admin' });

const dialog = (page: Page) => page.getByRole('dialog');
const press = (page: Page, name: string | RegExp) => dialog(page).getByRole('button', { name }).click();
/** A field by the beginning of its label: those that may stay empty say so behind it. */
const field = (page: Page, name: string) => dialog(page).getByLabel(new RegExp(`^${name}`));
const toast = (page: Page) => page.locator('.toast');

/** A browser of somebody else. */
async function other(browser: Browser, page: Page): Promise<Page> {
  const context = await browser.newContext({ baseURL: new URL(page.url()).origin });
  return context.newPage();
}

/** Makes a person with a temporary password, by the panel. */
async function make(page: Page, username: string, password = 'temporary one'): Promise<void> {
  await open(page, '/users/new');
  await field(page, 'Username').fill(username);
  await field(page, 'Display name').fill(`${username} Example`);
  await dialog(page).getByLabel('Set a temporary password').check();
  await field(page, 'Temporary password').fill(password);
  await press(page, 'Create');
  await expect(page).toHaveURL(`/users/${username}?done=created`);
}

test('created with a link, which the person follows', async ({ page, browser }) => {
  await open(page, '/users?q=role:admin');
  await page.getByRole('link', { name: 'Create User' }).click();
  await expect(page).toHaveURL('/users/new?q=role:admin');
  await field(page, 'Username').fill('linked');
  await field(page, 'Display name').fill('Linked Person');
  await field(page, 'Email').fill('linked@example.org');
  await press(page, 'Create');
  const link = await field(page, 'One-time link').inputValue();
  expect(link).toContain('/reset/');
  await expect(dialog(page)).toContainText('Works until');
  await press(page, 'Copy');
  await expect(dialog(page).getByRole('button', { name: 'Copied' })).toBeVisible();
  await dialog(page).getByRole('link', { name: 'Done' }).click();
  await expect(page.getByRole('heading', { name: 'Linked Person' })).toBeVisible();
  await expect(toast(page)).toContainText('The account is made.');

  const theirs = await other(browser, page);
  await theirs.goto(new URL(link).pathname);
  await theirs.getByLabel('Password', { exact: true }).fill('a lantern under rain');
  await theirs.getByLabel('Password again').fill('a lantern under rain');
  await theirs.getByRole('button', { name: 'Set password' }).click();
  await theirs.goto('/login');
  await signIn(theirs, 'linked', 'a lantern under rain');
  await expect(theirs).toHaveURL('/account');
  await page.reload();
  await expect(page.getByText('Used', { exact: true })).toBeVisible();
});

test('created with a password, with which they sign in at once', async ({ page, browser }) => {
  await make(page, 'passworded');
  await expect(page.locator('.badge', { hasText: 'Must change password' })).toBeVisible();
  const theirs = await other(browser, page);
  await theirs.goto('/login');
  await signIn(theirs, 'passworded', 'temporary one');
  await expect(theirs).toHaveURL(/account|password/);
});

test('faults show as one types, and a taken name loses nothing', async ({ page, browserWatch }) => {
  browserWatch.expectAnswer(409, '/sfn/create-user');
  await open(page, '/users/new');
  await field(page, 'Username').fill('ab');
  await field(page, 'Display name').focus();
  await expect(field(page, 'Username')).toHaveAttribute('aria-invalid', 'true');
  await field(page, 'Username').fill('test-member');
  await expect(field(page, 'Username')).not.toHaveAttribute('aria-invalid', 'true');
  await field(page, 'Display name').fill('Kept');
  await dialog(page).getByLabel('Auditor').check();
  await press(page, 'Create');
  await expect(field(page, 'Username')).toHaveAccessibleDescription(/Username already exists/);
  await expect(field(page, 'Username')).toBeFocused();
  await expect(field(page, 'Display name')).toHaveValue('Kept');
  await expect(dialog(page).getByLabel('Auditor')).toBeChecked();
});

test('a page by name, number and id', async ({ page, database }) => {
  const [row] = await database.rows(`select id, number from users where username = 'test-member'`);
  for (const reference of ['test-member', row!.number, row!.id]) {
    await open(page, `/users/${reference}`);
    await expect(page.getByRole('heading', { name: 'Test Member' })).toBeVisible();
  }
});

test('edited, and the history says what was before', async ({ page }) => {
  await make(page, 'edited');
  await page.getByRole('link', { name: 'Edit' }).click();
  await field(page, 'Display name').fill('Another Name');
  await dialog(page).getByLabel('Auditor').check();
  await press(page, 'Save');
  await expect(toast(page)).toContainText('Changes saved.');
  await expect(page.getByRole('heading', { name: 'Another Name' })).toBeVisible();
  await page.getByRole('link', { name: 'History' }).click();
  await expect(page.getByRole('table')).toContainText('edited Example → Another Name');
});

test('two browsers change the same person', async ({ page, browserWatch }) => {
  browserWatch.expectAnswer(409, '/sfn/edit-user');
  await make(page, 'contested');
  await open(page, '/users/contested/edit');
  const second = await page.context().newPage();
  await open(second, '/users/contested/edit');
  await field(second, 'Display name').fill('Theirs Entirely');
  await press(second, 'Save');
  await expect(toast(second)).toBeVisible();

  await field(page, 'Display name').fill('Mine Entirely');
  await press(page, 'Save');
  await expect(dialog(page)).toContainText('Theirs: Theirs Entirely');
  await expect(field(page, 'Display name')).toHaveValue('Mine Entirely');
  await page.reload();
  await expect(field(page, 'Display name')).toHaveValue('Theirs Entirely');

  await open(second, '/users/contested/edit');
  await open(page, '/users/contested/edit');
  await field(second, 'Email').fill('theirs@example.org');
  await press(second, 'Save');
  await expect(toast(second)).toBeVisible();
  await field(page, 'Email').fill('mine@example.org');
  await press(page, 'Save');
  await press(page, 'Save mine on top');
  await expect(page).toHaveURL('/users/contested?done=saved');
  await expect(page.getByText('mine@example.org')).toBeVisible();
});

test('suspended with a reason that is told, and lifted', async ({ page, browser }) => {
  await make(page, 'naughty');
  await page.getByRole('link', { name: 'Suspend' }).click();
  await field(page, 'Reason').fill('Shares their account');
  await dialog(page).getByLabel('Tell them the reason').check();
  await field(page, 'Until').fill('2030-01-02T03:04');
  await press(page, 'Suspend naughty');
  await expect(toast(page)).toContainText('Suspended');
  await expect(page.getByText('Shares their account')).toBeVisible();

  const theirs = await other(browser, page);
  await theirs.goto('/login');
  await signIn(theirs, 'naughty', 'temporary one');
  await expect(theirs.getByRole('alert')).toContainText('Shares their account');

  await page.getByRole('button', { name: 'Lift suspension' }).click();
  await expect(toast(page)).toContainText('lifted');
  await signIn(theirs, 'naughty', 'temporary one');
  await expect(theirs).toHaveURL(/account|password/);
});

test('suspending needs a reason and a time to come', async ({ page, browserWatch }) => {
  browserWatch.expectAnswer(422, '/sfn/suspend-user');
  await open(page, '/users/test-member/suspend');
  await field(page, 'Until').fill('2001-01-02T03:04');
  await press(page, 'Suspend test-member');
  await expect(field(page, 'Reason')).toBeFocused();
  await expect(field(page, 'Until')).toHaveAccessibleDescription(/still to come/);
});

test('a reset link, its state, and its end', async ({ page }) => {
  await make(page, 'forgetful');
  await page.getByRole('link', { name: 'Send reset link' }).click();
  await press(page, 'Make link');
  await expect(field(page, 'One-time link')).toHaveValue(/\/reset\//);
  await dialog(page).getByRole('link', { name: 'Done' }).click();
  await expect(page.getByText('Works until')).toBeVisible();
  await expect(page.getByText(/by admin, not opened/)).toBeVisible();
  await page.getByRole('button', { name: 'Revoke' }).click();
  await expect(page.getByText('Revoked', { exact: true })).toBeVisible();
});

test('deleted by name and counts, and restored by Undo', async ({ page, database, browserWatch }) => {
  browserWatch.expectAnswer(422, '/sfn/delete-user');
  const [person] = await database.rows(`
    select u.username from users u join user_stats s on s.user_id = u.id
    where s.personas > 3 and u.status = 'active' and u.deleted_at is null order by u.id limit 1`);
  const name = person!.username;
  await open(page, `/users/${name}/delete`);
  await expect(dialog(page)).toContainText('Personas');
  await press(page, /^Delete .* and \d+ things$/);
  await expect(field(page, 'Their username, to confirm')).toBeFocused();
  await field(page, 'Their username, to confirm').fill(name);
  await press(page, /^Delete .* and \d+ things$/);
  await expect(page.locator('.badge', { hasText: 'Deleted' })).toBeVisible();
  await toast(page).getByRole('button', { name: 'Undo' }).click();
  await expect(toast(page)).toContainText('Restored');
  await expect(page.locator('.badge', { hasText: 'Deleted' })).toBeHidden();
});

test('nothing is deleted when there is something else by then', async ({ page, database, browserWatch }) => {
  browserWatch.expectAnswer(409, '/sfn/delete-user');
  await make(page, 'growing');
  await open(page, '/users/growing/delete');
  await field(page, 'Their username, to confirm').fill('growing');
  await database.rows(`
    insert into personas (id, owner_id, name, role, created_at, updated_at)
    select uuid_v7(now()), id, 'New', 'analyst', now(), now() from users where username = 'growing'`);
  await press(page, 'Delete growing');
  await expect(dialog(page)).toContainText('Nothing was deleted');
  await press(page, 'Delete growing and 1 thing');
  await expect(page.locator('.badge', { hasText: 'Deleted' })).toBeVisible();
  await page.getByRole('link', { name: 'Delete permanently…' }).click();
  await field(page, 'Their username, to confirm').fill('growing');
  await press(page, 'Delete growing and 1 thing');
  await expect(page).toHaveURL('/users?done=removed');
});

test('what may not be done is said before any typing', async ({ page }) => {
  for (const [path, text] of [
    ['/users/admin/delete', 'Cannot delete yourself'],
    ['/users/admin/suspend', 'Cannot suspend yourself'],
  ] as const) {
    await open(page, path);
    await expect(dialog(page)).toContainText(text);
    await expect(dialog(page).getByRole('textbox')).toBeHidden();
  }
  await open(page, '/users/admin/edit');
  await expect(dialog(page)).toContainText('Cannot change your own roles');
  await expect(dialog(page).getByLabel('Auditor')).toBeDisabled();
});

test('the keyboard stays in the dialog and comes back', async ({ page }) => {
  await open(page, '/users/test-member');
  const opener = page.getByRole('link', { name: 'Suspend' });
  await opener.focus();
  await page.keyboard.press('Enter');
  await expect(field(page, 'Reason')).toBeFocused();
  for (let step = 0; step < 12; step += 1) {
    await page.keyboard.press('Tab');
    const inside = await page.evaluate(() => {
      const focused = document.activeElement;
      return focused === document.body || focused?.closest('dialog') !== null;
    });
    expect(inside).toBe(true);
  }
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL('/users/test-member');
  await expect(opener).toBeFocused();

  await open(page, '/users/test-member/edit');
  await dialog(page).getByRole('link', { name: 'Cancel' }).click();
  await expect(dialog(page)).toBeHidden();
  await expect(page.getByRole('link', { name: 'Edit' })).toBeFocused();
});

test.describe('an auditor', () => {
  test.use({ as: 'test-auditor' });

  test('sees everything, with the buttons gone', async ({ page }) => {
    await open(page, '/users');
    await expect(page.getByRole('link', { name: 'Create User' })).toBeHidden();
    await open(page, '/users/test-member');
    await expect(page.getByRole('heading', { name: 'Statistics' })).toBeVisible();
    for (const name of ['Edit', 'Suspend', 'Delete', 'Send reset link']) {
      await expect(page.getByRole('link', { name })).toBeHidden();
    }
    await expect(page.getByRole('button', { name: 'Sign out everywhere' })).toBeHidden();
    await open(page, '/users/test-member/edit');
    await expect(dialog(page).getByRole('textbox')).toBeHidden();
  });
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('every form works', async ({ page, database, browserWatch }) => {
    browserWatch.expectAnswer(422, '/users/new');
    browserWatch.expectAnswer(422, '/users/plain/suspend');
    browserWatch.expectAnswer(422, '/users/plain/delete');
    browserWatch.expectAnswer(409, '/users/plain/edit');
    await page.goto('/users/new');
    await field(page, 'Username').fill('x');
    await field(page, 'Display name').fill('Plain Person');
    await dialog(page).getByLabel('Auditor').check();
    await press(page, 'Create');
    await expect(field(page, 'Display name')).toHaveValue('Plain Person');
    await expect(dialog(page).getByLabel('Auditor')).toBeChecked();
    await field(page, 'Username').fill('plain');
    await press(page, 'Create');
    await expect(field(page, 'One-time link')).toHaveValue(/\/reset\//);
    await dialog(page).getByRole('link', { name: 'Done' }).click();
    await expect(toast(page)).toContainText('The account is made.');

    await page.getByRole('link', { name: 'Edit' }).click();
    await database.rows(`update users set display_name = 'Theirs', version = version + 1 where username = 'plain'`);
    await field(page, 'Display name').fill('Mine');
    await press(page, 'Save');
    await expect(dialog(page)).toContainText('Theirs: Theirs');
    await expect(field(page, 'Display name')).toHaveValue('Mine');
    await press(page, 'Save mine on top');
    await expect(page.getByRole('heading', { name: 'Mine' })).toBeVisible();

    await page.getByRole('link', { name: 'Suspend' }).click();
    await press(page, 'Suspend plain');
    await expect(field(page, 'Reason')).toHaveAttribute('aria-invalid', 'true');
    await field(page, 'Reason').fill('A while off');
    await field(page, 'Until').fill('2031-05-06T07:08');
    await press(page, 'Suspend plain');
    await expect(page.getByText('6 May 2031, 07:08:00 UTC')).toBeVisible();
    await toast(page).getByRole('button', { name: 'Undo' }).click();
    await expect(toast(page)).toContainText('lifted');

    await page.getByRole('link', { name: 'Send reset link' }).click();
    await press(page, 'Make link');
    await expect(field(page, 'One-time link')).toHaveValue(/\/reset\//);
    await dialog(page).getByRole('link', { name: 'Done' }).click();
    await page.getByRole('button', { name: 'Revoke' }).click();
    await expect(toast(page)).toContainText('does not work any more');
    await page.getByRole('button', { name: 'Sign out everywhere' }).click();
    await expect(toast(page)).toContainText('Signed out');

    await page.getByRole('link', { name: 'Delete' }).click();
    await field(page, 'Their username, to confirm').fill('somebody');
    await press(page, 'Delete plain');
    await expect(field(page, 'Their username, to confirm')).toHaveAttribute('aria-invalid', 'true');
    await field(page, 'Their username, to confirm').fill('plain');
    await press(page, 'Delete plain');
    await toast(page).getByRole('button', { name: 'Undo' }).click();
    await expect(toast(page)).toContainText('Restored');
  });
});

test('given to somebody else', async ({ page, database, browserWatch }) => {
  browserWatch.expectAnswer(422, '/sfn/reassign-data');
  const [person] = await database.rows(`
    select u.username from users u join user_stats s on s.user_id = u.id
    where s.personas = 3 and u.deleted_at is null order by u.id limit 1`);
  const name = person!.username;
  await open(page, `/users/${name}/data`);
  await page.getByRole('link', { name: 'Give to somebody else' }).click();
  await field(page, 'New owner').fill('nobody-of-that-name');
  await press(page, 'Give to new owner');
  await expect(field(page, 'New owner')).toHaveAccessibleDescription(/nobody of this name/);
  await field(page, 'New owner').fill('test-member');
  await press(page, 'Give to new owner');
  await expect(toast(page)).toContainText('new owner');
  await open(page, `/users/${name}/data`);
  await expect(page.getByRole('heading', { name: 'Owns no personas' })).toBeVisible();
});

test('fits a phone', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  for (const end of ['', '/sessions', '/keys', '/data', '/history', '/edit', '/delete']) {
    await open(page, `/users/test-member${end}`);
    await expectNoSidewaysScroll(page);
  }
});
