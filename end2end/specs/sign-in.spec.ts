// Signing in, failed attempts, signing out.
import type { Page } from '@playwright/test';
import { expect, serve, test } from '../support/test';
import { hold, hydrated, open, signIn } from '../support/page';
import { template } from '../support/template';

serve('demo users');

const DAY = 24 * 60 * 60;
const notice = (page: Page) => page.getByRole('alert');
const username = (page: Page) => page.getByLabel('Username');
const password = (page: Page) => page.getByLabel('Password', { exact: true });

/** Returns the lifetime of the session cookie in days. */
async function sessionDays(page: Page): Promise<number> {
  const cookies = await page.context().cookies();
  const session = cookies.find((cookie) => /^session_token(_\d+)?$/.test(cookie.name));
  expect(session).toMatchObject({ httpOnly: true, sameSite: 'Lax' });
  return (session!.expires - Date.now() / 1000) / DAY;
}

test('empty fields are pointed out', async ({ page, browserWatch }) => {
  browserWatch.expectAnswer(422, '/sfn/sign-in');
  await open(page, '/login');
  await signIn(page, '', '');
  await expect(username(page)).toHaveAccessibleDescription('Enter your username.');
  await expect(password(page)).toHaveAccessibleDescription('Enter your password.');
  await expect(username(page)).toBeFocused();
});

test('a wrong password and an unknown name read the same', async ({ page, browserWatch }) => {
  browserWatch.expectAnswer(401, '/sfn/sign-in');
  await open(page, '/login');
  const answers = [];
  for (const name of ['test-member', 'unknown-user']) {
    await signIn(page, name, 'not the password');
    await expect(notice(page)).toContainText('Wrong username or password');
    await expect(notice(page)).toBeFocused();
    await expect(username(page)).toHaveValue(name);
    answers.push(await notice(page).innerText());
    await page.reload();
    await hydrated(page);
  }
  expect(answers[0]).toBe(answers[1]);
});

for (const [user, message] of [
  ['test-suspended', 'Your account is suspended.'],
  ['test-pending', 'Your account is pending approval.'],
] as const) {
  test(`${user} sees this only after the right password`, async ({ page, browserWatch }) => {
    browserWatch.expectAnswer(401, '/sfn/sign-in');
    browserWatch.expectAnswer(403, '/sfn/sign-in');
    await open(page, '/login');
    await signIn(page, user, 'not the password');
    await expect(notice(page)).toContainText('Wrong username or password');
    await signIn(page, user, template().password);
    await expect(notice(page)).toContainText(message);
    await expect(page).toHaveURL('/login');
  });
}

test('after some failures there is a delay, which passes', async ({ page, database, browserWatch }) => {
  browserWatch.expectAnswer(401, '/sfn/sign-in');
  browserWatch.expectAnswer(429, '/sfn/sign-in');
  await open(page, '/login');
  for (let tries = 0; tries < 6; tries += 1) {
    const answer = page.waitForResponse('**/sfn/sign-in');
    await signIn(page, 'test-auditor', `guess ${tries}`);
    await answer;
  }
  // The delay of a second or two could be over before a slow machine sends the next request, so it is extended.
  await database.rows(`
    update login_attempts set blocked_until = now() + interval '1 minute' where blocked_until > '-infinity'`);
  await signIn(page, 'test-auditor', template().password);
  await expect(notice(page)).toContainText('Too many attempts');
  await expect(notice(page)).toContainText(/Try again in \d+ seconds?\./);

  await database.rows(`update login_attempts set blocked_until = now()`);
  await signIn(page, 'test-auditor', template().password);
  await expect(page).toHaveURL('/users');
});

