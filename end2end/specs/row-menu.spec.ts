// Menu of a row at its button, at the pointer and named by the URL, and its entries that copy.
import type { Page } from '@playwright/test';
import { expect, serve, test } from '../support/test';
import { open } from '../support/page';

serve('demo users');

// The link of the name covers the row: a click on another cell is forced.
const row = (page: Page, username: string) => page.locator('.users-table tbody tr').filter({ hasText: username });
const more = (page: Page, name: string) => page.getByRole('button', { name: `More actions for ${name}`, exact: true });
const menu = (page: Page) => page.locator('#row-menu');

test.describe('an administrator', () => {
  test.use({ as: 'admin' });

  test('the list has one menu, which a second click closes and another button moves', async ({ page }) => {
    await open(page, '/users?q=username%3Atest-');
    await expect(page.locator('[popover].row-menu')).toHaveCount(1);
    for (let time = 0; time < 2; time += 1) {
      await more(page, 'test-member').click();
      await expect(menu(page).getByText('test-member', { exact: true })).toBeVisible();
      await expect(more(page, 'test-member')).toHaveAttribute('aria-expanded', 'true');
      // With the keyboard, because the open menu covers the button of the next row.
      await more(page, 'test-auditor').press('Enter');
      await expect(menu(page).getByText('test-auditor', { exact: true })).toBeVisible();
      await expect(menu(page).getByRole('link', { name: 'Edit test-auditor', exact: true })).toHaveAttribute(
        'href',
        '/users/test-auditor/edit',
      );
      await expect(more(page, 'test-member')).toHaveAttribute('aria-expanded', 'false');
      await more(page, 'test-auditor').click();
      await expect(menu(page)).toBeHidden();
      await expect(more(page, 'test-auditor')).toHaveAttribute('aria-expanded', 'false');
    }
  });

  test('a menu that was opened before hydration becomes a popover, which the URL names until it closes', async ({ page }) => {
    const list = '/users?q=username%3Atest-member';
    const link = menu(page).getByRole('link', { name: 'Create reset link' });
    const close = menu(page).getByRole('link', { name: 'Close' });
    for (const way of ['Escape', 'Close'] as const) {
      await page.goto('/users');
      await open(page, `${list}&menu=test-member`);
      await expect(menu(page)).toHaveAttribute('popover', 'auto');
      await expect(menu(page)).toHaveClass(/\brow-menu-named\b/);
      await expect(link).toBeVisible();
      await (way === 'Escape' ? page.keyboard.press('Escape') : close.click());
      await expect(link).toBeHidden();
      await expect(page).toHaveURL(list);
      // From now on it is the menu of a button.
      await more(page, 'test-member').click();
      await expect(link).toBeVisible();
      await expect(menu(page)).not.toHaveClass(/\brow-menu-named\b/);
      await expect(close).toHaveCount(0);
      await page.keyboard.press('Escape');
      await expect(link).toBeHidden();
      // The URL that names the menu is not in the history either.
      await page.goBack();
      await expect(page).toHaveURL('/users');
    }
  });

  test('the button of another row takes over the menu that the URL names', async ({ page }) => {
    await open(page, '/users?q=username%3Atest-&menu=test-member');
    await expect(menu(page)).toHaveAttribute('popover', 'auto');
    await expect(menu(page).getByText('test-member', { exact: true })).toBeVisible();
    await more(page, 'test-auditor').click();
    await expect(page).toHaveURL('/users?q=username%3Atest-');
    await expect(menu(page).getByText('test-auditor', { exact: true })).toBeVisible();
    await expect(menu(page)).not.toHaveClass(/\brow-menu-named\b/);
    await expect(menu(page).getByRole('link', { name: 'Close' })).toHaveCount(0);
    await expect(more(page, 'test-auditor')).toHaveAttribute('aria-expanded', 'true');
  });

  test('a click with the secondary button opens the menu of the row at the pointer', async ({ page }) => {
    await open(page, '/users?q=username%3Atest-');
    for (const name of ['test-member', 'test-auditor']) {
      const box = (await row(page, name).boundingBox())!;
      // Right of the name, which has the menu of a link.
      const [x, y] = [box.x + 300, box.y + box.height / 2];
      await page.mouse.click(x, y, { button: 'right' });
      await expect(menu(page).getByText(name, { exact: true })).toBeVisible();
      await expect(menu(page).getByRole('link', { name: `Edit ${name}`, exact: true })).toBeVisible();
      const place = (await menu(page).boundingBox())!;
      expect(Math.abs(place.x - x)).toBeLessThan(10);
      expect(place.y).toBeLessThan(y);
      expect(place.y + place.height).toBeLessThanOrEqual(800);
      await expect(page).toHaveURL('/users?q=username%3Atest-');
      await page.keyboard.press('Escape');
      await expect(menu(page)).toBeHidden();
      await expect(more(page, name)).toBeFocused();
    }
    // The button opens it beside itself again.
    await more(page, 'test-auditor').click();
    const button = (await more(page, 'test-auditor').boundingBox())!;
    const place = (await menu(page).boundingBox())!;
    expect(place.x + place.width).toBeGreaterThan(button.x);
  });

  test('with Shift the browser opens its own menu', async ({ page }) => {
    await open(page, '/users?q=username%3Atest-member');
    await row(page, 'test-member').locator('.cell-status').click({ button: 'right', modifiers: ['Shift'], force: true });
    await expect(menu(page)).toBeHidden();
  });

  test('on the name of a user, and after a long touch, the browser opens its own menu', async ({ page }) => {
    await open(page, '/users?q=username%3Atest-member');
    const name = (await row(page, 'test-member').locator('.name').boundingBox())!;
    await page.mouse.click(name.x + name.width / 2, name.y + name.height / 2, { button: 'right' });
    await expect(menu(page)).toBeHidden();
    const cell = row(page, 'test-member').locator('.cell-status');
    const isPrevented = (pointerType: string) =>
      cell.evaluate(
        (cell, pointerType) =>
          !cell.dispatchEvent(new PointerEvent('contextmenu', { pointerType, bubbles: true, cancelable: true })),
        pointerType,
      );
    expect(await isPrevented('touch')).toBe(false);
    await expect(menu(page)).toBeHidden();
    expect(await isPrevented('mouse')).toBe(true);
    await expect(menu(page)).toBeVisible();
  });

  test('the link and the email address can be copied', async ({ page, context, database }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await database.rows(`update users set email = 'member@example.org' where username = 'test-member'`);
    await open(page, '/users?q=username%3Atest-member');
    await row(page, 'test-member').locator('.cell-status').click({ button: 'right', force: true });
    for (const [label, text] of [
      ['Copy link', new URL('/users/test-member', page.url()).href],
      ['Copy email', 'member@example.org'],
    ] as const) {
      await menu(page).getByRole('button', { name: label, exact: true }).click();
      await expect(menu(page).getByRole('button', { name: label, exact: true })).toHaveCount(0);
      await expect(menu(page).getByRole('button', { name: 'Copied' }).first()).toBeVisible();
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(text);
    }
  });
});

test.describe('an auditor', () => {
  test.use({ as: 'test-auditor' });

  test('has the menu of the browser', async ({ page }) => {
    await open(page, '/users?q=username%3Atest-member');
    await row(page, 'test-member').locator('.cell-status').click({ button: 'right', force: true });
    await expect(menu(page)).toHaveCount(0);
  });
});
