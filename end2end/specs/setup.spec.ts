// Initial setup: creating the first admin.
import type { Page } from '@playwright/test';
import { expect, serve, test } from '../support/test';
import { hydrated, open } from '../support/page';
import type { Rollcall } from '../support/rollcall';

serve('nothing');
// The tests share one database and depend on each other.
test.describe.configure({ mode: 'serial' });

const PASSWORD = 'copper lantern under rain';

async function followLink(page: Page, server: Rollcall): Promise<void> {
  await page.goto(await server.prints(/\/setup\//));
  await hydrated(page);
}

async function fill(page: Page, fields: Record<string, string>): Promise<void> {
  for (const [label, text] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(text);
}

const submit = (page: Page) => page.getByRole('button', { name: 'Create administrator' }).click();

test('without a valid link there is nothing to set up', async ({ page, browserWatch }) => {
  browserWatch.expectAnswer(404, '/setup');
  await open(page, '/setup/made-up');
  await expect(page.getByRole('heading', { name: 'This setup link is no longer valid' })).toBeVisible();
  await expect(page.getByText('rollcall setup-link')).toBeVisible();
});

test('following the link takes the token out of the URL', async ({ page, server }) => {
  const link = await server.prints(/\/setup\//);
  await followLink(page, server);
  await expect(page).toHaveURL(/\/setup\?link=[0-9a-f]{16}$/);
  await expect(page.getByRole('heading', { name: 'Create the first administrator' })).toBeVisible();
  expect(await page.content()).not.toContain(link.split('/setup/')[1]);
});

test('errors stand beside their fields and nothing typed is lost', async ({ page, server, browserWatch }) => {
  browserWatch.expectAnswer(422, '/sfn/setup');
  await followLink(page, server);
  await fill(page, {
    Username: 'x',
    'Display name': 'Grace',
    'Email optional': 'nowhere',
    Password: 'password',
    'Confirm password': 'passwort',
  });
  await submit(page);

  await expect(page.getByRole('alert')).toContainText('Fix 4 fields to continue');
  for (const [label, error] of [
    ['Username', 'Use 3 to 50 characters.'],
    ['Email optional', 'Enter an email address such as name@example.org.'],
    ['Password', 'This password is too common. Choose another one.'],
    ['Confirm password', "Passwords don't match."],
  ] as const) {
    const field = page.getByLabel(label, { exact: true });
    await expect(field).toHaveAttribute('aria-invalid', 'true');
    await expect(field).toHaveAccessibleDescription(new RegExp(error.replace(/\./g, '\\.')));
  }
  await expect(page.getByLabel('Username')).toBeFocused();
  await expect(page.getByLabel('Username')).toHaveValue('x');
  await expect(page.getByLabel('Display name')).toHaveValue('Grace');
  await expect(page.getByLabel('Display name')).not.toHaveAttribute('aria-invalid');
  await expect(page.getByLabel('Email')).toHaveValue('nowhere');
  await expect(page.getByLabel('Password', { exact: true })).toHaveValue('password');
});

test('the new admin lands signed in on the list', async ({ page, server, database }) => {
  await followLink(page, server);
  await fill(page, {
    Username: 'grace',
    'Display name': 'Grace',
    'Email optional': 'grace@example.org',
    Password: PASSWORD,
    'Confirm password': PASSWORD,
  });
  await submit(page);

  await expect(page).toHaveURL('/users');
  const row = page.getByRole('row', { name: /grace@example\.org/ });
  await expect(row).toContainText('Admin');
  await expect(page.getByRole('status')).toHaveText('1–1 of 1');
  expect(await database.column('select action from audit_events order by id')).toEqual([
    'user.created',
    'session.started',
  ]);
});

test('followed again, the link says that all is done', async ({ page, server, browserWatch }) => {
  browserWatch.expectAnswer(409, '/setup');
  await followLink(page, server);
  await expect(page.getByRole('heading', { name: 'Rollcall is already set up' })).toBeVisible();
  await page.getByRole('link', { name: 'Sign in' }).click();
  await expect(page).toHaveURL('/login');
});
