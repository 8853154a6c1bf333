// Settings, background jobs, and what these are deleting.
import type { Page } from '@playwright/test';
import { add } from '../support/account';
import type { Database } from '../support/database';
import { dialog, press, toast } from '../support/dialog';
import { inspect } from '../support/inspect';
import { hydrated, open } from '../support/page';
import { expect, serve, test } from '../support/test';

const SECRET = '0f'.repeat(32);

serve('demo users', { API_KEY_ENCRYPTION_KEY: SECRET, TRUSTED_PROXIES: '192.0.2.0/24', DIALECTS: 'maeser' });
test.use({ as: 'admin' });

const row = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name });
const bar = (page: Page, name: string) => page.getByRole('progressbar', { name });

/** Table of another application that references users. */
const LETTERS = `create table if not exists letters (
  writer uuid not null constraint letters_writer_fkey references users)`;

/** Creates a user with this number of annotations. */
async function annotator(database: Database, annotations: number): Promise<string> {
  const name = await add(database);
  await database.rows(
    `with p as (
      insert into personas (id, user_id, name) select gen_random_uuid(), id, 'p' from users where username = $1 returning id, user_id
    )
    insert into annotations (id, persona_id, user_id, video_id, label)
    select uuid_v7(now() + n * interval '1 ms'), p.id, p.user_id, 'v', 'l' from p, generate_series(1, $2::int) n`,
    [name, annotations],
  );
  return name;
}

/** Deletes a user permanently, which runs as a background job. */
async function remove(page: Page, database: Database, name: string): Promise<void> {
  const id = await database.value('select id from users where username = $1', [name]);
  const answer = await page.request.delete(`/api/admin/users/${id}?permanent=true`);
  expect(answer.ok(), await answer.text()).toBe(true);
}

/** Locks one of a user's annotations, so that it cannot be deleted until the returned function is called. */
async function hold(database: Database, name: string, number: number): Promise<() => Promise<void>> {
  const client = await database.connect();
  await client.query('begin');
  await client.query(
    `select id from annotations where id = (
      select a.id from annotations a join users u on u.id = a.user_id where u.username = $1 order by a.id offset $2 limit 1
    ) for update`,
    [name, number - 1],
  );
  return () => client.end();
}

test('dialects of the version, in a tab of the settings', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page, '/settings');
  await page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: 'Dialects' }).click();
  await expect(page).toHaveURL('/settings/dialects');
  await expect(page).toHaveTitle('Dialects · Rollcall');
  await expect(page.getByText('APIs of other systems')).toBeVisible();
  await inspect(page, 'settings-dialects');
  const maeser = row(page, 'Maeser');
  const line = await maeser.locator('.cell-line code').innerText();
  expect(line).toMatch(/^MAESER_URL=http.+\/compat\/maeser$/);
  await maeser.getByRole('button', { name: `Copy the line for ${line.replace('MAESER_URL=', '')}` }).click();
  await expect(maeser.getByRole('button', { name: 'Copied' })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(line);
  await maeser.getByRole('link', { name: 'docs/dialects/maeser.md' }).click();
  await expect(page).toHaveURL('/docs/dialects/maeser.md');
  await expect(page.getByText('# Maeser')).toBeVisible();
});

test('what is set, from where, and what it means', async ({ page, server }) => {
  await open(page, '/users');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Settings' }).click();
  await expect(page).toHaveURL('/settings');
  await expect(page).toHaveTitle('Settings · Rollcall');
  await expect(row(page, 'SESSION_TIMEOUT_DAYS').getByRole('cell')).toHaveText([
    '7',
    'Default',
    'Maximum session lifetime in days.',
  ]);
  await expect(row(page, 'TRUSTED_PROXIES').getByRole('cell').nth(0)).toHaveText('192.0.2.0/24');
  await expect(row(page, 'LEPTOS_SITE_ADDR').getByRole('cell').nth(0)).toHaveText(new URL(server.url).host);
  await expect(row(page, 'LEPTOS_SITE_ADDR').getByRole('cell').nth(1)).toHaveText('Environment');
  await expect(row(page, 'METRICS_ADDR').getByRole('cell').nth(0)).toHaveText('Not set');
  await expect(row(page, 'API_KEY_ENCRYPTION_KEY').getByRole('cell').nth(0)).toHaveText('********');
  await expect(page.getByText(/^1[5-9]\./)).toBeVisible();
  const answer = await page.request.get('/sfn/settings');
  for (const text of [await page.content(), await answer.text()]) expect(text).not.toContain(SECRET);
  await inspect(page, 'settings');
});

