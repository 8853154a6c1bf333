// What is ticked stays ticked and nothing else is, whatever becomes of the list; a row never stands for another one.
import type { Page } from '@playwright/test';
import { expect, serve, test } from '../support/test';
import { dialog } from '../support/dialog';
import { hold, hydrated, open, signIn } from '../support/page';
import { template } from '../support/template';
import { UsersList } from '../support/users-list';
import type { Database } from '../support/database';

serve('demo people', { ALLOW_REGISTRATION: 'true' });
test.use({ as: 'admin' });
test.setTimeout(240_000);

const bar = (page: Page) => page.getByRole('form', { name: 'Selected people' });
const count = (page: Page) => page.locator('.selection-count');
const boxes = (page: Page) => page.locator('tbody input[type=checkbox]');
const box = (page: Page, username: string) => page.getByRole('checkbox', { name: `Select ${username}`, exact: true });
const first = (page: Page) => page.locator('tbody th').first();

/** The usernames whose boxes are ticked on this page. */
const ticked = (page: Page): Promise<string[]> =>
  boxes(page).evaluateAll((all) =>
    (all as HTMLInputElement[])
      .filter((one) => one.checked)
      .map((one) => one.getAttribute('aria-label')!.replace('Select ', ''))
      .sort(),
  );

/** The usernames that the page lists, in its order. */
const listed = (page: Page): Promise<string[]> =>
  boxes(page).evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')!.replace('Select ', '')));

/** Ticks the rows in these places. Returns whose they are. */
async function tick(page: Page, ...places: number[]): Promise<string[]> {
  const names = await listed(page);
  const chosen = places.map((place) => names[place]!);
  for (const name of chosen) await box(page, name).check();
  return chosen;
}

/** Follows a way to other rows, and waits until they are there. */
async function go(page: Page, way: () => Promise<unknown>): Promise<void> {
  const list = page.locator('section.list');
  const before = await first(page).textContent();
  await way();
  await expect(first(page)).not.toHaveText(before!);
  await expect(list).not.toHaveAttribute('aria-busy', 'true');
}

const next = (page: Page) => () => page.getByRole('navigation', { name: 'Pages' }).getByText('Next').click();
const previous = (page: Page) => () => page.getByRole('navigation', { name: 'Pages' }).getByText('Previous').click();
const header = (page: Page, name: string) => () =>
  page.getByRole('columnheader', { name, exact: true }).getByRole('link').click();

/** Somebody who has just come. */
async function join(database: Database, username: string, status = 'active'): Promise<void> {
  await database.rows(
    `insert into users (id, username, display_name, status, created_via, created_at, updated_at)
    values (uuid_v7(now()), $1, $1, $2, 'registration', now(), now())`,
    [username, status],
  );
}

/** The names in the dialog are just these. */
async function dialogNames(page: Page, names: string[]): Promise<void> {
  await expect(dialog(page)).toBeVisible();
  await expect(dialog(page).getByRole('listitem')).toHaveText([...names].sort());
}

