// List of users: content, order, pages.
import { expect, serve, test } from '../support/test';
import { dialog, toast } from '../support/dialog';
import { expectNoSidewaysScroll, hold, hydrated, open } from '../support/page';
import { exactly } from '../support/time';
import { BY_EMAIL, BY_NAME, UsersList } from '../support/users-list';

serve('demo users');
test.use({ as: 'admin' });

test('the newest users come first, and deleted users are not listed', async ({ page, database }) => {
  const list = new UsersList(page, database);
  await list.open();
  await list.shows();
  const total = await list.total();
  await list.says(1, 50, total);
  await expect(page.locator('.page-total')).toHaveText(total.toLocaleString('en'));
  expect(await database.value(`select count(*)::int from users`)).toBe(total + 1);
});

test('each row shows the values of the database', async ({ page, database }) => {
  const list = new UsersList(page, database);
  await list.open({ limit: '100', sort: '-personas' });
  const shown = await list.rows.evaluateAll((rows) =>
    rows.map((row) => {
      const text = (selector: string) => row.querySelector(selector)?.textContent?.trim() ?? '';
      const time = (label: string) => row.querySelector(`[data-label="${label}"] time`)?.getAttribute('datetime');
      return {
        name: text('.name'),
        username: text('.handle'),
        email: text('.cell-email'),
        role: text('.cell-role .badge').toLowerCase(),
        status: text('.cell-status').toLowerCase(),
        personas: Number(text('[data-label="Personas"]')),
        sessions: Number(text('[data-label="Sessions"]')),
        keys: Number(text('[data-label="API keys"]')),
        created: new Date(time('Created') ?? Number.NaN).getTime(),
        signedIn: time('Last sign-in') ? new Date(time('Last sign-in')!).getTime() : null,
        active: time('Last active') ? new Date(time('Last active')!).getTime() : null,
      };
    }),
  );
  // Counted from the owned rows, not read from the counters that the list uses.
  const held = await database.rows(`
    select u.display_name as name, u.username, coalesce(u.email, '—') as email,
      (select r.name from user_roles ur join roles r on r.id = ur.role_id where ur.user_id = u.id
        order by r.rank limit 1) as role,
      u.status,
      (select count(*)::int from personas p where p.user_id = u.id) as personas,
      (select count(*)::int from sessions x where x.user_id = u.id and x.ended_at is null) as sessions,
      (select count(*)::int from api_keys k where k.user_id = u.id) as keys,
      floor(extract(epoch from u.created_at))::float8 * 1000 as created,
      floor(extract(epoch from u.last_login_at))::float8 * 1000 as "signedIn",
      floor(extract(epoch from u.last_active_at))::float8 * 1000 as active
    from users u where u.deleted_at is null order by personas desc, u.id desc limit 100`);
  expect(shown).toEqual(held);
  expect(held[0]!.personas).toBeGreaterThan(10);
});

// Column, order after the first click, and the order in SQL.
const ORDERS = [
  ['User', 'name', BY_NAME],
  ['Email', 'email', BY_EMAIL],
  ['Role', 'role', 's.role_ids'],
  ['Status', 'status', 'u.status'],
  ['Personas', '-personas', 's.personas'],
  ['Sessions', '-sessions', 's.sessions'],
  ['API keys', '-api-keys', 's.api_keys'],
  ['Last sign-in', '-last-login', `coalesce(u.last_login_at, '-infinity')`],
  ['Last active', '-last-active', `coalesce(u.last_active_at, '-infinity')`],
  ['Created', '-created', 'u.created_at'],
] as const;

test('every header sorts, both ways', async ({ page, database }) => {
  const list = new UsersList(page, database);
  // Narrower tables hide the column of the last sign-in.
  await page.setViewportSize({ width: 1600, height: 800 });
  await list.open({ limit: '25' });
  for (const [header, first, order] of ORDERS) {
    const turned = first.startsWith('-') ? first.slice(1) : `-${first}`;
    for (const sort of [first, turned]) {
      await test.step(`${header}: ${sort}`, async () => {
        const [direction, word] = sort.startsWith('-') ? ['desc', 'descending'] : ['asc', 'ascending'];
        await list.header(header).click();
        await list.shows({ order: `${order} ${direction}, u.id ${direction}`, limit: 25 });
        await expect(page.locator('[aria-sort]')).toHaveText(header);
        await expect(page.locator('[aria-sort]')).toHaveAttribute('aria-sort', word);
        // The default order is not in the URL.
        await expect(page).toHaveURL(sort === '-created' ? '/users?limit=25' : `/users?sort=${sort}&limit=25`);
      });
    }
  }
});

