// Typed text is not lost without a question, and a one-time link not before it was copied.
import type { Page } from '@playwright/test';
import { expect, serve, test } from '../support/test';
import { dialog, discard, field, modal, press, question, toast } from '../support/dialog';
import { hydrated, open } from '../support/page';

serve('demo users');
test.use({ as: 'admin' });

/** Opens the dialog from the page of the user and types into it. */
async function editName(page: Page): Promise<void> {
  await open(page, '/users/test-member');
  await page.getByRole('link', { name: 'Edit', exact: true }).click();
  await modal(page);
  await field(page, 'Display name').focus();
  await page.keyboard.press('End');
  await page.keyboard.type(' typed');
}

/** Expects that the dialog is open with the typed text, and that the focus has returned to the field. */
async function expectTyped(page: Page): Promise<void> {
  await expect(question(page)).toHaveCount(0);
  await expect(dialog(page)).toBeVisible();
  await expect(field(page, 'Display name')).toHaveValue(/ typed$/);
}

test('Escape and Cancel ask, and the answer decides', async ({ page }) => {
  await editName(page);
  await page.keyboard.press('Escape');
  await expect(question(page)).toBeVisible();
  // Escape answers that nothing is discarded, however often it is pressed.
  await page.keyboard.press('Escape');
  await expectTyped(page);
  await expect(field(page, 'Display name')).toBeFocused();
  await page.keyboard.press('Escape');
  await question(page).getByRole('button', { name: 'Keep editing' }).click();
  await expectTyped(page);
  await expect(field(page, 'Display name')).toBeFocused();
  for (let time = 0; time < 4; time += 1) await page.keyboard.press('Escape');
  await expectTyped(page);

  const cancel = dialog(page).getByRole('link', { name: 'Cancel' });
  await cancel.click();
  await question(page).getByRole('button', { name: 'Keep editing' }).click();
  await expectTyped(page);
  await expect(page).toHaveURL('/users/test-member/edit');

  await cancel.click();
  await discard(page);
  await expect(dialog(page)).toHaveCount(0);
  await expect(page).toHaveURL('/users/test-member');
  await expect(page.getByRole('link', { name: 'Edit', exact: true })).toBeFocused();
});

test('text that was typed and removed again needs no question', async ({ page }) => {
  await editName(page);
  for (const _ of ' typed') await page.keyboard.press('Backspace');
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toHaveCount(0);
  await expect(question(page)).toHaveCount(0);
});

test('the browser asks before a reload, and not after saving', async ({ page }) => {
  await editName(page);
  const asked = page.waitForEvent('dialog');
  await page.evaluate(() => void setTimeout(() => location.reload()));
  const ours = await asked;
  expect(ours.type()).toBe('beforeunload');
  await ours.dismiss();
  await expectTyped(page);

  const later: string[] = [];
  page.on('dialog', (asked) => {
    later.push(asked.type());
    void asked.accept();
  });
  await press(page, 'Save');
  await expect(toast(page)).toContainText('Saved changes to test-member');
  await hydrated(page);
  await page.reload();
  await hydrated(page);
  expect(later).toEqual([]);
});

test('a form on a page asks before a link of the app is followed', async ({ page }) => {
  await open(page, '/account');
  const name = page.getByLabel('Display name');
  await name.focus();
  await page.keyboard.press('End');
  await page.keyboard.type(' typed');
  const tab = page.getByRole('link', { name: 'Preferences', exact: true });
  await tab.click();
  await question(page).getByRole('button', { name: 'Keep editing' }).click();
  await expect(page).toHaveURL('/account');
  await expect(name).toHaveValue(/ typed$/);
  await tab.click();
  await discard(page);
  await expect(page).toHaveURL('/account/preferences');
});

test('a one-time link stays until it was copied', async ({ page }) => {
  await open(page, '/users/test-member/reset');
  await modal(page);
  await press(page, 'Create link');
  const link = field(page, 'Link');
  await expect(link).toBeFocused();
  const text = await link.inputValue();
  for (let time = 0; time < 4; time += 1) {
    await page.keyboard.press('Escape');
    await expect(dialog(page).getByRole('button', { name: 'Copy' })).toBeFocused();
  }
  await expect(link).toHaveValue(text);
  await page.keyboard.press('Enter');
  await expect(dialog(page).getByRole('button', { name: 'Copied' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL('/users/test-member');
  await expect(dialog(page)).toHaveCount(0);
});

test.describe('in German', () => {
  test.use({ locale: 'de-DE' });

  test('the question is in the language of the page', async ({ page }) => {
    await open(page, '/users/test-member/edit');
    await modal(page);
    await page.locator('#display_name').focus();
    await page.keyboard.type('x');
    await page.keyboard.press('Escape');
    const asked = page.getByRole('alertdialog', { name: 'Änderungen verwerfen?' });
    await expect(asked.getByRole('button', { name: 'Weiter bearbeiten' })).toBeFocused();
    await asked.getByRole('button', { name: 'Verwerfen' }).click();
    await expect(page).toHaveURL('/users/test-member');
  });
});
