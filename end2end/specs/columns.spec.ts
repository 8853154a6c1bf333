// Columns of lists that users show and hide.
import type { Page } from '@playwright/test';
import { expect, serve, test } from '../support/test';
import { inspect } from '../support/inspect';
import { expectNoSidewaysScroll, hydrated, open } from '../support/page';
import { bar, box } from '../support/selection';
import { BY_EMAIL, UsersList } from '../support/users-list';

serve('demo users');
test.use({ as: 'admin' });

const header = (page: Page, name: string) => page.getByRole('columnheader', { name, exact: true });
const button = (page: Page) => page.getByRole('button', { name: 'Edit columns' });
const menu = (page: Page) => page.getByRole('form', { name: 'Columns' });
/** Returns the button of a column. Its name ends with a note while the width of the window decides. */
const toggle = (page: Page, name: string) => menu(page).getByRole('button', { name, exact: true });

async function choose(page: Page, ...names: string[]): Promise<void> {
  await button(page).click();
  for (const name of names) await toggle(page, name).click();
  await page.keyboard.press('Escape');
  await expect(menu(page)).toBeHidden();
}

test('a hidden column is not in the page, also after a reload and in another tab', async ({ page, context, database }) => {
  const list = new UsersList(page, database);
  await list.open({ limit: '25' });
  await button(page).click();
  await expect(toggle(page, 'Email')).toHaveAttribute('aria-pressed', 'true');
  await toggle(page, 'Email').click();
  await expect(header(page, 'Email')).toHaveCount(0);
  await expect(page.locator('.users-table .cell-email')).toHaveCount(0);
  await expect(toggle(page, 'Email')).toHaveAttribute('aria-pressed', 'false');
  await inspect(page, 'users-columns');
  await toggle(page, 'Created').click();
  await expect(header(page, 'Created')).toHaveCount(0);
  await list.shows({ limit: 25 });

  // The server renders it so: nothing moves when the app takes over.
  expect(await (await page.request.get('/users')).text()).not.toContain('cell-email');
  await page.reload();
  await hydrated(page);
  await list.shows({ limit: 25 });
  await expect(header(page, 'Email')).toHaveCount(0);
  const other = await context.newPage();
  await open(other, '/users?limit=25');
  await expect(header(other, 'Email')).toHaveCount(0);
  await expect(header(other, 'User')).toBeVisible();

  // A choice in one tab does not undo those of the other.
  await choose(other, 'Role');
  await choose(page, 'Created');
  await page.reload();
  await hydrated(page);
  await expect(header(page, 'Created')).toBeVisible();
  await expect(header(page, 'Role')).toHaveCount(0);
  await other.close();

  await button(page).click();
  await menu(page).getByRole('button', { name: 'Reset columns' }).click();
  for (const name of ['Email', 'Role', 'Created']) await expect(header(page, name)).toBeVisible();
});

test('a chosen count has its column in a narrow window too', async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  await open(page, '/users?limit=25');
  await expect(header(page, 'Personas')).toBeHidden();
  await button(page).click();
  await expect(toggle(page, 'Personas')).toHaveAttribute('aria-pressed', 'mixed');
  await toggle(page, 'Personas').click();
  await expect(header(page, 'Personas')).toBeVisible();
  await expect(header(page, 'Sessions')).toBeHidden();
  await expectNoSidewaysScroll(page);
  await toggle(page, 'Personas').click();
  await expect(header(page, 'Personas')).toHaveCount(0);
  await page.setViewportSize({ width: 1500, height: 800 });
  await expect(header(page, 'Sessions')).toBeVisible();
  await expect(header(page, 'Personas')).toHaveCount(0);
  await page.keyboard.press('Escape');

  // More columns than there is room for: the table scrolls in the list, and the names stay.
  await page.setViewportSize({ width: 1280, height: 800 });
  await choose(page, 'Spend', 'Budget left', 'Requests left', 'Groups', 'Clients');
  await expect(header(page, 'Clients')).toBeVisible();
  await expectNoSidewaysScroll(page);
  const left = async (name: string) => (await header(page, name).boundingBox())!.x;
  const name = (await header(page, 'User').boundingBox())!;
  expect(name.width).toBeGreaterThanOrEqual(190);
  await expect(header(page, 'Clients')).not.toBeInViewport();
  await page.locator('.table-scroll').evaluate((table) => table.scrollTo({ left: table.scrollWidth }));
  await expect(header(page, 'Clients')).toBeInViewport({ ratio: 1 });
  expect(await left('User')).toBeCloseTo(name.x, 0);
  expect(await left('Email')).toBeLessThan(name.x);
  const first = page.locator('.users-table tbody tr').first();
  await first.locator('.name').click();
  await expect(page).toHaveURL(/\/users\/[^/?]+$/);
});

