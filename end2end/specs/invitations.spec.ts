// Invitations: create, accept, revoke.
import type { Page } from '@playwright/test';
import { expect, serve, test } from '../support/test';
import { dialog, field, press, toast } from '../support/dialog';
import { inspect } from '../support/inspect';
import { open, signIn } from '../support/page';

// Registration is disabled; invitations must work nevertheless.
serve('demo users');

const PASSWORD = 'copper lantern under rain';

async function fill(page: Page, username: string): Promise<void> {
  await page.getByLabel(/^Username/).fill(username);
  await page.getByLabel(/^Display name/).fill(`${username} Example`);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByLabel('Confirm password').fill(PASSWORD);
}

const create = (page: Page) => page.getByRole('button', { name: 'Create account' }).click();

test.use({ as: 'admin' });

/** Creates an invitation by the API and returns the path of its link. */
async function invite(page: Page, draft: object): Promise<string> {
  const created = await page.request.post('/api/admin/invitations', { data: draft });
  expect(created.status(), await created.text()).toBe(201);
  const { link } = await created.json();
  return new URL(link.url).pathname;
}

const row = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name });

test('is created, followed and used', async ({ page, another }) => {
  await open(page, '/registrations/invitations');
  await expect(page.getByText('No invitations')).toBeVisible();
  await page.getByRole('link', { name: 'Create invitation' }).click();
  await field(page, 'Label').fill('Lab assistants');
  await dialog(page).getByLabel('Auditor').check();
  await field(page, 'Maximum uses').fill('0');
  await page.keyboard.press('Tab');
  await expect(field(page, 'Maximum uses')).toHaveAccessibleDescription(/Enter a number from 1 to 1000\./);
  await field(page, 'Maximum uses').fill('2');
  await inspect(page, 'invite');
  await press(page, 'Create invitation');
  await expect(field(page, 'Link')).toBeFocused();
  const url = await field(page, 'Link').inputValue();
  await inspect(page, 'invite-link');
  await dialog(page).getByRole('link', { name: 'Done' }).click();
  await expect(row(page, 'Lab assistants')).toContainText('Not opened');
  await expect(row(page, 'Lab assistants')).toContainText('0 of 2');

  const invited = await another();
  await open(invited, new URL(url).pathname);
  await expect(invited).toHaveURL(/\/invite\?link=[0-9a-f]{16}$/);
  await expect(invited.getByText('Create your account to join as Auditor.')).toBeVisible();
  expect(await invited.content()).not.toContain(url.split('/').at(-1));
  await inspect(invited, 'invited');
  await fill(invited, 'lab-assistant');
  await create(invited);
  await expect(invited).toHaveURL('/invite/done');
  await expect(invited.getByRole('heading', { name: 'Account created' })).toBeVisible();
  await invited.getByRole('link', { name: 'Sign in' }).click();
  await signIn(invited, 'lab-assistant', PASSWORD);
  await expect(invited).toHaveURL('/users');

  await open(page, '/registrations/invitations');
  await expect(row(page, 'Lab assistants')).toContainText('1 of 2');
  await expect(row(page, 'Lab assistants')).toContainText('lab-assistant');
  await inspect(page, 'invitations');
});

test('gets another link, and an end', async ({ page, browserWatch }) => {
  browserWatch.expectAnswer(404, '/invite');
  const first = await invite(page, { note: 'Renewed' });
  await open(page, '/registrations/invitations');
  await page.getByRole('link', { name: 'New link for Renewed' }).click();
  await press(page, 'Create link');
  const url = await field(page, 'Link').inputValue();
  await dialog(page).getByRole('link', { name: 'Done' }).click();
  await open(page, first);
  await expect(page.getByRole('heading', { name: 'This invitation is no longer valid' })).toBeVisible();
  await inspect(page, 'invitation-dead');
  await open(page, new URL(url).pathname);
  await expect(page.getByRole('heading', { name: "You've been invited" })).toBeVisible();
  await open(page, '/registrations/invitations');
  await page.getByRole('link', { name: 'Revoke invitation for Renewed' }).click();
  await expect(dialog(page).getByRole('button', { name: /^Revoke/ })).toBeVisible();
  await inspect(page, 'invitation-revoke');
  await press(page, 'Revoke invitation for Renewed');
  await expect(toast(page)).toContainText('Revoked the invitation for Renewed');
  await expect(row(page, 'Renewed')).toContainText('Revoked');
  await expect(page.getByRole('link', { name: 'Revoke invitation for Renewed' })).toHaveCount(0);
});

test('two in two tabs stay apart', async ({ page, another, database }) => {
  const plain = await invite(page, { note: 'Tab without roles' });
  const roles = await invite(page, { note: 'Auditor tab', roles: ['auditor'] });
  const first = await another();
  await open(first, plain);
  const second = await first.context().newPage();
  await open(second, roles);
  await expect(second.getByText('Create your account to join as Auditor.')).toBeVisible();
  await fill(first, 'plain-tab');
  await create(first);
  await expect(first).toHaveURL('/invite/done');
  await fill(second, 'auditor-tab');
  await create(second);
  await expect(second).toHaveURL('/invite/done');
  const sql = `select array_agg(r.name order by r.rank) from users u
    join user_roles ur on ur.user_id = u.id join roles r on r.id = ur.role_id where u.username = $1`;
  expect(await database.value(sql, ['plain-tab'])).toEqual(['user']);
  expect(await database.value(sql, ['auditor-tab'])).toEqual(['auditor']);
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false, contextOptions: { reducedMotion: 'reduce' } });

  test('the same', async ({ page, another }) => {
    await page.goto('/registrations/invitations/new');
    await field(page, 'Label').fill('Plain');
    await press(page, 'Create invitation');
    const url = await field(page, 'Link').inputValue();
    const invited = await another({ javaScriptEnabled: false });
    await invited.goto(new URL(url).pathname);
    await fill(invited, 'plain-guest');
    await invited.getByLabel('Confirm password').fill('another');
    await create(invited);
    await expect(invited.getByLabel('Confirm password')).toHaveAccessibleDescription(/Passwords don't match\./);
    await expect(invited.getByLabel(/^Username/)).toHaveValue('plain-guest');
    await fill(invited, 'plain-guest');
    await create(invited);
    await expect(invited).toHaveURL('/invite/done');
    await page.goto('/registrations/invitations');
    await expect(page.getByRole('row', { name: /^Plain / })).toContainText('1 of 1');
  });
});
