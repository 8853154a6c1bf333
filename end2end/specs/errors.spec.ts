// Failures of the server, the database or the network, and how the panel reports them.
import type { Page } from '@playwright/test';
import { expect, serve, serveOn, test } from '../support/test';
import { Cluster } from '../support/cluster';
import { dialog, field, press } from '../support/dialog';
import { inspect } from '../support/inspect';
import { hold, hydrated, open, signIn } from '../support/page';
import { loadDemo } from '../support/rollcall';
import { settings } from '../support/settings';
import { BY_EMAIL, UsersList } from '../support/users-list';

/** Waits until requests succeed again after a restart of PostgreSQL, on every connection of the pool. */
async function expectRecovery(page: Page): Promise<void> {
  await expect(async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => page.request.get('/users')));
    for (const answer of answers) expect(answer.status()).toBe(200);
  }).toPass({ timeout: settings.measure ? 2_000 : 30_000, intervals: [50] });
}

test.describe('PostgreSQL is stopped', () => {
  let cluster: Cluster;
  serveOn(async () => {
    cluster = await Cluster.create();
    const { database } = cluster;
    return { database, password: await loadDemo(database.url, 30), end: () => cluster.remove() };
  });
  test.use({ as: 'admin' });
  test.afterEach(async ({ page }) => {
    await cluster.start();
    await expectRecovery(page);
  });

  test('a page says so, and works soon after its return', async ({ page, browserWatch }) => {
    browserWatch.expectAnswer(503, '/users');
    await cluster.stop();
    const answer = (await page.goto('/users?sort=name'))!;
    expect(answer.status()).toBe(503);
    expect(Number(answer.headers()['retry-after'])).toBeGreaterThan(0);
    await expect(page.getByRole('heading', { name: 'The database is not answering' })).toBeVisible();
    await expect(page.locator('.request-id')).toContainText(answer.headers()['x-request-id']!);
    await inspect(page, 'unavailable');

    await cluster.start();
    await expectRecovery(page);
    await page.getByRole('link', { name: 'Try again' }).click();
    await expect(page).toHaveURL('/users?sort=name');
    await expect(page.locator('.handle')).toHaveCount(31);
  });

  test('programs get the time to retry in JSON', async ({ page }) => {
    await cluster.stop();
    for (const path of ['/api/health', '/api/admin/users', '/api/auth/me']) {
      const answer = await page.request.get(path);
      expect(answer.status(), path).toBe(503);
      expect(Number(answer.headers()['retry-after']), path).toBeGreaterThan(0);
      const body = await answer.json();
      expect(body, path).toMatchObject({ error: 'UNAVAILABLE', message: expect.stringContaining('Try again') });
      expect(JSON.stringify(body), 'no text of the database leaves').not.toMatch(/postgres|sqlx|connection/i);
    }
  });

  test('an open list keeps its frame and offers another try', async ({ page, database, browserWatch }) => {
    browserWatch.expectAnswer(503, '/sfn/users');
    const list = new UsersList(page, database);
    await list.open();
    await cluster.stop();
    await list.header('Email').click();
    await expect(page.getByRole('heading', { name: 'The list could not be loaded' })).toBeVisible();
    await expect(page.locator('.request-id')).toBeVisible();

    await cluster.start();
    await expectRecovery(page);
    await page.getByRole('link', { name: 'Try again' }).click();
    await expect(page).toHaveURL('/users?sort=email');
    await list.shows({ order: `${BY_EMAIL}, u.id` });
  });

  test('nothing typed is lost in the sign-in form', async ({ page, browserWatch }) => {
    browserWatch.expectAnswer(503, '/sfn/sign-in');
    await page.context().clearCookies();
    await open(page, '/login');
    await cluster.stop();
    await signIn(page, 'unknown-user', 'something');
    await expect(page.getByRole('alert')).toContainText('The database is not answering');
    await expect(page.getByLabel('Username')).toHaveValue('unknown-user');
    await expect(page.getByLabel('Password', { exact: true })).toHaveValue('something');
  });
});

test.describe('the server receives the signal to stop', () => {
  serve('demo users');
  test.use({ as: 'admin' });

  test('a running request is still answered', async ({ page, server, database }) => {
    // The list cannot be read until this transaction ends.
    const blocker = await database.connect();
    await blocker.query('begin; lock table users');
    const answer = page.request.get('/users');
    const waiting = () => database.value(`
      select count(*)::int from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`);
    await expect.poll(waiting).toBeGreaterThan(0);

    server.terminate();
    await expect.poll(() => server.log).toContain('stopping');
    const comesIn = () => fetch(server.url).then(() => true, () => false);
    await expect.poll(comesIn).toBe(false);
    await blocker.query('commit');
    await blocker.end();
    expect((await answer).status()).toBe(200);
    expect(await (await answer).text()).toContain('yasmin.andrade');
    expect(await server.ended()).toBe(0);
  });
});

