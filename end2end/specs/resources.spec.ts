// Resources of the host application: the list, grants, transfer, changes and deletion.
import type { Page } from '@playwright/test';
import { expect, serve, test } from '../support/test';
import { dialog, field, press, toast } from '../support/dialog';
import { inspect } from '../support/inspect';
import { expectNoSidewaysScroll, hold, open } from '../support/page';

serve('demo users');
test.use({ as: 'admin' });

const ways = (page: Page) => page.getByRole('table', { name: 'Who can reach it' });
const way = (page: Page, name: string) => ways(page).getByRole('row').filter({ hasText: name });

/** Stores a resource without owner and grants, and returns the path of its page. */
async function store(page: Page, name: string): Promise<string> {
  const resources = [{ kind: 'models', externalId: name.toLowerCase(), name }];
  const stored = await page.request.post('/api/admin/resources', { data: { resources } });
  expect(stored.ok()).toBe(true);
  const found = await page.request.get(`/api/admin/resources?kind=models&external_id=${name.toLowerCase()}`);
  const [resource] = await found.json();
  return `/resources/${resource.id}`;
}

test('a resource is created once', async ({ page, browserWatch }) => {
  browserWatch.expectAnswer(409, '/sfn/create-resource');
  await open(page, '/resources?kind=models');
  for (const again of [false, true]) {
    await page.getByRole('link', { name: 'New resource' }).click();
    await expect(field(page, 'Kind')).toHaveValue('models');
    await field(page, 'External ID').fill('by-form');
    await field(page, 'Name').fill('By form');
    await field(page, 'Owner').fill('test-member');
    await press(page, 'Create resource');
    if (!again) {
      await expect(toast(page)).toContainText('Created resource By form');
      await expect(page).toHaveURL(/\/resources\/[0-9a-f-]{36}$/);
      await expect(page.getByRole('heading', { name: 'By form' })).toBeVisible();
      await expect(page.getByRole('navigation', { name: 'Breadcrumb' })).toContainText('By form');
      await open(page, '/resources?kind=models');
    }
  }
  await expect(field(page, 'External ID')).toHaveAccessibleDescription(/A resource of this kind with this ID already exists/);
  await inspect(page, 'resource-new');
});

test('a resource is found, granted, transferred, changed and deleted', async ({ page, browserWatch }) => {
  browserWatch.expectAnswer(422, '/sfn/grant-access');
  const path = await store(page, 'Journey');
  await open(page, '/overview');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Resources' }).click();
  await expect(page).toHaveURL('/resources');
  await page.getByRole('search').getByLabel('Name').fill('journey');
  await page.getByRole('button', { name: 'Filter' }).click();
  await expect(page.getByRole('navigation', { name: 'Kinds' }).getByRole('link', { name: 'models 1' })).toBeVisible();
  await inspect(page, 'resources');
  await page.getByRole('link', { name: 'Journey' }).click();
  await expect(page).toHaveURL(path);

  await page.getByRole('link', { name: 'Grant access' }).click();
  await field(page, 'User or group').fill('unknown-user');
  await press(page, 'Grant access');
  await expect(field(page, 'User or group')).toHaveAccessibleDescription(/There is no user with this name/);
  await inspect(page, 'resource-grant');
  await field(page, 'User or group').fill('test-member');
  await dialog(page).getByLabel('Write').check();
  await press(page, 'Grant access');
  await expect(toast(page)).toContainText('Granted access to Journey to test-member');
  await expect(way(page, 'test-member')).toContainText('Write');
  await inspect(page, 'resource');

  await page.getByRole('search').getByLabel('Username').fill('test-member');
  await page.getByRole('button', { name: 'Check access' }).click();
  await expect(page.getByText('test-member can reach it')).toBeVisible();

  await page.getByRole('button', { name: 'Revoke the access of test-member' }).click();
  await expect(toast(page)).toContainText('Revoked access to Journey: test-member');
  await expect(way(page, 'test-member')).toHaveCount(0);
  await toast(page).getByRole('button', { name: 'Undo' }).click();
  await expect(way(page, 'test-member')).toContainText('Write');

  await page.getByRole('link', { name: 'Transfer' }).click();
  await field(page, 'New owner').fill('test-member');
  await press(page, 'Transfer ownership');
  await expect(toast(page)).toContainText('Transferred Journey to test-member');
  await expect(way(page, 'Owner')).toContainText('test-member');

  await page.getByRole('link', { name: 'Edit', exact: true }).click();
  await field(page, 'Name').fill('Travel');
  await dialog(page).getByLabel(/^Active/).uncheck();
  await inspect(page, 'resource-edit');
  await press(page, 'Save');
  await expect(page.getByRole('heading', { name: 'Travel' })).toBeVisible();
  await expect(page.getByText('Inactive')).toBeVisible();

  await page.getByRole('link', { name: 'Delete' }).click();
  await expect(dialog(page)).toContainText('Users1');
  await inspect(page, 'resource-delete');
  await press(page, 'Delete Travel');
  await expect(page).toHaveURL('/resources');
  await expect(toast(page)).toContainText('Deleted Travel');
});

