// Features of the host application: the tree, defaults, changes and deletion.
import type { Page } from '@playwright/test';
import { expect, serve, test } from '../support/test';
import { dialog, field, press, toast } from '../support/dialog';
import { inspect } from '../support/inspect';
import { open } from '../support/page';

serve('demo users');
test.use({ as: 'admin' });

const row = (page: Page, key: string) => page.getByRole('row').filter({ has: page.getByText(key, { exact: true }) });

async function add(page: Page, key: string, label: string): Promise<void> {
  await page.getByRole('link', { name: 'Add feature' }).click();
  await field(page, 'Key').fill(key);
  await field(page, 'Label').fill(label);
  await press(page, 'Add feature');
}

test('a feature is added, switched, changed and deleted', async ({ page, browserWatch }) => {
  browserWatch.expectAnswer(422, '/sfn/add-feature');
  await open(page, '/features');
  await inspect(page, 'features');
  await add(page, 'Lab Use', 'Lab');
  await expect(field(page, 'Key')).toHaveAccessibleDescription(/lower-case letters/);
  await inspect(page, 'feature-add');
  await field(page, 'Key').fill('chat.call');
  await press(page, 'Add feature');
  await expect(field(page, 'Key')).toHaveAccessibleDescription(/already exists/);
  await field(page, 'Key').fill('lab.use');
  await press(page, 'Add feature');
  await expect(toast(page)).toContainText('Added feature Lab');
  await expect(page.getByRole('heading', { name: 'Lab', exact: true })).toBeVisible();
  await expect(row(page, 'lab.use')).toContainText('Off');

  await page.getByRole('button', { name: 'Turn on Lab by default' }).click();
  await expect(toast(page)).toContainText('Lab is on by default');
  await expect(row(page, 'lab.use')).toContainText('On');
  await toast(page).getByRole('button', { name: 'Undo' }).click();
  await expect(toast(page)).toContainText('Lab is off by default');

  await page.getByRole('link', { name: 'Edit Lab' }).click();
  await field(page, 'Label').fill('Laboratory');
  await field(page, 'Description').fill('Use of the laboratory');
  await inspect(page, 'feature-edit');
  await press(page, 'Save');
  await expect(toast(page)).toContainText('Saved feature Laboratory');
  await expect(row(page, 'lab.use')).toContainText('Use of the laboratory');

  await page.getByRole('link', { name: 'Delete Laboratory' }).click();
  await expect(dialog(page)).toContainText('0 groups lose the feature');
  await inspect(page, 'feature-delete');
  await press(page, 'Delete feature Laboratory');
  await expect(toast(page)).toContainText('Deleted feature Laboratory');
  await expect(row(page, 'lab.use')).toHaveCount(0);
});

test('features are searched by a part of their texts', async ({ page }) => {
  await open(page, '/features');
  await page.getByRole('search').getByLabel('Search').fill('workspace.mod');
  await page.getByRole('button', { name: 'Filter' }).click();
  await expect(page).toHaveURL('/features?q=workspace.mod');
  await expect(row(page, 'workspace.models')).toBeVisible();
  await expect(row(page, 'chat.call')).toHaveCount(0);
  await open(page, '/features?q=nothing-has-this');
  await expect(page.getByText('No features match')).toBeVisible();
});

test('the features of Open WebUI that are missing are added', async ({ page, database }) => {
  await database.rows(`delete from features where key = 'workspace.models'`);
  await open(page, '/features');
  await page.getByRole('link', { name: 'Add Open WebUI’s features' }).click();
  await inspect(page, 'feature-set');
  await press(page, 'Add features');
  await expect(toast(page)).toContainText('Added 1 feature');
  await expect(row(page, 'workspace.models')).toBeVisible();
});

test.describe('an auditor', () => {
  test.use({ as: 'test-auditor' });

  test('sees the features, and changes nothing', async ({ page }) => {
    await open(page, '/features');
    await expect(row(page, 'chat.call')).toBeVisible();
    await expect(page.getByRole('row').getByRole('button')).toHaveCount(0);
    await expect(page.getByRole('link', { name: 'Add feature' })).toBeHidden();
    for (const path of ['/features/new', '/features/set', '/features/chat.call/edit', '/features/chat.call/delete']) {
      await open(page, path);
      await expect(dialog(page)).toContainText('read-only access');
    }
  });
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false, contextOptions: { reducedMotion: 'reduce' } });

  test('the same', async ({ page, browserWatch }) => {
    browserWatch.expectAnswer(422, '/features/new');
    await page.goto('/features');
    await add(page, 'Plain Use', 'Plain');
    await expect(field(page, 'Key')).toHaveAccessibleDescription(/lower-case letters/);
    await expect(field(page, 'Label')).toHaveValue('Plain');
    await field(page, 'Key').fill('plain.use');
    await press(page, 'Add feature');
    await expect(row(page, 'plain.use')).toBeVisible();
    await page.getByRole('button', { name: 'Turn on Plain by default' }).click();
    await expect(row(page, 'plain.use')).toContainText('On');
    await page.goto('/features/plain.use/delete');
    await press(page, 'Delete feature Plain');
    await expect(row(page, 'plain.use')).toHaveCount(0);
  });
});
