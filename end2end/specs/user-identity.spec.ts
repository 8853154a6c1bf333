// The page of a user shows that user, whichever user it showed before. The router reuses a page while only the username in
// its URL changes.
import type { Page } from '@playwright/test';
import { expect, serve, test } from '../support/test';
import { dialog, discard, field } from '../support/dialog';
import { open } from '../support/page';

serve('demo users', { API_KEY_ENCRYPTION_KEY: '0f'.repeat(32) });
test.use({ as: 'admin' });

const [FIRST, SECOND] = ['test-member', 'test-auditor'] as const;
const NAMES = { [FIRST]: 'Test Member', [SECOND]: 'Test Auditor' };
/** Text in the list of each tab that only one of the two users has. */
const TABS: [tab: string, rows: Record<typeof FIRST | typeof SECOND, string>][] = [
  ['sessions', { [FIRST]: 'curl', [SECOND]: 'Wget' }],
  ['keys', { [FIRST]: `Key of ${FIRST}`, [SECOND]: `Key of ${SECOND}` }],
  ['keys', { [FIRST]: `Token of ${FIRST}`, [SECOND]: `Token of ${SECOND}` }],
  ['data', { [FIRST]: `Persona of ${FIRST}`, [SECOND]: `Persona of ${SECOND}` }],
  ['history', { [FIRST]: `User updated: ${FIRST}`, [SECOND]: `User updated: ${SECOND}` }],
];

test.beforeEach(async ({ page, database }) => {
  if (await database.value(`select exists (select 1 from personas where name like 'Persona of test-%')`)) return;
  const users = `from users u where username in ('${FIRST}', '${SECOND}')`;
  await database.rows(`
    insert into sessions (id, token_hash, user_id, user_agent, device, created_at, last_seen_at, idle_expires_at, expires_at)
    select uuid_v7(now()), uuid_send(gen_random_uuid()), u.id, case username when '${FIRST}' then 'curl/8.0' else 'Wget/1.2' end,
      case username when '${FIRST}' then 'curl' else 'Wget' end, now(), now(), now() + interval '1 hour', now() + interval '1 day' ${users}`);
  await database.rows(`
    insert into api_keys (id, user_id, provider, name, ciphertext, nonce, key_version, last4, created_at, updated_at)
    select gen_random_uuid(), u.id, 'MISTRAL', 'Key of ' || username, '', '', 0, 'abcd', now(), now() ${users}`);
  await database.rows(`
    insert into access_tokens (id, user_id, name, prefix, token_hash, created_at)
    select gen_random_uuid(), u.id, 'Token of ' || username, 'rc_abcd', uuid_send(gen_random_uuid()), now() ${users}`);
  await database.rows(`
    insert into personas (id, user_id, name) select uuid_v7(now()), u.id, 'Persona of ' || username ${users}`);
  for (const username of [FIRST, SECOND]) {
    const id = await database.value('select id from users where username = $1', [username]);
    const saved = await page.request.patch(`/api/admin/users/${id}`, { data: { email: `identity-${username}@example.org` } });
    expect(saved.status()).toBe(200);
  }
});

/** Navigates to a URL by a link of the app, without a reload. `isTyped`: a form with changes asks first. */
async function follow(page: Page, path: string, isTyped = false): Promise<void> {
  await page.evaluate((path) => {
    const link = document.createElement('a');
    link.id = 'followed';
    link.href = path;
    document.body.append(link);
    link.click();
  }, path);
  if (isTyped) await discard(page);
  await expect(page).toHaveURL(path);
  // Only now, because the question clicks the link again.
  await page.evaluate(() => document.getElementById('followed')?.remove());
}

/** Marks the page, so that a reload is noticed. */
const mark = (page: Page) => page.evaluate(() => void (document.body.dataset.mark = 'same'));
const expectSamePage = (page: Page) => expect(page.locator('body')).toHaveAttribute('data-mark', 'same');

