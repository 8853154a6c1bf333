// Own account: features that need scripts.
import { add, enter, field, press } from '../support/account';
import { expect, serve, test } from '../support/test';
import { dialog, modal, toast } from '../support/dialog';
import { hydrated, signIn } from '../support/page';
import { template } from '../support/template';
import { exactly } from '../support/time';

serve('demo users', { ALLOW_ACCOUNT_DELETION: 'true' });

const PASSWORD = 'copper lantern under rain';

test('two browsers: the second is shown what the first has saved', async ({ page, database, another, browserWatch }) => {
  browserWatch.expectAnswer(409, '/sfn/edit-profile');
  const name = await add(database);
  const other = await another();
  await enter(other, name);
  await hydrated(other);
  await enter(page, name);
  await hydrated(page);
  await field(other, 'Display name').fill('Saved First');
  await press(other, 'Save');
  await expect(toast(other)).toContainText('Changes saved');
  await field(page, 'Display name').fill('Saved Second');
  await press(page, 'Save');
  await expect(page.getByText('Their value: Saved First')).toBeVisible();
  await press(page, 'Overwrite with mine');
  await expect(toast(page)).toContainText('Changes saved');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Saved Second');
});

test.describe('in a browser in another zone', () => {
  test.use({ timezoneId: 'America/New_York', locale: 'en-GB' });

  test('times are shown in the chosen time zone', async ({ page, database }) => {
    const name = await add(database, 'auditor');
    await enter(page, name, '/sessions');
    await hydrated(page);
    const ends = page.locator('.records tbody tr').first().locator('time').last();
    // The expiry changes with every request of the session, so it is read again each time.
    const isShown = async (timeZone: string, offset: RegExp) => {
      const timestamp = new Date((await ends.getAttribute('datetime'))!);
      const title = (await ends.getAttribute('title'))!;
      expect(title).toContain(`${exactly(timestamp, timeZone)} UTC`);
      expect(title).toMatch(offset);
    };
    await expect(ends).toHaveText(/^in \d+ \w+$/);
    await isShown('America/New_York', /UTC-[45]$/);
    await database.rows(`update users set settings = '{"timeZone": "Asia/Kolkata"}' where username = $1`, [name]);
    await page.reload();
    await hydrated(page);
    await isShown('Asia/Kolkata', /UTC\+5:30$/);
    // A time zone that the browser does not know must not break the page.
    await database.rows(`update users set settings = '{"timeZone": "Mars/Olympus"}' where username = $1`, [name]);
    await page.reload();
    await hydrated(page);
    await isShown('America/New_York', /UTC-[45]$/);
  });
});

test('the last administrator sees why they cannot delete their account', async ({ page }) => {
  await page.goto('/login');
  await signIn(page, 'admin', template().password);
  await expect(page).toHaveURL('/users');
  await page.getByRole('button', { name: /^Account menu/ }).click();
  await page.getByRole('link', { name: 'My account' }).click();
  await expect(page).toHaveURL('/account');
  await page.getByRole('link', { name: 'Your data' }).click();
  await expect(page.getByText('This is the last active administrator.')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Delete my account' })).toBeHidden();
  await page.goto('/account/delete');
  await expect(dialog(page)).toContainText('This is the last active administrator.');
  await expect(dialog(page).getByRole('button')).toHaveCount(0);
});

test('by keyboard: a new password, rated while it is typed', async ({ page, database }) => {
  const name = await add(database);
  await enter(page, name, '/password');
  await hydrated(page);
  await field(page, 'Current password').focus();
  await page.keyboard.type(template().password);
  // Skips the button that shows the password.
  for (const label of ['New password', 'Confirm new password']) {
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await expect(field(page, label)).toBeFocused();
    await page.keyboard.type(PASSWORD);
  }
  await expect(field(page, 'New password')).toHaveAccessibleDescription(/Strength: strong/);
  await page.keyboard.press('Enter');
  await expect(toast(page)).toContainText('Password changed');
});

test('Escape leaves the dialog, and the focus goes back', async ({ page, database }) => {
  const name = await add(database);
  await enter(page, name, '/data');
  await hydrated(page);
  const link = page.getByRole('link', { name: 'Delete my account' });
  await link.press('Enter');
  await expect(dialog(page)).toBeVisible();
  await expect(field(page, 'Type your username to confirm')).toBeVisible();
  await modal(page);
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL('/account/data');
  await expect(link).toBeFocused();
});
