// Own account, with and without scripts.
import type { Page } from '@playwright/test';
import { add, enter, field, press, startSession } from '../support/account';
import { expect, serve, test } from '../support/test';
import { dialog, toast } from '../support/dialog';
import { hydrated, signIn } from '../support/page';
import { template } from '../support/template';
import { exactly } from '../support/time';

serve('demo users', { ALLOW_ACCOUNT_DELETION: 'true' });

const PASSWORD = 'copper lantern under rain';

// Everything that does not depend on scripts must work the same way without them.
for (const scripts of [true, false]) {
  test.describe(scripts ? 'with scripts' : 'without scripts', () => {
    test.use({ javaScriptEnabled: scripts });

    /** Waits until the page is hydrated, after a form was sent or a URL was opened. */
    const settled = async (page: Page) => {
      if (scripts) await hydrated(page);
    };
    const denied = (status: number, page: string, call: string): [number, string] => [status, scripts ? call : page];

    test('name and email address: the address needs the password', async ({ page, database, browserWatch }) => {
      browserWatch.expectAnswer(...denied(403, '/account', '/sfn/edit-profile'));
      const name = await add(database);
      const other = await add(database);
      await enter(page, name);
      await settled(page);
      await field(page, 'Display name').fill('Another Name');
      await press(page, 'Save');
      await expect(toast(page)).toContainText('Changes saved');
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('Another Name');

      await settled(page);
      await field(page, 'Email').fill(`${other}@example.org`);
      await press(page, 'Save');
      await expect(field(page, 'Current password')).toHaveAccessibleDescription(/Enter your current password/);
      await expect(field(page, 'Email')).toHaveValue(`${other}@example.org`);
      await field(page, 'Current password').fill('not the password');
      await press(page, 'Save');
      await expect(field(page, 'Current password')).toHaveAccessibleDescription(/Wrong current password/);
      await field(page, 'Current password').fill(template().password);
      await press(page, 'Save');
      // Another user has this address; the form must not reveal that.
      await expect(field(page, 'Current password')).toHaveValue('');
      await expect(toast(page)).toContainText('Changes saved');
      await expect(field(page, 'Email')).toHaveValue(`${other}@example.org`);
      await settled(page);
      await field(page, 'Email').fill('mine@example.org');
      await field(page, 'Current password').fill(template().password);
      await press(page, 'Save');
      const stored = () => database.rows('select display_name, email from users where username = $1', [name]);
      await expect.poll(stored).toEqual([{ display_name: 'Another Name', email: 'mine@example.org' }]);
      await database.rows(`update users set email = null where username = $1`, [name]);
    });

    test('another password: here one stays signed in, elsewhere not', async ({
      page,
      database,
      another,
      browserWatch,
    }) => {
      browserWatch.expectAnswer(...denied(422, '/account/password', '/sfn/change-password'));
      browserWatch.expectAnswer(...denied(403, '/account/password', '/sfn/change-password'));
      const name = await add(database);
      const other = await another();
      await startSession(other, name);
      await enter(page, name, '/password');
      await settled(page);
      await field(page, 'Current password').fill('not the password');
      await field(page, 'New password').fill(PASSWORD);
      await field(page, 'Confirm new password').fill(`${PASSWORD} `);
      await press(page, 'Change password');
      await expect(field(page, 'Confirm new password')).toHaveAccessibleDescription(/Passwords don't match/);
      for (const [current, says] of [
        ['not the password', /Wrong current password/],
        [template().password, undefined],
      ] as const) {
        await field(page, 'Current password').fill(current);
        await field(page, 'New password').fill(PASSWORD);
        await field(page, 'Confirm new password').fill(PASSWORD);
        await press(page, 'Change password');
        if (says) await expect(field(page, 'Current password')).toHaveAccessibleDescription(says);
      }
      await expect(toast(page)).toContainText('Password changed');
      await page.goto('/account');
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('Own Account');
      await other.goto('/account');
      await expect(other).toHaveURL('/login?next=%2Faccount');
      await signIn(other, name, PASSWORD);
      await expect(other).toHaveURL('/account');
    });

    test('sessions: of two browsers one signs the other out', async ({ page, database, another }) => {
      const name = await add(database);
      const [second, third] = [await another(), await another()];
      for (const browser of [second, third]) await startSession(browser, name);
      await enter(page, name, '/sessions');
      await settled(page);
      const rows = page.locator('.records tbody tr');
      await expect(rows).toHaveCount(3);
      await expect(rows.first()).toContainText('This session');
      await expect(rows.nth(1)).toContainText('Headless Chrome on Linux');
      await rows.nth(1).getByRole('link', { name: 'Revoke' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Revoke session' }).click();
      await expect(toast(page)).toContainText('Signed out on');
      await expect(rows).toHaveCount(2);
      await third.goto('/account');
      await expect(third).toHaveURL('/login?next=%2Faccount');
      await second.goto('/account');
      await expect(second).toHaveURL('/account');

      await settled(page);
      await page.getByRole('link', { name: 'Sign out everywhere else' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere else' }).click();
      await expect(toast(page)).toContainText(/Signed out \d+ other session/);
      await expect(rows).toHaveCount(1);
      await expect(page.getByRole('button', { name: /everywhere else/ })).toBeHidden();
      await second.goto('/account');
      await expect(second).toHaveURL('/login?next=%2Faccount');
    });

    test('preferences: zone, language and notifications are saved together', async ({ page, database }) => {
      const name = await add(database);
      await enter(page, name, '/preferences');
      await settled(page);
      await page.getByLabel('Time zone').selectOption('Asia/Kolkata');
      await page.getByLabel('Language').selectOption('Deutsch');
      await page.getByLabel('Email').check();
      await press(page, 'Save');
      await expect(toast(page)).toContainText('Änderungen gespeichert');
      await expect(page.locator('html')).toHaveAttribute('lang', 'de');
      await settled(page);
      await page.getByLabel('Sprache').selectOption('English');
      await press(page, 'Speichern');
      await expect(toast(page)).toContainText('Changes saved');
      await expect(page.getByLabel('Time zone')).toHaveValue('Asia/Kolkata');
      await expect(page.getByLabel('Email')).toBeChecked();
      await expect(page.getByLabel('In app')).not.toBeChecked();
      const [stored] = await database.rows(
        'select settings, notification_preferences from users where username = $1',
        [name],
      );
      expect(stored).toEqual({ settings: { timeZone: 'Asia/Kolkata' }, notification_preferences: { email: true } });

      await settled(page);
      await page.getByRole('button', { name: 'Dark' }).click();
      await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
      await expect(page).toHaveURL(/\/account\/preferences/);
    });

    test('times are in the chosen time zone', async ({ page, database }) => {
      const name = await add(database);
      await database.rows(`update users set settings = '{"timeZone": "Asia/Kolkata"}' where username = $1`, [name]);
      await enter(page, name, '/sessions');
      await settled(page);
      const ends = page.locator('.records tbody tr').first().locator('time').last();
      const timestamp = new Date((await ends.getAttribute('datetime'))!);
      await expect(ends).toHaveAttribute('title', `${exactly(timestamp, 'Asia/Kolkata')} UTC+5:30`);
    });

    test('everything as a file', async ({ page, database }) => {
      const name = await add(database);
      await enter(page, name, '/data');
      await settled(page);
      const download = page.waitForEvent('download');
      await page.getByRole('link', { name: 'Export my data' }).click();
      expect((await download).suggestedFilename()).toBe(`${name}.json`);
      const actions = 'select via from audit_events where action = $2 and target_label = $1';
      expect(await database.column(actions, [name, 'user.exported'])).toEqual(['self']);
    });

    test('deleting the account', async ({ page, database, browserWatch }) => {
      browserWatch.expectAnswer(...denied(422, '/account/delete', '/sfn/delete-account'));
      browserWatch.expectAnswer(...denied(403, '/account/delete', '/sfn/delete-account'));
      const name = await add(database);
      await database.rows(
        `insert into personas (id, user_id, name) select gen_random_uuid(), id, 'Mine' from users where username = $1`,
        [name],
      );
      await enter(page, name, '/data');
      await settled(page);
      await page.getByRole('link', { name: 'Delete my account' }).click();
      await expect(page).toHaveURL('/account/delete');
      await expect(dialog(page).getByRole('definition').nth(1)).toHaveText('1');
      const remove = dialog(page).getByRole('button', { name: 'Delete my account and 2 items' });
      for (const [typed, password, at, says] of [
        ['another-user', template().password, 'Type your username to confirm', `Type ${name} to confirm`],
        [name, 'not the password', 'Current password', 'Wrong current password'],
      ] as const) {
        await field(page, 'Type your username to confirm').fill(typed);
        await field(page, 'Current password').fill(password);
        await remove.click();
        await expect(field(page, at)).toHaveAccessibleDescription(new RegExp(says));
      }
      await field(page, 'Current password').fill(template().password);
      await remove.click();
      await expect(page).toHaveURL('/account/deleted');
      await expect(page.getByRole('heading', { name: 'Account deleted' })).toBeVisible();
      await page.goto('/account');
      await expect(page).toHaveURL('/login?next=%2Faccount');
      const left = 'select deleted_by = id as own from users where username = $1';
      expect(await database.value(left, [name])).toBe(true);
    });

    test('a temporary password leads to where one was going', async ({ page, database }) => {
      const name = await add(database, 'auditor');
      await database.rows('update users set must_change_password = true where username = $1', [name]);
      await page.goto('/users?q=role%3Aadmin&sort=name');
      await expect(page).toHaveURL(/\/login\?next=/);
      await settled(page);
      await signIn(page, name, template().password);
      await expect(page).toHaveURL(/\/reset\?link=[0-9a-f]{16}&next=/);
      await settled(page);
      await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
      await page.getByLabel('Confirm password').fill(PASSWORD);
      await press(page, 'Set password');
      await expect(page).toHaveURL(/\/reset\/done\?next=/);
      await page.getByRole('link', { name: 'Sign in' }).click();
      await settled(page);
      await signIn(page, name, PASSWORD);
      await expect(page).toHaveURL('/users?q=role%3Aadmin&sort=name');
    });
  });
}
