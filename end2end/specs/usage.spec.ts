// Usage of the host application: the screen, the tab of a user, and the exports.
import type { Page } from '@playwright/test';
import { expect, serve, test } from '../support/test';
import type { Database } from '../support/database';
import { inspect } from '../support/inspect';
import { expectNoSidewaysScroll, hold, open } from '../support/page';
import { brokenWords } from '../support/text';

serve('demo users');

const table = (page: Page, name: string) => page.getByRole('table', { name });
const tile = (page: Page, name: string) => page.locator('.tiles > div').filter({ hasText: name }).locator('dd');
const tab = (page: Page, name: string) => page.getByRole('navigation', { name: 'Range' }).getByRole('link', { name });

/** Replaces all usage by uses of some days ago: by test-member with two models, and by test-auditor with one. Test-member is the only member of a group. */
async function fill(database: Database): Promise<void> {
  const uses = `(values
      ('test-member', 0, 'gpt-large', 2, 100, 20, 1500000000::bigint),
      ('test-member', 3, 'gpt-small', 1, 10, 5, 250000001),
      ('test-member', 40, 'gpt-large', 1, 1, 1, 8000000000),
      ('test-auditor', 0, 'gpt-large', 4, 50, 50, 3000000000)
    ) v (username, days, model, requests, tokens_in, tokens_out, cost)
    join users u on u.username = v.username`;
  for (const table of ['usage_events', 'usage_daily', 'usage_daily_totals']) await database.rows(`delete from ${table}`);
  await database.rows(`update user_spend set nanos = 0 where nanos > 0`);
  await database.rows(`delete from groups where name = 'Metered'`);
  await database.rows(`
    insert into usage_daily (day, user_id, model, requests, tokens_in, tokens_out, cost_nanos)
    select (now() at time zone 'UTC')::date - v.days, u.id, v.model, v.requests, v.tokens_in, v.tokens_out, v.cost from ${uses}`);
  await database.rows(`
    insert into usage_events (id, at, kind, user_id, model, requests, tokens_in, tokens_out, cost_nanos)
    select uuid_v7(now()), now() - v.days * interval '1 day', 'use', u.id, v.model, v.requests, v.tokens_in, v.tokens_out, v.cost
    from ${uses}`);
  await database.rows(`
    with created as (
      insert into groups (id, name, created_at, updated_at) values (uuid_v7(now()), 'Metered', now(), now()) returning id
    )
    insert into group_members (group_id, user_id, added_at) select created.id, u.id, now() from created, users u where u.username = 'test-member'`);
}

