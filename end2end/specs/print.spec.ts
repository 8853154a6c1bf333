// Printed pages.
import type { Page } from '@playwright/test';
import { expect, serve, test } from '../support/test';
import { field, press, toast } from '../support/dialog';
import { expectNoSidewaysScroll, open } from '../support/page';

serve('demo users');
test.use({ as: 'admin', colorScheme: 'dark' });

const CONTROLS = `button, .button, nav, .skip-link, .toast, .search-box, .list-filters, .chip, .cell-select > label, .table [type=checkbox]`;

const SCREENS = [
  '/overview',
  '/users',
  '/users?q=status:active',
  '/users?deleted=true',
  '/users/test-member',
  '/users/test-member/sessions',
  '/sessions',
  '/registrations',
  '/roles',
  '/clients',
  '/limits',
  '/tokens',
  '/resources',
  '/features',
  '/conversations',
  '/audit',
  '/settings',
  '/settings/dialects',
  '/account',
];

const print = (page: Page): Promise<void> => page.emulateMedia({ media: 'print', colorScheme: 'dark' });

/** Returns the lightness of a colour of the page, from 0 to 1. */
const lightness = (page: Page, property: 'color' | 'backgroundColor'): Promise<number> =>
  page.evaluate((property) => {
    const context = new OffscreenCanvas(1, 1).getContext('2d')!;
    context.fillStyle = 'white';
    context.fillRect(0, 0, 1, 1);
    context.fillStyle = getComputedStyle(document.body)[property];
    context.fillRect(0, 0, 1, 1);
    const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
    return (red! + green! + blue!) / 765;
  }, property);

test('every screen is dark on light, without anything to press', async ({ page }) => {
  for (const screen of SCREENS) {
    await test.step(screen, async () => {
      await page.setViewportSize({ width: 1280, height: 800 });
      await page.emulateMedia({ media: null, colorScheme: 'dark' });
      await open(page, screen);
      expect(await lightness(page, 'color'), 'on the screen').toBeGreaterThan(0.7);
      await print(page);
      expect(await lightness(page, 'color'), 'on paper').toBeLessThan(0.4);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await expect(page.locator(CONTROLS).filter({ visible: true })).toHaveCount(0);
      for (const width of [718, 1047]) {
        await page.setViewportSize({ width, height: 1000 });
        await expectNoSidewaysScroll(page);
      }
    });
  }
});

test('the theme that was chosen is not printed either', async ({ page }) => {
  await open(page, '/users');
  await page.getByRole('button', { name: 'Dark' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await print(page);
  expect(await lightness(page, 'color')).toBeLessThan(0.4);
});

test('times are exact, and what is folded is open', async ({ page }) => {
  await open(page, '/audit');
  const details = page.locator('.records details:not([open]) > :not(summary)').first();
  await expect(details).toBeHidden();
  await print(page);
  await expect(details).toBeVisible();
  await open(page, '/users');
  const [words, exactly] = await page.locator('.cell-time time[title]').first().evaluate((time) => [
    getComputedStyle(time).fontSize,
    getComputedStyle(time, '::after').content,
  ]);
  expect(words).toBe('0px');
  expect(exactly).toMatch(/\d{4}.*\d:\d\d/);
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false, contextOptions: { reducedMotion: 'reduce' } });

  test('times in a list are exact', async ({ page }) => {
    await page.goto('/users');
    await print(page);
    const time = page.locator('.cell-time time').first();
    await expect(time).not.toHaveAttribute('title');
    const [words, exactly, machine] = await time.evaluate((time) => [
      getComputedStyle(time).fontSize,
      getComputedStyle(time, '::after').content,
      time.getAttribute('datetime'),
    ]);
    expect(words).toBe('0px');
    expect(exactly).toBe(JSON.stringify(machine));
  });
});

test('a message and a dialog: the one is left out, of the other nothing lies over the page', async ({ page }) => {
  await open(page, '/users/test-member/edit');
  await print(page);
  await expect(page.getByRole('dialog')).toBeVisible();
  await expect(page.getByRole('heading', { level: 1 })).toBeHidden();
  await page.emulateMedia({ media: null });
  await field(page, 'Display name').fill('Test Member on paper');
  await press(page, 'Save');
  await expect(toast(page)).toBeVisible();
  await print(page);
  await expect(toast(page)).toBeHidden();
});
