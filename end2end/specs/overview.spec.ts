// The screen "Overview".
import type { Page } from '@playwright/test';
import { expect, serve, test } from '../support/test';
import { inspect } from '../support/inspect';
import { hold, open } from '../support/page';

serve('demo users');
test.use({ as: 'admin' });

/** Returns the navigation link to the screen. */
const screen = (page: Page) => page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Overview' });

/** Query for the number of sessions that started in the 30 days of the chart. */
const SIGN_INS = `select count(*)::text from sessions where created_at >= ((now() at time zone 'UTC')::date - 29)::timestamp at time zone 'UTC'`;

test('counts match the database, and lead to the counted users', async ({ page, database }) => {
  await open(page, '/users?limit=25');
  await screen(page).click();
  await expect(page).toHaveURL('/overview');
  const tile = (name: string) => page.locator('.tiles > div').filter({ hasText: name }).getByRole('link');
  const count = async (where: string) => {
    const [number] = await database.column(
      `select count(*)::text from users u where deleted_at is null and ${where}`);
    return Number(number).toLocaleString('en');
  };
  const admins = `exists (select from user_roles ur join roles r on r.id = ur.role_id
    where ur.user_id = u.id and r.name = 'admin')`;
  await expect(tile('Users')).toHaveText(await count('true'));
  await expect(tile('Admins')).toHaveText(await count(admins));
  await expect(tile('Suspended')).toHaveText(await count(`status = 'suspended'`));
  await tile('Suspended').click();
  await expect(page).toHaveURL('/users?q=status%3Asuspended');
  await expect(page.locator('.pager-count')).toContainText(await count(`status = 'suspended'`));
});

test('charts say in words what they draw', async ({ page, database }) => {
  await open(page, '/overview');
  const chart = page.getByRole('img', { name: /^Sign-ins: [\d,]+ in 30 days, most on / });
  await expect(chart).toBeVisible();
  const section = page.locator('.chart').first();
  const [sum] = await database.column(SIGN_INS);
  expect(Number(sum)).toBeGreaterThan(0);
  await expect(section.locator('.chart-sum')).toHaveText(Number(sum).toLocaleString('en'));
  await section.getByText('Show data').click();
  await expect(section.locator('dd')).toHaveCount(30);
  const days = await section.locator('dd').allTextContents();
  const total = days.reduce((total, day) => total + Number(day.replaceAll(',', '')), 0);
  expect(total).toBe(Number(sum));
});

test('attention items lead to the accounts, and changes to their targets', async ({ page, database }) => {
  await open(page, '/overview');
  await inspect(page, 'overview');
  await page.getByRole('link', { name: /inactive for 90 days/ }).click();
  await expect(page).toHaveURL('/users?q=status%3Aactive+inactive%3A90d+created%3Abefore-90d');

  const [user] = await database.rows(`
    select username from users where status = 'active' and deleted_at is null and username !~ '^(admin|test-)'
    order by id limit 1`);
  await open(page, `/users/${user!.username}/suspend`);
  await page.getByRole('dialog').getByLabel(/^Reason/).fill('To be seen on the first screen');
  await page.getByRole('dialog').getByRole('button', { name: /^Suspend/ }).click();
  await expect(page.locator('.toast')).toContainText(`Suspended ${user!.username}`);
  await screen(page).click();
  await page.getByRole('link', { name: `User suspended: ${user!.username}` }).first().click();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
});

test('a failure is shown, with a link to try again', async ({ page, browserWatch }) => {
  browserWatch.expectAnswer(503, '/sfn/overview');
  await open(page, '/users?limit=25');
  await page.route('**/sfn/overview*', (route) =>
    route.fulfill({
      status: 503,
      contentType: 'application/json',
      body: JSON.stringify({ error: 'UNAVAILABLE', message: 'The database cannot be reached.' }),
    }));
  await screen(page).click();
  await expect(page.getByRole('heading', { name: 'The overview could not be loaded' })).toBeVisible();
  await page.unroute('**/sfn/overview*');
  await page.getByRole('link', { name: 'Try again' }).click();
  await expect(page.locator('.tiles')).toBeVisible();
});

test('what is on its way holds its place', async ({ page }) => {
  await open(page, '/users?limit=25');
  const release = await hold(page, '**/sfn/overview*');
  await screen(page).click();
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible();
  release();
  await expect(page.locator('.tiles')).toBeVisible();
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false, contextOptions: { reducedMotion: 'reduce' } });

  test('all of it is there', async ({ page }) => {
    await page.goto('/overview');
    await expect(page.getByRole('img', { name: /^New users: / })).toBeVisible();
    await expect(page.locator('.tiles dd')).toHaveCount(5);
  });
});
