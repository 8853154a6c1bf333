// User dialogs: permissions, keyboard, time zone, without scripts, on a phone.
import { expect, serve, test } from '../support/test';
import { dialog, field, press, toast } from '../support/dialog';
import { expectNoSidewaysScroll, open } from '../support/page';

serve('demo users');
test.use({ as: 'admin' });

test('an action that is not possible is explained before any typing', async ({ page }) => {
  for (const [path, text] of [
    ['/users/admin/delete', 'Cannot delete yourself'],
    ['/users/admin/suspend', 'Cannot suspend yourself'],
  ] as const) {
    await open(page, path);
    await expect(dialog(page)).toContainText(text);
    await expect(dialog(page).getByRole('textbox')).toBeHidden();
  }
  await open(page, '/users/admin/edit');
  await expect(dialog(page)).toContainText('change your own roles');
  await expect(dialog(page).getByLabel('Auditor')).toBeDisabled();
});

test('the keyboard stays in the dialog and comes back', async ({ page }) => {
  await open(page, '/users/test-member');
  const opener = page.getByRole('link', { name: 'Suspend' });
  await opener.focus();
  await page.keyboard.press('Enter');
  await expect(field(page, 'Reason')).toBeFocused();
  for (let step = 0; step < 12; step += 1) {
    await page.keyboard.press('Tab');
    const inside = await page.evaluate(() => {
      const focused = document.activeElement;
      return focused === document.body || focused?.closest('dialog') !== null;
    });
    expect(inside).toBe(true);
  }
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL('/users/test-member');
  await expect(opener).toBeFocused();

  await open(page, '/users/test-member/edit');
  await dialog(page).getByRole('link', { name: 'Cancel' }).click();
  await expect(dialog(page)).toBeHidden();
  await expect(page.getByRole('link', { name: 'Edit' })).toBeFocused();
});

test('suspended until a day of the zone in which times are shown, in winter and in summer', async ({ page, database }) => {
  const choose = (zone: string) =>
    database.rows(`update users set settings = settings || jsonb_build_object('timeZone', $1::text) where username = 'admin'`, [zone]);
  await choose('America/New_York');
  try {
    for (const [day, hour] of [
      ['2030-01-02', '08'],
      ['2030-07-02', '07'],
    ]) {
      await open(page, '/users/test-member/suspend');
      await expect(dialog(page)).toContainText('In the time zone America/New_York');
      await field(page, 'Reason').fill('On leave');
      await field(page, 'Until').fill(`${day}T03:04`);
      await press(page, 'Suspend test-member');
      await expect(toast(page)).toContainText(/until .*2030/);
      const [user] = await database.rows(`select suspended_until from users where username = 'test-member'`);
      expect(user).toEqual({ suspended_until: new Date(`${day}T${hour}:04:00Z`) });
      await page.getByRole('button', { name: 'Unsuspend' }).click();
      await expect(toast(page)).toContainText('Unsuspended test-member');
    }
  } finally {
    await database.rows(`update users set settings = settings - 'timeZone' where username = 'admin'`);
  }
});

test.describe('an auditor', () => {
  test.use({ as: 'test-auditor' });

  test('sees everything, with the buttons gone', async ({ page }) => {
    await open(page, '/users');
    await expect(page.getByRole('link', { name: 'Create user' })).toBeHidden();
    await open(page, '/users/test-member');
    await expect(page.getByRole('heading', { name: 'Statistics' })).toBeVisible();
    for (const name of ['Edit', 'Suspend', 'Delete', 'Create reset link']) {
      await expect(page.getByRole('link', { name })).toBeHidden();
    }
    await expect(page.getByRole('link', { name: 'Sign out everywhere' })).toBeHidden();
    await open(page, '/users/test-member/edit');
    await expect(dialog(page)).toContainText('You have read-only access to users.');
    await expect(dialog(page).getByRole('textbox')).toBeHidden();
  });
});

test('fits a phone', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  for (const end of ['', '/sessions', '/keys', '/data', '/access', '/history', '/edit', '/delete']) {
    await open(page, `/users/test-member${end}`);
    await expectNoSidewaysScroll(page);
  }
});

