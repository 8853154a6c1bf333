// The matrix of roles and permissions, and the dialogs that create, clone, edit and delete a role.
import type { Page } from '@playwright/test';
import { add, startSession } from '../support/account';
import { expect, serve, test } from '../support/test';
import { dialog, field, modal, press, toast } from '../support/dialog';
import { inspect } from '../support/inspect';
import { expectNoSidewaysScroll, open } from '../support/page';

serve('demo users');

const matrix = (page: Page) => page.getByRole('table', { name: 'Permissions by role' });
const head = (page: Page, name: string) => matrix(page).getByRole('columnheader').filter({ hasText: new RegExp(`^\\s*${name}`) });
const permission = (page: Page, name: string) => dialog(page).getByRole('checkbox', { name: new RegExp(`^${name}`) });

/** Returns whether a role grants a permission, from the matrix. */
async function cell(page: Page, role: string, name: string): Promise<string> {
  const heads = await matrix(page).locator('thead th').allTextContents();
  const column = heads.findIndex((text) => text.includes(role));
  const row = matrix(page).locator('tbody tr').filter({ hasText: name });
  return row.locator('th, td').nth(column).innerText();
}

test.describe('an administrator', () => {
  test.use({ as: 'admin' });

  test('creates, edits, clones and deletes a role', async ({ page, database, browserWatch }) => {
    browserWatch.expectAnswer(422, '/sfn/create-role');
    await open(page, '/overview');
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Roles' }).click();
    await expect(page).toHaveURL('/roles');
    await expect(head(page, 'Admin')).toContainText('Built-in');
    expect(await cell(page, 'Auditor', 'users:read')).toContain('Granted');
    expect(await cell(page, 'Auditor', 'users:write')).toContain('Not granted');
    await inspect(page, 'roles');

    await page.getByRole('link', { name: 'New role' }).click();
    await field(page, 'Name').fill('two words');
    await field(page, 'Rank').fill('high');
    await press(page, 'Create role');
    await expect(field(page, 'Name')).toHaveAccessibleDescription(/letters, digits/);
    await expect(field(page, 'Rank')).toHaveAccessibleDescription(/Enter a rank from 0 to 1,?000/);
    await field(page, 'Name').fill('helpdesk');
    await field(page, 'Label').fill('Help desk');
    await field(page, 'Rank').fill('60');
    await permission(page, 'View users').check();
    await inspect(page, 'role-new');
    await press(page, 'Create role');
    await expect(toast(page)).toContainText('Created role helpdesk');
    expect(await cell(page, 'Help desk', 'users:read')).toContain('Granted');

    await page.getByRole('link', { name: 'Edit role Help desk' }).click();
    await expect(permission(page, 'View users')).toBeChecked();
    await permission(page, 'View all sessions').check();
    await press(page, 'Save');
    await expect(toast(page)).toContainText('Saved role helpdesk');
    expect(await cell(page, 'Help desk', 'sessions:read')).toContain('Granted');

    await page.getByRole('link', { name: 'Clone role Help desk' }).click();
    await expect(permission(page, 'View all sessions')).toBeChecked();
    await field(page, 'Name').fill('second-line');
    await press(page, 'Create role');
    await expect(toast(page)).toContainText('Created role second-line');

    await database.rows(`
      insert into user_roles (user_id, role_id, granted_at)
      select u.id, r.id, now() from users u, roles r where u.username = 'test-member' and r.name = 'helpdesk'`);
    await open(page, '/roles');
    await expect(head(page, 'Help desk').getByRole('link', { name: '1 user' })).toHaveAttribute('href', '/users?q=role%3Ahelpdesk');
    await page.getByRole('link', { name: 'Delete role Help desk' }).click();
    await expect(dialog(page)).toContainText('1 user loses this role.');
    await expect(dialog(page)).toContainText('View users1');
    await inspect(page, 'role-delete');
    await press(page, 'Delete role Help desk');
    await expect(toast(page)).toContainText('Deleted role helpdesk');
    await expect(head(page, 'Help desk')).toHaveCount(0);
  });

  test('sees the changes of another one before they are overwritten', async ({ page, database, browserWatch }) => {
    browserWatch.expectAnswer(409, '/sfn/edit-role');
    await database.rows(`insert into roles (id, name, description, rank) values (uuid_v7(now()), 'contested', 'First', 70)`);
    await open(page, '/roles');
    await page.getByRole('link', { name: 'Edit role contested' }).click();
    await field(page, 'Description').fill('Mine');
    await database.rows(`update roles set description = 'Theirs', version = version + 1 where name = 'contested'`);
    await press(page, 'Save');
    await expect(dialog(page)).toContainText('Their value: Theirs');
    await expect(field(page, 'Description')).toHaveValue('Mine');
    await press(page, 'Overwrite with mine');
    await expect(toast(page)).toContainText('Saved role contested');
    expect(await database.value(`select description from roles where name = 'contested'`)).toBe('Mine');
  });

  test('cannot delete a built-in role, nor remove what it needs', async ({ page, database }) => {
    const id = await database.value(`select id from roles where builtin_kind = 'admin'`);
    await open(page, '/roles');
    await expect(page.getByText(`Built-in roles can't be deleted`)).toBeVisible();
    await expect(page.getByRole('link', { name: 'Delete role Admin' })).toHaveCount(0);
    await open(page, `/roles/${id}/delete`);
    await expect(dialog(page)).toContainText(`Built-in roles can't be deleted.`);
    await expect(dialog(page).getByRole('button')).toHaveCount(0);
    await open(page, `/roles/${id}/edit`);
    await expect(permission(page, 'All permissions')).toBeDisabled();
    await expect(permission(page, 'All permissions')).toBeChecked();
    await expect(dialog(page)).toContainText(`The rank of a built-in role can't be changed.`);
  });

  test('by keyboard: the dialog is left with Escape, and the focus goes back', async ({ page }) => {
    await open(page, '/roles');
    const create = page.getByRole('link', { name: 'New role' });
    await create.focus();
    await page.keyboard.press('Enter');
    await expect(field(page, 'Name')).toBeFocused();
    await modal(page);
    await page.keyboard.press('Escape');
    await expect(page).toHaveURL('/roles');
    await expect(create).toBeFocused();
  });

  test('fits a phone: the matrix scrolls in its own container', async ({ page }) => {
    await page.setViewportSize({ width: 360, height: 740 });
    for (const path of ['/roles', '/roles/new']) {
      await open(page, path);
      await expectNoSidewaysScroll(page);
    }
    const region = page.getByRole('region', { name: 'Permissions by role', includeHidden: true });
    const [inner, outer] = await region.evaluate((element) => [element.scrollWidth, element.clientWidth]);
    expect(inner).toBeGreaterThan(outer!);
  });
});

