// Parts of the app that do not arrive: the page says so, and they are requested again. One part does not fail with another.
import type { Page } from '@playwright/test';
import { expect, serve, test } from '../support/test';
import { modal } from '../support/dialog';
import { hold, hydrated, open } from '../support/page';
import { UsersList } from '../support/users-list';

serve('demo users');
test.use({ as: 'admin' });

/** File of the dialogs, which no page has loaded before one of them is opened. */
const DIALOGS = '**/dialogs.part';

const createUser = (page: Page) => page.getByRole('link', { name: 'Create user' });
const notice = (page: Page) => page.getByRole('alert').filter({ hasText: 'This page could not be loaded' });

test.describe('the file of a dialog', () => {
  test.beforeEach(({ browserWatch }) => browserWatch.expectBreakage(/dialogs\.part: .*net::ERR_/));

  test('is lost once: it is requested again', async ({ page }) => {
    await open(page, '/users');
    await page.route(DIALOGS, (route) => route.abort(), { times: 1 });
    await createUser(page).click();
    await modal(page);
    await expect(notice(page)).toHaveCount(0);
  });

  test('does not arrive: the page says so, and loads it on the next try', async ({ page, database }) => {
    const list = new UsersList(page, database);
    await list.open({ limit: '100' });
    await list.search.fill('not sent yet');
    await page.route(DIALOGS, (route) => route.abort());
    await createUser(page).click();
    await expect(notice(page)).toContainText('Reload the page and try again.');
    await expect(notice(page).getByRole('link', { name: 'Try again' })).toBeInViewport();
    await list.shows({ limit: 100 });
    await expect(page).toHaveURL('/users/new?limit=100');

    await page.unroute(DIALOGS);
    await page.goBack();
    await expect(notice(page)).toHaveCount(0);
    await createUser(page).click();
    await modal(page);
    await expect(list.search).toHaveValue('not sent yet');
  });

  test('does not arrive: "Try again" opens the dialog', async ({ page }) => {
    await open(page, '/users');
    await page.route(DIALOGS, (route) => route.abort());
    await createUser(page).click();
    await expect(notice(page)).toBeVisible();

    await page.unroute(DIALOGS);
    await notice(page).getByRole('link', { name: 'Try again' }).click();
    await hydrated(page);
    await modal(page);
    await expect(page).toHaveURL('/users/new');
  });
});

test('of two parts at once one fails: the other opens with its first request', async ({ page, browserWatch }) => {
  browserWatch.expectBreakage(/user\.part: .*net::ERR_/);
  await open(page, '/users');
  const lose = await hold(page, '**/user.part', (route) => route.abort());
  const deliver = await hold(page, '**/lists.part');
  let requests = 0;
  page.on('request', (request) => {
    if (request.url().endsWith('/lists.part')) requests += 1;
  });

  const first = page.waitForRequest('**/user.part');
  await page.locator('.users-table .name').first().click();
  await first;
  const second = page.waitForRequest('**/lists.part');
  await page.getByRole('link', { name: 'Sessions', exact: true }).first().click();
  await second;
  const failed = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/user.part'));
  lose();
  await failed;
  deliver();
  await expect(page.getByRole('heading', { name: 'Sessions', level: 1 })).toBeVisible();
  expect(requests).toBe(1);
});

test('the part of the opened page does not arrive: the page works as without scripts', async ({
  page,
  database,
  browserWatch,
}) => {
  browserWatch.expectBreakage(/users\.part: .*net::ERR_/);
  await page.route('**/users.part', (route) => route.abort());
  const failed = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/users.part'));
  const list = new UsersList(page, database);
  await page.goto('/users?limit=25');
  await failed;
  await list.search.fill('has:email');
  await list.search.press('Enter');
  await list.shows({ where: 'u.email is not null', limit: 25 });
});
