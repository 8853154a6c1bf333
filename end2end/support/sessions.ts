// The screen "Sessions", and sign-ins while it is open.
import { expect, type Locator, type Page, request } from '@playwright/test';
import { template } from './template';

/** Returns the rows of a list. */
export const rows = (page: Page): Locator => page.locator('tbody tr');

/** Signs a user in with another client. */
export async function signInElsewhere(baseURL: string, username: string): Promise<void> {
  const elsewhere = await request.newContext({ baseURL, storageState: { cookies: [], origins: [] } });
  const answer = await elsewhere.post('/api/auth/login', { data: { username, password: template().password } });
  expect(answer.ok()).toBe(true);
  await elsewhere.dispose();
}