test.describe('an administrator', () => {
  test.use({ as: 'admin' });

  test.beforeEach(({ database }) => fill(database));

  test('sees the highest costs, and filters by each of them', async ({ page }) => {
    await open(page, '/overview');
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Usage' }).click();
    await expect(page).toHaveURL('/usage');
    await expect(tile(page, 'Cost')).toHaveText('$4.75');
    await expect(tile(page, 'Requests')).toHaveText('7');
    const users = table(page, 'Top users').locator('tbody tr');
    await expect(users).toHaveCount(2);
    await expect(users.first()).toContainText('test-auditor');
    await expect(page.getByRole('img', { name: /^Cost: \$4\.75 in 30 days, most on / })).toBeVisible();
    await page.getByText('Show data').click();
    await expect(table(page, 'Usage per day').locator('tbody tr')).toHaveCount(30);
    await inspect(page, 'usage');

    await table(page, 'Top users').getByRole('link', { name: 'test-member' }).click();
    await expect(page).toHaveURL('/usage?user=test-member');
    await expect(tile(page, 'Cost')).toHaveText('$1.75');
    await table(page, 'Top models').getByRole('link', { name: 'gpt-small' }).click();
    await expect(page).toHaveURL('/usage?user=test-member&model=gpt-small');
    await expect(tile(page, 'Cost')).toHaveText('$0.25');
    await page.getByRole('link', { name: 'Clear', exact: true }).click();
    await expect(page).toHaveURL('/usage');
    await expect(tile(page, 'Cost')).toHaveText('$4.75');

    // While the usage of another filter loads, links add to that filter, and the exports of the earlier one cannot be followed.
    const release = await hold(page, '**/sfn/usage*');
    const exports = page.locator('.page-head .toolbar-end');
    await tab(page, '7 days').click();
    await expect(page).toHaveURL('/usage?range=7d');
    const member = table(page, 'Top users').getByRole('link', { name: 'test-member' });
    await expect(member).toHaveAttribute('href', '/usage?range=7d&user=test-member');
    await expect(exports).toHaveAttribute('inert', '');
    release();
    await expect(exports).not.toHaveAttribute('inert');
    await page.goBack();
    await expect(page).toHaveURL('/usage');
    await table(page, 'Top groups').getByRole('link', { name: 'Metered' }).click();
    await expect(page).toHaveURL('/usage?group=Metered');
    await expect(tile(page, 'Cost')).toHaveText('$1.75');

    await tab(page, '90 days').click();
    await expect(page).toHaveURL('/usage?range=90d&group=Metered');
    await expect(tab(page, '90 days')).toHaveAttribute('aria-current', 'page');
    await expect(tile(page, 'Cost')).toHaveText('$9.75');
    await page.goBack();
    await expect(tile(page, 'Cost')).toHaveText('$1.75');
  });

  test('filters by days, and exports the same filter', async ({ page }) => {
    const today = new Date().toISOString().slice(0, 10);
    await open(page, '/usage');
    await page.getByRole('search').getByLabel('First day').fill(today);
    await page.getByRole('search').getByLabel('User').fill('test-member');
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await expect(page).toHaveURL(`/usage?from=${today}&user=test-member`);
    await expect(tile(page, 'Cost')).toHaveText('$1.50');
    await expect(page.getByRole('navigation', { name: 'Range' }).locator('[aria-current]')).toHaveCount(0);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Export NDJSON' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(`usage-${today}-${today}.ndjson`);
    const href = await page.getByRole('link', { name: 'Export CSV' }).getAttribute('href');
    const file = await page.evaluate(async (address) => (await fetch(address)).text(), href!);
    expect(file.trim().split('\n')).toHaveLength(2);
    expect(file).toContain('gpt-large');
  });

  test('a user has a chart, models and the newest uses', async ({ page }) => {
    await open(page, '/users/test-member');
    await page.getByRole('navigation', { name: 'User details' }).getByRole('link', { name: 'Usage' }).click();
    await expect(page).toHaveURL('/users/test-member/usage');
    await expect(tile(page, 'Cost')).toHaveText('$1.75');
    await expect(table(page, 'Top models').locator('tbody tr')).toHaveCount(2);
    await expect(table(page, 'Newest uses').locator('tbody tr')).toHaveCount(3);
    await expect(table(page, 'Newest uses').locator('tbody tr').first()).toContainText('$1.50');
    await inspect(page, 'user-usage');
    await open(page, '/users/test-suspended/usage');
    await expect(page.getByRole('heading', { name: 'No usage' })).toBeVisible();
  });

  test('the list of users is sorted and searched by spend, and shows it', async ({ page }) => {
    await open(page, '/users?sort=-spend');
    const rows = page.locator('.users-table tbody tr');
    await expect(page.getByRole('columnheader', { name: 'Spend' })).toBeVisible();
    await expect(rows.first()).toContainText('test-auditor');
    await expect(rows.first()).toContainText('$3.00');
    await page.getByRole('searchbox', { name: 'Search users' }).fill('spend:>2');
    await page.getByRole('searchbox', { name: 'Search users' }).press('Enter');
    await expect(rows).toHaveCount(1);
    await expect(page.locator('#filter-meaning')).toContainText('Spend this month: more than $2.00');
    await page.getByRole('button', { name: 'Edit columns' }).click();
    await page.locator('#columns').getByRole('button', { name: 'Budget left' }).click();
    await expect(page.getByRole('columnheader', { name: 'Budget left' })).toBeVisible();
    await inspect(page, 'users-spend');
  });

  test('an unknown user has no usage, and an unknown day is explained', async ({ page, context, server, browserWatch }) => {
    await open(page, '/usage?user=unknown-user');
    await expect(page.getByRole('heading', { name: 'No usage' })).toBeVisible();
    browserWatch.expectAnswer(422, '/usage');
    await open(page, '/usage?from=2026-02-30');
    await expect(page.getByRole('alert')).toContainText('First day: Use a day such as 2026-11-21.');
    await context.addCookies([{ name: 'rollcall_preferences', value: 'system.comfortable.open.de', url: server.url }]);
    const today = new Date().toISOString().slice(0, 10).split('-').reverse().join('.');
    await open(page, `/usage?from=${today}&user=test-member`);
    await expect(tile(page, 'Kosten')).toHaveText('1,50 $');
    await open(page, '/usage?to=30.2.2026');
    await expect(page.getByRole('alert')).toContainText('Letzter Tag: Einen Tag wie 21.11.2026');
  });

  test('rankings have columns in a wide window, and are cards on a phone', async ({ page }) => {
    for (const [path, names] of [
      ['/usage', ['Top users', 'Top models', 'Top groups']],
      ['/users/test-member/usage', ['Top models', 'Newest uses']],
    ] as const) {
      await open(page, path);
      for (const name of names) {
        const ranking = page.locator('table').filter({ has: page.locator('caption', { hasText: name }) });
        const headings = ranking.locator('thead th');
        const cells = ranking.locator('tbody tr').first().locator('th, td');
        const places = (found: typeof cells) =>
          found.evaluateAll((all) => all.map((one) => one.getBoundingClientRect()).map(({ x, y }) => ({ x: Math.round(x), y: Math.round(y) })));
        await page.setViewportSize({ width: 1280, height: 800 });
        await expect(headings.last()).toHaveText('Cost');
        await expect(headings.last()).toBeVisible();
        const columns = await places(cells);
        expect(new Set(columns.map(({ y }) => y)).size, `lines of ${name}`).toBe(1);
        expect(columns.map(({ x }) => x), `columns of ${name}`).toEqual((await places(headings)).map(({ x }) => x));
        await page.setViewportSize({ width: 360, height: 740 });
        await expect(headings.last()).toBeHidden();
        const card = await places(cells);
        expect(new Set(card.map(({ y }) => y)).size, `lines of a card of ${name}`).toBe(card.length);
        await expectNoSidewaysScroll(page);
      }
    }
  });

  test('large totals are in one line', async ({ page, database }) => {
    await database.rows(`
      insert into usage_daily (day, user_id, model, requests, tokens_in, tokens_out, cost_nanos)
      select (now() at time zone 'UTC')::date, id, 'gpt-huge', 1234567890, 1234567890, 0, 12345678901234567
      from users where username = 'test-member'`);
    await open(page, '/usage');
    await expect(tile(page, 'Cost')).toHaveText('$12,345,683.65');
    for (const width of [1280, 768, 360]) {
      await page.setViewportSize({ width, height: 800 });
      expect(await brokenWords(page, 'main :is(dd, .rankings td)'), `at ${width} px`).toEqual([]);
      await expectNoSidewaysScroll(page);
    }
  });

  test('fits a phone', async ({ page }) => {
    await page.setViewportSize({ width: 360, height: 740 });
    for (const path of ['/usage', '/usage?range=90d', '/users/test-member/usage']) {
      await open(page, path);
      await page.getByText('Show data').click();
      await expectNoSidewaysScroll(page);
    }
  });
});

test.describe('without scripts', () => {
  test.use({ as: 'admin', javaScriptEnabled: false, contextOptions: { reducedMotion: 'reduce' } });

  test('the same', async ({ page, database }) => {
    await fill(database);
    await page.goto('/usage');
    await page.getByRole('search').getByLabel('Model').fill('gpt-small');
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await expect(tile(page, 'Cost')).toHaveText('$0.25');
    await tab(page, '7 days').click();
    await expect(tile(page, 'Requests')).toHaveText('1');
    await table(page, 'Top users').getByRole('link', { name: 'test-member' }).click();
    await expect(tile(page, 'Input tokens')).toHaveText('10');
  });
});

test.describe('a user without the permission', () => {
  test.use({ as: 'test-member' });

  test('does not see the screen', async ({ page }) => {
    await page.goto('/usage');
    await expect(page).toHaveURL('/account');
  });
});
