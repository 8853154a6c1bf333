// Registration of users.
import type { Page } from '@playwright/test';
import { expect, serve, test } from '../support/test';
import { inspect } from '../support/inspect';
import { hydrated, open, signIn } from '../support/page';

serve('demo users', { ALLOW_REGISTRATION: 'true' });

const PASSWORD = 'copper lantern under rain';

// The rate limit would soon stop so many registrations from one network.
test.beforeEach(async ({ database }) => {
  await database.rows('delete from login_attempts');
});

const typed = (page: Page, label: string) => page.getByLabel(new RegExp(`^${label}`)).first();

async function fill(page: Page, username: string, email = ''): Promise<void> {
  await typed(page, 'Username').fill(username);
  await typed(page, 'Display name').fill(`${username} Example`);
  await typed(page, 'Email').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByLabel('Confirm password').fill(PASSWORD);
}

const create = (page: Page) => page.getByRole('button', { name: 'Create account' }).click();

test('from the sign-in page to a pending account', async ({ page, browserWatch }) => {
  browserWatch.expectAnswer(403, '/sfn/sign-in');
  await open(page, '/login');
  await page.getByRole('link', { name: 'Create one' }).click();
  await expect(page).toHaveURL('/register');
  await hydrated(page);
  await inspect(page, 'register');
  await fill(page, 'new-person', 'new@example.org');
  await create(page);
  await expect(page).toHaveURL('/register/done');
  await hydrated(page);
  await expect(page.getByRole('heading', { name: 'Your account is pending approval' })).toBeVisible();
  await inspect(page, 'register-done');
  await page.getByRole('link', { name: 'Sign in' }).click();
  await hydrated(page);
  await signIn(page, 'new-person', PASSWORD);
  await expect(page.getByText('pending approval')).toBeVisible();
});

test('errors are shown during typing, and nothing is lost', async ({ page, browserWatch }) => {
  browserWatch.expectAnswer(409, '/sfn/register');
  await open(page, '/register');
  await typed(page, 'Username').fill('ab');
  await page.keyboard.press('Tab');
  await expect(typed(page, 'Username')).toHaveAccessibleDescription(/Use 3 to 50 characters\./);
  await page.getByLabel('Password', { exact: true }).fill('short');
  await page.keyboard.press('Tab');
  await expect(page.getByLabel('Password', { exact: true })).toHaveAccessibleDescription(/Use at least 8 characters\./);
  await inspect(page, 'register-errors');
  await fill(page, 'admin', 'other@example.org');
  await create(page);
  await expect(typed(page, 'Username')).toBeFocused();
  await expect(typed(page, 'Username')).toHaveAccessibleDescription(/Username already exists/);
  await expect(typed(page, 'Email')).toHaveValue('other@example.org');
});

test('by keyboard alone, past the field that is for programs', async ({ page }) => {
  await open(page, '/register');
  await typed(page, 'Username').focus();
  const order: string[] = [];
  for (const text of ['by-keyboard', 'By Keyboard', '', PASSWORD]) {
    await page.keyboard.type(text);
    order.push(await page.evaluate(() => (document.activeElement as HTMLInputElement).name));
    await page.keyboard.press('Tab');
  }
  expect(order).toEqual(['username', 'display_name', 'email', 'password']);
  // Skips the button that shows the password.
  await page.keyboard.press('Tab');
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Create account' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/register/done');
});

/** Fills in a field as a password manager does that mistakes it for one of its own. */
const autofill = (page: Page, name: string) => page.locator(`[name=${name}]`).evaluate((input: HTMLInputElement) => {
  input.value = 'https://example.org';
  input.dispatchEvent(new Event('input', { bubbles: true }));
});

test('a password manager fills the field for programs: the user reads what to do', async ({ page, browserWatch }) => {
  browserWatch.expectAnswer(422, '/sfn/register');
  await open(page, '/register');
  await fill(page, 'autofilled', 'autofilled@example.org');
  await expect(page.getByLabel('Leave this field empty')).toBeHidden();
  await autofill(page, 'subject');
  await create(page);
  await expect(page.getByRole('alert')).toContainText('No account was created');
  await expect(page).toHaveURL('/register');
  await expect(page.getByLabel('Leave this field empty')).toBeFocused();
  await inspect(page, 'register-trap');
  await expect(typed(page, 'Email')).toHaveValue('autofilled@example.org');
  await page.getByLabel('Leave this field empty').fill('');
  await create(page);
  await expect(page).toHaveURL('/register/done');
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false, contextOptions: { reducedMotion: 'reduce' } });

  test('registers, rejected at first', async ({ page, browserWatch }) => {
    browserWatch.expectAnswer(422, '/register');
    await page.goto('/register');
    await fill(page, 'plain-person', 'plain@example.org');
    await page.getByLabel('Confirm password').fill('another');
    await create(page);
    await expect(page.getByLabel('Confirm password')).toHaveAccessibleDescription(/Passwords don't match\./);
    await expect(typed(page, 'Email')).toHaveValue('plain@example.org');
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByLabel('Confirm password').fill(PASSWORD);
    await create(page);
    await expect(page).toHaveURL('/register/done');
  });

  test('reads what to do about a field that the browser has filled in', async ({ page, browserWatch }) => {
    browserWatch.expectAnswer(422, '/register');
    await page.goto('/register');
    await fill(page, 'plain-autofilled');
    await autofill(page, 'subject');
    await create(page);
    await expect(page.getByRole('alert')).toContainText('No account was created');
    await page.getByLabel('Leave this field empty').fill('');
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByLabel('Confirm password').fill(PASSWORD);
    await create(page);
    await expect(page).toHaveURL('/register/done');
  });
});

test.describe('where registration is off', () => {
  serve('nothing');

  test('the page says so and leads to sign in', async ({ page, browserWatch }) => {
    browserWatch.expectAnswer(403, '/register');
    await open(page, '/register');
    await expect(page.getByRole('heading', { name: 'Registration is closed' })).toBeVisible();
    await inspect(page, 'register-closed');
    await page.getByRole('link', { name: 'Sign in' }).click();
    await expect(page).toHaveURL('/login');
    await expect(page.getByRole('link', { name: 'Create one' })).toHaveCount(0);
  });
});
