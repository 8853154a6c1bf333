// API documentation: reading it and trying requests.
import { join } from 'node:path';
import { settings } from '../support/settings';
import { expect, serve, test } from '../support/test';

serve('demo users');

test('an operation is found, read and tried', async ({ page, server }) => {
  const elsewhere: string[] = [];
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(server.url) && !url.startsWith('data:')) elsewhere.push(url);
  });
  await page.goto('/api/docs');
  await expect(page.getByRole('heading', { name: /Rollcall/ })).toBeVisible();
  await page.getByRole('link', { name: 'Server' }).click();
  const operation = page.locator('.opblock').filter({ hasText: 'Get the public settings' });
  await operation.getByRole('button', { name: /\/api\/config/ }).first().click();
  await operation.getByRole('button', { name: 'Try it out' }).click();
  await operation.getByRole('button', { name: 'Execute' }).click();
  await expect(operation.getByText('"multi-user"').first()).toBeVisible();
  if (settings.shots) await page.screenshot({ path: join(settings.shots, 'api-docs-light-1280.png') });
  expect(elsewhere).toEqual([]);
});
