// Roles: badges and their choice.
import { expect, serve, test } from '../support/test';
import { dialog, question } from '../support/dialog';
import { open } from '../support/page';

serve('demo users');
test.use({ as: 'admin' });

test.beforeEach(async ({ database }) => {
  await database.rows(`
    insert into roles (id, name, rank)
    select uuid_v7(now()), 'department-' || lpad(n::text, 2, '0') || '-analyst', 60 from generate_series(1, 14) n
    where not exists (select from roles where name like 'department-%')`);
  await database.rows(`
    insert into user_roles (user_id, role_id, granted_at)
    select u.id, r.id, now() from users u, roles r where u.username = 'test-member' and r.name like 'department-%'
    on conflict do nothing`);
});

test('the page of a user shows all roles, with their names as they are stored', async ({ page }) => {
  await open(page, '/users/test-member');
  const badges = page.locator('.user-head .badge');
  for (const name of [/^department-01-analyst$/, /^department-14-analyst$/, /^User$/]) {
    await expect(badges.filter({ hasText: name })).toHaveCount(1);
  }
  await expect(badges.filter({ hasText: /^department-/ })).toHaveCount(14);
});

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with scripts' : 'without scripts', () => {
    test.use({ javaScriptEnabled });

    test('many roles can be searched', async ({ page }) => {
      await page.goto('/users/test-member/edit');
      const roles = dialog(page).getByRole('group', { name: 'Roles' });
      await expect(roles.getByRole('checkbox', { name: 'department-14-analyst' })).toBeVisible();
      const all = await roles.getByRole('checkbox').count();
      expect(all).toBeGreaterThan(14);
      const search = roles.getByRole('searchbox', { name: 'Find role' });
      if (!javaScriptEnabled) {
        await expect(search).toHaveCount(0);
        return;
      }
      await search.fill('ment-07');
      await expect(roles.getByRole('checkbox')).toHaveCount(1);
      await expect(roles.getByRole('checkbox', { name: 'department-07-analyst' })).toBeChecked();
      await page.keyboard.press('Enter');
      await expect(page).toHaveURL('/users/test-member/edit');
      await search.fill('chemistry');
      await expect(roles.getByRole('checkbox')).toHaveCount(0);
      await expect(roles).toContainText('No roles match');
      await search.fill('');
      await expect(roles.getByRole('checkbox')).toHaveCount(all);
      // The form does not send the search, so it is no change that could be lost.
      await search.fill('ment-07');
      await dialog(page).getByRole('link', { name: 'Cancel' }).click();
      await expect(page).toHaveURL('/users/test-member');
      await expect(question(page)).toHaveCount(0);
    });
  });
}
