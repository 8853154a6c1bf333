// Actions on one user: create, edit, suspend, reset the password, delete, restore.
import { readFile } from 'node:fs/promises';
import { expect, serve, test } from '../support/test';
import { dialog, field, press, toast } from '../support/dialog';
import { expectNoSidewaysScroll, open, signIn } from '../support/page';
import { choosesTheirOwn, createUser, TEMPORARY } from '../support/user';

serve('demo users');
test.use({ as: 'admin' });

test('created with a link, which the user follows', async ({ page, another }) => {
  await open(page, '/users?q=role:admin');
  await page.getByRole('link', { name: 'Create user' }).click();
  await expect(page).toHaveURL('/users/new?q=role%3Aadmin');
  await field(page, 'Username').fill('linked');
  await field(page, 'Display name').fill('Linked Person');
  await field(page, 'Email').fill('linked@example.org');
  await press(page, 'Create user');
  await expect(field(page, 'Link')).toBeFocused();
  const link = await field(page, 'Link').inputValue();
  expect(link).toContain('/reset/');
  await expect(dialog(page)).toContainText('Expires');
  await press(page, 'Copy');
  await expect(dialog(page).getByRole('button', { name: 'Copied' })).toBeVisible();
  await dialog(page).getByRole('link', { name: 'Done' }).click();
  await expect(page.getByRole('heading', { name: 'Linked Person' })).toBeVisible();
  await expect(toast(page)).toContainText('Created ');

  const theirs = await another();
  await theirs.goto(new URL(link).pathname);
  await choosesTheirOwn(theirs, 'a lantern under rain');
  await theirs.goto('/login');
  await signIn(theirs, 'linked', 'a lantern under rain');
  await expect(theirs).toHaveURL('/account');
  await page.reload();
  await expect(page.getByText('Used', { exact: true })).toBeVisible();
});

test('created with a password, with which they sign in at once', async ({ page, another }) => {
  await open(page, '/users/new?limit=10');
  await field(page, 'Username').fill('passworded');
  await field(page, 'Display name').fill('passworded Example');
  await dialog(page).getByLabel('Set a temporary password').check();
  await field(page, 'Temporary password').fill(TEMPORARY);
  await press(page, 'Create user');
  await expect(page).toHaveURL('/users/passworded');
  await expect(toast(page)).toContainText('Created passworded');
  await expect(page.locator('.badge', { hasText: 'Must change password' })).toBeVisible();
  const theirs = await another();
  await theirs.goto('/login');
  await signIn(theirs, 'passworded', TEMPORARY);
  await choosesTheirOwn(theirs, 'a lantern under rain');
  await theirs.goto('/login');
  await signIn(theirs, 'passworded', 'a lantern under rain');
  await expect(theirs).toHaveURL('/account');
  await page.reload();
  await expect(page.locator('.badge', { hasText: 'Must change password' })).toBeHidden();
});

test('a temporary password is judged while it is typed, and its spaces pointed out', async ({ page }) => {
  await open(page, '/users/new?limit=10');
  await dialog(page).getByLabel('Set a temporary password').check();
  const password = field(page, 'Temporary password');
  await password.fill('passw0rd');
  await expect(password).toHaveAccessibleDescription(/Strength: weak/);
  await password.fill('a lantern under rain ');
  await expect(password).toHaveAccessibleDescription(/Strength: strong/);
  await expect(password).toHaveAccessibleDescription(/starts or ends with a space/i);
  await password.fill('a lantern under rain');
  await expect(password).not.toHaveAccessibleDescription(/starts or ends with a space/i);
});

test('errors show during typing, and a taken name loses nothing', async ({ page, browserWatch }) => {
  browserWatch.expectAnswer(409, '/sfn/create-user');
  await open(page, '/users/new?limit=10');
  await field(page, 'Username').fill('ab');
  await field(page, 'Display name').focus();
  await expect(field(page, 'Username')).toHaveAttribute('aria-invalid', 'true');
  await field(page, 'Username').fill('free-name');
  await expect(field(page, 'Username')).not.toHaveAttribute('aria-invalid', 'true');
  await field(page, 'Username').fill('test-member');
  await expect(field(page, 'Username')).toHaveAccessibleDescription(/Username already exists/);
  await field(page, 'Display name').fill('Kept');
  await dialog(page).getByLabel('Auditor').check();
  await press(page, 'Create user');
  await expect(field(page, 'Username')).toHaveAccessibleDescription(/Username already exists/);
  await expect(field(page, 'Username')).toBeFocused();
  await expect(field(page, 'Display name')).toHaveValue('Kept');
  await expect(dialog(page).getByLabel('Auditor')).toBeChecked();
});

test('a page by name, number and id', async ({ page, database }) => {
  const [row] = await database.rows(`select id, number from users where username = 'test-member'`);
  for (const reference of ['test-member', row!.number, `number:${row!.number}`, 'username:test-member', row!.id]) {
    await open(page, `/users/${reference}`);
    await expect(page.getByRole('heading', { name: 'Test Member' })).toBeVisible();
  }
});