for (const [tab, rows] of TABS) {
  test(`tab ${tab}, ${rows[FIRST]}: rows of the user in the head`, async ({ page }) => {
    const expectUser = async (user: typeof FIRST | typeof SECOND) => {
      const other = user === FIRST ? SECOND : FIRST;
      await expect(page.locator('h1')).toHaveText(NAMES[user]);
      await expect(page.locator('section.list', { hasText: rows[user] })).toBeVisible();
      await expect(page.locator('section.list', { hasText: rows[other] })).toHaveCount(0);
      for (const link of await page.locator('a[href*="/revoke"]').all()) {
        await expect(link).toHaveAttribute('href', new RegExp(`^/users/${user}/|=${user}$`));
      }
    };
    await open(page, `/users/${FIRST}/${tab}`);
    await mark(page);
    await expectUser(FIRST);
    await follow(page, `/users/${SECOND}/${tab}`);
    await expectUser(SECOND);
    await follow(page, '/users');
    await follow(page, `/users/${FIRST}/${tab}`);
    await expectUser(FIRST);
    await page.evaluate(() => history.go(-2));
    await expect(page).toHaveURL(`/users/${SECOND}/${tab}`);
    await expectUser(SECOND);
    await page.evaluate(() => history.go(2));
    await expectUser(FIRST);
    await page.evaluate(() => history.go(-3));
    await expectUser(FIRST);
    await expectSamePage(page);
  });
}

test('a tab of one user leads to another tab of another', async ({ page }) => {
  await open(page, `/users/${FIRST}/sessions`);
  await mark(page);
  await follow(page, `/users/${SECOND}/data`);
  await expect(page.locator('h1')).toHaveText(NAMES[SECOND]);
  await expect(page.locator('section.list')).toContainText(`Persona of ${SECOND}`);
  await expect(page.locator('section.list')).not.toContainText('curl');
  await page.goBack();
  await expect(page.locator('h1')).toHaveText(NAMES[FIRST]);
  await expect(page.locator('section.list')).toContainText('curl');
  await expectSamePage(page);
});

for (const [word, label, typed] of [
  ['edit', 'Display name', 'Typed for the first'],
  ['suspend', 'Reason', 'Typed for the first'],
  ['delete', 'Type the username', FIRST],
] as const) {
  test(`dialog ${word}: nothing that was typed is carried over`, async ({ page }) => {
    await open(page, `/users/${FIRST}/${word}`);
    await mark(page);
    await field(page, label).fill(typed);
    await follow(page, `/users/${SECOND}/${word}`, true);
    const expected = word === 'edit' ? NAMES[SECOND] : '';
    await expect(dialog(page).getByRole('heading')).toContainText(SECOND);
    await expect(dialog(page).locator('input[name="username"]')).toHaveValue(SECOND);
    await expect(field(page, label)).toHaveValue(expected);
    await page.goBack();
    await expect(dialog(page).locator('input[name="username"]')).toHaveValue(FIRST);
    await expect(field(page, label)).toHaveValue(word === 'edit' ? NAMES[FIRST] : '');
    await expectSamePage(page);
  });
}

test('a dialog about a session names the session of its URL', async ({ page, database }) => {
  const session = (username: string) =>
    database.value(
      `select s.id from sessions s join users u on u.id = s.user_id
      where username = $1 and user_agent in ('curl/8.0', 'Wget/1.2')`,
      [username],
    );
  await open(page, `/sessions/${await session(FIRST)}/revoke`);
  await mark(page);
  await expect(dialog(page).getByRole('heading')).toHaveText(`Revoke session of ${FIRST}`);
  const path = `/sessions/${await session(SECOND)}/revoke`;
  await follow(page, path);
  await expect(dialog(page).getByRole('heading')).toHaveText(`Revoke session of ${SECOND}`);
  await expect(dialog(page).locator('input[name="path"]')).toHaveValue(path);
  await expectSamePage(page);
});
