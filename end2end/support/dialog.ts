// The dialogs about people, as whoever uses them finds their parts.
import type { Locator, Page } from '@playwright/test';
import { expect } from './test';
import { hydrated, open } from './page';

export const dialog = (page: Page): Locator => page.getByRole('dialog');

/** Waits until Escape closes the dialog: the browser makes it modal in the frame after it has drawn it. */
export const modal = (page: Page): Promise<void> => expect(page.locator('dialog:modal')).toBeVisible();

/** Presses a button of the dialog. */
export const press = (page: Page, name: string | RegExp): Promise<void> =>
  dialog(page).getByRole('button', { name }).click();

/** A field by the beginning of its label: those that may stay empty say so behind it. */
export const field = (page: Page, name: string): Locator => dialog(page).getByLabel(new RegExp(`^${name}`));

/** What has just been done. */
export const toast = (page: Page): Locator => page.locator('.toast');

/** Makes a person with a temporary password, by the panel. Their page is open then. */
export async function make(page: Page, username: string, password = 'temporary one'): Promise<void> {
  await open(page, '/users/new');
  await field(page, 'Username').fill(username);
  await field(page, 'Display name').fill(`${username} Example`);
  await dialog(page).getByLabel('Set a temporary password').check();
  await field(page, 'Temporary password').fill(password);
  await press(page, 'Create user');
  await expect(page).toHaveURL(`/users/${username}`);
  await expect(toast(page)).toContainText(`Created ${username}`);
  await hydrated(page);
}