test.describe('users', () => {
  test.beforeEach(async ({ page, database }) => {
    await new UsersList(page, database).open({ limit: '25' });
  });

  test('paging keeps whom was ticked, and nobody else is', async ({ page }) => {
    const [one, two] = await tick(page, 0, 1);
    await go(page, next(page));
    expect(await ticked(page)).toEqual([]);
    await expect(count(page)).toHaveText('2 selected (2 on other pages)');
    const [three] = await tick(page, 1);
    await expect(count(page)).toHaveText('3 selected (2 on other pages)');
    await bar(page).getByRole('link', { name: 'Sign out' }).click();
    await dialogNames(page, [one!, two!, three!]);
    await dialog(page).getByRole('link', { name: 'Cancel' }).click();
    await go(page, previous(page));
    expect(await ticked(page)).toEqual([one, two].sort());
    await expect(count(page)).toHaveText('3 selected (1 on other pages)');
  });

  test('sorting keeps whom was ticked', async ({ page }) => {
    const chosen = await tick(page, 0, 1);
    for (const column of ['Email', 'Sessions', 'Created']) {
      await go(page, header(page, column));
      const here = (await listed(page)).filter((name) => chosen.includes(name)).sort();
      expect(await ticked(page), column).toEqual(here);
      await expect(count(page)).toContainText('2 selected');
    }
    await bar(page).getByRole('link', { name: 'Delete' }).click();
    await dialogNames(page, chosen);
  });

  test('another search or filter clears the selection, and going back does not bring it again', async ({ page }) => {
    const filters: [string, () => Promise<unknown>][] = [
      ['a search', async () => {
        await page.getByRole('searchbox', { name: 'Search users' }).fill('role:user');
        await page.keyboard.press('Enter');
      }],
      ['a quick filter', () => page.getByRole('link', { name: 'With API keys' }).click()],
      ['the deleted ones', () => page.getByRole('link', { name: /^Deleted/ }).click()],
    ];
    for (const [name, filter] of filters) {
      await open(page, '/users?limit=25');
      await tick(page, 0, 1);
      const path = page.url();
      await filter();
      await expect(page, name).not.toHaveURL(path);
      await expect(bar(page), name).toBeHidden();
      expect(await ticked(page), name).toEqual([]);
      await page.goBack();
      await expect(page, name).toHaveURL(path);
      await expect(boxes(page), name).toHaveCount(25);
      expect(await ticked(page), name).toEqual([]);
      await expect(bar(page), name).toBeHidden();
    }
  });

  test('going back and forward keeps whom was ticked', async ({ page }) => {
    const [one] = await tick(page, 0);
    await go(page, next(page));
    const [two] = await tick(page, 0);
    await go(page, () => page.goBack());
    expect(await ticked(page)).toEqual([one]);
    await go(page, () => page.goForward());
    expect(await ticked(page)).toEqual([two]);
    await bar(page).getByRole('link', { name: 'Sign out' }).click();
    await dialogNames(page, [one!, two!]);
    await page.goBack();
    await expect(dialog(page)).toBeHidden();
    expect(await ticked(page)).toEqual([two]);
  });

  test('whoever comes in front of the list takes no tick over', async ({ page, database }) => {
    const chosen = await tick(page, 0, 1);
    await join(database, 'just-joined');
    // The oldest first, and again the newest.
    await go(page, header(page, 'Created'));
    await go(page, header(page, 'Created'));
    await expect(box(page, 'just-joined')).not.toBeChecked();
    expect(await ticked(page)).toEqual([...chosen].sort());
    await bar(page).getByRole('link', { name: 'Sign out' }).click();
    await dialogNames(page, chosen);
  });

  test('a browser that comes back to the page ticks nobody in their place', async ({ page, database }) => {
    await tick(page, 0, 1);
    await page.goto('/account');
    await join(database, 'came-between');
    await page.goBack();
    await hydrated(page);
    await expect(box(page, 'came-between')).toBeVisible();
    expect(await ticked(page)).toEqual([]);
    await expect(bar(page)).toBeHidden();
  });

  test('Clear, and more than can be changed at once', async ({ page }) => {
    await open(page, '/users?limit=100');
    await page.getByRole('checkbox', { name: 'Select everybody on this page' }).check();
    await expect(count(page)).toHaveText('100 selected');
    await go(page, next(page));
    await tick(page, 0);
    await expect(count(page)).toHaveText('101 selected (100 on other pages)');
    await expect(bar(page)).toContainText('Select at most 100 users at once.');
    await expect(bar(page).getByRole('link')).toHaveCount(0);
    await bar(page).getByRole('button', { name: 'Clear' }).click();
    await expect(bar(page)).toBeHidden();
    expect(await ticked(page)).toEqual([]);
    await go(page, previous(page));
    expect(await ticked(page)).toEqual([]);
  });
});

test('a box that was ticked before the app took over is taken over once', async ({ page }) => {
  const release = await hold(page, '**/*.wasm');
  await page.goto('/users?limit=25', { waitUntil: 'commit' });
  await expect(boxes(page)).toHaveCount(25);
  const [one] = await tick(page, 1);
  release();
  await hydrated(page);
  await expect(count(page)).toHaveText('1 selected');
  await go(page, next(page));
  expect(await ticked(page)).toEqual([]);
  await go(page, previous(page));
  expect(await ticked(page)).toEqual([one]);
});

test('users who wait: paging and newcomers take no tick over', async ({ page, database }) => {
  await database.rows(`update users set status = 'active' where status = 'pending'`);
  for (let n = 0; n < 60; n += 1) await join(database, `waits-${String(n).padStart(2, '0')}`, 'pending');
  await open(page, '/registrations');
  await expect(boxes(page)).toHaveCount(50);
  const chosen = await tick(page, 0, 1);
  await join(database, 'waits-late', 'pending');
  await go(page, next(page));
  expect(await ticked(page)).toEqual([]);
  await expect(count(page)).toHaveText('2 selected (2 on other pages)');
  const [three] = await tick(page, 1);
  await go(page, () => page.goBack());
  expect(await ticked(page)).toEqual([...chosen].sort());
  await bar(page).getByRole('link', { name: 'Reject' }).click();
  await dialogNames(page, [...chosen, three!]);
  await dialog(page).getByRole('button', { name: 'Reject 3 people' }).click();
  await expect(page.locator('.toast')).toBeVisible();
  const gone = await database.column(`select username from users where status = 'pending' and deleted_at is not null`);
  // Their names are free again as soon as their accounts are removed, which may be now.
  for (const name of gone) expect([...chosen, three]).toContain(name);
  const left = await database.column(`select username from users where username like 'waits-%' and deleted_at is null`);
  expect(left).toHaveLength(58);
  for (const name of [...chosen, three]) expect(left).not.toContain(name);
});