test('a role above the own one is shown with the reason, and other permissions cannot be granted', async ({ page, database }) => {
  await database.rows(`
    insert into roles (id, name, permissions, rank)
    values (uuid_v7(now()), 'role-manager', '{users:read,roles:read,roles:write}', 30)`);
  const name = await add(database, 'role-manager');
  await startSession(page, name);
  await open(page, '/roles');
  await expect(head(page, 'Admin')).toContainText('This role has a higher rank or more permissions than you.');
  await expect(page.getByRole('link', { name: 'Edit role Admin' })).toHaveCount(0);
  await page.getByRole('link', { name: 'New role' }).click();
  await expect(permission(page, 'View users')).toBeEnabled();
  await expect(permission(page, 'Manage users')).toBeDisabled();
  await expect(dialog(page)).toContainText(`You don't have this permission, so you can't grant it.`);
});

test.describe('an auditor', () => {
  test.use({ as: 'test-auditor' });

  test('sees the roles, and changes nothing', async ({ page, database }) => {
    const id = await database.value(`select id from roles where builtin_kind = 'user'`);
    await open(page, '/roles');
    await expect(head(page, 'Auditor')).toBeVisible();
    await expect(page.getByRole('link', { name: /^(New|Edit|Clone|Delete) role/ })).toHaveCount(0);
    for (const path of ['/roles/new', `/roles/${id}/edit`, `/roles/${id}/clone`, `/roles/${id}/delete`]) {
      await open(page, path);
      await expect(dialog(page)).toContainText('You have read-only access to roles.');
      await expect(dialog(page).getByRole('textbox')).toHaveCount(0);
    }
  });
});

test.describe('without scripts', () => {
  test.use({ as: 'admin', javaScriptEnabled: false, contextOptions: { reducedMotion: 'reduce' } });

  test('the same', async ({ page, browserWatch }) => {
    browserWatch.expectAnswer(422, '/roles/new');
    await page.goto('/roles/new');
    await permission(page, 'View clients').check();
    await press(page, 'Create role');
    await expect(field(page, 'Name')).toHaveAccessibleDescription(/letters, digits/);
    await expect(permission(page, 'View clients')).toBeChecked();
    await field(page, 'Name').fill('plain');
    await press(page, 'Create role');
    await expect(toast(page)).toContainText('Created role plain');
    await page.getByRole('link', { name: 'Edit role plain' }).click();
    await permission(page, 'View clients').uncheck();
    await press(page, 'Save');
    await expect(toast(page)).toContainText('Saved role plain');
    expect(await cell(page, 'plain', 'clients:read')).toContain('Not granted');
    await page.getByRole('link', { name: 'Delete role plain' }).click();
    await expect(dialog(page)).toContainText('No user has this role.');
    await press(page, 'Delete role plain');
    await expect(toast(page)).toContainText('Deleted role plain');
  });
});
