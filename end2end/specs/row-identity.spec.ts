// Each row keeps its identity when the list changes.
import type { Page } from '@playwright/test';
import { expect, serve, test } from '../support/test';
import { open, signIn } from '../support/page';
import { boxes, first, listed, go, next, header } from '../support/selection';
import { fillLists } from '../support/lists';
import { template } from '../support/template';

serve('demo users', { ALLOW_REGISTRATION: 'true' });
test.use({ as: 'admin' });

/** Lists without checkboxes: URL, control that changes the rows, and the action that uses it. */
const LISTS: [path: string, way: string, go: (page: Page) => Promise<unknown>][] = [
  ['/users?limit=25', 'Next', (page) => next(page)()],
  ['/users?limit=25', 'Email', (page) => header(page, 'Email')()],
  ['/users?limit=25&deleted=true', 'Next', (page) => next(page)()],
  ['/registrations', 'Next', (page) => next(page)()],
  ['/registrations', 'Username', (page) => header(page, 'Username')()],
  ['/registrations/invitations', 'Next', (page) => next(page)()],
  ['/sessions?limit=25', 'Next', (page) => next(page)()],
  ['/sessions?limit=25', 'Signed in', (page) => header(page, 'Signed in')()],
  ['/tokens?limit=25', 'Next', (page) => next(page)()],
  ['/settings/jobs?limit=25', 'Next', (page) => next(page)()],
  ['/audit?limit=25', 'Next', (page) => next(page)()],
  ['/users/admin/history', 'Next', (page) => next(page)()],
  ['/users/admin/data', 'Next', (page) => next(page)()],
];