test('a user whose name has changed is not changed by the old one', async ({ page, database, browserWatch }) => {
  browserWatch.expectAnswer(409, '/sfn/do-to-several');
  await open(page, '/users?q=test-member');
  await box(page, 'test-member').check();
  await bar(page).getByRole('link', { name: 'Sign out' }).click();
  await expect(dialog(page).getByRole('button', { name: 'Sign out 1 user' })).toBeVisible();
  await database.rows(`update users set username = 'renamed-member' where username = 'test-member'`);
  await dialog(page).getByRole('button', { name: 'Sign out 1 user' }).click();
  await expect(dialog(page).getByRole('alert')).toContainText('it showed “test-member”');
  await database.rows(`update users set username = 'test-member' where username = 'renamed-member'`);
});

/** Lists without boxes: their addresses, and a way to other rows. */
const LISTS: [path: string, way: string, go: (page: Page) => Promise<unknown>][] = [
  ['/users?limit=25', 'Next', (page) => next(page)()],
  ['/users?limit=25', 'Email', (page) => header(page, 'Email')()],
  ['/users?limit=25&deleted=true', 'Next', (page) => next(page)()],
  ['/registrations', 'Next', (page) => next(page)()],
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
    if (await database.value(`select exists (select 1 from users where username = 'listed-0')`)) return;
    for (let n = 0; n < 60; n += 1) await join(database, `listed-${n}`, 'pending');
    await database.rows(`
      update users set deleted_at = now(), purge_after = now() + interval '1 day'
      where id in (select id from users where username not like 'test-%' and username <> 'admin'
        and deleted_at is null and status = 'active' order by id limit 60)`);
    await database.rows(`
      insert into access_tokens (id, user_id, name, prefix, token_hash, created_at)
      select gen_random_uuid(), u.id, 'token of ' || username, 'rc_' || number, uuid_send(gen_random_uuid()), now()
      from users u where deleted_at is null and status = 'active' order by u.id limit 60`);
    await database.rows(`
      insert into jobs (id, kind, params, state, error, created_at, finished_at)
      select uuid_v7(now()), 'purge', jsonb_build_object('user_id', id, 'username', username), 'failed', 'x', now(), now()
      from users where deleted_at is not null and username <> 'test-deleted' order by id limit 60`);
    await database.rows(`
      insert into personas (id, user_id, name) select uuid_v7(now()), u.id, 'persona ' || n
      from users u, generate_series(1, 60) n where username = 'admin'`);
    for (let n = 0; n < 55; n += 1) {
      const made = await page.request.post('/api/admin/invitations', { data: { note: `invited ${n}` } });
      expect(made.status()).toBe(201);
    }
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
      // What a row's forms and links act on is what the row shows.
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

  test('a session that starts takes no row over, also after the list was sorted', async ({ page, server, another }) => {
    await open(page, '/sessions?limit=25');
    await go(page, header(page, 'Last seen'));
    await go(page, header(page, 'Signed in'));
    await go(page, header(page, 'Signed in'));
    const rows = page.locator('section.list tbody tr');
    await rows.evaluateAll((all) =>
      (all as HTMLElement[]).forEach((row) => (row.dataset.was = row.querySelector('th')!.textContent!)),
    );
    const elsewhere = await another({ baseURL: server.url });
    await open(elsewhere, '/login');
    await signIn(elsewhere, 'test-auditor', template().password);
    await expect(elsewhere).toHaveURL('/account');
    await expect.poll(async () => `${await page.locator('.sessions-head').textContent()} ${await rows.first().textContent()}`)
      .toMatch(/new session|test-auditor/);
    const moved = await rows.evaluateAll((all) =>
      (all as HTMLElement[]).filter(
        (row) => row.dataset.was !== undefined && row.dataset.was !== row.querySelector('th')!.textContent,
      ).length,
    );
    expect(moved).toBe(0);
    // A row that has outlived its answer would fail here.
    await elsewhere.goto('/account/sessions');
    await elsewhere.getByRole('button', { name: 'Sign out', exact: true }).first().click();
    await expect(elsewhere).toHaveURL('/login');
    await page.mouse.move(400, 400);
    await expect(rows.first()).toBeVisible();
  });
});