test('a running job is watched', async ({ page, database }) => {
  await open(page, '/settings/jobs');
  await expect(page.getByRole('heading', { name: 'No jobs yet' })).toBeVisible();
  await inspect(page, 'settings-no-jobs');
  const name = await annotator(database, 5_000);
  const first = await hold(database, name, 3_000);
  const second = await hold(database, name, 5_000);
  await remove(page, database, name);
  await page.getByRole('link', { name: 'Refresh' }).click();
  await hydrated(page);
  const job = row(page, `Permanently delete ${name}`);
  await expect(job).toContainText('Running');
  await expect(job).toContainText('2,000 of 5,001, updated just now');
  await expect(bar(page, `Permanently delete ${name}`)).toHaveJSProperty('value', 2_000);
  await expect(bar(page, `Permanently delete ${name}`)).toHaveJSProperty('max', 5_001);
  // From here on only live updates change the page. A locked row makes the job delete in smaller batches.
  await job.getByRole('link').focus();
  await first();
  await expect(job).toContainText('4,000 of 5,001');
  await expect(job.getByRole('link')).toBeFocused();
  await second();
  await expect(job).toContainText('Done');
  await expect(job).toContainText('5,001 of 5,001');
  await expect(page).toHaveURL('/settings/jobs');
});

test('a running job looks as it should', async ({ page, database }) => {
  // A job that no server runs, so that its progress does not change during the inspection.
  await database.rows(`
    insert into jobs (id, kind, state, done, total, created_at, started_at, progressed_at)
    select uuid_v7(now()), 'rotate_keys', 'running', 2000, 5001, now(), now(), now()`);
  await open(page, '/settings/jobs');
  await expect(row(page, 'Re-encrypt API keys')).toContainText('2,000 of 5,001');
  await inspect(page, 'settings-jobs-running');
  await database.rows(`delete from jobs where kind = 'rotate_keys'`);
});

test('a role, a group and a feature that a job is deleting are marked', async ({ page, database }) => {
  const role = await database.value(`insert into roles (id, name, rank) values (uuid_v7(now()), 'leaving', 60) returning id`);
  const group = await database.value(
    `insert into groups (id, name, created_at, updated_at) values (uuid_v7(now()), 'Leaving', now(), now()) returning id`,
  );
  await database.rows(
    `insert into features (key, label, created_at, updated_at) values ('leaving.use', 'Leaving', now(), now())`,
  );
  // The server cannot complete the jobs while these rows are locked.
  const client = await database.connect();
  await client.query('begin');
  await client.query('select from roles where id = $1 for key share', [role]);
  await client.query('select from groups where id = $1 for key share', [group]);
  await client.query(`select from features where key = 'leaving.use' for key share`);
  for (const [kind, id, name] of [
    ['delete_role', role, 'leaving'],
    ['delete_group', group, 'Leaving'],
    ['delete_feature', 'leaving.use', 'leaving.use'],
  ]) {
    await database.rows(
      `insert into jobs (id, kind, params, total, created_at)
      values (uuid_v7(now()), $1, jsonb_build_object('object_id', $2::text, 'name', $3::text), 6000, now())`,
      [kind, id, name],
    );
  }
  const marked = page.getByText('Being deleted', { exact: true });
  await open(page, '/roles');
  await expect(page.getByRole('columnheader').filter({ has: marked })).toContainText('leaving');
  await expect(marked).toHaveCount(1);
  await expect(page.getByRole('link', { name: 'Clone role leaving', exact: true })).toBeVisible();
  await expect(page.getByRole('link', { name: /^(Edit|Delete) role leaving$/ })).toHaveCount(0);
  await open(page, '/groups?q=leaving');
  await expect(row(page, 'Leaving').filter({ has: marked })).toHaveCount(1);
  await open(page, '/features');
  const feature = row(page, 'leaving.use');
  await expect(feature.filter({ has: marked })).toHaveCount(1);
  await expect(marked).toHaveCount(1);
  await expect(feature.getByRole('button')).toHaveCount(0);
  await expect(feature.getByRole('link')).toHaveCount(0);
  await client.end();
});

