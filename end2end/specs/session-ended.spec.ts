// The session ends while a page is open: the user signs in again on the same page, and no typed text is lost.
import type { Page } from '@playwright/test';
import { add, enter, startSession } from '../support/account';
import type { Database } from '../support/database';
import { expect, serve, test } from '../support/test';
import { toast } from '../support/dialog';
import { inspect } from '../support/inspect';
import { hydrated, open, signIn } from '../support/page';
import { fillLists } from '../support/lists';
import { header, next } from '../support/selection';
import { template } from '../support/template';

serve('demo users', { ALLOW_REGISTRATION: 'true' });

type Way = (page: Page) => Promise<unknown>;

const filter: Way = (page) => page.getByRole('button', { name: 'Filter', exact: true }).click();
const search: Way = async (page) => {
  await page.locator('#q').fill('test');
  await page.keyboard.press('Enter');
};
const tab = (name: string): Way => (page) =>
  page.getByRole('navigation', { name: 'User details' }).getByRole('link', { name }).click();
const main = (name: string): Way => (page) =>
  page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name }).click();

/** Lists, and controls that load other rows or the list itself. */
const LISTS: [path: string, name: string, way: Way][] = [
  ['/users?limit=25', 'Next', (page) => next(page)()],
  ['/users?limit=25', 'Email', (page) => header(page, 'Email')()],
  ['/users', 'search', search],
  ['/users?limit=25&deleted=true', 'Next', (page) => next(page)()],
  ['/registrations', 'Next', (page) => next(page)()],
  ['/registrations', 'filter', filter],
  ['/registrations/invitations', 'Next', (page) => next(page)()],
  ['/sessions?limit=25', 'Next', (page) => next(page)()],
  ['/sessions?limit=25', 'Signed in', (page) => header(page, 'Signed in')()],
  ['/sessions?user=admin', 'Clear', (page) => page.getByRole('link', { name: 'Clear', exact: true }).click()],
  ['/tokens?limit=25', 'Next', (page) => next(page)()],
  ['/tokens', 'filter', filter],
  ['/settings/jobs?limit=25', 'Next', (page) => next(page)()],
  ['/settings/jobs', 'filter', filter],
  ['/audit?limit=25', 'Next', (page) => next(page)()],
  ['/audit?via=ui', 'Clear', (page) => page.getByRole('link', { name: 'Clear', exact: true }).click()],
  ['/audit', 'API keys', main('API keys')],
  ['/users/admin', 'Sessions', tab('Sessions')],
  ['/users/admin', 'API keys', tab('API keys')],
  ['/users/admin/history', 'Next', (page) => next(page)()],
  ['/users/admin/data', 'Next', (page) => next(page)()],
];

const again = (page: Page) => page.getByRole('dialog', { name: 'Your session has ended' });

const end = (database: Database, name: string) =>
  database.rows(
    `update sessions set ended_at = now(), ended_reason = 'revoked'
    where ended_at is null and user_id = (select id from users where username = $1)`,
    [name],
  );

/** Signs in in the dialog. */
async function signInAgain(page: Page, password = template().password): Promise<void> {
  await again(page).getByLabel('Password').fill(password);
  await again(page).getByRole('button', { name: 'Sign in' }).click();
}

/** Creates an admin for one test, so that ending its session does not affect other tests. */
async function admin(page: Page, database: Database): Promise<string> {
  const name = await add(database, 'admin');
  await startSession(page, name);
  return name;
}

/** Returns the number of changes by an actor. */
const changes = (database: Database, actor: string, action: string) =>
  database.value('select count(*)::int from audit_events where actor_label = $1 and action = $2', [actor, action]);

