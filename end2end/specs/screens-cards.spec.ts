// All single-card pages in every state, inspected by axe in both themes and at two widths. The page shown while the database is
// down is inspected in errors.spec.ts, the account of a member in screens-account.spec.ts.
import { expect, serve, test } from '../support/test';
import { inspect } from '../support/inspect';
import { open, signIn } from '../support/page';

test.describe('before there are users', () => {
  serve('nothing');

  test('setup', async ({ page, server, browserWatch }) => {
    browserWatch.expectAnswer(422, '/sfn/setup');
    await open(page, await server.prints(/\/setup\//));
    await inspect(page, 'setup');
    await page.getByRole('button', { name: 'Create administrator' }).click();
    await expect(page.getByRole('alert')).toBeVisible();
    await inspect(page, 'setup-errors');
  });

  test('a setup link that does not work', async ({ page, browserWatch }) => {
    browserWatch.expectAnswer(404, '/setup');
    await open(page, '/setup/made-up');
    await inspect(page, 'setup-dead-link');
  });
});

test.describe('with users', () => {
  serve('demo users');

  test('sign in', async ({ page, browserWatch }) => {
    browserWatch.expectAnswer(422, '/sfn/sign-in');
    browserWatch.expectAnswer(401, '/sfn/sign-in');
    await open(page, '/login');
    await inspect(page, 'login');
    await signIn(page, '', '');
    await expect(page.getByRole('alert')).toBeVisible();
    await inspect(page, 'login-fields');
    await signIn(page, 'unknown-user', 'something');
    await expect(page.getByRole('alert')).toContainText('Wrong username or password');
    await inspect(page, 'login-rejected');
  });

  test('setup when all is set up', async ({ page, browserWatch }) => {
    browserWatch.expectAnswer(409, '/setup');
    await open(page, '/setup/made-up');
    await inspect(page, 'setup-done');
  });

  test('an unknown URL', async ({ page, browserWatch }) => {
    browserWatch.expectAnswer(404, '/nothing/here');
    await page.goto('/nothing/here');
    await inspect(page, 'not-found');
  });

  test.describe('an administrator', () => {
    test.use({ as: 'admin' });

    test('my account', async ({ page }) => {
      await open(page, '/account');
      await inspect(page, 'account-admin');
    });
  });
});
