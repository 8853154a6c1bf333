// Groups: the list, members, features, resources and managers.
import type { Page } from '@playwright/test';
import { enter } from '../support/account';
import { expect, serve, test } from '../support/test';
import { dialog, field, press, toast } from '../support/dialog';
import { inspect } from '../support/inspect';
import { expectNoSidewaysScroll, hydrated, open } from '../support/page';
import type { Database } from '../support/database';

serve('demo users');
test.use({ as: 'admin' });

const row = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name });
const tab = (page: Page, name: string) => page.getByRole('navigation', { name: 'Group details' }).getByRole('link', { name });

/** Adds a group with a member, and a manager if one is named. Returns its path. */
async function addGroup(database: Database, name: string, manager?: string): Promise<string> {
  const id = await database.value(
    `insert into groups (id, name, created_at, updated_at) values (uuid_v7(now()), $1, now(), now()) returning id`,
    [name],
  );
  await database.rows(
    `insert into group_members (group_id, user_id, is_manager, added_at, password_links)
    select $1, id, username = $2, now(), true from users where username in ('test-suspended', $2)`,
    [id, manager ?? ''],
  );
  return `/groups/${id}`;
}

test('a group is created, edited, filled and deleted', async ({ page, browserWatch }) => {
  browserWatch.expectAnswer(422, '/sfn/delete-group');
  browserWatch.expectAnswer(422, '/sfn/create-group');
  browserWatch.expectAnswer(422, '/sfn/add-group-members');
  await open(page, '/overview');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Groups' }).click();
  await expect(page).toHaveURL('/groups');
  await inspect(page, 'groups');
  await page.getByRole('link', { name: 'Create group' }).click();
  await press(page, 'Create group');
  await expect(field(page, 'Name')).toHaveAccessibleDescription(/Enter a name/);
  await field(page, 'Name').fill('Night shift');
  await field(page, 'Description').fill('Works at night.');
  await inspect(page, 'group-new');
  await press(page, 'Create group');
  await expect(toast(page)).toContainText('Created group Night shift');
  await hydrated(page);
  await expect(page.getByText('No members yet')).toBeVisible();

  await page.getByRole('link', { name: 'Edit' }).click();
  await field(page, 'Name').fill('Late shift');
  await press(page, 'Save');
  await expect(toast(page)).toContainText('Saved group Late shift');
  await hydrated(page);

  await page.getByRole('link', { name: 'Add members' }).first().click();
  await field(page, 'Usernames').fill('test-member\nTEST-MEMBER\nno.such.user');
  await inspect(page, 'group-add');
  await press(page, 'Add members');
  await expect(field(page, 'Usernames')).toHaveAccessibleDescription(/no\.such\.user/);
  await expect(field(page, 'Usernames')).toHaveValue('test-member\nTEST-MEMBER\nno.such.user');
  await dialog(page).getByLabel('Skip users').check();
  await press(page, 'Add members');
  await expect(toast(page)).toContainText('Added 1 member to Late shift');
  await hydrated(page);

  await page.getByRole('button', { name: 'Make test-member a manager' }).click();
  await expect(toast(page)).toContainText('test-member now manages Late shift');
  await hydrated(page);
  await expect(row(page, 'test-member')).toContainText('Manager');
  await inspect(page, 'group');
  await page.getByRole('button', { name: 'Remove test-member', exact: true }).click();
  await expect(toast(page)).toContainText('Removed test-member from Late shift');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(row(page, 'test-member')).toBeVisible();
  await hydrated(page);

  await tab(page, 'Activity').click();
  await expect(row(page, 'Group members added').first()).toContainText('test-member');
  await inspect(page, 'group-activity');
  await page.getByRole('link', { name: 'Delete' }).click();
  await expect(dialog(page)).toContainText('Members who lose access1');
  await inspect(page, 'group-delete');
  const confirm = field(page, 'Type the name of the group to confirm');
  await confirm.fill('Late');
  await press(page, /^Delete group with 1 member/);
  await expect(dialog(page)).toContainText('Type Late shift to confirm');
  await confirm.fill('Late shift');
  await press(page, /^Delete group with 1 member/);
  await expect(toast(page)).toContainText('Deleted group Late shift');
  await expect(page).toHaveURL('/groups');
});

test('features are chosen by branches', async ({ page, database }) => {
  const path = await addGroup(database, 'Chosen features');
  await open(page, `${path}/features`);
  const branch = page.getByRole('group', { name: 'workspace' });
  await branch.getByLabel('Workspace', { exact: true }).check();
  await page.getByLabel('Find a feature').fill('workspace.models');
  await inspect(page, 'group-features');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(toast(page)).toContainText('Saved group Chosen features');
  const keys = await database.column(`select jsonb_object_keys(features) from groups where name = 'Chosen features'`);
  expect(keys.length).toBeGreaterThan(1);
  expect(keys.every((key) => key.startsWith('workspace.'))).toBe(true);
});