for (const scripts of [true, false]) {
  test.describe(scripts ? 'with scripts' : 'without scripts', () => {
    test.use({ javaScriptEnabled: scripts });

    test('what has failed says why, and is tried again', async ({ page, database }) => {
      const settled = async () => {
        if (scripts) await hydrated(page);
      };
      await database.rows(LETTERS);
      const name = await annotator(database, 3);
      await database.rows('insert into letters select id from users where username = $1', [name]);
      await remove(page, database, name);
      const failed = `select count(*)::int from jobs where state = 'failed' and params ->> 'username' = $1`;
      await expect.poll(() => database.value(failed, [name])).toBe(1);
      await page.goto('/settings');
      await settled();
      await page.getByRole('link', { name: 'Jobs' }).click();
      await expect(page).toHaveURL('/settings/jobs');
      await page.getByLabel('State').selectOption('Failed');
      await page.getByRole('button', { name: 'Filter' }).click();
      await expect(page).toHaveURL('/settings/jobs?state=failed');
      await settled();
      const job = row(page, `Permanently delete ${name}`);
      await expect(job).toContainText('letters_writer_fkey');
      if (scripts) await inspect(page, 'settings-jobs-failed');
      await database.rows('delete from letters');
      const again = page.getByRole('link', { name: `Retry permanent deletion of ${name}` });
      await again.focus();
      await page.keyboard.press('Enter');
      await expect(dialog(page)).toContainText('letters_writer_fkey');
      if (scripts) await inspect(page, 'settings-jobs-retry');
      await press(page, `Retry permanent deletion of ${name}`);
      await expect(toast(page)).toContainText('Retrying the permanent deletion of');
      const done = `select count(*)::int from jobs where state = 'done' and params ->> 'username' = $1`;
      await expect.poll(() => database.value(done, [name])).toBe(1);
      const actions = 'select action from audit_events where target_label = $1 order by id';
      expect(await database.column(actions, [name])).toEqual(['user.deleted', 'user.purge_retried', 'user.purged']);
      await page.goto('/settings/jobs?state=done');
      await expect(job).toContainText('4 of 4');
    });
  });
}

test.describe('an auditor', () => {
  test.use({ as: 'test-auditor' });

  test('sees it all and tries nothing again', async ({ page, database, browserWatch }) => {
    browserWatch.expectAnswer(422, '/settings/jobs');
    await database.rows(
      `insert into jobs (id, kind, params, state, error, created_at, finished_at)
      select uuid_v7(now()), 'purge', jsonb_build_object('user_id', gen_random_uuid(), 'username', 'former-user'), 'failed',
        'Another table may reference the data.', now(), now()`,
    );
    await open(page, '/settings');
    await expect(row(page, 'SESSION_LIMIT')).toBeVisible();
    await open(page, '/settings/jobs');
    await expect(row(page, 'Permanently delete former-user')).toContainText('Another table may reference the data.');
    await expect(page.getByRole('link', { name: /^Retry/ })).toHaveCount(0);
    await open(page, '/settings/jobs?state=lost');
    await expect(page.getByRole('alert')).toContainText('Use queued, running, done or failed');
  });
});
