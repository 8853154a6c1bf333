// Provider API keys of the system, and those of a user in the admin panel.
import type { Page } from '@playwright/test';
import { expect, serve, test } from '../support/test';
import { dialog, field, press, question, toast } from '../support/dialog';
import { inspect } from '../support/inspect';
import { expectNoSidewaysScroll, open } from '../support/page';

serve('demo users', { API_KEY_ENCRYPTION_KEY: '0f'.repeat(32), API_KEY_PROVIDERS: 'mistral' });
test.use({ as: 'admin' });

const SECRET = 'sk-system-secret-abcd';

const row = (page: Page, name: string) =>
  page.getByRole('table', { name: 'API keys' }).getByRole('row').filter({ hasText: name });
const add = (page: Page) => page.getByRole('link', { name: 'Add API key' });

async function fill(page: Page, provider: string, name: string, key: string): Promise<void> {
  await dialog(page).getByLabel(provider).check();
  await field(page, 'Name').fill(name);
  await field(page, 'Key').fill(key);
}

test('a key is added, switched, replaced and deleted', async ({ page, database, browserWatch }) => {
  browserWatch.expectAnswer(422, '/sfn/add-key');
  await open(page, '/overview');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'API keys' }).click();
  await expect(page).toHaveURL('/keys');
  await expect(row(page, 'Shared GPT')).toContainText('OPENAI');
  await add(page).click();
  await fill(page, 'MISTRAL', 'Lab', 'sk 1');
  await press(page, 'Add API key');
  await expect(field(page, 'Key')).toHaveAccessibleDescription(/Remove spaces/);
  await expect(field(page, 'Key')).toBeFocused();
  await inspect(page, 'key-add');
  await fill(page, 'MISTRAL', 'Lab', SECRET);
  await press(page, 'Add API key');
  await expect(toast(page)).toContainText('Added API key Lab');
  await expect(row(page, 'Lab')).toContainText('...abcd');
  await expect(row(page, 'Lab')).toContainText('Active');
  await inspect(page, 'keys');

  await page.getByRole('button', { name: 'Disable Lab' }).click();
  await expect(toast(page)).toContainText('Disabled API key Lab');
  await expect(row(page, 'Lab')).toContainText('Disabled');
  await page.getByRole('button', { name: 'Enable Lab' }).click();
  await expect(toast(page)).toContainText('Enabled API key Lab');

  await page.getByRole('link', { name: 'Edit Lab' }).click();
  await field(page, 'Name').fill('Laboratory');
  await inspect(page, 'key-edit');
  await press(page, 'Save');
  await expect(toast(page)).toContainText('Saved API key');
  await expect(row(page, 'Laboratory')).toContainText('...abcd');
  await page.getByRole('link', { name: 'Edit Laboratory' }).click();
  await expect(dialog(page)).toContainText('...abcd');
  await expect(dialog(page)).toContainText('Last usedNever');
  await field(page, 'New key').fill('sk-another-secret-wxyz');
  await press(page, 'Save');
  await expect(row(page, 'Laboratory')).toContainText('...wxyz');
  const stored = await database.column(`select encode(ciphertext, 'escape') from api_keys where name = 'Laboratory'`);
  expect(stored.join()).not.toContain('secret');

  await page.getByRole('link', { name: 'Delete Laboratory' }).click();
  await expect(dialog(page).getByRole('button', { name: /^Delete/ })).toBeVisible();
  await inspect(page, 'key-delete');
  await press(page, 'Delete API key');
  await expect(toast(page)).toContainText('Deleted API key');
  await expect(row(page, 'Laboratory')).toHaveCount(0);
});

test('a provider shows the number of users that depend on its key', async ({ page, database }) => {
  const [users] = await database.column(`
    select count(*)::int from api_keys k join users u on u.id = k.user_id
    where k.provider = 'OPENAI' and k.is_active and u.status = 'active' and u.deleted_at is null`);
  expect(users).toBeGreaterThan(0);
  await open(page, '/keys');
  const providers = page.getByRole('table', { name: 'Providers' });
  await expect(providers.getByRole('row').filter({ hasText: 'OPENAI' })).toContainText(users.toLocaleString('en'));
  await page.getByRole('link', { name: 'Show users with API keys' }).click();
  await expect(page).toHaveURL('/users?q=has%3Aapi-keys');
});

