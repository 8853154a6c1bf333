// Own provider API keys.
import type { Page } from '@playwright/test';
import { add as addUser, enter } from '../support/account';
import { expect, serve, test } from '../support/test';
import { dialog, field, modal, press, toast } from '../support/dialog';
import { inspect } from '../support/inspect';
import { hydrated } from '../support/page';

serve('demo users', { API_KEY_ENCRYPTION_KEY: '0f'.repeat(32) });

const row = (page: Page, name: string) =>
  page.getByRole('table', { name: 'API keys' }).getByRole('row').filter({ hasText: name });
const add = (page: Page) => page.getByRole('link', { name: 'Add API key' });

async function storeKey(page: Page, provider: string, name: string, key: string): Promise<void> {
  await dialog(page).getByLabel(provider).check();
  await field(page, 'Name').fill(name);
  await field(page, 'Key').fill(key);
  await press(page, 'Add API key');
  await expect(toast(page)).toContainText(`Added API key ${name}`);
}

test('a key is added, switched, replaced and deleted', async ({ page, database }) => {
  const name = await addUser(database);
  await enter(page, name);
  await page.getByRole('link', { name: 'API keys' }).click();
  await expect(page.getByText('No API keys yet')).toBeVisible();
  await hydrated(page);
  await inspect(page, 'account-keys-none');
  await add(page).click();
  await expect(dialog(page).getByRole('radio')).toHaveCount(3);
  await inspect(page, 'account-key-add');
  await storeKey(page, 'OPENAI', 'Mine', 'sk-own-secret-abcd');
  await expect(row(page, 'Mine')).toContainText('...abcd');
  await inspect(page, 'account-keys');

  await page.getByRole('button', { name: 'Disable Mine' }).click();
  await expect(toast(page)).toContainText('Disabled API key Mine');
  await expect(row(page, 'Mine')).toContainText('Disabled');

  await page.getByRole('link', { name: 'Edit Mine' }).click();
  await field(page, 'New key').fill('sk-own-secret-wxyz');
  await press(page, 'Save');
  await expect(toast(page)).toContainText('Saved API key Mine');
  await expect(row(page, 'Mine')).toContainText('...wxyz');

  await page.getByRole('link', { name: 'Delete Mine' }).click();
  await expect(dialog(page)).toContainText('Uses');
  await press(page, 'Delete API key Mine');
  await expect(toast(page)).toContainText('Deleted API key Mine');
  await expect(page.getByText('No API keys yet')).toBeVisible();
});

test('there is one for each provider, and then no more', async ({ page, database }) => {
  const name = await addUser(database);
  await enter(page, name, '/keys');
  await hydrated(page);
  for (const provider of ['ANTHROPIC', 'OPENAI', 'GOOGLE']) {
    await add(page).click();
    await storeKey(page, provider, `My ${provider}`, 'sk-own-secret-abcd');
    await hydrated(page);
  }
  await add(page).click();
  await expect(dialog(page)).toContainText('You already have a key for every provider.');
  await modal(page);
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL('/account/keys');
  await expect(add(page)).toBeFocused();
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false, contextOptions: { reducedMotion: 'reduce' } });

  test('the same', async ({ page, database }) => {
    const name = await addUser(database);
    await enter(page, name, '/keys');
    await add(page).click();
    await storeKey(page, 'GOOGLE', 'Plain', 'sk-plain-secret-efgh');
    await page.getByRole('button', { name: 'Disable Plain' }).click();
    await expect(toast(page)).toContainText('Disabled API key Plain');
    await page.getByRole('link', { name: 'Edit Plain' }).click();
    await field(page, 'Name').fill('Plainer');
    await press(page, 'Save');
    await expect(toast(page)).toContainText('Saved API key Plainer');
    await page.getByRole('link', { name: 'Delete Plainer' }).click();
    await press(page, 'Delete API key');
    await expect(toast(page)).toContainText('Deleted API key Plainer');
    await expect(page.getByText('No API keys yet')).toBeVisible();
  });
});
