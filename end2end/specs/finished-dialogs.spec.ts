// A dialog whose form was accepted is finished: Back does not lead to it, and it cannot be submitted again.
import type { Page } from '@playwright/test';
import { expect, serve, test } from '../support/test';
import { dialog, field, modal, press, toast } from '../support/dialog';
import { open } from '../support/page';
import { createUser } from '../support/user';

serve('demo users');
test.use({ as: 'admin' });

/** Goes back once and expects a page without a dialog. */
async function goBackTo(page: Page, address: string): Promise<void> {
  await page.goBack();
  await expect(page).toHaveURL(address);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(dialog(page)).toHaveCount(0);
}

/** Opens the dialog from the list and fills it in. */
async function fillCreate(page: Page, username: string): Promise<void> {
  await open(page, '/users?limit=10');
  await page.getByRole('link', { name: 'Create user' }).click();
  await modal(page);
  await field(page, 'Username').fill(username);
  await field(page, 'Display name').fill('Finished');
}

test('deleted from the list: Back leads to the list', async ({ page, database }) => {
  const name = await database.value(`
    select username from users where status = 'active' and deleted_at is null and username !~ '^(admin|test-)' order by id limit 1`);
  const list = `/users?q=username:${name}`;
  await open(page, list);
  await page.getByRole('button', { name: `More actions for ${name}`, exact: true }).click();
  await page.getByRole('link', { name: `Delete ${name}`, exact: true }).click();
  await field(page, 'Type the username to confirm').fill(name);
  await press(page, /^Delete user/);
  await expect(toast(page)).toContainText('Deleted');
  await goBackTo(page, list);
});

test('edited: Back leads to the page before the dialog', async ({ page }) => {
  await open(page, '/users/test-member');
  await page.getByRole('link', { name: 'Edit', exact: true }).click();
  await field(page, 'Display name').fill('Finished Member');
  await press(page, 'Save');
  await expect(toast(page)).toContainText('Saved changes to');
  await goBackTo(page, '/users/test-member');
});

test('created with a password: Back leads to the list', async ({ page }) => {
  await fillCreate(page, 'finished-password');
  await dialog(page).getByLabel('Set a temporary password').check();
  await field(page, 'Temporary password').fill('a lantern under rain');
  await press(page, 'Create user');
  await expect(page).toHaveURL('/users/finished-password');
  await goBackTo(page, '/users?limit=10');
});

for (const way of ['Done', 'Escape'] as const) {
  test(`created with a link, left by ${way}: Back leads to the list`, async ({ page }) => {
    const username = `finished-${way.toLowerCase()}`;
    await fillCreate(page, username);
    await press(page, 'Create user');
    await expect(field(page, 'Link')).toBeFocused();
    if (way === 'Done') await dialog(page).getByRole('link', { name: 'Done' }).click();
    else {
      await press(page, 'Copy');
      await page.keyboard.press('Escape');
    }
    await expect(page).toHaveURL(`/users/${username}`);
    await expect(toast(page)).toContainText(`Created ${username}`);
    await goBackTo(page, '/users?limit=10');
  });
}

test('Escape after a link was created leads to a page that knows of it', async ({ page }) => {
  await createUser(page, 'escaped');
  await page.getByRole('link', { name: 'Create reset link' }).click();
  await press(page, 'Create link');
  await expect(field(page, 'Link')).toBeFocused();
  await press(page, 'Copy');
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL('/users/escaped');
  await expect(page.getByText('Expires', { exact: true })).toBeVisible();
});

test('sent again right after it was accepted: nothing goes out, and the link stays', async ({ page }) => {
  let sent = 0;
  page.on('request', (request) => (sent += Number(new URL(request.url()).pathname === '/sfn/create-user')));
  // Submits the form repeatedly while the response is processed.
  await page.addInitScript(() => {
    const { fetch } = window;
    window.fetch = async (...asked) => {
      const answer = await fetch(...asked);
      const form = document.querySelector<HTMLFormElement>('dialog form');
      if (!answer.url.endsWith('/sfn/create-user') || !form) return answer;
      for (let wait = 0; wait < 100; wait += 2) setTimeout(() => form.isConnected && form.requestSubmit(), wait);
      return answer;
    };
  });
  await fillCreate(page, 'finished-twice');
  await field(page, 'Display name').press('Enter');
  const link = field(page, 'Link');
  await expect(link).toBeFocused();
  // A request that was caused by these submissions would be answered before this one.
  await page.evaluate(() => fetch('/api/health').then((answer) => answer.text()));
  expect(sent).toBe(1);
  await expect(link).toBeVisible();
  await expect(page.getByText('Username already exists').filter({ visible: true })).toHaveCount(0);
});
