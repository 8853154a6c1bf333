// Messages after a change: they name the user or the number of users, are shown once and disappear after a while.
import type { Page } from '@playwright/test';
import { expect, serve, test } from '../support/test';
import { dialog, field, press, toast } from '../support/dialog';
import { inspect } from '../support/inspect';
import { hold, open } from '../support/page';

serve('demo users');
test.use({ as: 'admin' });

test.beforeEach(async ({ database }) => {
  await database.rows(`update users set status = 'active', suspended_reason = null, suspended_until = null
    where username = 'test-member'`);
});

/** Waits until the message is in the live region, which happens only after hydration. Works with a stopped clock too. */
const readOut = (page: Page, text: string) =>
  expect(page.locator('[aria-live="polite"]', { hasText: text })).toHaveCount(1);

/** Stops the browser's clock, so that time passes only when the test advances it, however slow the machine is. */
async function stopClock(page: Page): Promise<void> {
  await page.clock.install();
  await page.clock.pauseAt(Date.now() + 60_000);
}

async function suspend(page: Page, scripts = true): Promise<void> {
  await page.goto('/users/test-member/suspend');
  await field(page, 'Reason').fill('On leave');
  await press(page, 'Suspend test-member');
  await expect(toast(page)).toContainText('Suspended test-member');
  if (scripts) await readOut(page, 'Suspended test-member');
}

async function rename(page: Page): Promise<void> {
  await page.goto('/users/test-member/edit');
  await field(page, 'Display name').fill(`Test Member ${Math.random()}`);
  await press(page, 'Save');
  await expect(toast(page)).toContainText('Saved changes to test-member');
  await readOut(page, 'Saved changes to test-member');
}

test('it is shown once: not after a reload, not after Back, and never for the text of a URL', async ({
  page,
  database,
  browserWatch,
}) => {
  // These lists do not accept the parameters.
  browserWatch.expectAnswer(422, '/users');
  browserWatch.expectAnswer(422, '/keys');
  await suspend(page);
  await expect(page).toHaveURL('/users/test-member');
  await inspect(page, 'toast-undo');
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(toast(page)).toHaveCount(0);

  await rename(page);
  await page.goto('/overview');
  await page.goBack();
  await expect(page.getByRole('heading', { level: 1, name: 'Test Member' })).toBeVisible();
  await expect(toast(page)).toBeHidden();
  await page.goForward();
  await expect(toast(page)).toBeHidden();

  const [{ id, version }] = (await database.rows(`select id, version from users where username = 'test-member'`)) as [
    { id: string; version: number },
  ];
  for (const address of [
    '/users/test-member?done=deleted',
    `/users?undo=${id}:${version}&done=suspended`,
    '/account/password?done=password',
    '/keys?done=key-deleted',
  ]) {
    await open(page, address);
    await expect(toast(page)).toHaveCount(0);
    await expect(page.getByRole('button', { name: 'Undo' })).toHaveCount(0);
  }
});

test('on another page of the app it is gone, and does not come back with Back', async ({ page }) => {
  await rename(page);
  await page.getByRole('link', { name: 'Sessions', exact: true }).first().click();
  await expect(page).toHaveURL(/sessions/);
  await expect(toast(page)).toBeHidden();
  await page.goBack();
  await expect(page).toHaveURL('/users/test-member');
  await expect(toast(page)).toBeHidden();
});

test('it goes after 6 seconds, and after 12 where there is Undo', async ({ page }) => {
  await stopClock(page);
  await rename(page);
  await page.clock.fastForward(3_000);
  await expect(toast(page)).toBeVisible();
  await page.clock.fastForward(4_000);
  await expect(toast(page)).toBeHidden();

  await suspend(page);
  await page.clock.fastForward(8_000);
  await expect(toast(page)).toBeVisible();
  await page.clock.fastForward(5_000);
  await expect(toast(page)).toBeHidden();
});

test('it stays while the pointer or the focus is on it', async ({ page }) => {
  await stopClock(page);
  await suspend(page);
  await toast(page).hover();
  await page.clock.fastForward(60_000);
  await expect(toast(page)).toBeVisible();
  const undo = toast(page).getByRole('button', { name: 'Undo' });
  await undo.focus();
  await page.mouse.move(0, 0);
  await page.clock.fastForward(60_000);
  await expect(toast(page)).toBeVisible();
  await page.getByRole('link', { name: 'Edit' }).focus();
  await page.clock.fastForward(13_000);
  await expect(toast(page)).toBeHidden();
});

test('it is read out, and dismissed by keyboard', async ({ page }) => {
  await suspend(page);
  await toast(page).getByRole('link', { name: 'Dismiss' }).focus();
  await page.keyboard.press('Enter');
  await expect(toast(page)).toBeHidden();
  await expect(page).toHaveURL('/users/test-member');
  await expect(page.locator('#main')).toBeFocused();
});

test('two tabs: each page shows its own', async ({ page }) => {
  const other = await page.context().newPage();
  await open(other, '/users/test-auditor/edit');
  await open(page, '/users/test-member/edit');
  await field(other, 'Display name').fill('Test Auditor');
  await field(page, 'Display name').fill('Test Member');
  await Promise.all([press(other, 'Save'), press(page, 'Save')]);
  await expect(toast(page)).toContainText('Saved changes to test-member');
  await expect(toast(other)).toContainText('Saved changes to test-auditor');
});

test('another page that opens first does not show it', async ({ page }) => {
  const other = await page.context().newPage();
  await open(other, '/users/test-auditor/edit');
  await field(other, 'Display name').fill('Test Auditor');
  const release = await hold(other, '/users/test-auditor');
  const next = other.waitForRequest((request) => request.isNavigationRequest());
  await press(other, 'Save');
  await next;
  await open(page, '/users/test-member');
  await expect(toast(page)).toHaveCount(0);
  release();
  await expect(toast(other)).toContainText('Saved changes to test-auditor');
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false, contextOptions: { reducedMotion: 'reduce' } });

  test('it stays until the next page, and Undo works', async ({ page, database }) => {
    const status = () => database.value(`select status from users where username = 'test-member'`);
    await suspend(page, false);
    expect(await status()).toBe('suspended');
    // A click would wait until the message stands still; without scripts no frames are drawn that would show this.
    await toast(page).getByRole('button', { name: 'Undo' }).press('Enter');
    await expect(toast(page)).toContainText('Unsuspended test-member');
    await expect(page).toHaveURL('/users/test-member');
    expect(await status()).toBe('active');
    await page.reload();
    await expect(toast(page)).toHaveCount(0);
    await expect(dialog(page)).toHaveCount(0);
  });
});