test('a page has 25, 50 or 100 rows', async ({ page, database }) => {
  const list = new UsersList(page, database);
  await list.open();
  const total = await list.total();
  for (const size of [25, 100, 50]) {
    const link = page.getByRole('navigation', { name: 'Rows per page' }).getByRole('link', { name: String(size) });
    await link.click();
    await list.shows({ limit: size });
    await list.says(1, size, total);
    await expect(page).toHaveURL(`/users?limit=${size}`);
    await expect(link).toHaveAttribute('aria-current', 'true');
  }
});

test('pages follow one another, and back and forward lead through them', async ({ page, database }) => {
  const list = new UsersList(page, database);
  await list.open({ sort: 'email', limit: '25' });
  const total = await list.total();
  const order = `${BY_EMAIL} asc, u.id asc`;
  const shows = async (first: number) => {
    await list.shows({ order, offset: first - 1, limit: 25 });
    await list.says(first, first + 24, total);
  };
  await shows(1);
  await expect(list.step('Previous')).toHaveAttribute('aria-disabled', 'true');
  await list.step('Next').click();
  await shows(26);
  await list.step('Next').click();
  await shows(51);
  await list.step('Previous').click();
  await shows(26);
  await page.goBack();
  await shows(51);
  await page.goBack();
  await page.goBack();
  await shows(1);
  await page.goForward();
  await shows(26);
});

test('the last page ends where the list ends', async ({ page, database }) => {
  const list = new UsersList(page, database);
  const where = 'u.number between 1 and 230';
  await list.open({ q: 'number:1..230', limit: '100' });
  const total = await list.total(where);
  const last = Math.floor((total - 1) / 100) * 100 + 1;
  expect(last, 'pages').toBeGreaterThan(101);
  for (let first = 101; first <= last; first += 100) {
    await list.step('Next').click();
    await list.says(first, Math.min(first + 99, total), total);
  }
  await list.shows({ where, offset: last - 1, limit: 100 });
  await expect(list.step('Next')).toHaveAttribute('aria-disabled', 'true');
});

test('the URL holds the whole state, so that a reload changes nothing', async ({ page, database }) => {
  const list = new UsersList(page, database);
  await list.open({ q: 'has:email', sort: '-last-active', limit: '25' });
  await list.step('Next').click();
  const part = {
    where: 'u.email is not null',
    order: `coalesce(u.last_active_at, '-infinity') desc, u.id desc`,
    offset: 25,
    limit: 25,
  };
  await list.shows(part);
  const address = page.url();
  await page.reload();
  await hydrated(page);
  expect(page.url()).toBe(address);
  await list.shows(part);
  await list.says(26, 50, await list.total(part.where));
  await expect(list.search).toHaveValue('has:email');
});

test('a page stays the same when a user in front of it is deleted', async ({ page, database }) => {
  const list = new UsersList(page, database);
  await list.open({ limit: '25', sort: 'created' });
  await list.step('Next').click();
  await list.shows({ order: 'u.created_at, u.id', offset: 25, limit: 25 });
  const before = await list.usernames.allInnerTexts();
  await database.rows(`update users set deleted_at = now() where number = 10`);
  await page.reload();
  await expect(list.usernames).toHaveText(before);
  await database.rows(`update users set deleted_at = null where number = 10`);
});

test('while rows are fetched the old ones stay, and the list says that it works', async ({ page, database }) => {
  const list = new UsersList(page, database);
  await list.open();
  const release = await hold(page, '/sfn/users*');
  await list.header('Email').click();
  await expect(list.list).toHaveAttribute('aria-busy', 'true');
  await list.shows();
  release();
  await list.shows({ order: `${BY_EMAIL}, u.id` });
  await expect(list.list).toHaveAttribute('aria-busy', 'false');
});