test('a session lasts a week, and a month when asked to be remembered', async ({ page }) => {
  await open(page, '/login');
  await signIn(page, 'admin', template().password);
  await expect(page).toHaveURL('/users');
  expect(await sessionDays(page)).toBeCloseTo(7, 1);

  await page.context().clearCookies();
  await open(page, '/login');
  await page.getByLabel('Remember me').check();
  await signIn(page, 'admin', template().password);
  await expect(page).toHaveURL('/users');
  expect(await sessionDays(page)).toBeCloseTo(30, 1);
});

test('signing in leads to the requested page', async ({ page }) => {
  const wanted = '/users?q=role:admin&sort=name&limit=25';
  await open(page, wanted);
  await expect(page).toHaveURL(/\/login\?next=/);
  await signIn(page, 'admin', template().password);
  await expect(page).toHaveURL(wanted);
  await expect(page.getByRole('searchbox')).toHaveValue('role:admin');
});

test('a link cannot lead to another site through the sign-in', async ({ page }) => {
  await open(page, '/login?next=//example.org/users');
  await signIn(page, 'admin', template().password);
  await expect(page).toHaveURL('/users');
});

test('a user without access to the panel gets to their account', async ({ page }) => {
  await open(page, '/login?next=/users');
  await signIn(page, 'test-member', template().password);
  await expect(page).toHaveURL('/account');
  await expect(page.getByRole('heading', { name: 'Test Member' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Admin Panel' })).toBeHidden();
  await page.goto('/users');
  await expect(page).toHaveURL('/account');
});

test('an auditor sees the list', async ({ page }) => {
  await open(page, '/login');
  await signIn(page, 'test-auditor', template().password);
  await expect(page).toHaveURL('/users');
  await expect(page.getByRole('row').nth(1)).toBeVisible();
});

test('the button says that it works and cannot be pressed twice', async ({ page }) => {
  await open(page, '/login');
  const release = await hold(page, '/sfn/sign-in');
  let sent = 0;
  page.on('request', (request) => (sent += request.url().endsWith('/sfn/sign-in') ? 1 : 0));
  await signIn(page, 'test-auditor', template().password);
  const button = page.getByRole('button', { name: 'Signing in…' });
  await expect(button).toHaveAttribute('aria-disabled', 'true');
  // Clicks like an impatient user, although the button is disabled, and presses Enter again.
  await button.click({ force: true });
  await page.getByLabel('Password', { exact: true }).press('Enter');
  release();
  await expect(page).toHaveURL('/users');
  expect(sent).toBe(1);
});

test('a revoked session ends with the next click', async ({ page, database, browserWatch }) => {
  browserWatch.expectAnswer(401, '/sfn/users');
  await open(page, '/login');
  await signIn(page, 'test-auditor', template().password);
  await expect(page).toHaveURL('/users');
  await hydrated(page);
  await database.rows(`
    update sessions set ended_at = now(), ended_reason = 'revoked'
    where ended_at is null and user_id = (select id from users where username = 'test-auditor')`);
  await page.getByRole('link', { name: 'Email', exact: true }).click();
  await expect(page).toHaveURL('/login?next=%2Fusers%3Fsort%3Demail');
});

test('signing out ends the session', async ({ page, database }) => {
  await open(page, '/login');
  await signIn(page, 'test-auditor', template().password);
  await expect(page).toHaveURL('/users');
  await page.getByRole('button', { name: /^Account menu/ }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL('/login');
  await page.goto('/users');
  await expect(page).toHaveURL('/login?next=%2Fusers');
  const reason = await database.value(`
    select s.ended_reason from sessions s join users u on u.id = s.user_id
    where u.username = 'test-auditor' order by s.created_at desc limit 1`);
  expect(reason).toBe('logout');
});

test('the password can be looked at', async ({ page }) => {
  await open(page, '/login');
  await password(page).fill('secret');
  await page.getByRole('button', { name: 'Show password' }).click();
  await expect(password(page)).toHaveAttribute('type', 'text');
  await expect(password(page)).toHaveValue('secret');
  await page.getByRole('button', { name: 'Hide password' }).click();
  await expect(password(page)).toHaveAttribute('type', 'password');
});
