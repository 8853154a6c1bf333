// The pages of the own account.
import type { Locator, Page } from '@playwright/test';
import type { Database } from './database';
import { template } from './template';
import { expect } from './test';

let created = 0;

/** Creates a user with the password that all test users share. Returns the username. */
export async function add(database: Database, role = 'user'): Promise<string> {
  created += 1;
  const name = `own-${process.pid}-${created}`;
  await database.rows(
    `with person as (
      insert into users (id, username, display_name, email, password_hash, password_changed_at, created_via, created_at, updated_at)
      select uuid_v7(now()), $1, 'Own Account', $1 || '@example.org', password_hash, now(), 'cli', now(), now()
      from users where username = 'admin' returning id
    )
    insert into user_roles (user_id, role_id, granted_at)
    select person.id, roles.id, now() from person, roles where name = $2`,
    [name, role],
  );
  return name;
}

/** Signs a user in without the form. */
export async function startSession(page: Page, username: string): Promise<void> {
  const answer = await page.request.post('/api/auth/login', { data: { username, password: template().password } });
  expect(answer.ok(), await answer.text()).toBe(true);
}

/** Signs a user in and opens a page of their account. */
export async function enter(page: Page, username: string, part = ''): Promise<void> {
  await startSession(page, username);
  await page.goto(`/account${part}`);
}

export const field = (page: Page, label: string): Locator => page.getByLabel(new RegExp(`^${label}( optional)?$`));
export const press = (page: Page, name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();
