// Access of a user: the tab, questions with reasons, groups and clients, and the columns and filters of the list.
import type { Page } from '@playwright/test';
import { expect, serve, test } from '../support/test';
import type { Database } from '../support/database';
import { dialog, field, press, toast } from '../support/dialog';
import { open } from '../support/page';

serve('demo users');
test.use({ as: 'admin' });

/** Removes test-member from all groups and clients; creates a group with a feature, a brand of a client that the group can read, and its
 * tracker, which no one can reach. */
async function prepare(database: Database): Promise<void> {
  await database.rows(`delete from group_members using users u where u.id = user_id and u.username = 'test-member'`);
  await database.rows(`update users set client_list = '{}' where username = 'test-member'`);
  await database.rows(`
    insert into features (key, label, created_at, updated_at)
    values ('test.brands', 'See brands', now(), now()) on conflict do nothing`);
  await database.rows(`
    insert into groups (id, name, features, created_at, updated_at)
    values (uuid_v7(now()), 'Brand Team', '{"test.brands": true}', now(), now()) on conflict do nothing`);
  await database.rows(`
    insert into clients (name, created_at, updated_at) values ('Globex Test', now(), now()) on conflict do nothing`);
  await database.rows(`
    insert into resources (id, kind, external_id, name, client_id, created_at, updated_at)
    select uuid_v7(now()), v.kind, 'test-' || v.kind, v.name, c.id, now(), now()
    from clients c, (values ('brand', 'Test Brand'), ('tracker', 'Test Tracker')) v (kind, name) where c.name = 'Globex Test'
    on conflict do nothing`);
  await database.rows(`
    insert into resource_grants (resource_id, group_id, level, granted_at)
    select r.id, g.id, 'read', now() from resources r, groups g where r.name = 'Test Brand' and g.name = 'Brand Team'
    on conflict do nothing`);
}

/** Adds test-member to the group and to the client. */
async function join(database: Database): Promise<void> {
  await database.rows(`
    insert into group_members (group_id, user_id, added_at)
    select g.id, u.id, now() from groups g, users u where g.name = 'Brand Team' and u.username = 'test-member'`);
  await database.rows(`
    update users set client_list = array(select id from clients where name = 'Globex Test') where username = 'test-member'`);
}

const question = (page: Page) =>
  page.locator('section').filter({ has: page.getByRole('heading', { name: 'Can this user …?' }) });

const answer = (page: Page) => question(page).locator('.badge');

async function ask(page: Page, resource: string): Promise<void> {
  const form = page.getByRole('form', { name: 'Reach the resource' });
  await form.getByLabel('Name or id').fill(resource);
  await form.getByRole('button', { name: 'Check' }).click();
}

test('an administrator finds out why a user reaches a resource, and changes it', async ({ page, database }) => {
  await prepare(database);
  await open(page, '/users/test-member/access');
  await expect(page.getByText('In no group')).toBeVisible();
  await ask(page, ' ');
  const name = page.getByLabel('Name or id');
  await expect(name).toHaveAccessibleDescription('Enter a name or an ID.');
  await expect(name).toHaveAttribute('aria-invalid', 'true');
  await expect(name).toBeFocused();
  await ask(page, 'Test Brand');
  await expect(name).not.toHaveAttribute('aria-invalid');
  await expect(question(page)).toContainText('No');
  await expect(question(page)).toContainText('no grant leads to it');

  await page.getByRole('link', { name: 'Change groups' }).click();
  await dialog(page).getByRole('searchbox', { name: 'Find a group to add' }).fill('brand te');
  await dialog(page).getByRole('button', { name: 'Add Brand Team' }).click();
  await expect(dialog(page).getByRole('checkbox', { name: 'Brand Team' })).toBeChecked();
  await press(page, 'Save');
  await expect(page).toHaveURL('/users/test-member/access');
  await expect(toast(page)).toContainText('test-member');
  await expect(page.getByText('through group Brand Team').first()).toBeVisible();
  await ask(page, 'Test Brand');
  await expect(page).toHaveURL(/resource=Test\+Brand/);
  await expect(question(page)).toContainText('through group Brand Team (Read)');
  await expect(question(page)).toContainText("but client Globex Test is not in the user's client list");

  await question(page).getByRole('link', { name: /^but client/ }).click();
  await dialog(page).getByRole('searchbox', { name: 'Find a client to add' }).fill('globex');
  // Enter adds the only client that is found, once the search has ended.
  await expect(async () => {
    await page.keyboard.press('Enter');
    await expect(dialog(page).getByRole('checkbox', { name: 'Globex Test' })).toBeChecked({ timeout: 200 });
  }).toPass();
  await expect(dialog(page).getByRole('searchbox', { name: 'Find a client to add' })).toHaveValue('');
  await press(page, 'Save');
  await expect(page).toHaveURL('/users/test-member');
  await expect(page.locator('dl').first()).toContainText('Globex Test');
  await open(page, '/users/test-member/access?resource=test-brand&kind=brand');
  await expect(question(page)).toContainText('Yes');
  await open(page, '/users/test-member/access?resource=test-brand&kind=brand&level=write');
  await expect(question(page)).toContainText('but not for writing');
});

