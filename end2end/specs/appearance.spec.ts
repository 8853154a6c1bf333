// Theme, density, navigation rail and narrow windows.
import type { Page } from '@playwright/test';
import { expect, serve, test } from '../support/test';
import { expectNoSidewaysScroll, hydrated } from '../support/page';
import { BY_EMAIL, UsersList } from '../support/users-list';

serve('demo users');
test.use({ as: 'admin' });

const choose = (page: Page, label: string) => page.getByRole('button', { name: label, exact: true }).click();

/** Returns whether the page is drawn dark, by the lightness of its background. */
function isDark(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const context = document.createElement('canvas').getContext('2d')!;
    context.fillStyle = getComputedStyle(document.documentElement).backgroundColor;
    context.fillRect(0, 0, 1, 1);
    return context.getImageData(0, 0, 1, 1).data[0]! < 128;
  });
}

/** Returns the `html` tag that the server sends. Its attributes apply before the first paint. */
async function firstTag(page: Page): Promise<string> {
  const html = await (await page.request.get('/users')).text();
  return /<html[^>]*>/.exec(html)![0];
}

test('without a choice the theme is the system’s', async ({ page, database }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await new UsersList(page, database).open({ limit: '25' });
  expect(await isDark(page)).toBe(true);
  await page.emulateMedia({ colorScheme: 'light' });
  expect(await isDark(page)).toBe(false);
});

test('a chosen theme holds against the system and is there from the first byte', async ({ page, database }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await new UsersList(page, database).open({ limit: '25' });
  await choose(page, 'Dark');
  await expect(page.getByRole('button', { name: 'Dark' })).toHaveAttribute('aria-pressed', 'true');
  expect(await isDark(page)).toBe(true);
  expect(await firstTag(page)).toContain('data-theme="dark"');

  await page.reload();
  await hydrated(page);
  expect(await isDark(page)).toBe(true);
  await expect(page.getByRole('button', { name: 'Dark' })).toHaveAttribute('aria-pressed', 'true');

  await choose(page, 'Light');
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await isDark(page)).toBe(false);
  expect(await firstTag(page)).toContain('data-theme="light"');

  await choose(page, 'System');
  expect(await isDark(page)).toBe(true);
  expect(await firstTag(page)).toContain('data-theme="system"');
});

test('the chosen theme holds on pages that are no part of the panel', async ({ page, database, browserWatch }) => {
  browserWatch.expectAnswer(404, '/nothing/here');
  await new UsersList(page, database).open({ limit: '25' });
  await choose(page, 'Dark');
  for (const path of ['/account', '/nothing/here']) {
    await page.goto(path);
    expect(await isDark(page), path).toBe(true);
  }
});

test('rows are lower when compact, also on the next visit', async ({ page, database }) => {
  const list = new UsersList(page, database);
  await list.open({ limit: '25' });
  const height = async () => (await list.rows.nth(1).boundingBox())!.height;
  const comfortable = await height();
  await choose(page, 'Compact rows');
  expect(await height()).toBeLessThan(comfortable);
  expect(await firstTag(page)).toContain('data-density="compact"');
  await page.reload();
  expect(await height()).toBeLessThan(comfortable);
  await hydrated(page);
  await choose(page, 'Comfortable rows');
  expect(await height()).toBe(comfortable);
});

test('the rail collapses to its pictures, also on the next visit', async ({ page, database }) => {
  await new UsersList(page, database).open({ limit: '25' });
  const width = async () => (await page.locator('.rail').boundingBox())!.width;
  const open = await width();
  await choose(page, 'Collapse');
  expect(await width()).toBeLessThan(open / 2);
  await page.reload();
  await hydrated(page);
  expect(await width()).toBeLessThan(open / 2);
  await expect(page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Users' })).toBeVisible();
  await choose(page, 'Expand');
  expect(await width()).toBe(open);
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

  test('everything can be used, and nothing sticks out', async ({ page, database }) => {
    const list = new UsersList(page, database);
    await list.open({ limit: '25' });
    await expectNoSidewaysScroll(page);

    await list.search.fill('has:email');
    await list.search.press('Enter');
    const where = 'u.email is not null';
    await list.shows({ where, limit: 25 });
    await list.header('Last active').tap();
    const order = `coalesce(u.last_active_at, '-infinity') desc, u.id desc`;
    await list.shows({ where, order, limit: 25 });
    await list.step('Next').tap();
    await list.shows({ where, order, limit: 25, offset: 25 });
    await expectNoSidewaysScroll(page);

    await page.getByRole('button', { name: /^Account menu/ }).tap();
    await expect(page.getByRole('button', { name: 'Sign out' })).toBeInViewport({ ratio: 1 });
    await page.getByRole('link', { name: 'My account' }).tap();
    await expect(page).toHaveURL('/account');
    await expectNoSidewaysScroll(page);
  });

  test('each figure of a user has its name beside it', async ({ page, database }) => {
    const list = new UsersList(page, database);
    await list.open({ limit: '25' });
    const names = await list.rows.first().locator('td').evaluateAll((cells) =>
      cells.map((cell) => getComputedStyle(cell, '::before').content.replaceAll('"', '')),
    );
    const labels = ['Personas', 'Sessions', 'API keys', 'Created', 'Last sign-in', 'Last active'];
    for (const label of labels) expect(names).toContain(label);
    await expect(list.rows.first()).toBeInViewport();
  });
});

test.describe('at 200 % zoom', () => {
  test.use({ viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 });

  test('nothing sticks out, and nothing covers what is used', async ({ page, database }) => {
    const list = new UsersList(page, database);
    await list.open({ limit: '25' });
    await expectNoSidewaysScroll(page);
    // A click fails if another element covers the link.
    await list.step('Next').click();
    await list.shows({ offset: 25, limit: 25 });
    await list.header('Email').click();
    await list.shows({ order: `${BY_EMAIL}, u.id`, limit: 25 });
    await page.getByLabel('Search help').click();
    await page.getByRole('link', { name: '-role:admin (anna OR hanna)' }).click();
    await expect(list.search).toHaveValue('-role:admin (anna OR hanna)');
    await expectNoSidewaysScroll(page);
  });
});
