// Search: grammar, filter chips, and messages for invalid searches and empty results.
import { expect, serve, test } from '../support/test';
import { BY_NAME, UsersList } from '../support/users-list';

serve('demo users');
test.use({ as: 'admin' });

const role = (name: string) =>
  `exists (select from user_roles ur join roles r on r.id = ur.role_id where ur.user_id = u.id and r.name = '${name}')`;

// Each field of the grammar with its meaning in SQL.
const SEARCHES = [
  ['an', `exists (select from user_search s where s.user_id = u.id and s.search like '% an%')`],
  ['example.org', `concat_ws(' ', u.username, u.display_name, u.email) ilike '%example.org%'`],
  ['"test audi"', `u.display_name ilike '%test audi%'`],
  ['username:test-', `u.username ilike '%test-%'`],
  ['name:MEMBER', `u.display_name ilike '%member%'`],
  ['email:hospital', `u.email ilike '%hospital%'`],
  ['role:admin', role('admin')],
  ['-role:auditor', `not ${role('auditor')}`],
  ['status:suspended', `u.status = 'suspended'`],
  ['via:invitation', `u.created_via = 'invitation'`],
  ['number:10..30', 'u.number between 10 and 30'],
  ['personas:>3', '(select count(*) from personas p where p.user_id = u.id) > 3'],
  ['ontologies:>=2', '(select count(*) from ontologies o where o.user_id = u.id) >= 2'],
  ['annotations:0', 'not exists (select from annotations a where a.user_id = u.id)'],
  ['sessions:>=2', '(select count(*) from sessions x where x.user_id = u.id and x.ended_at is null) >= 2'],
  ['api-keys:1..2', '(select count(*) from api_keys k where k.user_id = u.id) between 1 and 2'],
  ['created:>2026-01-01', `u.created_at >= '2026-01-02 00:00Z'`],
  ['created:2025', `u.created_at >= '2025-01-01 00:00Z' and u.created_at < '2026-01-01 00:00Z'`],
  ['created:before-90d', `u.created_at < now() - interval '90 days'`],
  ['last-login:never', 'u.last_login_at is null'],
  ['last-login:after-30d', `u.last_login_at >= now() - interval '30 days'`],
  ['last-login:before-30d', `coalesce(u.last_login_at, '-infinity') < now() - interval '30 days'`],
  ['inactive:90d', `coalesce(u.last_active_at, '-infinity') < now() - interval '90 days'`],
  ['last-active:<2026-06', `u.last_active_at < '2026-06-01 00:00Z'`],
  ['has:api-keys', 'exists (select from api_keys k where k.user_id = u.id)'],
  ['-has:email', 'u.email is null'],
  ['status:active (role:admin OR role:auditor)', `u.status = 'active' and (${role('admin')} or ${role('auditor')})`],
] as const;

test('each field of the grammar finds the right users', async ({ page, database }) => {
  const list = new UsersList(page, database);
  await list.open();
  const allUsers = await list.total();
  for (const [q, where] of SEARCHES) {
    await test.step(q, async () => {
      const total = await list.total(where);
      expect(total, 'some users, but not all').toBeGreaterThan(0);
      expect(total, 'some users, but not all').toBeLessThan(allUsers);
      await list.search.fill(q);
      await list.search.press('Enter');
      await list.shows({ where });
      await list.says(1, Math.min(total, 50), total);
    });
  }
});

test('searching from the box starts at the first page and keeps the order', async ({ page, database }) => {
  const list = new UsersList(page, database);
  await list.open({ sort: 'name', limit: '25' });
  await list.step('Next').click();
  await list.says(26, 50, await list.total());
  await list.search.fill('role:user has:email');
  await list.search.press('Enter');
  const where = `${role('user')} and u.email is not null`;
  await list.shows({ where, order: `${BY_NAME}, u.id`, limit: 25 });
  await expect(page).toHaveURL('/users?q=role%3Auser+has%3Aemail&sort=name&limit=25');
  await page.goBack();
  await expect(list.search).toHaveValue('');
  await list.says(26, 50, await list.total());
});