test('users, clients and groups are found while their names are typed', async ({ page }) => {
  for (const [list, name] of [['clients', 'Findable'], ['groups', 'Finders']]) {
    const created = await page.request.post(`/api/admin/${list}`, { data: { name } });
    expect(created.ok()).toBe(true);
  }
  const choices = dialog(page).getByRole('button', { name: /^Choose / });
  await open(page, '/resources/new?kind=models');
  await field(page, 'External ID').fill('found');
  await field(page, 'Name').fill('Found');
  await field(page, 'Owner').fill('no-such-user');
  await field(page, 'Owner').fill('test-mem');
  await press(page, /^Choose .*\(test-member\)$/);
  await expect(field(page, 'Owner')).toHaveValue('test-member');
  await expect(field(page, 'Owner')).toBeFocused();
  await expect(choices).toHaveCount(0);
  await field(page, 'Client').fill('findab');
  await expect(choices).toHaveCount(1);
  await field(page, 'Client').press('ArrowDown');
  await expect(choices).toBeFocused();
  await inspect(page, 'resource-new-found');
  await page.keyboard.press('Enter');
  await expect(field(page, 'Client')).toHaveValue('Findable');
  await press(page, 'Create resource');
  await expect(page.getByRole('heading', { name: 'Found' })).toBeVisible();

  await page.getByRole('link', { name: 'Grant access' }).click();
  await field(page, 'User or group').fill('finde');
  // The text is searched among the groups then.
  await dialog(page).getByLabel('A group').check();
  await press(page, 'Choose Finders');
  await expect(field(page, 'User or group')).toHaveValue('Finders');
  await press(page, 'Grant access');
  await expect(way(page, 'Finders')).toContainText('Read');
});

test('a result that comes after the choice is not shown', async ({ page }) => {
  const created = await page.request.post('/api/admin/clients', { data: { name: 'Belated' } });
  expect(created.ok()).toBe(true);
  const choices = dialog(page).getByRole('button', { name: /^Choose / });
  await open(page, '/resources/new?kind=models');
  await field(page, 'Owner').fill('example');
  await expect(choices).toHaveCount(20);
  const release = await hold(page, '**/sfn/pick-users*');
  const late = page.waitForResponse('**/sfn/pick-users*');
  await press(page, 'Show more');
  await choices.first().click();
  await expect(choices).toHaveCount(0);
  // Each field searches once the user pauses: what is found here shows that the field above has done so too.
  await field(page, 'Client').fill('belat');
  await expect(choices).toHaveCount(1);
  release();
  await late;
  await field(page, 'Client').fill('no-such-client');
  await expect(choices).toHaveCount(0);
});

test('a change of another user in between is shown', async ({ page, browserWatch }) => {
  browserWatch.expectAnswer(409, '/sfn/edit-resource');
  const path = await store(page, 'Contested');
  await open(page, `${path}/edit`);
  await page.request.patch(`/api/admin${path}`, { data: { name: 'Theirs' } });
  await field(page, 'Name').fill('Mine');
  await press(page, 'Save');
  await expect(dialog(page)).toContainText('Their value: Theirs');
  await expect(field(page, 'Name')).toHaveValue('Mine');
  await press(page, 'Overwrite with mine');
  await expect(page.getByRole('heading', { name: 'Mine' })).toBeVisible();
});

test('the matching resources are exported', async ({ page }) => {
  await store(page, 'Exported');
  await open(page, '/resources?q=exported');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Export CSV' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('resources.csv');
});

test('by keyboard: the dialog is left with Escape, and the focus goes back', async ({ page }) => {
  await open(page, await store(page, 'Keyboard'));
  const grant = page.getByRole('link', { name: 'Grant access' });
  await grant.focus();
  await page.keyboard.press('Enter');
  await expect(field(page, 'User or group')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toHaveCount(0);
  await expect(grant).toBeFocused();
});

test('fits a phone', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  const path = await store(page, 'Narrow');
  for (const shown of ['/resources', '/resources/new', '/resources/transfer', path, `${path}/grant`]) {
    await open(page, shown);
    await expectNoSidewaysScroll(page);
  }
});

test.describe('an auditor', () => {
  test.use({ as: 'test-auditor' });

  test('sees the resources, and changes nothing', async ({ page, database }) => {
    // An auditor sees no resources of clients that are not in the own list.
    const id = await database.value(
      'select g.resource_id from resource_grants g join resources r on r.id = g.resource_id where r.client_id is null limit 1',
    );
    await open(page, `/resources/${id}`);
    await expect(ways(page)).toBeVisible();
    await expect(ways(page).getByRole('button')).toHaveCount(0);
    await expect(page.getByRole('link', { name: 'Grant access' })).toBeHidden();
    for (const end of ['grant', 'transfer', 'edit', 'delete']) {
      await open(page, `/resources/${id}/${end}`);
      await expect(dialog(page)).toContainText('read-only access');
      await expect(dialog(page).getByRole('textbox')).toHaveCount(0);
    }
  });
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false, contextOptions: { reducedMotion: 'reduce' } });

  test('the same', async ({ page, browserWatch }) => {
    const path = await store(page, 'Plain');
    browserWatch.expectAnswer(422, `${path}/transfer`);
    await page.goto(`${path}/grant`);
    await dialog(page).getByLabel('Everyone').check();
    await press(page, 'Grant access');
    await expect(way(page, 'Everyone')).toContainText('Read');
    await page.getByRole('button', { name: 'Revoke the access of Everyone' }).click();
    await toast(page).getByRole('button', { name: 'Undo' }).click();
    await expect(way(page, 'Everyone')).toBeVisible();
    await page.goto(`${path}/transfer`);
    await field(page, 'New owner').fill('unknown-user');
    await press(page, 'Transfer ownership');
    await expect(field(page, 'New owner')).toHaveAccessibleDescription(/There is no user with this name/);
    await expect(field(page, 'New owner')).toHaveValue('unknown-user');
    await field(page, 'New owner').fill('test-member');
    await press(page, 'Transfer ownership');
    await expect(toast(page)).toContainText('Transferred Plain to test-member');
    await page.goto(`${path}/delete`);
    await press(page, 'Delete Plain');
    await expect(toast(page)).toContainText('Deleted Plain');
  });
});
