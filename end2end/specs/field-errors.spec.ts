// The error of a field disappears when the user types into the field, also in the summary.
import type { Page } from '@playwright/test';
import { expect, serve, test } from '../support/test';
import { dialog, field, press } from '../support/dialog';
import { open } from '../support/page';

serve('demo users');

const summary = (page: Page) => page.locator('#error-summary');

test.describe('in the panel', () => {
  test.use({ as: 'admin' });

  test('in a dialog: the other errors stay, and the form can be sent again', async ({ page, browserWatch }) => {
    browserWatch.expectAnswer(422, '/sfn/suspend-user');
    await open(page, '/users/test-member/suspend');
    await field(page, 'Until').fill('2001-01-02T03:04');
    await press(page, 'Suspend test-member');
    await expect(field(page, 'Reason')).toBeFocused();
    await expect(field(page, 'Reason')).toHaveAccessibleDescription(/Enter a reason\./);
    await expect(summary(page).getByRole('link')).toHaveCount(2);

    await page.keyboard.type('O');
    await expect(field(page, 'Reason')).not.toHaveAccessibleDescription(/Enter a reason\./);
    await expect(field(page, 'Reason')).not.toHaveAttribute('aria-invalid', 'true');
    await expect(field(page, 'Until')).toHaveAccessibleDescription(/date in the future/);
    await expect(summary(page).getByRole('link')).toHaveText([/date in the future/]);
    await page.keyboard.type('n leave');
    await expect(field(page, 'Reason')).toBeFocused();
    await expect(field(page, 'Reason')).toHaveValue('On leave');

    await field(page, 'Until').fill('2002-01-02T03:04');
    await expect(summary(page)).toHaveCount(0);
    await expect(dialog(page).locator('[aria-invalid=true], .field-error')).toHaveCount(0);

    // The same errors appear again if they are still there.
    await press(page, 'Suspend test-member');
    await expect(field(page, 'Until')).toHaveAccessibleDescription(/date in the future/);
    await expect(summary(page).getByRole('link')).toHaveCount(1);
    await expect(field(page, 'Until')).toBeFocused();
  });

  test('a click on what is below an invalid value is not lost', async ({ page }) => {
    await open(page, '/roles/new');
    const box = dialog(page).getByRole('checkbox', { name: /^View users/ });
    await box.scrollIntoViewIfNeeded();
    await field(page, 'Rank').focus();
    await page.keyboard.press('End');
    await page.keyboard.type('x');
    const { x, y, width, height } = (await box.boundingBox())!;
    await page.mouse.move(x + width / 2, y + height / 2);
    await page.mouse.down();
    // The field has lost the focus, and the page is drawn with what that has changed.
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    await page.mouse.up();
    await expect(box).toBeChecked();
    await expect(field(page, 'Rank')).toHaveAttribute('aria-invalid', 'true');
  });

  test('on a page: the strength is never beside an outdated error', async ({ page, browserWatch }) => {
    browserWatch.expectAnswer(422, '/sfn/change-password');
    await open(page, '/account/password');
    const password = page.getByLabel('New password', { exact: true });
    await page.getByLabel('Current password', { exact: true }).fill('irrelevant');
    await password.fill('short');
    const again = page.getByLabel('Confirm new password', { exact: true });
    await again.fill('copper lantern under rain');
    await page.getByRole('button', { name: 'Change password' }).click();
    await expect(password).toHaveAccessibleDescription(/Use at least 8 characters\./);
    await expect(again).toHaveAccessibleDescription(/Passwords don't match\./);
    await password.fill('copper lantern under rain');
    await expect(password).toHaveAccessibleDescription(/Strength: strong/);
    await expect(password).not.toHaveAccessibleDescription(/Use at least 8 characters\./);
    await expect(again).not.toHaveAttribute('aria-invalid', 'true');
    await expect(summary(page)).toHaveCount(0);
  });
});

test('on the sign-in page: each error disappears with its field', async ({ page, browserWatch }) => {
  browserWatch.expectAnswer(422, '/sfn/sign-in');
  await open(page, '/login');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(summary(page).getByRole('link')).toHaveCount(2);
  await page.getByLabel('Username').fill('a');
  await expect(summary(page).getByRole('link')).toHaveText(['Enter your password.']);
  await page.getByLabel('Password', { exact: true }).fill('a');
  await expect(summary(page)).toHaveCount(0);
});