test('a key of a user is seen and revoked', async ({ page, database }) => {
  const [user] = await database.rows(`
    select u.username, k.name from users u join api_keys k on k.user_id = u.id
    join user_stats s on s.user_id = u.id and s.api_keys = 1
    where u.deleted_at is null order by u.id limit 1`);
  await open(page, `/users/${user!.username}/keys`);
  await expect(row(page, user!.name)).toContainText('...');
  await inspect(page, 'user-keys');
  await page.getByRole('link', { name: `Revoke ${user!.name}` }).click();
  await expect(dialog(page)).toContainText('Last used');
  await press(page, /^Revoke API key/);
  await expect(toast(page)).toContainText(`Revoked API key ${user!.name}`);
  await expect(page.getByText('No API keys')).toBeVisible();
  await open(page, `/users/${user!.username}/history`);
  await expect(page.getByRole('row').filter({ hasText: 'Api key revoked' })).toContainText(user!.name);
});

test('by keyboard: the dialog is left with Escape, and the focus goes back', async ({ page }) => {
  await open(page, '/keys');
  await add(page).focus();
  await page.keyboard.press('Enter');
  await expect(field(page, 'Name')).toBeFocused();
  await page.keyboard.type('Typed');
  await page.keyboard.press('Tab');
  await expect(field(page, 'Key')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(question(page).getByRole('button', { name: 'Keep editing' })).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/keys');
  await expect(add(page)).toBeFocused();
});

test('fits a phone', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  for (const path of ['/keys', '/keys/new']) {
    await open(page, path);
    await expectNoSidewaysScroll(page);
  }
});

test.describe('an auditor', () => {
  test.use({ as: 'test-auditor' });

  test('sees the keys, and changes nothing', async ({ page, database }) => {
    await open(page, '/keys');
    await expect(row(page, 'Shared GPT')).toBeVisible();
    await expect(add(page)).toBeHidden();
    await expect(page.locator('.main').getByRole('button')).toHaveCount(0);
    const id = await database.value('select id from api_keys where user_id is null limit 1');
    for (const [dialogPath, denied] of [
      ['/keys/new', 'You have read-only access to API keys.'],
      [`/keys/${id}/edit`, 'You have read-only access to API keys.'],
      [`/keys/${id}/delete`, 'You have read-only access to API keys.'],
    ] as const) {
      await open(page, dialogPath);
      await expect(dialog(page)).toContainText(denied);
      await expect(dialog(page).getByRole('textbox')).toHaveCount(0);
    }
  });
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false, contextOptions: { reducedMotion: 'reduce' } });

  test('the same', async ({ page, browserWatch }) => {
    browserWatch.expectAnswer(422, '/keys/new');
    await page.goto('/keys/new');
    await fill(page, 'GOOGLE', 'Plain', 'sk 1');
    await press(page, 'Add API key');
    await expect(field(page, 'Key')).toHaveAccessibleDescription(/Remove spaces/);
    await expect(field(page, 'Name')).toHaveValue('Plain');
    await expect(dialog(page).getByLabel('GOOGLE')).toBeChecked();
    await expect(field(page, 'Key')).toHaveValue('');
    await field(page, 'Key').fill('sk-plain-secret-efgh');
    await press(page, 'Add API key');
    await expect(toast(page)).toContainText('Added API key Plain');
    await page.getByRole('button', { name: 'Disable Plain' }).click();
    await expect(toast(page)).toContainText('Disabled API key Plain');
    await expect(row(page, 'Plain')).toContainText('Disabled');
    await page.getByRole('link', { name: 'Edit Plain' }).click();
    browserWatch.expectAnswer(422, new URL(page.url()).pathname);
    await field(page, 'Name').fill('');
    await press(page, 'Save');
    await expect(field(page, 'Name')).toHaveAccessibleDescription(/Enter a name\./);
    await field(page, 'Name').fill('Plainer');
    await press(page, 'Save');
    await expect(toast(page)).toContainText('Saved API key Plainer');
    await page.getByRole('link', { name: 'Delete Plainer' }).click();
    await press(page, 'Delete API key');
    await expect(toast(page)).toContainText('Deleted API key Plainer');
    await expect(row(page, 'Plainer')).toHaveCount(0);
  });
});

test.describe('where there is no encryption key', () => {
  serve('demo users');

  test('it is said', async ({ page }) => {
    await open(page, '/keys');
    await expect(page.getByText('API keys are disabled')).toBeVisible();
    await expect(add(page)).toBeHidden();
    await inspect(page, 'keys-off');
    await open(page, '/keys/new');
    await expect(dialog(page)).toContainText('API keys are disabled');
    await open(page, '/account/keys');
    await expect(page.getByText('API keys are disabled')).toBeVisible();
  });
});
