// Access tokens of the own account and of all users: create, use, revoke.
import { type APIResponse, type Page, request } from '@playwright/test';
import { add, enter, startSession } from '../support/account';
import { expect, serve, test } from '../support/test';
import { dialog, field, press, toast } from '../support/dialog';
import { inspect } from '../support/inspect';
import { hydrated, open } from '../support/page';
import { template } from '../support/template';

serve('demo users');

const row = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name });

/** Sends a request with a token and returns the response. */
async function ask(url: string, path: string, token: string): Promise<APIResponse> {
  const api = await request.newContext({ baseURL: url, extraHTTPHeaders: { authorization: `Bearer ${token}` } });
  return api.get(path);
}

async function fill(page: Page, name: string, scope: string | RegExp): Promise<void> {
  await field(page, 'Name').fill(name);
  await dialog(page).getByLabel(scope).check();
  await field(page, 'Current password').fill(template().password);
}

// The tokens of the own account work the same way without scripts.
for (const scripts of [true, false]) {
  test.describe(scripts ? 'with scripts' : 'without scripts', () => {
    test.use({ javaScriptEnabled: scripts });

    /** Waits until the page is hydrated, after a form was sent or a URL was opened. */
    const settled = async (page: Page) => {
      if (scripts) await hydrated(page);
    };

    test('is created, used and revoked', async ({ page, server, database, browserWatch }) => {
      const denied = scripts ? '/sfn/create-token' : '/account/tokens/new';
      browserWatch.expectAnswer(422, denied);
      browserWatch.expectAnswer(403, denied);
      const name = await add(database);
      await enter(page, name, '/tokens');
      await settled(page);
      await expect(page.getByText('No access tokens')).toBeVisible();
      await page.getByRole('link', { name: 'New access token' }).click();
      await expect(page).toHaveURL('/account/tokens/new');
      await settled(page);
      // A user without a role can grant a token only three scopes: the own account, and reading and writing the own data.
      await expect(dialog(page).getByRole('checkbox')).toHaveCount(3);
      await press(page, 'Create token');
      await expect(field(page, 'Name')).toHaveAccessibleDescription(/Enter a name\./);
      await expect(dialog(page).getByRole('group', { name: 'Scopes' })).toHaveAccessibleDescription(
        /Select at least one scope\./,
      );
      await fill(page, 'Nightly report', 'View your profile');
      await dialog(page).getByLabel('30 days').check();
      await field(page, 'Current password').fill('not the password');
      await press(page, 'Create token');
      await expect(field(page, 'Current password')).toHaveAccessibleDescription(/Wrong current password/);
      await expect(field(page, 'Name')).toHaveValue('Nightly report');
      await expect(dialog(page).getByLabel('View your profile')).toBeChecked();
      await expect(dialog(page).getByLabel('30 days')).toBeChecked();
      await field(page, 'Current password').fill(template().password);
      await press(page, 'Create token');
      await expect(field(page, 'Access token')).toHaveValue(/^rc_[0-9A-Za-z]{38}$/);
      const token = await field(page, 'Access token').inputValue();
      expect((await ask(server.url, '/api/auth/me', token)).status()).toBe(200);
      expect((await ask(server.url, '/api/admin/users', token)).status()).toBe(403);
      await dialog(page).getByRole('link', { name: 'Done' }).click();
      await expect(page).toHaveURL('/account/tokens');
      await settled(page);
      await expect(row(page, 'Nightly report')).toContainText('Active');
      expect(await page.content()).not.toContain(token);

      await page.getByRole('link', { name: 'Revoke Nightly report' }).click();
      await expect(dialog(page)).toContainText('Last used');
      await press(page, 'Revoke access token Nightly report');
      await expect(toast(page)).toContainText('Revoked access token Nightly report');
      await expect(row(page, 'Nightly report')).toContainText('Revoked');
      await expect(page.getByRole('link', { name: 'Revoke Nightly report' })).toHaveCount(0);
      expect((await ask(server.url, '/api/auth/me', token)).status()).toBe(401);
      const actions = 'select action from audit_events where target_label = $1 and action like $2 order by id';
      expect(await database.column(actions, [name, 'user.token_%'])).toEqual(['user.token_created', 'user.token_revoked']);
    });

    test('of another user is found and revoked', async ({ page, database }) => {
      const name = await add(database);
      const admin = await add(database, 'admin');
      await database.rows(
        `insert into access_tokens (id, user_id, name, prefix, token_hash, scopes, expires_at, created_at)
        select uuid_v7(now()), id, 'Left behind', 'rc_LeftBehi', uuid_send(gen_random_uuid()), '{account}',
          now() + interval '2 days', now() from users where username = $1`,
        [name],
      );
      await startSession(page, admin);
      await page.goto('/tokens');
      await settled(page);
      await page.getByLabel('User', { exact: true }).fill(name);
      await page.getByLabel('State').selectOption('Expires soon');
      await page.getByRole('button', { name: 'Filter', exact: true }).click();
      // Without scripts the browser sends the empty field, too.
      await expect(page).toHaveURL(`/tokens?user=${name}&state=expiring${scripts ? '' : '&kind='}`);
      await settled(page);
      await expect(row(page, 'Left behind')).toContainText(name);
      await page.getByRole('link', { name: 'Clear' }).click();
      await expect(page).toHaveURL('/tokens');
      await page.goto(`/users/${name}/keys`);
      await settled(page);
      await page.getByRole('link', { name: 'Revoke Left behind' }).click();
      await expect(page).toHaveURL(/\/keys\/tokens\/[^/]*\/revoke$/);
      await press(page, `Revoke access token Left behind of ${name}`);
      await expect(toast(page)).toContainText(`Revoked access token Left behind of ${name}`);
      await expect(page).toHaveURL(`/users/${name}/keys`);
      await expect(row(page, 'Left behind')).toContainText(`by ${admin}`);
      await page.goto(`/tokens?user=${name}&state=live`);
      await expect(page.getByText('No access tokens match')).toBeVisible();
    });
  });
}