test('access to a resource is revoked and granted again', async ({ page, database }) => {
  const path = await addGroup(database, 'Readers of one model');
  const [resource] = await database.rows(`select id, name from resources order by id limit 1`);
  await database.rows(
    `insert into resource_grants (resource_id, group_id, level, granted_at) values ($1, $2, 'read', now())`,
    [resource!.id, path.split('/').pop()],
  );
  await open(page, `${path}/resources`);
  await inspect(page, 'group-resources');
  await page.getByRole('button', { name: `Revoke access to ${resource!.name}` }).click();
  await expect(toast(page)).toContainText(`Revoked access to ${resource!.name}`);
  await expect(page.getByText('No access to resources')).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(row(page, resource!.name)).toContainText('Read');
});

test('by keyboard: the dialog is left with Escape, and the focus goes back', async ({ page }) => {
  await open(page, '/groups');
  const create = page.getByRole('link', { name: 'Create group' });
  await create.focus();
  await page.keyboard.press('Enter');
  await expect(field(page, 'Name')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL('/groups');
  await expect(create).toBeFocused();
});

test('on a phone the exports are in a menu, for the pointer and the keyboard', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await open(page, '/groups');
  const more = page.getByRole('button', { name: 'More actions', exact: true });
  const exports = page.getByRole('link', { name: /^Export / });
  await expect(exports).toHaveCount(0);
  await more.click();
  await expect(exports).toHaveText(['Export CSV', 'Export NDJSON']);
  await page.keyboard.press('Escape');
  await expect(exports).toHaveCount(0);
  await expect(more).toBeFocused();

  await page.keyboard.press('Enter');
  await expect(exports).toHaveCount(2);
  await page.keyboard.press('Tab');
  await expect(exports.first()).toBeFocused();
  const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
  expect(download.suggestedFilename()).toBe('groups.csv');
});

test('fits a phone', async ({ page, database }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  const path = await addGroup(database, 'A narrow group');
  for (const end of ['', '/features', '/resources', '/activity', '/add']) {
    await open(page, `${path}${end}`);
    await expectNoSidewaysScroll(page);
  }
});

test('a manager sees the own group, and nothing else', async ({ database, another }) => {
  const path = await addGroup(database, 'Managed group', 'test-member');
  // A manager creates no link for a member who sees other clients.
  await database.rows(`update users set client_list = '{}' where username = 'test-suspended'`);
  const page = await another();
  await enter(page, 'test-member');
  await page.getByRole('link', { name: 'Groups' }).first().click();
  await expect(page).toHaveURL('/groups');
  await hydrated(page);
  await expect(page.getByRole('navigation', { name: 'Main' }).getByRole('link')).toHaveCount(1);
  await page.getByRole('link', { name: 'Managed group' }).click();
  await expect(page).toHaveURL(path);
  await expect(page.getByRole('link', { name: 'Edit' })).toHaveCount(0);
  await page.getByRole('link', { name: 'Create password link for test-suspended' }).click();
  await inspect(page, 'group-reset');
  await press(page, 'Create link');
  await expect(dialog(page).getByLabel('Link')).toHaveValue(/\/reset\//);
});

test.describe('an auditor', () => {
  test.use({ as: 'test-auditor' });

  test('sees groups, and changes nothing', async ({ page, database }) => {
    const path = await addGroup(database, 'Only to look at');
    await open(page, path);
    await expect(row(page, 'test-suspended')).toBeVisible();
    await expect(page.locator('.main').getByRole('button', { name: /Remove|Make/ })).toHaveCount(0);
    await open(page, `${path}/edit`);
    await expect(dialog(page)).toContainText('You have read-only access to groups.');
    await open(page, `${path}/features`);
    await expect(page.getByRole('button', { name: 'Save' })).toHaveCount(0);
  });
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false, contextOptions: { reducedMotion: 'reduce' } });

  test('the same', async ({ page, database, browserWatch }) => {
    browserWatch.expectAnswer(422, '/groups/new');
    await page.goto('/groups/new');
    await field(page, 'Description').fill('Stays');
    await press(page, 'Create group');
    await expect(field(page, 'Name')).toHaveAccessibleDescription(/Enter a name/);
    await expect(field(page, 'Description')).toHaveValue('Stays');
    await field(page, 'Name').fill('Plain group');
    await press(page, 'Create group');
    await expect(toast(page)).toContainText('Created group Plain group');
    await page.getByRole('link', { name: 'Add members' }).first().click();
    await field(page, 'Usernames').fill('test-member');
    await press(page, 'Add members');
    await expect(toast(page)).toContainText('Added 1 member to Plain group');
    await page.getByRole('button', { name: 'Make test-member a manager' }).click();
    await expect(row(page, 'test-member')).toContainText('Manager');
    await tab(page, 'Features').click();
    await page.getByRole('checkbox', { name: /workspace\.models\b/ }).first().check();
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(toast(page)).toContainText('Saved group Plain group');
    const keys = await database.column(`select jsonb_object_keys(features) from groups where name = 'Plain group'`);
    expect(keys).toEqual(['workspace.models']);
  });
});
