// Limits: the list, the form with its three states, the limits of a user, and one's own usage.
import { expect, serve, test } from '../support/test';
import { dialog, discard, field, press, toast } from '../support/dialog';
import { inspect } from '../support/inspect';
import { addDefault, effect, row, state } from '../support/limits';
import { expectNoSidewaysScroll, hydrated, open } from '../support/page';

serve('demo users');

test.beforeEach(({ database }) => database.rows(`delete from limits`));

test.describe('an administrator', () => {
  test.use({ as: 'admin' });

  test('creates limits in each state, and never confuses these', async ({ page, database, browserWatch }) => {
    browserWatch.expectAnswer(422, '/sfn/save-limit');
    await open(page, '/overview');
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Limits' }).click();
    await expect(page).toHaveURL('/limits');
    await expect(page.getByText('No limits yet')).toBeVisible();

    await page.getByRole('link', { name: 'New limit' }).click();
    await press(page, 'Save');
    await expect(dialog(page).getByRole('group', { name: 'Limit', exact: true })).toHaveAccessibleDescription(/Enter a value\./);
    await state(page, 'Limited').check();
    await field(page, 'Amount').fill('0');
    await expect(effect(page)).toHaveText('Requests: 0. Every use is denied.');
    await field(page, 'Amount').fill('100');
    await field(page, 'Period').selectOption('One more every … seconds');
    await field(page, 'Number').fill('180');
    await expect(effect(page)).toHaveText('100 requests, one more every 3 minutes, at most 100.');
    await inspect(page, 'limit-new');
    await press(page, 'Save');
    await expect(toast(page)).toContainText('Saved the default limit');
    await hydrated(page);
    await expect(row(page, 'Requests')).toContainText('One more every 3 minutes');

    await page.getByRole('link', { name: 'New limit' }).click();
    await field(page, 'Metric').selectOption('Tokens');
    await state(page, 'Unlimited').check();
    await expect(effect(page)).toHaveText('Tokens: unlimited.');
    await expect(field(page, 'Amount')).toBeHidden();
    await press(page, 'Save');
    await expect(row(page, 'Tokens')).toContainText('Unlimited');
    await hydrated(page);

    await page.getByRole('link', { name: 'New limit' }).click();
    await field(page, 'Metric').selectOption('Cost');
    await state(page, 'Limited').check();
    await field(page, 'Amount').fill('0.000000001');
    await field(page, 'Time zone').fill('Europe/Berlin');
    await expect(effect(page)).toHaveText('At most $0.000000001 a month, from the 1st, Europe/Berlin.');
    await press(page, 'Save');
    await expect(row(page, 'Cost')).toContainText('$0.000000001');
    await hydrated(page);
    await inspect(page, 'limits');
    const stored = await database.rows(`select metric, amount::text, period, time_zone from limits order by metric`);
    expect(stored.map(({ metric, amount, period }) => [metric, amount, period])).toEqual([
      ['cost', '1', 'calendar:month'],
      ['requests', '100', 'drip:180'],
      ['tokens', null, 'calendar:month'],
    ]);

    await page.getByRole('search').getByLabel('Metric').selectOption('Cost');
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await expect(page).toHaveURL('/limits?metric=cost');
    await expect(row(page, 'Tokens')).toHaveCount(0);
  });

  test('is led to the limit that exists already', async ({ page, database, browserWatch }) => {
    browserWatch.expectAnswer(409, '/sfn/save-limit');
    await addDefault(database, 10);
    await open(page, '/limits/new');
    await expect(field(page, 'Applies to')).toBeFocused();
    await field(page, 'Metric').selectOption('Requests');
    await state(page, 'Limited').check();
    await field(page, 'Amount').fill('30');
    await press(page, 'Save');
    await expect(field(page, 'Metric')).toHaveAccessibleDescription(/This limit already exists\./);
    await expect(dialog(page)).toContainText('At most 10 requests a month, from the 1st, UTC.');
    await expect(field(page, 'Amount')).toHaveValue('30');
    await dialog(page).getByRole('link', { name: 'Edit this limit' }).click();
    await discard(page);
    await expect(page).toHaveURL(/\/limits\/[-0-9a-f]+\/edit$/);
    await expect(field(page, 'Amount')).toHaveValue('10');
  });

  test('edits a limit that another user has changed, and deletes one', async ({ page, database, browserWatch }) => {
    browserWatch.expectAnswer(409, '/sfn/save-limit');
    const id = await addDefault(database, 10);
    await open(page, '/limits');
    await page.getByRole('link', { name: 'Edit limit All users: Requests' }).click();
    await expect(field(page, 'Amount')).toHaveValue('10');
    await database.rows(`update limits set amount = 20, version = version + 1 where id = $1`, [id]);
    await field(page, 'Amount').fill('30');
    await press(page, 'Save');
    await expect(dialog(page)).toContainText('Their value: At most 20 requests a month, from the 1st, UTC.');
    await expect(field(page, 'Amount')).toHaveValue('30');
    await press(page, 'Overwrite with mine');
    await expect(toast(page)).toContainText('Saved the default limit');
    await hydrated(page);
    await expect(row(page, 'Requests')).toContainText('30');

    await page.getByRole('link', { name: 'Delete limit All users: Requests' }).click();
    await expect(dialog(page)).toContainText('At most 30 requests a month, from the 1st, UTC.');
    await inspect(page, 'limit-delete');
    await press(page, 'Delete limit');
    await expect(toast(page)).toContainText('Deleted the default limit');
    await expect(page.getByText('No limits yet')).toBeVisible();
  });

  test('sees which limit of a user decides, sets another, tops it up and resets it', async ({ page, database, browserWatch }) => {
    browserWatch.expectAnswer(422, '/sfn/change-balance');
    await addDefault(database, 10);
    await open(page, '/users/test-member/limits');
    await expect(row(page, /^Requests[^ ]/)).toContainText('Default');
    await expect(row(page, /^Cost/)).toContainText('No limit');
    await page.getByRole('link', { name: 'Change limit of Requests', exact: true }).click();
    await expect(dialog(page)).toContainText('In force: Default. At most 10 requests a month, from the 1st, UTC.');
    await expect(effect(page)).toHaveText('No limit is stored here. The next one decides.');
    await state(page, 'Limited').check();
    await field(page, 'Amount').fill('5');
    await field(page, 'Period').selectOption('Calendar day');
    await expect(effect(page)).toContainText('At most 5 requests a day, from midnight,');
    await inspect(page, 'user-limit-set');
    await press(page, 'Save');
    await expect(toast(page)).toContainText('Saved the limit of test-member');
    await hydrated(page);
    await expect(row(page, /^Requests[^ ]/)).toContainText('Own limit');
    await inspect(page, 'user-limits');

    await page.getByRole('link', { name: 'Top up Requests of test-member' }).click();
    await press(page, 'Top up');
    await expect(field(page, 'Amount')).toHaveAccessibleDescription(/Enter a whole number/);
    await expect(field(page, 'Reason')).toHaveAccessibleDescription(/Enter a reason\./);
    await field(page, 'Amount').fill('3');
    await field(page, 'Reason').fill('Exam week');
    await inspect(page, 'user-limit-top-up');
    await press(page, 'Top up');
    await expect(toast(page)).toContainText('Topped up the limit of test-member');
    await hydrated(page);
    await expect(row(page, /^Requests[^ ]/)).toContainText('8');
    await expect(row(page, 'Exam week')).toContainText('Top-up');

    await page.getByRole('link', { name: 'Adjust Requests of test-member' }).click();
    await field(page, 'Amount').fill('2');
    await field(page, 'Reason').fill('Counted elsewhere');
    await press(page, 'Adjust');
    await expect(toast(page)).toContainText('Adjusted what test-member has used');
    await hydrated(page);
    await page.getByRole('link', { name: 'Reset Requests of test-member' }).click();
    await expect(dialog(page)).toContainText('Used2');
    await field(page, 'Reason').fill('New start');
    await press(page, 'Reset');
    await expect(toast(page)).toContainText('Reset what test-member has used');
    await hydrated(page);
    await expect(row(page, 'New start')).toContainText('Reset');

    await page.getByRole('link', { name: 'Change limit of Requests', exact: true }).click();
    await state(page, 'Inherit').check();
    await press(page, 'Save');
    await expect(toast(page)).toContainText('Deleted the limit of test-member');
    await hydrated(page);
    await expect(row(page, /^Requests[^ ]/)).toContainText('Default');
  });

  test('sets a limit of a group from its page', async ({ page, database }) => {
    const id = await database.value(
      `insert into groups (id, name, created_at, updated_at) values (uuid_v7(now()), 'Limited', now(), now()) returning id`,
    );
    await open(page, `/groups/${id}`);
    await page.getByRole('link', { name: 'Limits' }).last().click();
    await expect(page).toHaveURL(`/limits?subject=group&id=${id}`);
    await page.getByRole('link', { name: 'New limit' }).click();
    await expect(field(page, 'Subject')).toHaveValue('Limited');
    await dialog(page).getByRole('checkbox', { name: /^Shared/ }).check();
    await state(page, 'Limited').check();
    await field(page, 'Amount').fill('1000');
    await expect(effect(page)).toContainText('All members of the group share this amount.');
    await press(page, 'Save');
    await expect(toast(page)).toContainText('Saved the limit of Limited');
    await expect(row(page, 'Limited')).toContainText('Shared');
  });

  test('finds users and groups while the subject is typed', async ({ page, database }) => {
    await database.rows(`insert into groups (id, name, created_at, updated_at) values (uuid_v7(now()), 'Findable', now(), now())`);
    await open(page, '/limits/new');
    await field(page, 'Applies to').selectOption('User');
    await field(page, 'Subject').fill('test-mem');
    await press(page, /^Choose .*\(test-member\)$/);
    await expect(field(page, 'Subject')).toHaveValue('test-member');
    await field(page, 'Subject').fill('findab');
    // The text is searched among the groups then.
    await field(page, 'Applies to').selectOption('Group');
    await press(page, 'Choose Findable');
    await expect(field(page, 'Subject')).toHaveValue('Findable');
    await state(page, 'Unlimited').check();
    await press(page, 'Save');
    await expect(toast(page)).toContainText('Saved the limit of Findable');
  });

  test('fits a phone', async ({ page, database }) => {
    await page.setViewportSize({ width: 360, height: 740 });
    await addDefault(database, 10);
    const paths = ['/limits', '/limits/new', '/users/test-member/limits', '/users/test-member/limits/cost/set', '/account/usage'];
    for (const path of paths) {
      await open(page, path);
      await expectNoSidewaysScroll(page);
    }
  });
});

