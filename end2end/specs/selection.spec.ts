// The selection contains exactly the ticked rows, however the list changes.
import { expect, serve, test } from '../support/test';
import { dialog } from '../support/dialog';
import { hold, hydrated, open } from '../support/page';
import { bar, count, boxes, box, first, ticked, listed, tick, go, next, previous, header, join, dialogNames } from '../support/selection';
import { UsersList } from '../support/users-list';

serve('demo users', { ALLOW_REGISTRATION: 'true' });
test.use({ as: 'admin' });

test.describe('users', () => {
  test.beforeEach(async ({ page, database }) => {
    await new UsersList(page, database).open({ limit: '25' });
  });

  test('paging preserves the ticked users, and ticks no others', async ({ page }) => {
    const [one, two] = await tick(page, 0, 1);
    await go(page, next(page));
    expect(await ticked(page)).toEqual([]);
    await expect(count(page)).toHaveText('2 selected (2 on other pages)');
    const [three] = await tick(page, 1);
    await expect(count(page)).toHaveText('3 selected (2 on other pages)');
    await bar(page).getByRole('link', { name: 'Sign out' }).click();
    await dialogNames(page, [one!, two!, three!]);
    await dialog(page).getByRole('link', { name: 'Cancel' }).click();
    await go(page, previous(page));
    expect(await ticked(page)).toEqual([one, two].sort());
    await expect(count(page)).toHaveText('3 selected (1 on other pages)');
  });

  test('sorting preserves the ticked users', async ({ page }) => {
    // Wide enough for the counts.
    await page.setViewportSize({ width: 1600, height: 800 });
    // The first row is the signed-in user, who cannot be deleted.
    const chosen = await tick(page, 1, 2);
    for (const column of ['Email', 'Sessions', 'Created']) {
      await go(page, header(page, column));
      const here = (await listed(page)).filter((name) => chosen.includes(name)).sort();
      expect(await ticked(page), column).toEqual(here);
      await expect(count(page)).toContainText('2 selected');
    }
    await bar(page).getByRole('link', { name: 'Delete' }).click();
    await dialogNames(page, chosen);
  });

  test('another search or filter clears the selection, and going back does not bring it again', async ({ page }) => {
    const filters: [string, () => Promise<unknown>][] = [
      ['a search', async () => {
        await page.getByRole('searchbox', { name: 'Search users' }).fill('role:user');
        await page.keyboard.press('Enter');
      }],
      ['a quick filter', () => page.getByRole('link', { name: 'With API keys' }).click()],
      ['the deleted ones', () => page.getByRole('link', { name: /^Deleted/ }).click()],
    ];
    for (const [name, filter] of filters) {
      await open(page, '/users?limit=25');
      await tick(page, 0, 1);
      const path = page.url();
      await filter();
      await expect(page, name).not.toHaveURL(path);
      await expect(bar(page), name).toBeHidden();
      expect(await ticked(page), name).toEqual([]);
      await page.goBack();
      await expect(page, name).toHaveURL(path);
      await expect(boxes(page), name).toHaveCount(25);
      expect(await ticked(page), name).toEqual([]);
      await expect(bar(page), name).toBeHidden();
    }
  });

  test('going back and forward preserves the ticked users', async ({ page }) => {
    const [one] = await tick(page, 0);
    await go(page, next(page));
    const [two] = await tick(page, 0);
    await go(page, () => page.goBack());
    expect(await ticked(page)).toEqual([one]);
    await go(page, () => page.goForward());
    expect(await ticked(page)).toEqual([two]);
    await bar(page).getByRole('link', { name: 'Sign out' }).click();
    await dialogNames(page, [one!, two!]);
    await page.goBack();
    await expect(dialog(page)).toBeHidden();
    expect(await ticked(page)).toEqual([two]);
  });

  test('a new user at the front of the list takes no tick over', async ({ page, database }) => {
    const chosen = await tick(page, 0, 1);
    await join(database, 'just-joined');
    // Oldest first, then newest first again.
    await go(page, header(page, 'Created'));
    await go(page, header(page, 'Created'));
    await expect(box(page, 'just-joined')).not.toBeChecked();
    expect(await ticked(page)).toEqual([...chosen].sort());
    await bar(page).getByRole('link', { name: 'Sign out' }).click();
    await dialogNames(page, chosen);
  });

  test('a browser that comes back to the page ticks no other user', async ({ page, database }) => {
    await tick(page, 0, 1);
    await page.goto('/account');
    await join(database, 'came-between');
    await page.goBack();
    await hydrated(page);
    await expect(box(page, 'came-between')).toBeVisible();
    expect(await ticked(page)).toEqual([]);
    await expect(bar(page)).toBeHidden();
  });

  test('Clear, and more than can be changed at once', async ({ page }) => {
    await open(page, '/users?limit=100');
    await page.getByRole('checkbox', { name: 'Select all on this page' }).check();
    await expect(count(page)).toHaveText('100 selected');
    await go(page, next(page));
    await tick(page, 0);
    await expect(count(page)).toHaveText('101 selected (100 on other pages)');
    await expect(bar(page)).toContainText('Select at most 100 users.');
    await expect(bar(page).getByRole('link')).toHaveCount(0);
    await bar(page).getByRole('button', { name: 'Clear' }).click();
    await expect(bar(page)).toBeHidden();
    expect(await ticked(page)).toEqual([]);
    await go(page, previous(page));
    expect(await ticked(page)).toEqual([]);
  });
});

