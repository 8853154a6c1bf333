// Decisions on registrations by admins.
import type { Page } from '@playwright/test';
import { expect, serve, test } from '../support/test';
import { dialog, field, press, toast } from '../support/dialog';
import { inspect } from '../support/inspect';
import { hydrated, open, signIn } from '../support/page';

serve('demo users', { ALLOW_REGISTRATION: 'true' });

const PASSWORD = 'copper lantern under rain';

// The rate limit would soon stop so many registrations from one network.
test.beforeEach(async ({ database }) => {
  await database.rows('delete from login_attempts');
});

test.describe('who decides', () => {
  test.use({ as: 'admin' });

  /** Registers a user, with the request that the form sends. */
  async function add(page: Page, username: string, email?: string): Promise<void> {
    const created = await page.request.post('/api/auth/register', {
      data: { username, displayName: `${username} Example`, password: PASSWORD, email },
    });
    expect(created.status(), await created.text()).toBe(201);
  }

  /** Returns the row of a user that a test has registered. */
  const row = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name });

  test('approves a user, who can then sign in', async ({ page, database, another }) => {
    await database.rows(`update users set status = 'active' where status = 'pending' and username <> 'test-pending'`);
    await database.rows(`update users set email = 'known@example.org' where username = 'test-member'`);
    await add(page, 'ada-waits', 'Known@example.org');
    await open(page, '/users');
    await expect(page.getByRole('link', { name: /Registrations\s*2 pending/ })).toBeVisible();
    await page.getByRole('link', { name: /^Registrations/ }).first().click();
    await expect(row(page, 'ada-waits')).toContainText('Already used by test-member');
    await expect(page.getByText('Registration is open; new users need approval.')).toBeVisible();
    await inspect(page, 'registrations');
    await page.getByRole('link', { name: 'Approve ada-waits' }).click();
    await expect(dialog(page)).toContainText('They can sign in immediately.');
    await expect(dialog(page)).toContainText('ada-waits');
    await field(page, 'Note').fill('known to us');
    await inspect(page, 'registrations-approve');
    await press(page, 'Approve 1 registration');
    await expect(toast(page)).toContainText('Approved');
    await expect(row(page, 'ada-waits')).toHaveCount(0);

    const login = await another();
    await open(login, '/login');
    await signIn(login, 'ada-waits', PASSWORD);
    await expect(login).toHaveURL('/account');
    await expect(login.getByLabel('Email')).toHaveValue('Known@example.org');
    await open(page, '/users/ada-waits/history');
    await expect(page.getByText('“known to us”')).toBeVisible();
  });

  test('rejects several, whose names are free again', async ({ page, database }) => {
    for (const name of ['spam-one', 'spam-two']) await add(page, name);
    await open(page, '/registrations');
    await page.getByLabel('Select spam-one').check();
    await page.getByLabel('Select spam-two').check();
    await expect(page.getByText('2 selected')).toBeVisible();
    await inspect(page, 'registrations-selected');
    await page.locator('.selection').getByRole('link', { name: 'Reject' }).click();
    await press(page, 'Reject 2 registrations');
    await expect(toast(page)).toContainText('Rejected');
    await expect(row(page, 'spam-')).toHaveCount(0);
    const rejected = await database.value(`select id from users where username = 'spam-one'`);
    await add(page, 'spam-one');
    expect(await database.column(`select id from users where username = 'spam-one'`)).not.toContain(rejected);
    await open(page, '/registrations?state=rejected');
    await expect(row(page, 'spam-two')).toBeVisible();
    await expect(row(page, 'spam-one')).toHaveCount(0);
  });

  test('approves at once, undoes it, and approves with another role', async ({ page, database }) => {
    await add(page, 'at-once', 'at.once@laboratory.university.example');
    const status = () => database.value(`select status from users where username = 'at-once'`);
    await open(page, '/registrations?q=at-once');
    await page.getByRole('button', { name: 'Approve at-once', exact: true }).click();
    await expect(toast(page)).toContainText('Approved at-once');
    await expect(page).toHaveURL('/registrations?q=at-once');
    await expect(page.getByRole('heading', { name: 'No registrations match' })).toBeVisible();
    expect(await status()).toBe('active');
    await toast(page).getByRole('button', { name: 'Undo' }).click();
    await expect(toast(page)).toContainText('at-once is pending again');
    await expect(row(page, 'at-once')).toBeVisible();
    expect(await status()).toBe('pending');
    await hydrated(page);
    await page.getByRole('link', { name: 'Approve at-once as' }).click();
    await expect(dialog(page).getByRole('listitem')).toHaveText(['at-once']);
    await dialog(page).getByLabel('Auditor').check();
    await inspect(page, 'registrations-approve-as');
    await press(page, 'Approve 1 registration');
    await expect(toast(page)).toContainText('Approved at-once');
    const roles = `select r.name from user_roles ur join roles r on r.id = ur.role_id
      join users u on u.id = ur.user_id where u.username = 'at-once' order by 1`;
    expect(await database.column(roles)).toEqual(['auditor', 'user']);
  });

  test('cannot undo the approval of a user who has signed in', async ({ page, browserWatch, another }) => {
    browserWatch.expectAnswer(409, '/registrations/reopen');
    await add(page, 'quick-user');
    await open(page, '/registrations?q=quick-user');
    await page.getByRole('button', { name: 'Approve quick-user', exact: true }).click();
    await expect(toast(page)).toContainText('Approved quick-user');
    // The message stays while the focus is on it.
    await toast(page).getByRole('button', { name: 'Undo' }).focus();
    const login = await another();
    await open(login, '/login');
    await signIn(login, 'quick-user', PASSWORD);
    await expect(login).toHaveURL('/account');
    await page.keyboard.press('Enter');
    await expect(dialog(page)).toContainText('The user has already used the account.');
    await dialog(page).getByRole('link', { name: 'Close' }).click();
    await expect(page).toHaveURL('/registrations?q=quick-user');
  });

  test('undoes a rejection, and restores from the list', async ({ page }) => {
    await add(page, 'not-spam');
    await open(page, '/registrations');
    for (const way of ['undo', 'list']) {
      await page.getByRole('link', { name: 'Reject not-spam' }).click();
      await expect(dialog(page)).toContainText('can be restored until');
      await press(page, 'Reject 1 registration');
      await expect(toast(page)).toContainText('Rejected not-spam');
      if (way === 'undo') {
        await toast(page).getByRole('button', { name: 'Undo' }).click();
        await expect(toast(page)).toContainText('Restored the registration of not-spam');
        await hydrated(page);
      }
    }
    await hydrated(page);
    await page.getByRole('navigation', { name: 'Registrations' }).getByRole('link', { name: 'Rejected' }).click();
    await expect(page).toHaveURL('/registrations?state=rejected');
    await expect(page.getByRole('link', { name: 'Rejected' })).toHaveAttribute('aria-current', 'page');
    await expect(row(page, 'not-spam')).toBeVisible();
    await inspect(page, 'registrations-rejected');
    await page.getByRole('button', { name: 'Restore not-spam' }).click();
    await expect(toast(page)).toContainText('Restored the registration of not-spam');
    await expect(row(page, 'not-spam')).toHaveCount(0);
    await hydrated(page);
    await page.getByRole('navigation', { name: 'Registrations' }).getByRole('link', { name: 'Pending' }).click();
    await expect(row(page, 'not-spam')).toBeVisible();
  });

  test('searches, sorts, and selects the whole page', async ({ page }) => {
    for (const [name, email] of [['queue-anna', 'zz@lab.example'], ['queue-bert', 'aa@lab.example']]) {
      await add(page, name!, email);
    }
    await open(page, '/registrations');
    await page.getByRole('search', { name: 'Search registrations' }).getByRole('textbox').fill('QUEUE-');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL('/registrations?q=QUEUE-');
    const names = page.locator('tbody th');
    await expect(names).toHaveText(['queue-anna Example', 'queue-bert Example']);
    await expect(page.locator('.pager-count')).toHaveText(/1–2\s*of\s*2/);
    await page.getByRole('columnheader', { name: 'Email' }).getByRole('link').click();
    await expect(page).toHaveURL('/registrations?q=QUEUE-&sort=email');
    await expect(names).toHaveText(['queue-bert Example', 'queue-anna Example']);
    await expect(page.getByRole('columnheader', { name: 'Email' })).toHaveAttribute('aria-sort', 'ascending');
    const registered = page.getByRole('columnheader', { name: 'Registered' });
    await registered.getByRole('link').click();
    await expect(registered).toHaveAttribute('aria-sort', 'descending');
    await registered.getByRole('link').click();
    await expect(registered).toHaveAttribute('aria-sort', 'ascending');
    await expect(page).toHaveURL('/registrations?q=QUEUE-');
    await page.getByRole('checkbox', { name: 'Select all on this page' }).check();
    await expect(page.getByText('2 selected')).toBeVisible();
    await page.locator('.selection').getByRole('link', { name: 'Reject' }).click();
    await expect(dialog(page).getByRole('listitem')).toHaveText(['queue-anna', 'queue-bert']);
    await dialog(page).getByRole('link', { name: 'Cancel' }).click();
    await expect(page).toHaveURL('/registrations?q=QUEUE-');
    // Another search clears the selection.
    await page.getByRole('link', { name: 'Clear', exact: true }).first().click();
    await expect(page).toHaveURL('/registrations');
    await expect(page.locator('.selection')).toBeHidden();
  });

  test('an email address breaks between its parts', async ({ page }) => {
    await page.setViewportSize({ width: 1100, height: 800 });
    await add(page, 'long-mail', 'ada@department.university.example');
    await open(page, '/registrations?q=long-mail');
    const email = row(page, 'long-mail').locator('td bdi').filter({ hasText: '@' });
    const lines = await email.evaluate((address) => {
      const range = document.createRange();
      return [...address.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => {
        range.selectNodeContents(node);
        return range.getClientRects().length;
      });
    });
    expect(lines.every((count) => count <= 1), JSON.stringify(lines)).toBe(true);
  });

  test('sees that another administrator was quicker', async ({ page, browserWatch, database }) => {
    browserWatch.expectAnswer(409, '/sfn/decide');
    await add(page, 'contested');
    await add(page, 'uncontested');
    await open(page, '/registrations');
    await page.getByLabel('Select contested').check();
    await page.getByLabel('Select uncontested').check();
    await page.locator('.selection').getByRole('link', { name: 'Approve' }).click();
    await expect(dialog(page).getByRole('button', { name: 'Approve 2 registrations' })).toBeVisible();
    const id = await database.value(`select id from users where username = 'contested'`);
    await page.request.post(`/api/admin/registrations/${id}/approve`);
    await press(page, 'Approve 2 registrations');
    await expect(dialog(page)).toContainText('Already decided.');
    await press(page, 'Approve 1 registration');
    await expect(toast(page)).toContainText('Approved');
  });

  test('decides on the page of the user too', async ({ page }) => {
    await add(page, 'on-page');
    await open(page, '/users/on-page');
    await page.getByRole('link', { name: 'Approve', exact: true }).click();
    await press(page, 'Approve 1 registration');
    await expect(toast(page)).toContainText('Approved');
  });

  test.describe('without scripts', () => {
    test.use({ javaScriptEnabled: false, contextOptions: { reducedMotion: 'reduce' } });

    test('selects and approves', async ({ page }) => {
      await add(page, 'scriptless');
      await page.goto('/registrations');
      await page.getByLabel('Select scriptless').check();
      await page.locator('.selection').getByRole('button', { name: 'Approve' }).click();
      await press(page, 'Approve 1 registration');
      await expect(toast(page)).toContainText('Approved');
    });

    test('approves at once and undoes it', async ({ page }) => {
      await add(page, 'plain-once');
      await page.goto('/registrations?q=plain-once');
      await page.getByRole('button', { name: 'Approve plain-once', exact: true }).click();
      await expect(toast(page)).toContainText('Approved plain-once');
      await toast(page).getByRole('button', { name: 'Undo' }).click();
      await expect(toast(page)).toContainText('plain-once is pending again');
      await expect(row(page, 'plain-once')).toBeVisible();
    });
  });
});

test.describe('an auditor', () => {
  test.use({ as: 'test-auditor' });

  test('sees pending registrations and decides nothing', async ({ page, database }) => {
    await database.rows(`update users set status = 'pending' where username = 'test-pending'`);
    await open(page, '/registrations');
    await expect(page.getByText('test-pending')).toBeVisible();
    await expect(page.getByRole('link', { name: /^(Approve|Reject |Create invitation)/ })).toHaveCount(0);
    await expect(page.getByRole('button', { name: /^(Approve|Restore)/ })).toHaveCount(0);
    await expect(page.getByRole('checkbox')).toHaveCount(0);
  });
});
