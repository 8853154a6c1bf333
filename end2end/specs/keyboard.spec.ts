// Use by keyboard only.
import type { Locator, Page } from '@playwright/test';
import { expect, serve, test } from '../support/test';
import { open } from '../support/page';
import { template } from '../support/template';
import { BY_EMAIL, UsersList } from '../support/users-list';

serve('demo users');

interface Stop {
  name: string;
  /** Target of the link, which tells a screen and a column of the same name apart. */
  target: string | null;
  ringed: boolean;
  visible: boolean;
}

/** Returns the focused element: its name, whether it has a focus ring, whether it is visible, and the scroll position. */
function stop(page: Page): Promise<Stop> {
  return page.evaluate(() => {
    const element = document.activeElement as HTMLElement;
    const ring = (of: Element | null) =>
      of !== null && getComputedStyle(of).outlineStyle !== 'none' && parseFloat(getComputedStyle(of).outlineWidth) >= 2;
    const label = (element as HTMLInputElement).labels?.[0];
    const box = element.getBoundingClientRect();
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return {
      name: element.getAttribute('aria-label') ?? ((label ?? element).textContent!.trim() || element.title),
      target: element.getAttribute('href'),
      // The search box shows the ring for its input.
      ringed: ring(element) || ring(element.closest('.search-box')),
      visible: top !== null && (element.contains(top) || top.contains(element)),
    };
  });
}

/** Returns all visible controls. */
const controls = (page: Page): Locator =>
  page.locator('a[href], button, input, summary, select, textarea').filter({ visible: true });

async function tabUntil(page: Page, target: Locator): Promise<void> {
  const most = await controls(page).count();
  for (let presses = 0; presses <= most; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('Tab does not lead there');
}

test('signing in', async ({ page, browserWatch }) => {
  browserWatch.expectAnswer(422, '/sfn/sign-in');
  await open(page, '/login');
  await tabUntil(page, page.getByLabel('Username'));
  await page.keyboard.type('admin');
  await page.keyboard.press('Enter');
  // The empty password was denied, and the focus moved to its field.
  await expect(page.getByLabel('Password', { exact: true })).toBeFocused();
  await page.keyboard.type(template().password);
  await tabUntil(page, page.getByLabel('Remember me'));
  await page.keyboard.press('Space');
  await expect(page.getByLabel('Remember me')).toBeChecked();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/users');
});

test.describe('in the panel', () => {
  test.use({ as: 'admin' });

  test('the first stop skips to the content', async ({ page, database }) => {
    await new UsersList(page, database).open({ limit: '25' });
    await page.keyboard.press('Tab');
    const skip = page.getByRole('link', { name: 'Skip to content' });
    await expect(skip).toBeFocused();
    await expect(skip).toBeInViewport({ ratio: 1 });
    await page.keyboard.press('Enter');
    await expect(page.locator('main')).toBeFocused();
    await page.keyboard.press('Tab');
    await expect(page.getByRole('searchbox')).toBeFocused();
  });

  test('every control is reached in order, and is seen to be', async ({ page, database }) => {
    await new UsersList(page, database).open({ q: 'has:email', limit: '25' });
    const expected = await controls(page).count();
    const stops: Stop[] = [];
    for (let index = 0; index < expected; index += 1) {
      await page.keyboard.press('Tab');
      stops.push(await stop(page));
    }
    expect(stops.filter((stop) => !stop.ringed)).toEqual([]);
    expect(stops.filter((stop) => !stop.visible)).toEqual([]);
    const names = stops.map(({ name, target }) => `${name} ${target}`);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    expect(stops[0]!.name).toBe('Skip to content');
    expect(stops.at(-1)!.name).toBe('Next');
  });

  test('searching', async ({ page, database }) => {
    const list = new UsersList(page, database);
    await list.open({ limit: '25' });
    await tabUntil(page, list.search);
    await page.keyboard.type('status:suspended');
    await page.keyboard.press('Enter');
    await list.shows({ where: `u.status = 'suspended'`, limit: 25 });
    await expect(list.search).toBeFocused();
  });

  test('sorting and turning the page', async ({ page, database }) => {
    const list = new UsersList(page, database);
    await list.open({ limit: '10' });
    await tabUntil(page, list.header('Email'));
    await page.keyboard.press('Enter');
    const order = `${BY_EMAIL}, u.id`;
    await list.shows({ order, limit: 10 });
    // The focus stays on the header, so that it can be pressed again.
    await expect(list.header('Email')).toBeFocused();
    await tabUntil(page, page.getByRole('link', { name: 'Next' }));
    await page.keyboard.press('Enter');
    await list.shows({ order, limit: 10, offset: 10 });
  });

  test('the menu opens and closes, and the focus returns', async ({ page, database }) => {
    await new UsersList(page, database).open({ limit: '25' });
    const button = page.getByRole('button', { name: /^Account menu/ });
    const menu = page.locator('#user-menu');
    await tabUntil(page, button);
    await page.keyboard.press('Enter');
    await expect(menu).toBeVisible();
    await page.keyboard.press('Tab');
    await expect(menu.getByRole('link', { name: 'Admin Panel' })).toBeFocused();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Escape');
    await expect(menu).toBeHidden();
    await expect(button).toBeFocused();

    await page.keyboard.press('Enter');
    await tabUntil(page, menu.getByRole('link', { name: 'My account' }));
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL('/account');
  });

  test('the help opens and closes', async ({ page, database }) => {
    await new UsersList(page, database).open({ limit: '25' });
    const summary = page.getByLabel('Search help');
    const help = page.getByText('Combine words and filters; all must match.');
    await tabUntil(page, summary);
    await page.keyboard.press('Enter');
    await expect(help).toBeVisible();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Escape');
    await expect(help).toBeHidden();
    await expect(summary).toBeFocused();

    await page.keyboard.press('Enter');
    await expect(help).toBeVisible();
    await page.keyboard.press('Shift+Tab');
    await expect(page.getByRole('searchbox')).toBeFocused();
    await expect(help).toBeHidden();
  });
});