test('two clicks show why a user reaches a brand and not its tracker, and the grant is revoked there', async ({ page, database }) => {
  await prepare(database);
  await join(database);
  const user = await database.value(`select id from users where username = 'test-member'`);
  /** Returns whether the user reaches the brand and the tracker, as the host application asks. */
  const allowed = async () => {
    const questions = ['brand', 'tracker'].map((kind) => ({ user, object: { external: { kind, externalId: `test-${kind}` } } }));
    const checked = await page.request.post('/api/access/check', { data: { questions } });
    return (await checked.json()).map((one: { allowed: boolean }) => one.allowed);
  };
  expect(await allowed()).toEqual([true, false]);

  await open(page, '/users/test-member');
  await page.getByRole('navigation', { name: 'User details' }).getByRole('link', { name: 'Access' }).click();
  await ask(page, 'Test Tracker');
  await expect(answer(page)).toHaveText('No');
  await expect(question(page)).toContainText('The user does not own the resource, and no grant leads to it.');
  await ask(page, 'Test Brand');
  await expect(answer(page)).toHaveText('Yes');
  await expect(question(page).getByRole('listitem')).toContainText('through group Brand Team (Read), granted on');

  await question(page).getByRole('link', { name: 'Brand Team' }).click();
  await page.getByRole('navigation', { name: 'Group details' }).getByRole('link', { name: 'Resources' }).click();
  await page.getByRole('button', { name: 'Revoke access to Test Brand' }).click();
  await expect(toast(page)).toContainText('Revoked access to Test Brand');
  expect(await allowed()).toEqual([false, false]);
  await open(page, '/users/test-member/access?resource=Test+Brand');
  await expect(answer(page)).toHaveText('No');
  await expect(question(page)).toContainText('no grant leads to it');
});

test('the list finds and shows groups and clients', async ({ page, database }) => {
  await prepare(database);
  await join(database);
  await open(page, '/users?q=group%3A"brand team"');
  await expect(page.locator('tbody tr')).toHaveCount(1);
  await expect(page.getByRole('columnheader', { name: 'Groups' })).toBeHidden();
  await page.getByRole('button', { name: 'Edit columns' }).click();
  await page.getByRole('button', { name: 'Groups', exact: true }).click();
  await expect(page.getByRole('columnheader', { name: 'Groups' })).toBeVisible();
  await expect(page.locator('tbody tr')).toContainText('Brand Team');
  await open(page, '/users?q=feature%3Atest.brands -role%3Aadmin');
  await expect(page.locator('tbody tr')).toHaveCount(1);
  const cell = (name: string) => page.locator('tbody tr').first().locator(`td[data-label="${name}"]`);
  await open(page, '/users?q=-has%3Agroup');
  await expect(cell('Groups')).toHaveText('—');
  await open(page, '/groups?q=brand+team');
  await expect(cell('Description')).toHaveText('—');
});

