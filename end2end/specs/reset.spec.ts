// Password reset by a link that an admin has created.
import { type Page, request } from '@playwright/test';
import { expect, serve, test } from '../support/test';
import { inspect } from '../support/inspect';
import { hydrated, open, signIn } from '../support/page';
import type { Database } from '../support/database';
import type { Rollcall } from '../support/rollcall';
import { template } from '../support/template';

serve('demo users');

const PASSWORD = 'copper lantern under rain';

/** Creates a reset link for a user and returns its path. */
async function link(server: Rollcall, database: Database, username: string): Promise<string> {
  const api = await request.newContext({ baseURL: server.url });
  await api.post('/api/auth/login', { data: { username: 'admin', password: template().password } });
  const id = await database.value('select id from users where username = $1', [username]);
  const answer = await api.post(`/api/admin/users/${id}/reset-link`);
  expect(answer.status(), await answer.text()).toBe(201);
  const { url } = await answer.json();
  await api.dispose();
  return new URL(url).pathname;
}

const field = (page: Page, label: string) => page.getByLabel(label, { exact: true });

async function choose(page: Page, password: string, again = password): Promise<void> {
  await field(page, 'Password').fill(password);
  await field(page, 'Confirm password').fill(again);
  await page.getByRole('button', { name: 'Set password' }).click();
}

test('the link leads to a form that names the user, and the token leaves the URL', async ({ page, server, database }) => {
  const path = await link(server, database, 'test-member');
  await open(page, path);
  await expect(page).toHaveURL(/\/reset\?link=[0-9a-f]{16}$/);
  await expect(page.getByRole('heading', { name: 'Set your password' })).toBeVisible();
  await expect(field(page, 'Username')).toHaveValue('test-member');
  await expect(field(page, 'Username')).not.toBeEditable();
  await expect(page.getByText('at least 8 characters')).toBeVisible();
  expect(await page.content()).not.toContain(path.split('/').at(-1));
  await inspect(page, 'reset');
});

test('spaces at the end are pointed out', async ({ page, server, database }) => {
  await open(page, await link(server, database, 'test-member'));
  const password = field(page, 'Password');
  await password.fill('copper lantern');
  await expect(page.getByText('starts or ends with a space')).toBeHidden();
  await password.fill('copper lantern ');
  await expect(password).toHaveAccessibleDescription(/starts or ends with a space/i);
});

test('errors stand beside their fields and the link remains', async ({ page, server, database, browserWatch }) => {
  browserWatch.expectAnswer(422, '/sfn/reset');
  await open(page, await link(server, database, 'test-member'));
  await choose(page, 'password', 'passwort');
  await expect(field(page, 'Password')).toBeFocused();
  await expect(field(page, 'Password')).toHaveAccessibleDescription(/too common/);
  await expect(field(page, 'Confirm password')).toHaveAccessibleDescription(/Passwords don't match\./);
  await inspect(page, 'reset-errors');
});

test('by keyboard to the end: the password is set, no user is signed in, the link is used up', async ({
  page,
  server,
  database,
  browserWatch,
}) => {
  browserWatch.expectAnswer(404, '/reset');
  await open(page, await link(server, database, 'test-member'));
  await field(page, 'Password').focus();
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await expect(field(page, 'Confirm password')).toBeFocused();
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/reset/done');
  await hydrated(page);
  await expect(page.getByRole('heading', { name: 'Password set' })).toBeVisible();
  await inspect(page, 'reset-done');
  await page.goto('/account');
  await expect(page).toHaveURL(/^[^?]*\/login/);

  await page.goto('/reset');
  await expect(page.getByRole('heading', { name: 'This link is no longer valid' })).toBeVisible();
  // The confirmation is shown once.
  await page.goto('/reset/done');
  await expect(page).toHaveURL('/login');
  await signIn(page, 'test-member', PASSWORD);
  await expect(page).toHaveURL('/account');
});

test('it names the access tokens that still open the account, and one tick revokes them', async ({
  page,
  server,
  database,
}) => {
  const id = await database.value("select id from users where username = 'test-member'");
  const hash = (n: number) => `sha256('token ${n}'::bytea)`;
  await database.rows(
    `insert into access_tokens (id, user_id, name, prefix, token_hash, scopes, last_used_at, created_at) values
      (uuid_v7(now()), $1, 'Nightly export', 'rc_abcd', ${hash(1)}, '{account}', now() - interval '2 hours', now()),
      (uuid_v7(now()), $1, 'Phone', 'rc_efgh', ${hash(2)}, '{account}', null, now())`,
    [id],
  );
  await open(page, await link(server, database, 'test-member'));
  await expect(page.getByRole('heading', { name: '2 access tokens still have access to this account' })).toBeVisible();
  await expect(page.getByText('Nightly export (rc_abcd…), last used 2 hours ago')).toBeVisible();
  await expect(page.getByText('Phone (rc_efgh…), never used')).toBeVisible();
  await inspect(page, 'reset-tokens');
  await page.getByRole('checkbox', { name: 'Revoke these tokens' }).check();
  await choose(page, PASSWORD);
  await expect(page).toHaveURL('/reset/done');
  const left = 'select count(*)::int from access_tokens where user_id = $1 and revoked_at is null';
  expect(await database.value(left, [id])).toBe(0);
});

test('two links in two tabs: each password is that of the user that its tab names', async ({
  page,
  server,
  database,
  another,
}) => {
  const ours = await link(server, database, 'test-member');
  const theirs = await link(server, database, 'test-auditor');
  await open(page, ours);
  const other = await page.context().newPage();
  await open(other, theirs);
  await expect(field(other, 'Username')).toHaveValue('test-auditor');
  await expect(field(page, 'Username')).toHaveValue('test-member');
  await choose(page, `${PASSWORD} of the first`);
  await expect(page).toHaveURL('/reset/done');
  await choose(other, `${PASSWORD} of the second`);
  await expect(other).toHaveURL('/reset/done');
  for (const [username, which] of [
    ['test-member', 'first'],
    ['test-auditor', 'second'],
  ] as const) {
    const visitor = await another();
    await open(visitor, '/login');
    await signIn(visitor, username, `${PASSWORD} of the ${which}`);
    await expect(visitor).not.toHaveURL(/login/);
  }
});

test('a link that does not work', async ({ page, browserWatch }) => {
  browserWatch.expectAnswer(404, '/reset');
  await open(page, '/reset/made-up');
  await expect(page.getByText('Ask your administrator for a new one')).toBeVisible();
  await inspect(page, 'reset-dead-link');
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false, contextOptions: { reducedMotion: 'reduce' } });

  test('the same, rejected at first', async ({ page, server, database, browserWatch }) => {
    browserWatch.expectAnswer(422, '/reset');
    await page.goto(await link(server, database, 'test-auditor'));
    await choose(page, 'short');
    await expect(field(page, 'Password')).toHaveAccessibleDescription(/Use at least 8 characters\./);
    await expect(field(page, 'Username')).toHaveValue('test-auditor');
    await expect(field(page, 'Password')).toHaveValue('');
    await choose(page, PASSWORD);
    await expect(page).toHaveURL('/reset/done');
    await page.getByRole('link', { name: 'Sign in' }).click();
    await signIn(page, 'test-auditor', PASSWORD);
    await expect(page).toHaveURL('/users');
  });
});
