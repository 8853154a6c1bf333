// Limits: rows of the lists, fields of the form, and limits to begin with.
import type { Locator, Page } from '@playwright/test';
import type { Database } from './database';
import { dialog } from './dialog';

export const row = (page: Page, text: string | RegExp): Locator => page.getByRole('row').filter({ hasText: text });

/** Returns the sentence that says what the limit in the form permits. */
export const effect = (page: Page): Locator => dialog(page).getByRole('status');

/** Returns the choice of a state of the limit in the form. */
export const state = (page: Page, name: string): Locator => dialog(page).getByRole('radio', { name: new RegExp(`^${name}`) });

/** Adds a default limit of a number of requests in a calendar month. Returns its id. */
export function addDefault(database: Database, amount: number): Promise<string> {
  return database.value(
    `insert into limits (id, metric, amount, period, period_seconds, anchor, created_at, updated_at)
    values (uuid_v7(now()), 'requests', $1, 'calendar:month', 2629746, now(), now(), now()) returning id`,
    [amount],
  );
}