test.describe('a user', () => {
  test.use({ as: 'test-member' });

  test('sees what is left, and why it was changed', async ({ page, database }) => {
    await addDefault(database, 10);
    await database.rows(
      `insert into usage_events (id, at, kind, user_id, metric, requests, note)
      select uuid_v7(now()), now(), 'top_up', id, 'requests', 7, 'For the exam' from users where username = 'test-member'`,
    );
    await open(page, '/account');
    await page.getByRole('link', { name: 'Usage' }).click();
    await expect(page).toHaveURL('/account/usage');
    await expect(row(page, /^Requests/).first()).toContainText('Default');
    await expect(row(page, 'For the exam')).toContainText('7');
    await inspect(page, 'account-usage');
  });
});

test.describe('an auditor', () => {
  test.use({ as: 'test-auditor' });

  test('sees limits, and changes nothing', async ({ page, database }) => {
    const id = await addDefault(database, 10);
    await open(page, '/limits');
    await expect(row(page, 'Requests')).toBeVisible();
    await expect(page.getByRole('link', { name: /^(New|Edit|Delete) limit/ })).toHaveCount(0);
    await open(page, '/users/test-member/limits');
    await expect(page.getByRole('link', { name: /^(Change|Top up|Adjust|Reset) / })).toHaveCount(0);
    for (const path of ['/limits/new', `/limits/${id}/edit`, `/limits/${id}/delete`, '/users/test-member/limits/cost/set']) {
      await open(page, path);
      await expect(dialog(page)).toContainText('You have read-only access to limits.');
      await expect(dialog(page).getByRole('textbox')).toHaveCount(0);
    }
  });
});

