// Limits of several users at once, and resets of what they have used.
import type { Page } from '@playwright/test';
import { expect, serve, test } from '../support/test';
import type { Database } from '../support/database';
import { dialog, field, press, toast } from '../support/dialog';
import { inspect } from '../support/inspect';
import { addDefault, effect, row, state } from '../support/limits';
import { hydrated, open } from '../support/page';
import { bar, box } from '../support/selection';

serve('demo users');
test.use({ as: 'admin' });

test.beforeEach(({ database }) => database.rows(`delete from limits`));

/** Selects two users in the list and opens the dialog of an action. */
async function choose(page: Page, action: string): Promise<void> {
  for (const username of ['test-auditor', 'test-member']) await box(page, username).check();
  await bar(page).getByRole('link', { name: action, exact: true }).click();
  await expect(dialog(page).getByRole('listitem')).toHaveText(['test-auditor', 'test-member']);
}

/** Counts a use of a user. */
async function use(page: Page, database: Database, username: string, metric: string, amount: string): Promise<void> {
  const id = await database.value('select id from users where username = $1', [username]);
  const data = { metric, amount, reason: 'Counted elsewhere' };
  const adjusted = await page.request.post(`/api/admin/users/${id}/limits/adjust`, { data });
  expect(adjusted.ok(), await adjusted.text()).toBe(true);
}

test('sets and deletes a limit of several users', async ({ page, database }) => {
  await open(page, '/users?q=test-&limit=25');
  await choose(page, 'Set limit');
  await field(page, 'Metric').selectOption('Cost');
  await state(page, 'Limited').check();
  await field(page, 'Amount').fill('5');
  await expect(effect(page)).toContainText('At most $5.00 a month, from the 1st,');
  await inspect(page, 'users-limit-set');
  await press(page, 'Set limit of 2 users');
  await expect(toast(page)).toContainText('Saved the limits of 2 users');
  const amounts = () => database.column(`select amount::text from limits where user_id is not null`);
  expect(await amounts()).toEqual(['5000000000', '5000000000']);
  await hydrated(page);

  await choose(page, 'Set limit');
  await field(page, 'Metric').selectOption('Cost');
  await state(page, 'Inherit').check();
  await press(page, 'Set limit of 2 users');
  await expect(toast(page)).toContainText('Deleted the limits of 2 users');
  expect(await amounts()).toEqual([]);
});

test('resets what several users have used, and asks again for another number of users', async ({ page, database, browserWatch }) => {
  browserWatch.expectAnswer(422, '/sfn/reset-usage');
  browserWatch.expectAnswer(409, '/sfn/reset-usage');
  await addDefault(database, 10);
  await database.rows(
    `insert into limits (id, user_id, metric, amount, period, period_seconds, anchor, created_at, updated_at)
    select uuid_v7(now()), id, 'cost', 5000000000, 'calendar:month', 2629746, now(), now(), now()
    from users where username = 'test-member'`,
  );
  await use(page, database, 'test-auditor', 'requests', '3');
  await use(page, database, 'test-member', 'requests', '4');
  await use(page, database, 'test-member', 'cost', '1.5');
  const resets = () =>
    database.rows(
      `select u.username, e.metric, e.note from usage_events e join users u on u.id = e.user_id
      where e.kind = 'reset' order by u.username, e.metric`,
    );

  await open(page, '/users?q=test-&limit=25');
  await choose(page, 'Reset usage');
  await expect(dialog(page).getByRole('heading', { name: '2 users', exact: true })).toBeVisible();
  await press(page, 'Reset usage of 2 users');
  await expect(field(page, 'Reason')).toHaveAccessibleDescription(/Enter a reason\./);
  await inspect(page, 'users-usage-reset');

  // Only one of them has a limit of the cost.
  await field(page, 'Reason').fill('Outage');
  await field(page, 'Metric').selectOption('Cost');
  await press(page, 'Reset usage of 2 users');
  await expect(dialog(page).getByRole('heading', { name: 'Review and confirm again' })).toBeVisible();
  await expect(dialog(page).getByRole('alert')).toContainText('Nothing was done; review the current list and try again.');
  await expect(dialog(page).getByRole('listitem')).toHaveText(['test-member']);
  await expect(dialog(page)).toContainText('No limit to reset.');
  await field(page, 'Metric').selectOption('Requests, tokens and cost');
  await press(page, 'Reset usage of 1 user');
  await expect(dialog(page).getByRole('listitem')).toHaveText(['test-auditor', 'test-member']);
  expect(await resets()).toEqual([]);
  await press(page, 'Reset usage of 2 users');
  await expect(toast(page)).toContainText('Reset what 2 users have used');
  await expect(page).toHaveURL('/users?q=test-&limit=25');
  expect(await resets()).toEqual([
    { username: 'test-auditor', metric: 'requests', note: 'Outage' },
    { username: 'test-member', metric: 'cost', note: 'Outage' },
    { username: 'test-member', metric: 'requests', note: 'Outage' },
  ]);

  await open(page, '/users/test-member/limits');
  for (const [metric, used] of [
    [/^Requests[^ ]/, '0'],
    [/^Cost/, '$0.00'],
  ] as const) {
    await expect(row(page, metric).first().getByRole('cell').nth(1)).toHaveText(used);
  }
  await expect(row(page, 'Outage')).toHaveText([/^Reset/, /^Reset/]);
});
