// The panel without scripts: links and forms only.
import { expect, serve, test } from '../support/test';
import { signIn } from '../support/page';
import { template } from '../support/template';
import { BY_EMAIL, BY_NAME, UsersList } from '../support/users-list';

serve('demo users');
test.use({ javaScriptEnabled: false, contextOptions: { reducedMotion: 'reduce' } });

test('signing in, rejected at first, and out again', async ({ page, browserWatch }) => {
  browserWatch.expectAnswer(422, '/login');
  browserWatch.expectAnswer(401, '/login');
  await page.goto('/users?q=role:admin');
  await page.getByLabel('Remember me').check();
  await signIn(page, 'admin', '');
  await expect(page.getByLabel('Password', { exact: true })).toHaveAccessibleDescription('Enter your password.');
  await signIn(page, 'admin', 'not the password');
  await expect(page.getByRole('alert')).toContainText('Wrong username or password');
  await expect(page.getByLabel('Username')).toHaveValue('admin');
  await expect(page.getByLabel('Remember me')).toBeChecked();
  await expect(page.getByRole('button', { name: 'Show password' })).toBeHidden();

  await signIn(page, 'admin', template().password);
  await expect(page).toHaveURL('/users?q=role:admin');
  // A popover needs no script.
  await page.getByRole('button', { name: /^Account menu/ }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL('/login');
  await page.goto('/users');
  await expect(page).toHaveURL('/login?next=%2Fusers');
});

test.describe('signed in', () => {
  test.use({ as: 'admin' });

  test('the list is complete and its links lead through it', async ({ page, database }) => {
    const list = new UsersList(page, database);
    await page.goto('/users?limit=25');
    await list.shows({ limit: 25 });
    await list.says(1, 25, await list.total());
    await list.header('Email').click();
    const order = `${BY_EMAIL}, u.id`;
    await list.shows({ order, limit: 25 });
    await list.step('Next').click();
    await list.shows({ order, limit: 25, offset: 25 });
    await list.step('Previous').click();
    await list.shows({ order, limit: 25 });
    await page.getByRole('navigation', { name: 'Rows per page' }).getByRole('link', { name: '50' }).click();
    await list.shows({ order });
  });

  test('searching, filtering, clearing', async ({ page, database }) => {
    const list = new UsersList(page, database);
    await page.goto('/users?sort=name&limit=25');
    await list.search.fill('has:email');
    await list.search.press('Enter');
    const order = `${BY_NAME}, u.id`;
    await list.shows({ where: 'u.email is not null', order, limit: 25 });
    await page.getByRole('link', { name: /^Suspended/ }).click();
    await list.shows({ where: `u.email is not null and u.status = 'suspended'`, order, limit: 25 });
    await page.getByRole('link', { name: 'Remove filter has:email' }).click();
    await list.shows({ where: `u.status = 'suspended'`, order, limit: 25 });
    await page.getByRole('link', { name: 'Clear all' }).click();
    await list.shows({ order, limit: 25 });
  });

  test('an error in the search is explained', async ({ page, database, browserWatch }) => {
    browserWatch.expectAnswer(422, '/users');
    const list = new UsersList(page, database);
    await page.goto('/users');
    await list.search.fill('statsu:active');
    await list.search.press('Enter');
    await expect(page.getByRole('alert')).toContainText('Did you mean "status"?');
    await expect(list.rows).toHaveCount(0);
    await page.getByRole('link', { name: 'Show all users' }).click();
    await list.shows();
  });

  test('theme, density and rail are forms that lead back', async ({ page }) => {
    await page.goto('/users?sort=name');
    for (const [button, attribute, value] of [
      ['Dark', 'data-theme', 'dark'],
      ['Compact rows', 'data-density', 'compact'],
      ['Collapse', 'data-rail', 'collapsed'],
    ] as const) {
      await page.getByRole('button', { name: button }).click();
      await expect(page.locator('html')).toHaveAttribute(attribute, value);
      await expect(page).toHaveURL('/users?sort=name');
    }
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  });
});

test.describe('setting up', () => {
  serve('nothing');

  test('the first admin', async ({ page, server, browserWatch }) => {
    browserWatch.expectAnswer(422, '/setup');
    await page.goto(await server.prints(/\/setup\//));
    await page.getByLabel('Username').fill('grace');
    await page.getByLabel('Display name').fill('Grace');
    await page.getByLabel('Password', { exact: true }).fill('copper lantern under rain');
    await page.getByRole('button', { name: 'Create administrator' }).click();
    await expect(page.getByLabel('Confirm password')).toHaveAttribute('aria-invalid', 'true');
    await expect(page.getByLabel('Username')).toHaveValue('grace');
    // The server never sends a password back.
    await expect(page.getByLabel('Password', { exact: true })).toHaveValue('');

    await page.getByLabel('Password', { exact: true }).fill('copper lantern under rain');
    await page.getByLabel('Confirm password').fill('copper lantern under rain');
    await page.getByRole('button', { name: 'Create administrator' }).click();
    await expect(page).toHaveURL('/users');
    await expect(page.getByRole('status')).toHaveText('1–1 of 1');
  });
});
