// Failed sign-ins: affected accounts and source addresses.
import { request } from '@playwright/test';
import { expect, serve, test } from '../support/test';
import { inspect } from '../support/inspect';
import { open } from '../support/page';

serve('demo users');
test.use({ as: 'admin' });
// Each screen is inspected four times.
test.setTimeout(240_000);

const WRITTEN = `select count(*)::int from failed_sign_ins f join users u on u.id = f.user_id
  where u.username = 'test-member'`;

test('failed sign-ins by account and by IP address', async ({ page, server, database }) => {
  const elsewhere = await request.newContext({ baseURL: server.url, storageState: { cookies: [], origins: [] } });
  const answer = await elsewhere.post('/api/auth/login', { data: { username: 'test-member', password: 'wrong' } });
  expect(answer.status()).toBe(401);
  await elsewhere.dispose();
  await expect.poll(() => database.value(WRITTEN), { timeout: 15_000 }).toBeGreaterThan(0);

  await open(page, '/sessions');
  await page.getByRole('link', { name: 'Failed sign-ins' }).click();
  await expect(page).toHaveURL('/sessions/failed');
  const row = page.locator('tbody tr').filter({ hasText: 'test-member' });
  await expect(row).toContainText('Wrong password');
  await inspect(page, 'failed-sign-ins');

  await page.getByRole('link', { name: 'By IP address' }).click();
  await expect(page).toHaveURL('/sessions/failed?by=address');
  await page.locator('tbody').getByRole('link', { name: '127.0.0.1' }).first().click();
  await expect(page).toHaveURL('/sessions?address=127.0.0.1');
  await page.goBack();
  await page.goBack();
  await row.getByRole('link', { name: 'test-member' }).click();
  await expect(page).toHaveURL('/users/test-member');
});
