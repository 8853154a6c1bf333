// Deleted users in the list of users.
import { expect, serve, test } from '../support/test';
import { dialog, discard, field, press, toast } from '../support/dialog';
import { inspect } from '../support/inspect';
import { open } from '../support/page';
import { UsersList } from '../support/users-list';

serve('demo users');
test.use({ as: 'admin' });

const DELETED = 'select username from users where deleted_at is not null order by deleted_at desc, id desc';

/** Deletes the newest users except the admin, one hour apart. None of them is due for permanent deletion yet. */
test.beforeEach(async ({ database }) => {
  await database.rows(`
    with latest as (
      select id, row_number() over (order by id desc) as n from users
      where username !~ '^(admin|test-)' and number > 900
    )
    update users u set deleted_at = now() - n * interval '1 hour', purge_after = now() + (30 - n) * interval '1 day' + interval '1 hour'
    from latest where latest.id = u.id and n <= 30`);
});

test('the chip leads to the deleted users and back, and preserves the search', async ({ page, database }) => {
  const list = new UsersList(page, database);
  await list.open({ sort: 'name', limit: '25' });
  const chip = page.getByRole('list', { name: 'Quick filters' }).getByRole('link', { name: /^Deleted/ });
  const all = await database.column(DELETED);
  await expect(chip).toHaveText(`Deleted ${all.length}`);
  await chip.click();
  await expect(page).toHaveURL('/users?limit=25&deleted=true');
  await expect(list.usernames).toHaveText(all.slice(0, 25));
  await list.says(1, 25, all.length);
  await expect(page.getByRole('columnheader', { name: 'Permanent deletion' })).toBeVisible();
  await inspect(page, 'users-deleted');

  await list.step('Next').click();
  await expect(list.usernames).toHaveText(all.slice(25));
  await list.step('Previous').click();
  await expect(list.usernames).toHaveText(all.slice(0, 25));

  await list.search.fill(all[3]);
  await list.search.press('Enter');
  await expect(list.usernames).toHaveText([all[3]]);
  await chip.click();
  await expect(page.getByRole('heading', { name: 'No users match' })).toBeVisible();
  await expect(page.getByText('1 deleted user matches.')).toBeVisible();
  await inspect(page, 'users-only-deleted');
  await page.getByRole('link', { name: 'Show', exact: true }).click();
  await expect(page).toHaveURL(/q=.*deleted=true/);
  await expect(list.usernames).toHaveText([all[3]]);
});

test('a name that a deleted user has comes with the way to that user', async ({ page, database, browserWatch }) => {
  browserWatch.expectAnswer(409, '/sfn/create-user');
  const [name] = await database.column(DELETED.replace(' order', " and username !~ '^test-' order"));
  await open(page, '/users/new?limit=10');
  await field(page, 'Username').fill(name);
  await field(page, 'Display name').fill('Another');
  await press(page, 'Create user');
  await dialog(page).getByRole('link', { name: /^View user No\. \d+/ }).click();
  await discard(page);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Restore' })).toBeVisible();
});

test('a row says when, and opens the user', async ({ page, database }) => {
  await open(page, '/users?deleted=true');
  const [first] = await database.column(DELETED.replace(' order', " and username !~ '^test-' order"));
  const row = page.getByRole('row').filter({ hasText: first });
  await expect(row).toContainText(/ago/);
  await expect(row).toContainText(/in \d+ days/);
  await row.getByRole('link').click();
  await expect(page).toHaveURL(`/users/${first}`);
});

test('a button in the row restores the user', async ({ page, database }) => {
  await open(page, '/users?deleted=true');
  const [first] = await database.column(DELETED.replace(' order', " and username !~ '^test-' order"));
  await page.getByRole('button', { name: `Restore ${first}`, exact: true }).click();
  await expect(page).toHaveURL('/users?deleted=true');
  await expect(page.locator('.toast')).toContainText(`Restored ${first}`);
  await expect(page.getByRole('row').filter({ hasText: first })).toHaveCount(0);
  expect(await database.column(DELETED)).not.toContain(first);
});

test('what is not understood is said, and the absence of deleted users too', async ({ page, database, browserWatch }) => {
  browserWatch.expectAnswer(422, '/users');
  await open(page, '/users?deleted=true&sort=name');
  await expect(page.getByRole('alert')).toContainText('sorted by deletion date');
  await database.rows('update users set deleted_at = null, purge_after = null where deleted_at is not null');
  await open(page, '/users?deleted=true');
  await expect(page.getByRole('heading', { name: 'No deleted users' })).toBeVisible();
  await inspect(page, 'users-deleted-empty');
});

test.describe('an auditor', () => {
  test.use({ as: 'test-auditor' });

  test('cannot restore users', async ({ page }) => {
    await open(page, '/users?deleted=true');
    await expect(page.getByRole('button', { name: /^Restore / })).toHaveCount(0);
  });
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false, contextOptions: { reducedMotion: 'reduce' } });

  test('deleted users have a link, and a search stays among them', async ({ page, database }) => {
    const list = new UsersList(page, database);
    await page.goto('/users');
    await page.getByRole('link', { name: /^Deleted/ }).click();
    const all = await database.column(DELETED);
    await expect(list.usernames).toHaveText(all);
    await list.search.fill(all[3]);
    await list.search.press('Enter');
    await expect(page).toHaveURL(/deleted=true/);
    await expect(list.usernames).toHaveText([all[3]]);
  });
});

test.describe('without retention', () => {
  serve('demo users', { DELETE_RETENTION_DAYS: '0' });

  test('the dialog says that the deletion is permanent, and it is', async ({ page, database }) => {
    const [name] = await database.column(`
      select username from users u join user_stats s on s.user_id = u.id
      where s.personas > 1 and u.status = 'active' and u.deleted_at is null and u.username !~ '^(admin|test-)'
      order by u.id limit 1`);
    await open(page, `/users/${name}/delete`);
    await expect(dialog(page)).toContainText("can't be undone");
    await expect(dialog(page)).not.toContainText('You can restore');
    await expect(dialog(page).getByRole('checkbox')).toHaveCount(0);
    await inspect(page, 'delete-at-once');
    await field(page, 'Type the username to confirm').fill(name);
    await press(page, /^Permanently delete user and \d+ items$/);
    await expect(page).toHaveURL('/users');
    await expect(toast(page)).toContainText(`Started permanent deletion of ${name}`);
    // A background job deletes the user.
    const left = () => database.column(`select username from users where username = '${name}'`);
    await expect.poll(left).toEqual([]);
    await open(page, '/users?deleted=true');
    await expect(page.getByRole('row').filter({ hasText: name })).toHaveCount(0);
  });
});
