// Users for single tests.
import { expect, type Page } from '@playwright/test';
import { open } from './page';

/** Temporary password of the created users. */
export const TEMPORARY = 'temporary one';

/** Creates a user with a temporary password, without the form, and opens the page of the user. `page` must be signed in as an admin. */
export async function createUser(page: Page, username: string): Promise<void> {
  const data = { username, displayName: `${username} Example`, password: TEMPORARY };
  const created = await page.request.post('/api/admin/users', { data });
  expect(created.status(), await created.text()).toBe(201);
  await open(page, `/users/${username}`);
}

/** Chooses an own password after signing in by link or with a temporary password. */
export async function choosesTheirOwn(page: Page, password: string): Promise<void> {
  await expect(page).toHaveURL(/\/reset\?link=[0-9a-f]{16}$/);
  await expect(page.getByRole('heading', { name: 'Set your password' })).toBeVisible();
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByLabel('Confirm password').fill(password);
  await page.getByRole('button', { name: 'Set password' }).click();
  await expect(page).toHaveURL('/reset/done');
}