test('edited, and the history says what was before', async ({ page }) => {
  await createUser(page, 'edited');
  await page.getByRole('link', { name: 'Edit' }).click();
  await field(page, 'Display name').fill('Another Name');
  await dialog(page).getByLabel('Auditor').check();
  await press(page, 'Save');
  await expect(toast(page)).toContainText('Saved changes to');
  await expect(page.getByRole('heading', { name: 'Another Name' })).toBeVisible();
  await page.getByRole('link', { name: 'History' }).click();
  await expect(page.getByRole('table')).toContainText('edited Example → Another Name');
});

test('a long email address fits a phone', async ({ page, database }) => {
  await createUser(page, 'lengthy');
  await database.rows(`update users set email = '${'a'.repeat(60)}@example.org' where username = 'lengthy'`);
  await page.setViewportSize({ width: 360, height: 740 });
  await open(page, '/users/lengthy');
  await expect(page.locator('.details').first()).toContainText('@example.org');
  await expectNoSidewaysScroll(page);
});

test('the profile is rows of names and values', async ({ page, database }) => {
  await createUser(page, 'profiled');
  await database.rows(`update users set profile = '{"lab": "North", "floor": 3}' where username = 'profiled'`);
  await open(page, '/users/profiled/edit');
  const profileField = (part: string, place: number) => dialog(page).getByLabel(`${part} ${place}`);
  await expect(profileField('Field name', 2)).toHaveValue('lab');
  await profileField('Value', 2).fill('South');
  await profileField('Field name', 3).fill('phone');
  await profileField('Value', 3).fill('42');
  await press(page, 'Save');
  await expect(toast(page)).toContainText('Saved changes to');
  const profile = await database.value(`select profile from users where username = 'profiled'`);
  expect(profile).toEqual({ lab: 'South', floor: 3, phone: '42' });
  await open(page, '/users/profiled/edit');
  await profileField('Value', 2).fill('');
  await press(page, 'Save');
  await expect(toast(page)).toContainText('Saved changes to');
  const left = await database.value(`select profile from users where username = 'profiled'`);
  expect(left).not.toHaveProperty('lab');
});

test('two browsers change the same user', async ({ page, browserWatch }) => {
  browserWatch.expectAnswer(409, '/sfn/edit-user');
  browserWatch.expectAnswer(422, '/sfn/edit-user');
  await createUser(page, 'contested');
  await open(page, '/users/contested/edit');
  const second = await page.context().newPage();
  await open(second, '/users/contested/edit');
  await field(second, 'Display name').fill('Theirs Entirely');
  await press(second, 'Save');
  await expect(toast(second)).toContainText('Saved changes to contested');

  await field(page, 'Display name').fill('Mine Entirely');
  await press(page, 'Save');
  await expect(dialog(page)).toContainText('Their value: Theirs Entirely');
  await expect(field(page, 'Display name')).toHaveValue('Mine Entirely');
  // A validation error of this form must not bring back the outdated version.
  await field(page, 'Email').fill('no address');
  await press(page, 'Overwrite with mine');
  await expect(field(page, 'Email')).toHaveAccessibleDescription(/email address such as/);
  await expect(dialog(page)).toContainText('Their value: Theirs Entirely');
  await expect(dialog(page).getByRole('button', { name: 'Overwrite with mine' })).toBeVisible();
  await dialog(page).getByRole('link', { name: 'Use their version' }).click();
  await expect(field(page, 'Display name')).toHaveValue('Theirs Entirely');

  await open(second, '/users/contested/edit');
  await open(page, '/users/contested/edit');
  await field(second, 'Email').fill('theirs@example.org');
  await press(second, 'Save');
  await expect(toast(second)).toContainText('Saved changes to contested');
  await field(page, 'Email').fill('mine@example.org');
  await press(page, 'Save');
  await press(page, 'Overwrite with mine');
  await expect(toast(page)).toContainText('Saved changes to contested');
  await expect(page.getByText('mine@example.org')).toBeVisible();
});

test('suspended with a reason that the user sees, and unsuspended', async ({ page, another }) => {
  await createUser(page, 'naughty');
  await page.getByRole('link', { name: 'Suspend' }).click();
  await field(page, 'Reason').fill('Shares their account');
  await dialog(page).getByLabel('Show the reason to the user').check();
  await field(page, 'Until').fill('2030-01-02T03:04');
  await press(page, 'Suspend naughty');
  await expect(toast(page)).toContainText(/Suspended naughty until .*2030/);
  await expect(page.getByText('Shares their account')).toBeVisible();

  const theirs = await another();
  await theirs.goto('/login');
  await signIn(theirs, 'naughty', TEMPORARY);
  await expect(theirs.getByRole('alert')).toContainText('Shares their account');

  await page.getByRole('button', { name: 'Unsuspend' }).click();
  await expect(toast(page)).toContainText('Unsuspended naughty');
  await signIn(theirs, 'naughty', TEMPORARY);
  await choosesTheirOwn(theirs, 'a lantern under rain');
});