test.describe('every list', () => {
  test.beforeEach(async ({ page, database }) => {
    await fillLists(page, database);
  });

  for (const [path, name, way] of LISTS) {
    test(`${path}, ${name}: no row comes to stand for another`, async ({ page, database }) => {
      await open(page, path);
      const rows = page.locator('section.list tbody tr');
      await rows.evaluateAll((all) =>
        (all as HTMLElement[]).forEach((row) => (row.dataset.was = row.querySelector('th')!.textContent!)),
      );
      await go(page, () => way(page));
      const moved = await rows.evaluateAll((all) =>
        (all as HTMLElement[])
          .filter((row) => row.dataset.was !== undefined && row.dataset.was !== row.querySelector('th')!.textContent)
          .map((row) => `${row.dataset.was} is now ${row.querySelector('th')!.textContent}`),
      );
      expect(moved).toEqual([]);
      // The forms and links of a row must act on the user that the row shows.
      const forms = await rows.evaluateAll((all) =>
        all.flatMap((row) =>
          [...row.querySelectorAll('form')].map((form) => ({
            row: row.textContent!,
            ...(Object.fromEntries(new FormData(form)) as Record<string, string>),
          })),
        ),
      );
      for (const form of forms as Record<string, string>[]) {
        if (form.username) expect(form.row).toContain(form.username);
        if (form.shown) expect(form.row).toContain(form.shown);
        expect(form.username ?? form.shown, JSON.stringify(form)).toBeTruthy();
        const owner = await database.value(
          `select username from users where id = $1
          union select username from live_sessions where id = $1
          union select u.username from access_tokens t join users u on u.id = t.user_id where t.id = $1
          union select params ->> 'username' from jobs where id = $1`,
          [form.id],
        );
        if (form.username) expect(form.username).toBe(owner);
      }
      const links = await rows.evaluateAll((all) =>
        all.flatMap((row) =>
          [...row.querySelectorAll<HTMLAnchorElement>('a[href*="/revoke"]')].map((link) => ({
            row: row.textContent!,
            id: /[0-9a-f-]{36}/.exec(link.href)![0],
          })),
        ),
      );
      for (const { row, id } of links) {
        const shown = await database.value(
          `select username from live_sessions where id = $1
          union select name from access_tokens where id = $1
          union select preset ->> 'note' from one_time_links where id = $1`,
          [id],
        );
        expect(row).toContain(shown);
      }
    });
  }

  test('the menu of the list acts on the user of its row, before and after paging', async ({ page, database }) => {
    await database.rows(`update users set status = 'suspended', suspended_reason = 'Left'
      where id in (select id from users where deleted_at is null and username <> 'admin' order by id desc limit 40)`);
    await open(page, '/users?limit=25');
    const menu = page.locator('#row-menu');
    const rows = page.locator('section.list tbody tr');
    const check = async () => {
      for (const number of [0, 1, 24]) {
        const row = rows.nth(number);
        const username = (await row.locator('.handle').textContent())!;
        await row.getByRole('button', { name: `More actions for ${username}`, exact: true }).click();
        await expect(menu.locator('.menu-note')).toHaveText(username);
        await expect(menu.locator('.menu-name')).toHaveText((await row.locator('.name').textContent())!);
        const links = await menu.locator('a').evaluateAll((all) => (all as HTMLAnchorElement[]).map((link) => link.pathname));
        expect(links.length).toBeGreaterThan(3);
        const page = new URL(await row.locator('.name').evaluate((link) => (link as HTMLAnchorElement).href)).pathname;
        for (const link of links) expect(link).toMatch(new RegExp(`^${page}/[a-z-]+$`));
        for (const form of await menu.locator('form').all()) {
          expect(await form.locator('[name=username]').inputValue()).toBe(username);
          expect(await database.value(`select username from users where id = $1`, [
            await form.locator('[name=id]').inputValue(),
          ])).toBe(username);
        }
        await row.page().keyboard.press('Escape');
        await expect(menu).toBeHidden();
      }
    };
    await check();
    const first = rows.first();
    await first.getByRole('button', { name: /^More actions for / }).click();
    await expect(menu).toBeVisible();
    const shown = (await first.textContent())!;
    // A real click would close the menu itself.
    await page.getByRole('navigation', { name: 'Pages' }).getByText('Next').dispatchEvent('click');
    await expect(first).not.toHaveText(shown);
    // The row of its user is no longer on the page.
    await expect(menu).toBeHidden();
    await check();
  });

  test('a session that starts takes no row over, also after the list was sorted', async ({ page, server, another }) => {
    await open(page, '/sessions?limit=25');
    // The first row may be the same in both orders, so the test waits for the header to show the new order.
    for (const [name, order] of [
      ['Last seen', 'descending'],
      ['Signed in', 'descending'],
      ['Signed in', 'ascending'],
    ] as const) {
      await header(page, name)();
      await expect(page.getByRole('columnheader', { name, exact: true })).toHaveAttribute('aria-sort', order);
    }
    const rows = page.locator('section.list tbody tr');
    await rows.evaluateAll((all) =>
      (all as HTMLElement[]).forEach((row) => (row.dataset.was = row.querySelector('th')!.textContent!)),
    );
    const elsewhere = await another({ baseURL: server.url });
    await open(elsewhere, '/login');
    await signIn(elsewhere, 'test-auditor', template().password);
    await expect(elsewhere).toHaveURL('/users');
    await expect.poll(async () => `${await page.locator('.sessions-head').textContent()} ${await rows.first().textContent()}`)
      .toMatch(/new session|test-auditor/);
    const moved = await rows.evaluateAll((all) =>
      (all as HTMLElement[]).filter(
        (row) => row.dataset.was !== undefined && row.dataset.was !== row.querySelector('th')!.textContent,
      ).length,
    );
    expect(moved).toBe(0);
    // A row that still held the previous response would fail here.
    await elsewhere.goto('/account/sessions');
    await elsewhere.getByRole('button', { name: 'Sign out', exact: true }).first().click();
    await expect(elsewhere).toHaveURL('/login');
    await page.mouse.move(400, 400);
    await expect(rows.first()).toBeVisible();
  });
});
