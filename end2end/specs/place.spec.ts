// The place on a page: Back leads to the row that was opened, and a change to what opened its dialog.
import type { Page } from '@playwright/test';
import { expect, serve, test } from '../support/test';
import { dialog, field, modal, press, toast } from '../support/dialog';
import { hold, hydrated, open } from '../support/page';
import { UsersList } from '../support/users-list';

serve('demo users');
test.use({ as: 'admin' });

test.beforeEach(async ({ database }) => {
  await database.rows(`update users set status = 'active', suspended_reason = null, suspended_until = null
    where username = 'test-member'`);
});

/** Expects a scroll position, which browsers round. */
const expectScrolled = (page: Page, top: number): Promise<void> =>
  expect.poll(() => page.evaluate((top) => Math.abs(scrollY - top) <= 2 || scrollY, top)).toBe(true);

/** Opens a user from the middle of a long list. Returns the link and the scroll position. */
async function openFromList(page: Page, list: UsersList) {
  await list.open({ limit: '100' });
  const link = list.rows.nth(40).locator('.name');
  await link.scrollIntoViewIfNeeded();
  const href = (await link.getAttribute('href'))!;
  const top = await page.evaluate(() => scrollY);
  expect(top).toBeGreaterThan(600);
  await link.click();
  await expect(page).toHaveURL(href);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  return { link: page.locator(`.users-table a.name[href="${href}"]`), top };
}

test('Back leads to the row that was opened', async ({ page, database }) => {
  const list = new UsersList(page, database);
  const { link, top } = await openFromList(page, list);
  await page.goBack();
  await list.shows({ limit: 100 });
  await expect(link).toBeFocused();
  await expectScrolled(page, top);
  await expect(page.locator('body')).not.toHaveAttribute('style', /min-height/);
});

test('while the list is loading, the position stays', async ({ page, database }) => {
  const list = new UsersList(page, database);
  const { link, top } = await openFromList(page, list);
  const release = await hold(page, '/sfn/users*');
  await page.goBack();
  await expect(page.locator('.skeleton-row').first()).toBeAttached();
  await expectScrolled(page, top);
  release();
  await list.shows({ limit: 100 });
  await expect(link).toBeFocused();
  await expectScrolled(page, top);
});

for (const way of ['Escape', 'Cancel'] as const) {
  test(`${way} replaces the URL of the dialog, so that Back does not open it again`, async ({ page, database }) => {
    const list = new UsersList(page, database);
    await list.open({ q: 'username:test-member' });
    await list.rows.first().locator('.name').click();
    await expect(page).toHaveURL('/users/test-member');
    await page.getByRole('link', { name: 'Edit', exact: true }).click();
    await modal(page);
    if (way === 'Escape') await page.keyboard.press('Escape');
    else await dialog(page).getByRole('link', { name: 'Cancel' }).click();
    await expect(page).toHaveURL('/users/test-member');
    await expect(dialog(page)).toHaveCount(0);
    const before = await page.evaluate(() => history.length);
    await page.goBack();
    await expect(page).toHaveURL('/users/test-member');
    await expect(dialog(page)).toHaveCount(0);
    await page.goBack();
    await expect(page).toHaveURL('/users?q=username%3Atest-member');
    expect(await page.evaluate(() => history.length)).toBe(before);
  });
}

test('after saving, the focus is on the link that opened the dialog', async ({ page }) => {
  await open(page, '/users/test-member');
  const opener = page.getByRole('link', { name: 'Edit', exact: true });
  await opener.click();
  await modal(page);
  await field(page, 'Display name').fill(`Test Member ${Math.random()}`);
  await press(page, 'Save');
  await expect(toast(page)).toContainText('Saved changes to test-member');
  await hydrated(page);
  await expect(opener).toBeFocused();
});

test('if that link is gone, the focus is on the heading, and Undo one stop away', async ({ page }) => {
  await open(page, '/users/test-member');
  await page.getByRole('link', { name: 'Suspend', exact: true }).click();
  await modal(page);
  await field(page, 'Reason').fill('On leave');
  await press(page, 'Suspend test-member');
  await expect(toast(page)).toContainText('Suspended test-member');
  await hydrated(page);
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(toast(page).getByRole('button', { name: 'Undo' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(toast(page)).toContainText('Unsuspended test-member');
});

test('without an opener, the focus is on the heading', async ({ page, database }) => {
  const name = await database.value(`
    select username from users where status = 'active' and deleted_at is null and username !~ '^(admin|test-)' order by id limit 1`);
  await open(page, `/users/${name}/delete`);
  await field(page, 'Type the username to confirm').fill(name);
  await press(page, /^Delete user/);
  await expect(toast(page)).toContainText('Deleted');
  await hydrated(page);
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(toast(page).getByRole('button', { name: 'Undo' })).toBeFocused();
});