test('suspending needs a reason and a time to come', async ({ page, browserWatch }) => {
  browserWatch.expectAnswer(422, '/sfn/suspend-user');
  await open(page, '/users/test-member/suspend');
  await field(page, 'Until').fill('2001-01-02T03:04');
  await press(page, 'Suspend test-member');
  await expect(field(page, 'Reason')).toBeFocused();
  await expect(field(page, 'Until')).toHaveAccessibleDescription(/date in the future/);
});

test('a reset link, its state, and its end', async ({ page }) => {
  await createUser(page, 'forgetful');
  await page.getByRole('link', { name: 'Create reset link' }).click();
  await press(page, 'Create link');
  await expect(field(page, 'Link')).toHaveValue(/\/reset\//);
  await dialog(page).getByRole('link', { name: 'Done' }).click();
  await expect(page.getByText('Expires', { exact: true })).toBeVisible();
  await expect(page.getByText(/by admin · not opened yet/)).toBeVisible();
  await page.getByRole('link', { name: 'Revoke' }).click();
  await press(page, 'Revoke password link of forgetful');
  await expect(toast(page)).toContainText('Revoked the password links of forgetful');
  await expect(page.getByText('Revoked', { exact: true })).toBeVisible();
});

test('deleted by name and counts, and restored by Undo', async ({ page, database, browserWatch }) => {
  browserWatch.expectAnswer(422, '/sfn/delete-user');
  const [user] = await database.rows(`
    select u.username from users u join user_stats s on s.user_id = u.id
    where s.personas > 3 and u.status = 'active' and u.deleted_at is null order by u.id limit 1`);
  const name = user!.username;
  await open(page, `/users/${name}/delete`);
  await expect(dialog(page)).toContainText('Personas');
  await press(page, /^Delete user and \d+ items$/);
  await expect(field(page, 'Type the username to confirm')).toBeFocused();
  await field(page, 'Type the username to confirm').fill(name);
  await press(page, /^Delete user and \d+ items$/);
  await expect(page.locator('.badge', { hasText: 'Deleted' })).toBeVisible();
  await toast(page).getByRole('button', { name: 'Undo' }).click();
  await expect(toast(page)).toContainText(`Restored ${name}`);
  await expect(page.locator('.badge', { hasText: 'Deleted' })).toBeHidden();
});

test('nothing is deleted when there is something else by then', async ({ page, database, browserWatch }) => {
  browserWatch.expectAnswer(409, '/sfn/delete-user');
  await createUser(page, 'growing');
  await open(page, '/users/growing/delete');
  await field(page, 'Type the username to confirm').fill('growing');
  await database.rows(`
    insert into personas (id, user_id, name)
    select uuid_v7(now()), id, 'New' from users where username = 'growing'`);
  await press(page, 'Delete user');
  await expect(dialog(page)).toContainText('Nothing was done');
  await press(page, 'Delete user and 1 item');
  await expect(page.locator('.badge', { hasText: 'Deleted' })).toBeVisible();
  await page.getByRole('link', { name: 'Delete permanently…' }).click();
  await field(page, 'Type the username to confirm').fill('growing');
  await press(page, 'Permanently delete user and 1 item');
  await expect(toast(page)).toContainText('Started permanent deletion of growing');
});

test('a file with their data, before it goes', async ({ page, database }) => {
  const [user] = await database.rows(`
    select u.id, u.username from users u join user_stats s on s.user_id = u.id
    where s.personas = 2 and u.deleted_at is null order by u.id limit 1`);
  await open(page, `/users/${user!.username}/delete`);
  await field(page, 'Type the username to confirm').fill('typed');
  const asked: string[] = [];
  page.on('dialog', (question) => {
    asked.push(question.type());
    void question.accept();
  });
  const download = page.waitForEvent('download');
  await dialog(page).getByRole('link', { name: 'Export data' }).click();
  const data = JSON.parse(await readFile(await (await download).path(), 'utf8'));
  const names = await database.column('select name from personas where user_id = $1 order by name', [user!.id]);
  expect(data.personas.map((persona: { name: string }) => persona.name).sort()).toEqual([...names].sort());
  expect(asked).toEqual([]);
  await expect(dialog(page)).toBeVisible();
});

test('data transferred to another user', async ({ page, database, browserWatch }) => {
  browserWatch.expectAnswer(422, '/sfn/reassign-data');
  const [user] = await database.rows(`
    select u.username from users u join user_stats s on s.user_id = u.id
    where s.personas = 3 and u.deleted_at is null order by u.id limit 1`);
  const name = user!.username;
  await open(page, `/users/${name}/data`);
  await page.getByRole('link', { name: 'Transfer ownership…' }).click();
  await field(page, 'New owner').fill('unknown-user');
  await press(page, 'Transfer 3 personas');
  await expect(field(page, 'New owner')).toHaveAccessibleDescription(/User not found/);
  await field(page, 'New owner').fill('test-mem');
  await press(page, /^Choose .*\(test-member\)$/);
  await expect(field(page, 'New owner')).toHaveValue('test-member');
  await press(page, 'Transfer 3 personas');
  await expect(toast(page)).toContainText(`Transferred 3 personas from ${name} to test-member`);
  await expect(page).toHaveURL(`/users/${name}/data`);
  await expect(page.getByRole('heading', { name: 'No personas' })).toBeVisible();
});
