// Elements of the user dialogs.
import type { Locator, Page } from '@playwright/test';
import { expect } from './test';

export const dialog = (page: Page): Locator => page.getByRole('dialog');

/** Waits until Escape closes the dialog: the browser makes it modal one frame after drawing it. */
export const modal = (page: Page): Promise<void> => expect(page.locator('dialog:modal')).toBeVisible();

/** Clicks a button of the dialog. */
export const press = (page: Page, name: string | RegExp): Promise<void> =>
  dialog(page).getByRole('button', { name }).click();

/** Returns the question before unsaved changes are lost. */
export const question = (page: Page): Locator => page.getByRole('alertdialog', { name: 'Discard your changes?' });

/** Answers the question by discarding the changes. */
export const discard = (page: Page): Promise<void> => question(page).getByRole('button', { name: 'Discard' }).click();

/** Returns a field by the beginning of its label, which is followed by a remark if the field is optional. */
export const field = (page: Page, name: string): Locator => dialog(page).getByLabel(new RegExp(`^${name}`));

/** Returns the message about the last change. */
export const toast = (page: Page): Locator => page.locator('.toast');
