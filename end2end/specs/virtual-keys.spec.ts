// Virtual keys of a user: create, use, rotate, block, revoke.
import { type APIResponse, type Page, request } from '@playwright/test';
import { add, startSession } from '../support/account';
import { expect, serve, test } from '../support/test';
import { dialog, field, press, toast } from '../support/dialog';
import { inspect } from '../support/inspect';
import { hydrated, open } from '../support/page';

serve('demo users');

const row = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name });

/** Sends a request with a key and returns the response. */
async function ask(url: string, path: string, key: string): Promise<APIResponse> {
  const api = await request.newContext({ baseURL: url, extraHTTPHeaders: { authorization: `Bearer ${key}` } });
  return api.get(path);
}

// The keys work the same way without scripts.
for (const scripts of [true, false]) {
  test.describe(scripts ? 'with scripts' : 'without scripts', () => {
    test.use({ javaScriptEnabled: scripts });

    /** Waits until the page is hydrated, after a form was sent or a URL was opened. */
    const settled = async (page: Page) => {
      if (scripts) await hydrated(page);
    };

    test('is created, rotated, blocked and revoked', async ({ page, server, database, browserWatch }) => {
      const name = await add(database);
      const admin = await add(database, 'admin');
      const create = `/users/${name}/keys/tokens/new`;
      browserWatch.expectAnswer(422, scripts ? '/sfn/create-virtual-key' : create);
      await startSession(page, admin);
      await page.goto(`/users/${name}/keys`);
      await settled(page);
      await expect(page.getByText('No virtual keys')).toBeVisible();
      await page.getByRole('link', { name: 'New virtual key' }).click();
      await expect(page).toHaveURL(create);
      await settled(page);
      await press(page, 'Create key');
      await expect(field(page, 'Name')).toHaveAccessibleDescription(/Enter a name\./);
      await field(page, 'Name').fill('Lab notebook');
      await field(page, 'Models').fill('gpt-7\nllama');
      await press(page, 'Create key');
      await expect(field(page, 'Virtual key')).toHaveValue(/^sk-[0-9A-Za-z]{38}$/);
      const first = await field(page, 'Virtual key').inputValue();
      expect((await ask(server.url, '/api/limits', first)).status()).toBe(200);
      expect((await ask(server.url, '/api/auth/me', first)).status()).toBe(403);
      await dialog(page).getByRole('link', { name: 'Done' }).click();
      await expect(page).toHaveURL(`/users/${name}/keys`);
      await settled(page);
      await expect(row(page, 'Lab notebook')).toContainText('gpt-7, llama');
      expect(await page.content()).not.toContain(first);

      await page.getByRole('link', { name: 'Edit Lab notebook' }).press('Enter');
      await expect(page).toHaveURL(/\/keys\/tokens\/[^/]*\/edit$/);
      await settled(page);
      await expect(dialog(page).getByLabel('Only these models')).toBeChecked();
      await dialog(page).getByLabel('No models').check();
      await field(page, 'Metadata').fill('{"team": "a"}');
      await press(page, 'Save');
      await expect(toast(page)).toContainText(`Saved virtual key Lab notebook of ${name}`);
      await settled(page);
      await expect(row(page, 'Lab notebook')).toContainText('No models');

      await page.getByRole('link', { name: 'Rotate Lab notebook' }).press('Enter');
      await expect(page).toHaveURL(/\/keys\/tokens\/[^/]*\/rotate$/);
      await settled(page);
      await dialog(page).getByLabel('Stops working immediately').check();
      await press(page, 'Rotate');
      await expect(field(page, 'Virtual key')).toHaveValue(/^sk-/);
      const second = await field(page, 'Virtual key').inputValue();
      await dialog(page).getByRole('link', { name: 'Done' }).click();
      await settled(page);
      expect((await ask(server.url, '/api/limits', first)).status()).toBe(401);
      expect((await ask(server.url, '/api/limits', second)).status()).toBe(200);

      await page.getByRole('link', { name: 'Block Lab notebook' }).press('Enter');
      await press(page, `Block virtual key Lab notebook of ${name}`);
      await expect(toast(page)).toContainText(`Blocked virtual key Lab notebook of ${name}`);
      await settled(page);
      await expect(row(page, 'Lab notebook')).toContainText('The key is blocked');
      const blocked = await ask(server.url, '/api/limits', second);
      expect([blocked.status(), (await blocked.json()).message]).toEqual([403, 'This virtual key is blocked.']);
      await page.getByRole('link', { name: 'Unblock Lab notebook' }).press('Enter');
      await press(page, `Unblock virtual key Lab notebook of ${name}`);
      await expect(toast(page)).toContainText(`Unblocked virtual key Lab notebook of ${name}`);
      expect((await ask(server.url, '/api/limits', second)).status()).toBe(200);

      await page.goto(`/tokens?user=${name}&kind=key`);
      await settled(page);
      await expect(row(page, 'Lab notebook')).toContainText('Virtual key');
      await page.goto(`/users/${name}/keys`);
      await settled(page);
      await page.getByRole('link', { name: 'Revoke Lab notebook' }).press('Enter');
      await expect(dialog(page)).toContainText('Programs that use this key stop working immediately.');
      await press(page, `Revoke virtual key Lab notebook of ${name}`);
      await expect(toast(page)).toContainText(`Revoked virtual key Lab notebook of ${name}`);
      await expect(row(page, 'Lab notebook')).toContainText('Revoked');
      await expect(page.getByRole('link', { name: 'Rotate Lab notebook' })).toHaveCount(0);
      expect((await ask(server.url, '/api/limits', second)).status()).toBe(401);
      const actions = 'select action from audit_events where target_label = $1 and action like $2 order by id';
      expect(await database.column(actions, [name, 'user.virtual_key_%'])).toEqual([
        'user.virtual_key_created',
        'user.virtual_key_updated',
        'user.virtual_key_rotated',
        'user.virtual_key_blocked',
        'user.virtual_key_unblocked',
        'user.virtual_key_revoked',
      ]);
    });
  });
}