test('a dialog stays, and what it asks for is done once', async ({ page, database, browserWatch }) => {
  browserWatch.expectAnswer(401, '/sfn/edit-user');
  browserWatch.expectAnswer(401, '/sfn/sign-in');
  const name = await admin(page, database);
  await open(page, '/users/test-member/edit');
  const field = page.getByLabel('Display name');
  await field.fill('Typed before the end');
  await end(database, name);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(again(page)).toContainText(`Sign in to continue as ${name}`);
  await expect(again(page).getByLabel('Password')).toBeFocused();
  await inspect(page, 'session-ended');
  await signInAgain(page, 'not the password');
  await expect(again(page).getByRole('alert')).toBeVisible();
  await expect(field).toHaveValue('Typed before the end');
  await signInAgain(page);
  await expect(toast(page)).toContainText('Saved changes to test-member');
  expect(await database.value(`select display_name from users where username = 'test-member'`)).toBe(
    'Typed before the end',
  );
  expect(await changes(database, name, 'user.updated')).toBe(1);
});

test('Cancel leaves the form as it is', async ({ page, database, browserWatch }) => {
  browserWatch.expectAnswer(401, '/sfn/edit-user');
  const name = await admin(page, database);
  await open(page, '/users/test-member/edit');
  await page.getByLabel('Display name').fill('Kept');
  await end(database, name);
  const save = page.getByRole('button', { name: 'Save' });
  await save.click();
  await expect(again(page).getByLabel('Password')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(again(page)).toBeHidden();
  await expect(page.getByLabel('Display name')).toHaveValue('Kept');
  await save.click();
  await signInAgain(page);
  await expect(toast(page)).toContainText('Saved changes to test-member');
});

test('several at once', async ({ page, database, browserWatch }) => {
  browserWatch.expectAnswer(401, '/sfn/bulk-users');
  const name = await admin(page, database);
  await open(page, '/users?q=username%3Atest-member+OR+username%3Atest-auditor');
  for (const username of ['test-member', 'test-auditor']) await page.getByRole('checkbox', { name: `Select ${username}` }).check();
  await page.getByRole('form', { name: /^Selected/ }).getByRole('link', { name: 'Suspend', exact: true }).click();
  await page.getByLabel('Reason', { exact: true }).fill('On leave');
  await end(database, name);
  await page.getByRole('button', { name: 'Suspend 2 users' }).click();
  await signInAgain(page);
  await expect(toast(page)).toContainText('Suspended 2 users');
  expect(await changes(database, name, 'user.suspended')).toBe(2);
});

test('the own account', async ({ page, database, browserWatch }) => {
  browserWatch.expectAnswer(401, '/sfn/edit-profile');
  const name = await add(database);
  await startSession(page, name);
  await open(page, '/account');
  await page.getByLabel('Display name').fill('My New Name');
  await end(database, name);
  await page.getByRole('button', { name: 'Save' }).click();
  await signInAgain(page);
  await expect(toast(page)).toContainText('Changes saved');
  await expect(page.getByRole('heading', { name: 'My New Name' })).toBeVisible();
});

test('it does not become another user’s change', async ({ page, database, browserWatch }) => {
  browserWatch.expectAnswer(401, '/sfn/edit-user');
  const [name, other] = [await admin(page, database), await add(database, 'admin')];
  await open(page, '/users/test-member/edit');
  await page.getByLabel('Display name').fill('By another');
  // Another user signs in in another tab.
  const tab = await page.context().newPage();
  await tab.context().request.post('/api/auth/login', { data: { username: other, password: template().password } });
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(again(page)).toContainText(`as ${name}`);
  await signInAgain(page);
  await expect(toast(page)).toContainText('Saved changes to test-member');
  expect(await changes(database, name, 'user.updated')).toBe(1);
  expect(await changes(database, other, 'user.updated')).toBe(0);
});

test('a user that cannot sign in sees why', async ({ page, database, browserWatch }) => {
  browserWatch.expectAnswer(401, '/sfn/edit-user');
  browserWatch.expectAnswer(403, '/sfn/sign-in');
  const name = await admin(page, database);
  await open(page, '/users/test-member/edit');
  await end(database, name);
  await database.rows(
    `update users set status = 'suspended', suspended_reason = 'Spam', suspended_reason_visible = true where username = $1`,
    [name],
  );
  await page.getByRole('button', { name: 'Save' }).click();
  await signInAgain(page);
  await expect(again(page).getByRole('alert')).toContainText('Spam');

  await database.rows(
    `update users set status = 'active', suspended_reason = null, suspended_reason_visible = false,
      must_change_password = true where username = $1`,
    [name],
  );
  await signInAgain(page);
  await expect(again(page).getByRole('alert')).toContainText('You need a new password first');
  await expect(again(page).getByRole('link', { name: 'Set it in a new tab' })).toHaveAttribute('href', /\/reset\//);
});

test.describe('a list leads to signing in, and back', () => {
  for (const [path, name, way] of LISTS) {
    test(`${path}, ${name}`, async ({ page, database, browserWatch }) => {
      // The order of the responses to the page's requests is not defined, so any of them may fail first.
      browserWatch.expectBreakage(/^error at \/(sfn|api)\/\S+: Failed to load resource: .* status of 401/);
      const user = await admin(page, database);
      await fillLists(page, database);
      await open(page, path);
      await end(database, user);
      await way(page);
      await expect(page).toHaveURL(/^[^?]*\/login\?next=%2F/);
      const wanted = new URL(page.url()).searchParams.get('next')!;
      // The list itself, or the page from which it was opened.
      expect(wanted).toMatch(new RegExp(`^(${path.split('?')[0]}|/keys)`));
      await signIn(page, user, template().password);
      await expect(page).toHaveURL(wanted);
      await hydrated(page);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await expect(page.getByText('could not be loaded')).toHaveCount(0);
    });
  }
});

/** Submits the form of a dialog natively, as a browser does before hydration. */
const sendNatively = (page: Page) =>
  page.getByRole('dialog').locator('form').evaluate((form: HTMLFormElement) => form.submit());

test('a form that the browser sends by itself comes back after signing in', async ({ page, database, browserWatch }) => {
  browserWatch.expectAnswer(401, '/users/test-member/edit');
  const name = await admin(page, database);
  await open(page, '/users/test-member/edit');
  const field = page.getByLabel('Display name');
  await field.fill('Typed before the end');
  await end(database, name);
  await sendNatively(page);
  await expect(page.getByRole('alert')).toContainText('Your session has ended');
  await expect(page).toHaveURL('/login?next=%2Fusers%2Ftest-member%2Fedit');
  await hydrated(page);
  await inspect(page, 'sign-in-with-form');
  await signIn(page, name, template().password);
  await expect(page.getByRole('alert')).toContainText('You are signed in again');
  await expect(page).toHaveURL('/users/test-member/edit');
  await hydrated(page);
  await expect(field).toHaveValue('Typed before the end');
  expect(await changes(database, name, 'user.updated')).toBe(0);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(toast(page)).toContainText('Saved changes to test-member');
  expect(await changes(database, name, 'user.updated')).toBe(1);
});

test('a form that the browser sends by itself does not become another user’s change', async ({
  page,
  database,
  browserWatch,
}) => {
  browserWatch.expectAnswer(401, '/users/test-member/edit');
  await admin(page, database);
  const other = await add(database, 'admin');
  await open(page, '/users/test-member/edit');
  await page.getByLabel('Display name').fill('By another');
  await page.context().request.post('/api/auth/login', { data: { username: other, password: template().password } });
  await sendNatively(page);
  await expect(page.getByText('Another user is now signed in')).toBeVisible();
  expect(await changes(database, other, 'user.updated')).toBe(0);
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false, contextOptions: { reducedMotion: 'reduce' } });

  test('what was typed comes back, after a wrong password too', async ({ page, database, browserWatch }) => {
    browserWatch.expectAnswer(401, '/account');
    browserWatch.expectAnswer(401, '/login');
    const name = await add(database);
    await enter(page, name);
    await page.getByLabel('Display name').fill('My New Name');
    await end(database, name);
    await page.getByRole('button', { name: 'Save' }).click();
    await signIn(page, name, 'not the password');
    await expect(page.getByRole('alert')).toContainText('Wrong username or password');
    await signIn(page, name, template().password);
    await expect(page.getByRole('alert')).toContainText('You are signed in again');
    await expect(page.getByLabel('Display name')).toHaveValue('My New Name');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('heading', { name: 'My New Name' })).toBeVisible();
  });
});
