// Widths of the columns of the user list, and names in both directions.
import type { Page } from '@playwright/test';
import { expect, serve, test } from '../support/test';
import { expectNoSidewaysScroll, open } from '../support/page';

serve('demo users');
test.use({ as: 'admin' });

const header = (page: Page, name: string) => page.locator('.users-table thead th').filter({ hasText: new RegExp(`^\\s*${name}`) });

/** Returns the share of the texts that are cut off. */
const cut = (page: Page, selector: string): Promise<number> =>
  page.locator(`.users-table tbody ${selector}`).evaluateAll((texts) => {
    const isCut = (text: Element) => {
      const box = text.closest('.name > bdi, td')!;
      return box.scrollWidth > box.clientWidth;
    };
    return texts.filter(isCut).length / texts.length;
  });

for (const width of [1280, 1366]) {
  test(`at ${width} px names and email addresses are not cut off`, async ({ page }) => {
    await page.setViewportSize({ width, height: 800 });
    await open(page, '/users');
    for (const text of ['.name > bdi', '.cell-email > span']) {
      expect(await cut(page, text), text).toBeLessThan(0.1);
    }
    await expectNoSidewaysScroll(page);
  });
}

test('below 1440 px only the count by which the list is sorted has a column', async ({ page }) => {
  const counts = ['Personas', 'Sessions', 'API keys'];
  for (const [sort, shown] of [
    ['', []],
    ['?sort=-personas', ['Personas']],
    ['?sort=-sessions', ['Sessions']],
    ['?sort=-api-keys', ['API keys']],
  ] as const) {
    await page.setViewportSize({ width: 1280, height: 800 });
    await open(page, `/users${sort}`);
    const names: readonly string[] = shown;
    for (const name of counts) await expect(header(page, name)).toBeVisible({ visible: names.includes(name) });
    await expect(page.locator('.users-table tbody tr').first().locator(':is(.cell-num, .auto-num):visible')).toHaveCount(names.length);
    await page.setViewportSize({ width: 1500, height: 800 });
    for (const name of counts) await expect(header(page, name)).toBeVisible();
    await page.setViewportSize({ width: 800, height: 800 });
    await expect(page.locator('.users-table tbody tr').first().locator(':is(.cell-num, .auto-num):visible')).toHaveCount(counts.length);
  }
});

test('a long name is cut off at its end, in its direction', async ({ page, database }) => {
  const names = { 'test-member': 'Wolfeschlegelsteinhausenbergerdorff '.repeat(2), 'test-auditor': 'عبدالرحمن بن عبدالعزيز '.repeat(4) };
  for (const [username, name] of Object.entries(names)) {
    await database.rows('update users set display_name = trim($2) where username = $1', [username, name]);
  }
  await open(page, '/users?q=username%3Atest-');
  const direction = (username: string) =>
    page
      .locator('.users-table tbody tr')
      .filter({ hasText: username })
      .locator('.name > bdi')
      .evaluate((name) => [getComputedStyle(name).direction, name.scrollWidth > name.clientWidth]);
  expect(await direction('test-member')).toEqual(['ltr', true]);
  expect(await direction('test-auditor')).toEqual(['rtl', true]);
});

test('a field has the direction of its text', async ({ page }) => {
  await open(page, '/users/test-member/edit');
  const name = page.getByLabel('Display name');
  await name.fill('ליאת כהן');
  expect(await name.evaluate((field) => getComputedStyle(field).direction)).toBe('rtl');
});