test('the column of the order stays while the list has this order', async ({ page, database }) => {
  const list = new UsersList(page, database);
  await list.open({ sort: 'email', limit: '25' });
  await choose(page, 'Email');
  await list.shows({ order: `${BY_EMAIL}, u.id`, limit: 25 });
  await list.header('Email').click();
  await list.shows({ order: `${BY_EMAIL} desc, u.id desc`, limit: 25 });
  await list.header('Created').click();
  await list.shows({ limit: 25 });
  await expect(header(page, 'Email')).toHaveCount(0);
});

test('the selection stays, and the menu needs only the keyboard', async ({ page, database }) => {
  await new UsersList(page, database).open({ q: 'test-', limit: '25' });
  await box(page, 'test-member').check();
  await button(page).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await expect(toggle(page, 'Email')).toBeFocused();
  await page.keyboard.press('Space');
  await expect(header(page, 'Email')).toHaveCount(0);
  await expect(toggle(page, 'Email')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(button(page)).toBeFocused();
  await expect(box(page, 'test-member')).toBeChecked();
  await expect(bar(page)).toContainText('1 selected');
});

test('a column that another version has is ignored', async ({ page, context, server }) => {
  const value = 'system.comfortable.open.auto.hide-users-shoe-size.hide-users-email';
  await context.addCookies([{ name: 'rollcall_preferences', value, url: server.url }]);
  await open(page, '/users?limit=25');
  await expect(header(page, 'Email')).toHaveCount(0);
  await expect(header(page, 'Role')).toBeVisible();
  await choose(page, 'Email');
  await page.reload();
  await expect(header(page, 'Email')).toBeVisible();
});

test('sessions and the audit log have the menu too', async ({ page }) => {
  for (const [path, name] of [
    ['/sessions?limit=25', 'IP address'],
    ['/sessions?limit=25&ended=true', 'IP address'],
    ['/audit?limit=25', 'Actor'],
  ] as const) {
    await open(page, path);
    await expect(header(page, name)).toBeVisible();
    await choose(page, name);
    await expect(header(page, name)).toHaveCount(0);
    await page.reload();
    await expect(page.locator('tbody tr').first()).toBeVisible();
    await expect(header(page, name)).toHaveCount(0);
    await expect(page.locator(`tbody td[data-label="${name}"]`)).toHaveCount(0);
    await open(page, path);
    await choose(page, name);
    await expect(header(page, name)).toBeVisible();
  }
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false, contextOptions: { reducedMotion: 'reduce' } });

  test('each choice is a form that leads back', async ({ page, database }) => {
    const list = new UsersList(page, database);
    await page.goto('/users?limit=25');
    for (const [name, visible] of [
      ['Email', false],
      ['Status', false],
      ['Email', true],
    ] as const) {
      await button(page).click();
      await toggle(page, name).click();
      await expect(page).toHaveURL('/users?limit=25');
      await expect(header(page, name)).toHaveCount(visible ? 1 : 0);
    }
    await list.shows({ limit: 25 });
    await list.header('User').click();
    await expect(header(page, 'Status')).toHaveCount(0);
    await expect(header(page, 'Email')).toBeVisible();
    await button(page).click();
    await menu(page).getByRole('button', { name: 'Reset columns' }).click();
    await expect(header(page, 'Status')).toBeVisible();
  });
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

  test('a hidden column is not on the cards', async ({ page, database }) => {
    const list = new UsersList(page, database);
    await list.open({ limit: '25' });
    await button(page).tap();
    await expect(toggle(page, 'Email')).toBeInViewport({ ratio: 1 });
    await expect(toggle(page, 'Last active')).toBeVisible();
    await expectNoSidewaysScroll(page);
    await toggle(page, 'Email').tap();
    await toggle(page, 'Last active').tap();
    await expect(list.rows.first().locator('.cell-email, [data-label="Last active"]')).toHaveCount(0);
    await page.keyboard.press('Escape');
    await expectNoSidewaysScroll(page);
    await list.shows({ limit: 25 });
  });
});
