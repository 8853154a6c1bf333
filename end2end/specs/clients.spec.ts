// The list of clients, and the dialogs that create, edit and delete one.
import type { Page } from '@playwright/test';
import { expect, serve, test } from '../support/test';
import { dialog, field, modal, press, toast } from '../support/dialog';
import { inspect } from '../support/inspect';
import { expectNoSidewaysScroll, open } from '../support/page';

serve('demo users');

const row = (page: Page, name: string) =>
  page.getByRole('table', { name: 'Clients' }).getByRole('row').filter({ hasText: name });

test.describe('an administrator', () => {
  test.use({ as: 'admin' });

  test('creates, finds, edits and deletes a client', async ({ page, database, browserWatch }) => {
    browserWatch.expectAnswer(422, '/sfn/create-client');
    await open(page, '/overview');
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Clients' }).click();
    await expect(page).toHaveURL('/clients');
    await page.getByRole('link', { name: 'New client' }).click();
    await field(page, 'Logo URL').fill('javascript:alert(1)');
    await press(page, 'Create client');
    await expect(field(page, 'Name')).toHaveAccessibleDescription(/Enter a name\./);
    await expect(field(page, 'Logo URL')).toHaveAccessibleDescription(/https:\/\//);
    await field(page, 'Name').fill('Zebra Ltd');
    await field(page, 'Logo URL').fill('https://example.org/zebra.svg');
    await press(page, 'Create client');
    await expect(toast(page)).toContainText('Created client Zebra Ltd');
    await page.getByRole('search').getByLabel('Name').fill('zebra');
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await expect(page).toHaveURL('/clients?q=zebra');
    await expect(row(page, 'Zebra Ltd').getByRole('link', { name: 'Open logo' })).toHaveAttribute('href', 'https://example.org/zebra.svg');
    await inspect(page, 'clients');

    await database.rows(`
      update users set client_list = array[(select id from clients where name = 'Zebra Ltd')] where username = 'test-member'`);
    await page.getByRole('link', { name: 'Edit client Zebra Ltd' }).click();
    await field(page, 'Name').fill('Zebra');
    await inspect(page, 'client-edit');
    await press(page, 'Save');
    await expect(toast(page)).toContainText('Saved client Zebra');
    await expect(row(page, 'Zebra').getByRole('link', { name: '1', exact: true })).toBeVisible();

    await page.getByRole('link', { name: 'Delete client Zebra' }).click();
    await expect(dialog(page)).toContainText('Users1');
    await inspect(page, 'client-delete');
    await press(page, 'Delete client Zebra');
    await expect(toast(page)).toContainText('Deleted client Zebra');
    await expect(row(page, 'Zebra')).toHaveCount(0);
  });

  test('cannot delete a client with resources', async ({ page, database }) => {
    const id = await database.value(`insert into clients (name, created_at, updated_at) values ('In use', now(), now()) returning id`);
    await database.rows(
      `insert into resources (id, kind, external_id, name, client_id, created_at, updated_at)
      values (uuid_v7(now()), 'models', 'in-use', 'Model', $1, now(), now())`,
      [id],
    );
    await open(page, `/clients/${id}/delete`);
    await expect(dialog(page)).toContainText('Resources: 1, Personas: 0');
    await expect(dialog(page).getByRole('button')).toHaveCount(0);
  });

  test('by keyboard: the dialog is left with Escape, and the focus goes back', async ({ page }) => {
    await open(page, '/clients');
    const create = page.getByRole('link', { name: 'New client' });
    await create.focus();
    await page.keyboard.press('Enter');
    await expect(field(page, 'Name')).toBeFocused();
    await modal(page);
    await page.keyboard.press('Escape');
    await expect(page).toHaveURL('/clients');
    await expect(create).toBeFocused();
  });

  test('fits a phone', async ({ page }) => {
    await page.setViewportSize({ width: 360, height: 740 });
    for (const path of ['/clients', '/clients/new']) {
      await open(page, path);
      await expectNoSidewaysScroll(page);
    }
  });
});

test.describe('an auditor', () => {
  test.use({ as: 'test-auditor' });

  test('sees the clients, and changes nothing', async ({ page, database }) => {
    const id = await database.value(`insert into clients (name, created_at, updated_at) values ('Seen', now(), now()) returning id`);
    await open(page, '/clients?q=seen');
    await expect(row(page, 'Seen')).toBeVisible();
    await expect(page.getByRole('link', { name: /^(New|Edit|Delete) client/ })).toHaveCount(0);
    for (const path of ['/clients/new', `/clients/${id}/edit`, `/clients/${id}/delete`]) {
      await open(page, path);
      await expect(dialog(page)).toContainText('You have read-only access to clients.');
      await expect(dialog(page).getByRole('textbox')).toHaveCount(0);
    }
  });
});

test.describe('without scripts', () => {
  test.use({ as: 'admin', javaScriptEnabled: false, contextOptions: { reducedMotion: 'reduce' } });

  test('the same', async ({ page, browserWatch }) => {
    browserWatch.expectAnswer(422, '/clients/new');
    await page.goto('/clients/new');
    await field(page, 'Logo URL').fill('https://example.org/plain.svg');
    await press(page, 'Create client');
    await expect(field(page, 'Name')).toHaveAccessibleDescription(/Enter a name\./);
    await expect(field(page, 'Logo URL')).toHaveValue('https://example.org/plain.svg');
    await field(page, 'Name').fill('Plain');
    await press(page, 'Create client');
    await expect(toast(page)).toContainText('Created client Plain');
    await page.goto('/clients?q=plain');
    await page.getByRole('link', { name: 'Edit client Plain' }).click();
    await field(page, 'Name').fill('Plainer');
    await press(page, 'Save');
    await expect(toast(page)).toContainText('Saved client Plainer');
    await page.goto('/clients?q=plainer');
    await page.getByRole('link', { name: 'Delete client Plainer' }).click();
    await press(page, 'Delete client Plainer');
    await expect(toast(page)).toContainText('Deleted client Plainer');
  });
});