test.describe('without scripts', () => {
  // Without scripts an idle browser draws no frames, so Playwright would wait forever for a moving element to be stable.
  test.use({ javaScriptEnabled: false, contextOptions: { reducedMotion: 'reduce' } });

  test('every form works', async ({ page, database, browserWatch }) => {
    browserWatch.expectAnswer(422, '/users/new');
    browserWatch.expectAnswer(422, '/users/plain/suspend');
    browserWatch.expectAnswer(422, '/users/plain/delete');
    browserWatch.expectAnswer(409, '/users/plain/edit');
    await page.goto('/users/new');
    await field(page, 'Username').fill('x');
    await field(page, 'Display name').fill('Plain Person');
    await dialog(page).getByLabel('Auditor').check();
    await press(page, 'Create user');
    await expect(field(page, 'Display name')).toHaveValue('Plain Person');
    await expect(dialog(page).getByLabel('Auditor')).toBeChecked();
    await field(page, 'Username').fill('plain');
    await press(page, 'Create user');
    await expect(field(page, 'Link')).toHaveValue(/\/reset\//);
    await dialog(page).getByRole('link', { name: 'Done' }).click();
    await expect(toast(page)).toContainText('Created ');

    await page.getByRole('link', { name: 'Edit' }).click();
    await database.rows(`update users set display_name = 'Theirs', version = version + 1 where username = 'plain'`);
    await field(page, 'Display name').fill('Mine');
    await press(page, 'Save');
    await expect(dialog(page)).toContainText('Their value: Theirs');
    await expect(field(page, 'Display name')).toHaveValue('Mine');
    await press(page, 'Overwrite with mine');
    await expect(page.getByRole('heading', { name: 'Mine' })).toBeVisible();

    await page.getByRole('link', { name: 'Suspend' }).click();
    await press(page, 'Suspend plain');
    await expect(field(page, 'Reason')).toHaveAttribute('aria-invalid', 'true');
    await field(page, 'Reason').fill('A while off');
    await field(page, 'Until').fill('2031-05-06T07:08');
    await press(page, 'Suspend plain');
    await expect(page.getByText('6 May 2031, 07:08 UTC').first()).toBeVisible();
    await toast(page).getByRole('button', { name: 'Undo' }).click();
    await expect(toast(page)).toContainText('Unsuspended');

    await page.getByRole('link', { name: 'Create reset link' }).click();
    await press(page, 'Create link');
    await expect(field(page, 'Link')).toHaveValue(/\/reset\//);
    await dialog(page).getByRole('link', { name: 'Done' }).click();
    await page.getByRole('link', { name: 'Revoke' }).click();
    await press(page, /^Revoke password link/);
    await expect(toast(page)).toContainText('Revoked the password links');
    await page.getByRole('link', { name: 'Sign out everywhere' }).click();
    await press(page, /^Sign out .* everywhere$/);
    await expect(toast(page)).toContainText(/Revoked \d+ sessions? of/);

    await page.getByRole('link', { name: 'Delete' }).click();
    await field(page, 'Type the username to confirm').fill('another-user');
    await press(page, 'Delete user');
    await expect(field(page, 'Type the username to confirm')).toHaveAttribute('aria-invalid', 'true');
    await field(page, 'Type the username to confirm').fill('plain');
    await press(page, 'Delete user');
    await toast(page).getByRole('button', { name: 'Undo' }).click();
    await expect(toast(page)).toContainText('Restored');
  });

  test('a rejected form still has the version that it was opened with', async ({ page, database, browserWatch }) => {
    browserWatch.expectAnswer(422, '/users/test-member/edit');
    browserWatch.expectAnswer(409, '/users/test-member/edit');
    await page.goto('/users/test-member/edit');
    await field(page, 'Email').fill('no address');
    await database.rows(
      `update users set display_name = 'Meanwhile', version = version + 1 where username = 'test-member'`,
    );
    await press(page, 'Save');
    await expect(page.locator('#error-summary')).toBeFocused();
    await expect(field(page, 'Email')).toHaveAttribute('aria-invalid', 'true');
    await field(page, 'Email').fill('');
    await press(page, 'Save');
    await expect(dialog(page)).toContainText('Their value: Meanwhile');
    const name = await database.value(`select display_name from users where username = 'test-member'`);
    expect(name).toBe('Meanwhile');
  });

  test('data transferred, then deleted permanently', async ({ page, database }) => {
    const [user] = await database.rows(`
      select u.username from users u join user_stats s on s.user_id = u.id
      where s.personas = 2 and u.status = 'active' and u.deleted_at is null order by u.id limit 1`);
    const name = user!.username;
    await page.goto(`/users/${name}/delete`);
    await dialog(page).getByRole('link', { name: 'Transfer ownership' }).click();
    await expect(field(page, 'New owner')).toBeFocused();
    await field(page, 'New owner').fill('test-auditor');
    await press(page, 'Transfer 2 personas');
    await expect(toast(page)).toContainText(`Transferred 2 personas from ${name} to test-auditor`);
    await expect(page.getByRole('heading', { name: 'No personas' })).toBeVisible();

    await page.getByRole('link', { name: 'Delete', exact: true }).click();
    await dialog(page).getByLabel('Delete permanently now').check();
    await field(page, 'Type the username to confirm').fill(name);
    await press(page, /^Delete user/);
    await expect(page).toHaveURL('/users');
    await expect(toast(page)).toContainText(`Started permanent deletion of ${name}`);
  });
});
