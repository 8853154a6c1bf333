// A dialog is closed while the cursor is in an edited field. The browser then fires the change event while the field is being
// removed from the page.
import type { Page } from '@playwright/test';
import { expect, serve, test } from '../support/test';
import { dialog, discard, modal } from '../support/dialog';
import { open } from '../support/page';

serve('demo users', { ALLOW_REGISTRATION: 'true', API_KEY_ENCRYPTION_KEY: '0f'.repeat(32) });
test.use({ as: 'admin' });

/** Pages, each with a dialog that is opened from it. */
const DIALOGS: [page: string, dialog: string][] = [
  ['/users?limit=10', '/users/new?limit=10'],
  ['/users/test-member', '/users/test-member/edit'],
  ['/users/test-member', '/users/test-member/suspend'],
  ['/users/test-member', '/users/test-member/delete'],
  ['/users/test-member/data', '/users/test-member/reassign'],
  ['/registrations/invitations', '/registrations/invitations/new'],
  ['/groups', '/groups/new'],
  ['/keys', '/keys/new'],
  ['/features', '/features/new'],
  ['/account/keys', '/account/keys/new'],
  ['/account/tokens', '/account/tokens/new'],
];

/** Opens a page by a link of the app. */
async function follow(page: Page, path: string): Promise<void> {
  await page.evaluate((path) => {
    const link = document.createElement('a');
    link.href = path;
    document.body.append(link);
    link.click();
    link.remove();
  }, path);
  await expect(page).toHaveURL(path);
}

/** Opens a dialog and types a letter into its first field. */
async function type(page: Page, path: string): Promise<void> {
  await follow(page, path);
  await modal(page);
  const text = dialog(page).locator('input:is([type=text], [type=email], [type=password]):visible').first();
  await text.focus();
  await text.press('End');
  await page.keyboard.type('x');
}

/** Expects that the dialog is closed and that the page still works: it opens the dialog again. */
async function expectWorking(page: Page, path: string): Promise<void> {
  await expect(dialog(page)).toHaveCount(0);
  await expect(page.getByRole('alert').filter({ hasText: 'stopped working' })).toHaveCount(0);
  await type(page, path);
  await dialog(page).getByRole('link', { name: 'Cancel' }).click();
  await discard(page);
  await expect(dialog(page)).toHaveCount(0);
  await expect(page.getByRole('alert').filter({ hasText: 'stopped working' })).toHaveCount(0);
}

for (const [under, path] of DIALOGS) {
  test(`${path}: a letter, then Escape, and a letter, then Back`, async ({ page }) => {
    await open(page, under);
    await test.step('Escape', async () => {
      await type(page, path);
      await page.keyboard.press('Escape');
      await discard(page);
      await expectWorking(page, path);
    });
    await test.step('Back', async () => {
      // Cancel may have led to another page than the one that the dialog was opened from.
      await follow(page, under);
      await type(page, path);
      await page.goBack();
      await expect(page).toHaveURL(under);
      await expectWorking(page, path);
    });
  });
}