test.describe('without scripts', () => {
  test.use({ as: 'admin', javaScriptEnabled: false, contextOptions: { reducedMotion: 'reduce' } });

  test('the same', async ({ page, browserWatch }) => {
    browserWatch.expectAnswer(422, '/limits/new');
    await page.goto('/limits/new');
    await field(page, 'Applies to').selectOption('User');
    await field(page, 'Metric').selectOption('Cost');
    await state(page, 'Limited').check();
    await field(page, 'Amount').fill('2.5');
    await press(page, 'Save');
    await expect(field(page, 'Subject')).toHaveAccessibleDescription(/Enter a value\./);
    await expect(field(page, 'Amount')).toHaveValue('2.5');
    await field(page, 'Subject').fill('test-member');
    await press(page, 'Save');
    await expect(toast(page)).toContainText('Saved the limit of test-member');
    await page.goto('/users/test-member/limits');
    await page.getByRole('link', { name: 'Top up Cost of test-member' }).click();
    await field(page, 'Amount').fill('0.5');
    await field(page, 'Reason').fill('Exam');
    await press(page, 'Top up');
    await expect(toast(page)).toContainText('Topped up the limit of test-member');
    await expect(row(page, /^Cost/).first()).toContainText('$3.00');
    await page.getByRole('link', { name: 'Change limit of Cost' }).click();
    await expect(effect(page)).toContainText('At most $2.50 a month, from the 1st,');
    await state(page, 'Unlimited').check();
    await press(page, 'Save');
    await expect(row(page, /^Cost/).first()).toContainText('Unlimited');
    await page.goto('/limits');
    await page.getByRole('link', { name: 'Delete limit test-member: Cost' }).click();
    await press(page, 'Delete limit');
    await expect(toast(page)).toContainText('Deleted the limit of test-member');
  });
});
