// The screen "Sessions", and those who sign in while it is looked at.
import { expect, type Locator, type Page, request } from '@playwright/test';
import { template } from './template';

/** The rows of a list. */
export const rows = (page: Page): Locator => page.locator('tbody tr');

/** Somebody signs in elsewhere. */
export async function signInElsewhere(baseURL: string, username: string): Promise<void> {
  const elsewhere = await request.newContext({ baseURL, storageState: { cookies: [], origins: [] } });
  const answer = await elsewhere.post('/api/auth/login', { data: { username, password: template().password } });
  expect(answer.ok()).toBe(true);
  await elsewhere.dispose();
}