test('a percent sign is what was typed', async ({ page, database }) => {
  const list = new UsersList(page, database);
  await list.open();
  await list.search.fill('100%25');
  await list.search.press('Enter');
  await expect(page).toHaveURL('/users?q=100%2525');
  await expect(page.getByRole('heading', { name: 'No users match' })).toBeVisible();
  await expect(list.search).toHaveValue('100%25');
  await page.reload();
  await expect(list.search).toHaveValue('100%25');
});

test('the box can be cleared', async ({ page, database }) => {
  const list = new UsersList(page, database);
  await list.open({ q: 'role:admin' });
  await page.getByRole('link', { name: 'Clear search' }).click();
  await list.shows();
  await expect(list.search).toHaveValue('');
});

test('quick filters add a term and take it away', async ({ page, database }) => {
  const list = new UsersList(page, database);
  await list.open({ q: 'has:email' });
  const quick = page.getByRole('list', { name: 'Quick filters' });
  const suspended = await list.total(`u.status = 'suspended'`);
  const pending = await list.total(`u.status = 'pending'`);
  await expect(quick.getByRole('link', { name: 'Suspended' })).toHaveText(`Suspended ${suspended}`);

  await quick.getByRole('link', { name: 'Suspended' }).click();
  await expect(list.search).toHaveValue('has:email status:suspended');
  await list.shows({ where: `u.email is not null and u.status = 'suspended'` });
  await expect(quick.getByRole('link', { name: 'Suspended' })).toHaveAttribute('aria-current', 'true');

  // A user has one status, so the other filter replaces the first one.
  await quick.getByRole('link', { name: `Pending ${pending}` }).click();
  await expect(list.search).toHaveValue('has:email status:pending');
  await quick.getByRole('link', { name: 'Pending' }).click();
  await expect(list.search).toHaveValue('has:email');
});

test('each active filter can be taken away, and all at once', async ({ page, database }) => {
  const list = new UsersList(page, database);
  await list.open({ q: 'role:user personas:>1 (anna OR maria)' });
  const active = page.locator('.filters').getByRole('listitem');
  await expect(active).toHaveText(['role:user', 'personas:>=2', 'anna OR maria']);
  await page.getByRole('link', { name: 'Remove filter personas:>=2' }).click();
  await expect(active).toHaveText(['role:user', 'anna OR maria']);
  await expect(list.search).toHaveValue('role:user (anna OR maria)');
  await page.getByRole('link', { name: 'Clear all' }).click();
  await expect(active).toHaveCount(0);
  await list.shows();
});

test('an example from the help is a search', async ({ page, database }) => {
  const list = new UsersList(page, database);
  await list.open();
  await page.getByLabel('Search help').click();
  await page.getByRole('link', { name: 'status:suspended' }).click();
  await list.shows({ where: `u.status = 'suspended'` });
  await expect(list.search).toHaveValue('status:suspended');
  // The help must not cover the results.
  await expect(page.getByText('Combine words and filters; all must match.')).toBeHidden();
});

test('an error in the search points at the word, and no rows stand under it', async ({ page, database }) => {
  const list = new UsersList(page, database);
  await list.open();
  await list.search.fill('role:admin statsu:active has:email');
  await list.search.press('Enter');
  const error = page.getByRole('alert');
  await expect(error.locator('mark')).toHaveText('statsu');
  await expect(error).toContainText('"statsu" is not a field. Did you mean "status"?');
  await expect(list.search).toHaveAttribute('aria-invalid', 'true');
  await expect(list.search).toHaveAccessibleDescription(/is not a field/);
  await expect(list.search).toHaveValue('role:admin statsu:active has:email');
  await expect(list.rows).toHaveCount(0);
  await expect(page.getByRole('checkbox')).toHaveCount(0);

  await list.search.fill('role:nonsense');
  await list.search.press('Enter');
  await expect(error).toContainText('Role not found: `role:nonsense`.');
  await expect(list.rows).toHaveCount(0);

  await list.search.fill('role:admin status:active has:email');
  await list.search.press('Enter');
  await expect(error).toBeHidden();
  await expect(list.search).not.toHaveAttribute('aria-invalid');
});