test('a box that was ticked before the app took over is taken over once', async ({ page }) => {
  const release = await hold(page, '**/*.wasm');
  await page.goto('/users?limit=25', { waitUntil: 'commit' });
  await expect(boxes(page)).toHaveCount(25);
  const [one] = await tick(page, 1);
  release();
  await hydrated(page);
  await expect(count(page)).toHaveText('1 selected');
  await go(page, next(page));
  expect(await ticked(page)).toEqual([]);
  await go(page, previous(page));
  expect(await ticked(page)).toEqual([one]);
});

test('what is ticked in one list is not selected in another', async ({ page, database }) => {
  await join(database, 'ticked-elsewhere', 'pending');
  await open(page, '/registrations');
  await box(page, 'ticked-elsewhere').check();
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Users', exact: true }).click();
  await expect(page).toHaveURL('/users');
  await expect(box(page, 'ticked-elsewhere')).not.toBeChecked();
  await expect(bar(page)).toBeHidden();
});

test('pending registrations: paging and newcomers take no tick over', async ({ page, database }) => {
  await database.rows(`update users set status = 'active' where status = 'pending'`);
  for (let n = 0; n < 60; n += 1) await join(database, `waits-${String(n).padStart(2, '0')}`, 'pending');
  await open(page, '/registrations');
  await expect(boxes(page)).toHaveCount(50);
  const chosen = await tick(page, 0, 1);
  await join(database, 'waits-late', 'pending');
  await go(page, next(page));
  expect(await ticked(page)).toEqual([]);
  await expect(count(page)).toHaveText('2 selected (2 on other pages)');
  const [three] = await tick(page, 1);
  await go(page, () => page.goBack());
  expect(await ticked(page)).toEqual([...chosen].sort());
  await bar(page).getByRole('link', { name: 'Reject' }).click();
  await dialogNames(page, [...chosen, three!]);
  await dialog(page).getByRole('button', { name: 'Reject 3 registrations' }).click();
  await expect(page.locator('.toast')).toContainText('Rejected');
  const gone = await database.column(`select username from users where status = 'pending' and deleted_at is not null`);
  expect(gone.sort()).toEqual([...chosen, three].sort());
  const left = await database.column(`select username from users where username like 'waits-%' and deleted_at is null`);
  expect(left).toHaveLength(58);
  for (const name of [...chosen, three]) expect(left).not.toContain(name);
});

test('a user whose name has changed is not changed by the old one', async ({ page, database, browserWatch }) => {
  browserWatch.expectAnswer(409, '/sfn/bulk-users');
  await open(page, '/users?q=test-member');
  await box(page, 'test-member').check();
  await bar(page).getByRole('link', { name: 'Sign out' }).click();
  await expect(dialog(page).getByRole('button', { name: 'Sign out 1 user' })).toBeVisible();
  await database.rows(`update users set username = 'renamed-member' where username = 'test-member'`);
  await dialog(page).getByRole('button', { name: 'Sign out 1 user' }).click();
  await expect(dialog(page).getByRole('alert')).toContainText('it showed “test-member”');
  await database.rows(`update users set username = 'test-member' where username = 'renamed-member'`);
});