test('reachable resources of a kind are listed', async ({ page, database }) => {
  await prepare(database);
  await join(database);
  await open(page, '/users/test-member/access');
  const reachable = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Reachable resources' }) });
  const brands = reachable.locator('dl > div').filter({ hasText: /^brand/ }).getByRole('link');
  await expect(brands).toHaveText(/^[\d,]+ of [\d,]+$/);
  await brands.click();
  await expect(page).toHaveURL('/resources?kind=brand&reached_by=test-member');
  await expect(page.getByRole('search').getByLabel('Can be reached by')).toHaveValue('test-member');
  await expect(page.getByRole('link', { name: 'Test Brand' })).toBeVisible();
  await database.rows(`delete from group_members using users u where u.id = user_id and u.username = 'test-member'`);
  await page.reload();
  await expect(page.getByRole('link', { name: 'Test Brand' })).toBeHidden();
});

test('a new user joins groups', async ({ page, database }) => {
  await prepare(database);
  await open(page, '/users/new?limit=10');
  await field(page, 'Username').fill('test-joined');
  await field(page, 'Display name').fill('Test Joined');
  await dialog(page).getByRole('searchbox', { name: 'Find a group to add' }).fill('brand te');
  await dialog(page).getByRole('button', { name: 'Add Brand Team' }).click();
  await press(page, 'Create user');
  await expect(field(page, 'Link')).toBeFocused();
  await open(page, '/users/test-joined/access');
  await expect(page.getByRole('link', { name: 'Brand Team' }).first()).toBeVisible();
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false, contextOptions: { reducedMotion: 'reduce' } });

  test('groups are added and removed, and questions answered', async ({ page, database, browserWatch }) => {
    browserWatch.expectAnswer(422, '/users/test-member/access/groups');
    await prepare(database);
    await page.goto('/users/test-member/access/groups');
    await dialog(page).getByLabel('Find a group to add').fill('no such group');
    await press(page, 'Save');
    await expect(dialog(page)).toContainText('There is no group with the name no such group.');
    await dialog(page).getByLabel('Find a group to add').fill('brand team');
    await press(page, 'Save');
    await expect(page).toHaveURL('/users/test-member/access');
    await page.goto('/users/test-member/access?feature=test.brands');
    await expect(question(page)).toContainText('through group Brand Team');
    await page.goto('/users/test-member/access/groups');
    await dialog(page).getByRole('checkbox', { name: 'Brand Team' }).uncheck();
    await press(page, 'Save');
    await expect(page.getByText('In no group')).toBeVisible();
  });

  test('a new user joins groups by their names', async ({ page, database, browserWatch }) => {
    browserWatch.expectAnswer(422, '/users/new');
    await prepare(database);
    await page.goto('/users/new');
    await field(page, 'Username').fill('test-joined-plain');
    await field(page, 'Display name').fill('Test Joined Plain');
    await dialog(page).getByLabel('Find a group to add').fill('brand team, no such group');
    await press(page, 'Create user');
    await expect(dialog(page)).toContainText('There is no group with the name no such group.');
    await dialog(page).getByLabel('Find a group to add').fill('brand team');
    await press(page, 'Create user');
    await expect(field(page, 'Link')).toBeVisible();
    await page.goto('/users/test-joined-plain/access');
    await expect(page.getByRole('link', { name: 'Brand Team' }).first()).toBeVisible();
  });
});

test.describe('an auditor', () => {
  test.use({ as: 'test-auditor' });

  test('sees the reasons, with the buttons gone', async ({ page }) => {
    await open(page, '/users/admin/access');
    await expect(page.getByRole('heading', { name: 'Features' })).toBeVisible();
    await expect(page.getByRole('link', { name: 'Change groups' })).toBeHidden();
    await expect(page.getByRole('link', { name: 'Change clients' })).toBeHidden();
    await open(page, '/users/admin/access/groups');
    await expect(dialog(page).getByRole('checkbox')).toHaveCount(0);
  });
});