test('an age that reads both ways has a link for each, and what is found is said in words', async ({ page, database }) => {
  const list = new UsersList(page, database);
  await list.open({ sort: 'name' });
  await list.search.fill('role:user last-login:>30d');
  await list.search.press('Enter');
  const error = page.getByRole('alert');
  await expect(error).toContainText('">30d" is ambiguous.');
  await expect(list.rows).toHaveCount(0);
  await expect(error.getByRole('listitem')).toHaveText([
    'role:user last-login:before-30d more than 30 days ago, or never',
    'role:user last-login:after-30d within the last 30 days',
  ]);
  await error.getByRole('link', { name: 'last-login:before-30d' }).click();
  await expect(page).toHaveURL('/users?q=role%3Auser+last-login%3Abefore-30d&sort=name');
  await expect(list.search).toHaveValue('role:user last-login:before-30d');
  const where = `${role('user')} and coalesce(u.last_login_at, '-infinity') < now() - interval '30 days'`;
  await list.shows({ where, order: `${BY_NAME}, u.id` });
  const meaning = page.getByRole('list', { name: 'Filter summary' }).getByRole('listitem');
  await expect(meaning).toHaveText([
    'Role is user',
    /^Last sign-in before \d{1,2} [A-Z][a-z]{2} \d{4} \(30 days ago\), or never$/,
  ]);
  await page.goBack();
  await page.getByRole('link', { name: 'Show all users' }).click();
  await list.shows();
});

test('when no users match, the filters can be cleared', async ({ page, database }) => {
  const list = new UsersList(page, database);
  await list.open();
  await list.search.fill('thisnameisunknown');
  await list.search.press('Enter');
  await expect(page.getByRole('heading', { name: 'No users match' })).toBeVisible();
  await expect(page.locator('.state')).toContainText('thisnameisunknown');
  await page.getByRole('link', { name: 'Clear filters' }).click();
  await list.shows();
  await expect(page).toHaveURL('/users');
});

// Characters that a keyboard cannot type but a URL can contain.
for (const [what, params, message] of [
  ['a NUL', { q: 'anna\0' }, "The invisible character U+0000 can't be used in a search."],
  ['a change of direction', { q: 'anna \u202enimda' }, "The invisible character U+202E can't be used in a search."],
  ['a search without end', { q: 'a'.repeat(10_000) }, 'A search can have at most 500 characters.'],
  ['an unknown order', { sort: 'password' }, 'Cannot sort by "password".'],
  ['no rows', { limit: '0' }, 'The page size "0" is not a number from 1 to 100.'],
  ['fewer than no rows', { limit: '-1' }, 'The page size "-1" is not a number from 1 to 100.'],
  ['too many rows', { limit: '1000000000' }, 'The page size "1000000000" is not a number from 1 to 100.'],
  ['a cursor that was made up', { after: 'bWFkZSB1cA' }, 'This page does not exist in this list or order'],
] as const) {
  test(`${what} in the URL is rejected with a message and without a list`, async ({
    page,
    database,
    browserWatch,
  }) => {
    browserWatch.expectAnswer(422, '/users');
    const list = new UsersList(page, database);
    await list.open(params);
    await expect(page.getByRole('alert')).toContainText(message);
    await expect(list.rows).toHaveCount(0);
    // The page still works.
    await page.getByRole('link', { name: 'Show all users' }).click();
    await list.shows();
    await list.says(1, 50, await list.total());
    await expect(page.getByRole('alert')).toBeHidden();
  });
}

test('a cursor of another order is rejected', async ({ page, database, browserWatch }) => {
  browserWatch.expectAnswer(422, '/users');
  const list = new UsersList(page, database);
  await list.open();
  const href = await list.step('Next').getAttribute('href');
  await list.open({ sort: 'email', after: new URLSearchParams(href!.split('?')[1]).get('after')! });
  await expect(page.getByRole('alert')).toContainText('does not exist in this list or order');
  await expect(list.rows).toHaveCount(0);
});