test.describe('between browser and server', () => {
  serve('demo users');
  test.use({ as: 'admin' });

  test('nothing goes through: the list says so', async ({ page, database, browserWatch }) => {
    browserWatch.expectBreakage(/net::ERR_/);
    const list = new UsersList(page, database);
    await list.open();
    await page.route('/sfn/users*', (route) => route.abort('connectionrefused'));
    await list.header('Email').click();
    await expect(page.getByRole('alert')).toContainText('The server cannot be reached.');
  });

  test('the answer to a change is lost: it is not said that nothing was changed', async ({ page, database, browserWatch }) => {
    browserWatch.expectBreakage(/net::ERR_/);
    await open(page, '/users/new?limit=10');
    await field(page, 'Username').fill('lost-answer');
    await field(page, 'Display name').fill('Lost Answer');
    await page.route('**/sfn/create-user*', async (route) => {
      await route.fetch();
      await route.abort('connectionreset');
    });
    await press(page, 'Create user');
    const notice = dialog(page).getByRole('alert');
    await expect(notice).toContainText('The server cannot be reached');
    await expect(notice).toContainText('The change may or may not have been applied. Check before you try again.');
    await expect(notice).not.toContainText('database');
    await expect(field(page, 'Username')).toHaveValue('lost-answer');
    expect(await database.value(`select count(*)::int from users where username = 'lost-answer'`)).toBe(1);
  });

  test('a proxy got no answer to a change: that is said', async ({ page, browserWatch }) => {
    browserWatch.expectAnswer(504, '/sfn/suspend-user');
    await open(page, '/users/test-member/suspend');
    await field(page, 'Reason').fill('A reason');
    await page.route('**/sfn/suspend-user*', (route) => route.fulfill({ status: 504, body: 'Gateway Timeout' }));
    await press(page, 'Suspend test-member');
    await expect(dialog(page).getByRole('alert')).toContainText('The change may or may not have been applied');
  });

  test('the server is of another version than the page: it asks for a reload', async ({
    page,
    database,
    browserWatch,
  }) => {
    browserWatch.expectAnswer(404, '/sfn/users');
    const list = new UsersList(page, database);
    await list.open();
    await page.route('/sfn/users*', (route) => route.fulfill({ status: 404, body: 'There is no such function.' }));
    await list.header('Email').click();
    await expect(page.getByRole('alert')).toContainText('Rollcall has been updated.');
    await page.getByRole('link', { name: 'Try again' }).click();
    await list.shows({ order: `${BY_EMAIL}, u.id` });
  });
});

test.describe('the WebAssembly', () => {
  serve('demo users');
  test.use({ as: 'admin' });

  test('does not arrive: the page works all the same', async ({ page, database, browserWatch }) => {
    browserWatch.expectBreakage(/\.wasm/, /WebAssembly|Failed to fetch/);
    await page.route('**/*.wasm', (route) => route.abort());
    const list = new UsersList(page, database);
    await page.goto('/users?limit=25');
    await list.search.fill('has:email');
    await list.search.press('Enter');
    await list.shows({ where: 'u.email is not null', limit: 25 });
    await list.step('Next').click();
    await list.shows({ where: 'u.email is not null', limit: 25, offset: 25 });
    await page.getByRole('button', { name: 'Dark' }).click();
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  });

  test('arrives late: what was typed meanwhile stays', async ({ page, database }) => {
    const deliver = await hold(page, '**/*.wasm');
    const list = new UsersList(page, database);
    await page.goto('/users');
    await list.search.fill('has:email');
    deliver();
    await hydrated(page);
    await expect(list.search).toHaveValue('has:email');
    await list.search.press('Enter');
    await list.shows({ where: 'u.email is not null' });
  });

  test('panics: the page says that it has stopped working', async ({ page, database, browserWatch }) => {
    browserWatch.expectBreakage(/panicked|unreachable/i);
    const list = new UsersList(page, database);
    await list.open();
    await page.evaluate(() => {
      Node.prototype.cloneNode = () => {
        throw new Error('no copies');
      };
    });
    await list.header('Email').click();
    const banner = page.getByRole('alert').filter({ hasText: 'This page stopped working.' });
    await expect(banner).toBeVisible();
    await banner.getByRole('link', { name: 'Reload page' }).click();
    await hydrated(page);
    await expect(banner).toBeHidden();
  });
});