test.describe('an auditor', () => {
  test.use({ as: 'test-auditor' });

  test('sees them and changes none', async ({ page, database }) => {
    await database.rows(
      `insert into access_tokens (id, kind, user_id, name, prefix, token_hash, created_at)
      select uuid_v7(now()), 'key', id, 'Not mine', 'sk-NotMine0', uuid_send(gen_random_uuid()), now()
      from users where username = 'test-member'`,
    );
    await open(page, '/users/test-member/keys');
    await expect(row(page, 'Not mine')).toBeVisible();
    await expect(page.getByRole('link', { name: /^(New virtual key|Rotate|Block|Revoke)/ })).toHaveCount(0);
  });
});

test.describe('screens', () => {
  test.use({ as: 'admin' });

  test('look as they should', async ({ page, database }) => {
    await database.rows(
      `insert into access_tokens (id, kind, user_id, name, prefix, token_hash, allowed_models, expires_at, blocked_at, created_at)
      select uuid_v7(now() - n * interval '1 day'), 'key', u.id, 'Program ' || n, 'sk-Program' || n, uuid_send(gen_random_uuid()),
        case n when 1 then '{gpt-7,llama}'::text[] when 2 then '{}' end, now() + n * interval '5 days',
        case when n = 3 then now() end, now() - n * interval '1 day'
      from users u, generate_series(1, 3) n where u.username = 'test-member'`,
    );
    await open(page, '/users/test-member/keys');
    await expect(row(page, 'Program 3')).toBeVisible();
    await inspect(page, 'user-virtual-keys');
    await page.getByRole('link', { name: 'New virtual key' }).click();
    await expect(field(page, 'Name')).toBeFocused();
    await inspect(page, 'user-virtual-key-new');
    await open(page, '/users/test-member/keys');
    await page.getByRole('link', { name: 'Rotate Program 1' }).click();
    await expect(dialog(page)).toContainText('Current secret');
    await inspect(page, 'user-virtual-key-rotate');
  });
});