test.describe('an auditor', () => {
  test.use({ as: 'test-auditor' });

  test('sees them and revokes none', async ({ page, database }) => {
    await database.rows(
      `insert into access_tokens (id, user_id, name, prefix, token_hash, created_at)
      select uuid_v7(now()), id, 'Not mine', 'rc_NotMine0', uuid_send(gen_random_uuid()), now()
      from users where username = 'admin'`,
    );
    await open(page, '/tokens');
    await expect(row(page, 'Not mine')).toBeVisible();
    await expect(page.getByRole('link', { name: /^Revoke/ })).toHaveCount(0);
  });
});

test.describe('screens', () => {
  test.use({ as: 'admin' });

  test('look as they should', async ({ page, database, browserWatch }) => {
    browserWatch.expectAnswer(422, '/tokens');
    await database.rows(
      `insert into access_tokens (id, user_id, name, prefix, token_hash, scopes, expires_at, last_used_at, last_used_ip,
        revoked_at, created_at)
      select uuid_v7(now() - n * interval '1 day'), u.id, 'Script ' || n, 'rc_Script0' || n, uuid_send(gen_random_uuid()),
        '{users:read,sessions:read,account}', now() + (n * 10 - 15) * interval '1 day',
        case when n % 2 = 0 then now() - interval '3 hours' end, case when n % 2 = 0 then '192.0.2.7'::inet end,
        case when n = 4 then now() end, now() - n * interval '1 day'
      from users u, generate_series(1, 6) n where u.username in ('admin', 'test-member')`,
    );
    await open(page, '/tokens');
    await expect(row(page, 'Script 2').first()).toBeVisible();
    await inspect(page, 'tokens');
    await open(page, '/tokens?user=unknown-user');
    await inspect(page, 'tokens-no-match');
    await open(page, '/tokens?state=dead');
    await expect(page.getByRole('alert')).toContainText('Use live, expiring');
    await inspect(page, 'tokens-error');
    await open(page, '/users/test-member/keys');
    await expect(row(page, 'Script 2').first()).toBeVisible();
    await inspect(page, 'user-tokens');
    await open(page, '/account/tokens');
    await expect(row(page, 'Script 2').first()).toBeVisible();
    await inspect(page, 'account-tokens');
    await page.getByRole('link', { name: 'New access token' }).click();
    await expect(field(page, 'Name')).toBeFocused();
    await inspect(page, 'account-token-new');
    await fill(page, 'Looked at', 'View users');
    await press(page, 'Create token');
    await expect(field(page, 'Access token')).toBeFocused();
    await inspect(page, 'account-token-made');
    await page.goto('/account/tokens');
  });
});
