// The list of users in every state, inspected by axe in both themes and at two widths.
import { expect, serve, test } from '../support/test';
import { inspect } from '../support/inspect';
import { UsersList } from '../support/users-list';

serve('demo users');
test.use({ as: 'admin' });

/** Further rows are not inspected. */
const ROWS = '12';

test('as it opens', async ({ page, database }) => {
  const list = new UsersList(page, database);
  await list.open({ limit: ROWS });
  await inspect(page, 'users');
  await page.getByRole('button', { name: /^Account menu/ }).click();
  await inspect(page, 'users-menu');
  await page.keyboard.press('Escape');
  await page.getByLabel('Search help').click();
  await inspect(page, 'users-help');
});

test('found', async ({ page, database }) => {
  await new UsersList(page, database).open({ q: 'status:active personas:>1', sort: '-personas', limit: ROWS });
  await inspect(page, 'users-found');
});

test('compact', async ({ page, database }) => {
  await new UsersList(page, database).open({ limit: ROWS });
  await page.getByRole('button', { name: 'Compact rows' }).click();
  await page.getByRole('button', { name: 'Collapse' }).click();
  await inspect(page, 'users-compact');
});

test('no users found', async ({ page, database }) => {
  await new UsersList(page, database).open({ q: 'nobodyiscalledthis' });
  await inspect(page, 'users-no-match');
});

test('search not understood', async ({ page, database, browserWatch }) => {
  browserWatch.expectAnswer(422, '/users');
  await new UsersList(page, database).open({ q: 'role:admin statsu:active' });
  await inspect(page, 'users-search-error');
});

test('list not loaded', async ({ page, database, browserWatch }) => {
  browserWatch.expectAnswer(500, '/users');
  await database.rows('alter table user_totals rename to hidden');
  await new UsersList(page, database).open();
  await expect(page.getByRole('heading', { name: 'The list could not be loaded' })).toBeVisible();
  await inspect(page, 'users-list-error');
  await database.rows('alter table hidden rename to user_totals');
});