test('before the first rows there are placeholders as high as they will be', async ({ page, database }) => {
  const list = new UsersList(page, database);
  await open(page, '/account');
  const release = await hold(page, '/sfn/users*');
  await page.getByRole('link', { name: 'Admin Panel' }).click();
  const placeholder = (await page.locator('.skeleton-row').nth(5).boundingBox())!;
  release();
  await list.shows();
  expect(await list.rows.nth(5).boundingBox()).toEqual(placeholder);
});

test('times are relative, and exact in the zone of the browser', async ({ page, database }) => {
  const list = new UsersList(page, database);
  await list.open();
  const created = list.rows.first().locator('time').first();
  await expect(created).toHaveText(/^(just now|\d+ \w+ ago)$/);
  const datetime = (await created.getAttribute('datetime'))!;
  const local = exactly(new Date(datetime), 'Asia/Kathmandu');
  await expect(created).toHaveAttribute('title', `${local} UTC+5:45`);
});

test('the menu of a row leads to its dialogs', async ({ page, database }) => {
  const list = new UsersList(page, database);
  for (const [verb, address] of [
    ['Edit', '/users/test-member/edit'],
    ['Delete', '/users/test-member/delete'],
  ] as const) {
    await list.open({ q: 'username:test-member' });
    await page.getByRole('button', { name: 'More actions for test-member', exact: true }).click();
    await page.getByRole('link', { name: `${verb} test-member`, exact: true }).click();
    await expect(page).toHaveURL(address);
    await expect(dialog(page).getByRole('heading', { name: verb })).toBeVisible();
    await page.goBack();
    await expect(page).toHaveURL('/users?q=username%3Atest-member');
  }
});

test('the menu of a row opens by keyboard and leads to the rest', async ({ page, database }) => {
  await new UsersList(page, database).open({ q: 'username:test-member' });
  const more = page.getByRole('button', { name: 'More actions for test-member', exact: true });
  const link = page.getByRole('link', { name: 'Create reset link' });
  await more.focus();
  await page.keyboard.press('Enter');
  await expect(link).toBeVisible();
  await expect(page.getByRole('link', { name: 'Suspend', exact: true })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(link).toBeHidden();
  await expect(more).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(more).toHaveAttribute('aria-expanded', 'true');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Edit test-member', exact: true })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(link).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/users/test-member/reset');
});

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with scripts' : 'without scripts', () => {
    test.use({ javaScriptEnabled });

    test('what a row does at once leads back to the list', async ({ page, database }) => {
      await database.rows(`update users set status = 'suspended', suspended_reason = 'Left' where username = 'test-suspended'`);
      await page.goto('/users?q=username%3Atest-suspended&limit=25');
      const more = page.getByRole('button', { name: 'More actions for test-suspended', exact: true });
      await more.click();
      await page.getByRole('button', { name: 'Unsuspend' }).click();
      await expect(toast(page)).toContainText('Unsuspended test-suspended');
      await expect(page).toHaveURL('/users?q=username%3Atest-suspended&limit=25');
      await expect(toast(page).getByRole('button', { name: 'Undo' })).toBeVisible();
      expect(await database.value(`select status from users where username = 'test-suspended'`)).toBe('active');
    });
  });
}

test.describe('on a phone', () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

  test('the menu can be used', async ({ page, database }) => {
    await new UsersList(page, database).open({ q: 'username:test-member' });
    await page.getByRole('button', { name: 'More actions for test-member' }).tap();
    await expect(page.getByRole('link', { name: 'Create reset link' })).toBeInViewport({ ratio: 1 });
    await expectNoSidewaysScroll(page);
    await page.getByRole('link', { name: 'Edit test-member' }).tap();
    await expect(page).toHaveURL('/users/test-member/edit');
  });
});

test.describe('an auditor', () => {
  test.use({ as: 'test-auditor' });

  test('finds nothing to do in a row', async ({ page, database }) => {
    await new UsersList(page, database).open();
    await expect(page.getByRole('link', { name: /^(Edit|Delete) / })).toHaveCount(0);
    await expect(page.getByRole('button', { name: /^More actions for / })).toHaveCount(0);
    await expect(page.getByRole('columnheader', { name: 'Actions' })).toHaveCount(0);
  });
});
