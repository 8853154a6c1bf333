// The page of a user with its tabs and dialogs, inspected by axe in both themes and at two widths.
import { expect, serve, test } from '../support/test';
import { inspect } from '../support/inspect';
import { open } from '../support/page';

serve('demo users');
test.use({ as: 'admin' });

for (const screen of ['', 'sessions', 'keys', 'data', 'access', 'history']) {
  test(`tab ${screen || 'overview'}`, async ({ page, database }) => {
    const [user] = await database.rows(`
      select u.username from users u join user_stats s on s.user_id = u.id
      where u.deleted_at is null order by s.personas desc limit 1`);
    await open(page, `/users/${user!.username}${screen && `/${screen}`}`);
    await inspect(page, `user-${screen || 'overview'}`);
  });
}

for (const screen of ['edit', 'suspend', 'reset', 'delete', 'reassign', 'access/groups']) {
  test(`dialog ${screen}`, async ({ page }) => {
    await open(page, `/users/test-member/${screen}`);
    await expect(page.getByRole('dialog')).toBeVisible();
    await inspect(page, `user-${screen.replace('/', '-')}`);
  });
}

test('dialog create, with errors', async ({ page, browserWatch }) => {
  browserWatch.expectAnswer(422, '/sfn/create-user');
  await open(page, '/users/new?limit=12');
  await page.getByLabel('Set a temporary password').check();
  await page.getByRole('button', { name: 'Create user' }).click();
  await expect(page.getByLabel('Username')).toHaveAttribute('aria-invalid', 'true');
  await inspect(page, 'user-create');
});

test('a suspended user, and an unknown one', async ({ page, browserWatch }) => {
  browserWatch.expectAnswer(404, '/users/unknown-user');
  await open(page, '/users/test-suspended');
  await inspect(page, 'user-suspended');
  await open(page, '/users/unknown-user');
  await inspect(page, 'user-unknown');
});
