// Pages of the own account, inspected by axe in both themes and at two widths.
import { expect, serve, test } from '../support/test';
import { inspect } from '../support/inspect';
import { open } from '../support/page';

serve('demo users', { ALLOW_ACCOUNT_DELETION: 'true' });
test.use({ as: 'test-member' });

for (const part of ['', 'password', 'sessions', 'preferences', 'data', 'delete']) {
  test(part || 'profile', async ({ page, database }) => {
    // A session on another device, listed beside the current one.
    await database.rows(`
      insert into sessions (
        id, token_hash, user_id, ip, user_agent, created_at, last_seen_at, idle_expires_at, expires_at
      )
      select gen_random_uuid(), uuid_send(gen_random_uuid()), id, '192.0.2.7',
        'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
        now() - interval '2 days', now() - interval '3 hours', now() + interval '1 day', now() + interval '5 days'
      from users where username = 'test-member'`);
    await open(page, `/account${part && `/${part}`}`);
    await expect(page.getByRole('heading', { level: 2 }).first()).toBeVisible();
    await inspect(page, `account-${part || 'profile'}`);
  });
}

test('with errors', async ({ page, browserWatch }) => {
  browserWatch.expectAnswer(422, '/sfn/change-password');
  browserWatch.expectAnswer(403, '/sfn/edit-profile');
  await open(page, '/account/password');
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await inspect(page, 'account-password-errors');
  await open(page, '/account');
  await page.getByLabel('Email').fill('another@example.org');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('alert')).toContainText('Current password required');
  await inspect(page, 'account-profile-errors');
});

test('after it was deleted', async ({ page, server }) => {
  const names = ['rollcall_done', `rollcall_done_${new URL(server.url).port}`];
  await page.context().addCookies(names.map((name) => ({ name, value: 'deleted', url: server.url })));
  await open(page, '/account/deleted');
  await inspect(page, 'account-deleted');
});
