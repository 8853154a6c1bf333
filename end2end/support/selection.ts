// Checkboxes of a list and the selection.
import type { Page } from '@playwright/test';
import { expect } from './test';
import { dialog } from './dialog';
import type { Database } from './database';

export const bar = (page: Page) => page.getByRole('form', { name: 'Selected people' });
export const count = (page: Page) => page.locator('.selection-count');
export const boxes = (page: Page) => page.locator('tbody input[type=checkbox]');
export const box = (page: Page, username: string) => page.getByRole('checkbox', { name: `Select ${username}`, exact: true });
export const first = (page: Page) => page.locator('tbody th').first();

/** Returns the usernames whose checkboxes are ticked on this page. */
export const ticked = (page: Page): Promise<string[]> =>
  boxes(page).evaluateAll((all) =>
    (all as HTMLInputElement[])
      .filter((one) => one.checked)
      .map((one) => one.getAttribute('aria-label')!.replace('Select ', ''))
      .sort(),
  );

/** Returns the usernames on this page, in order. */
export const listed = (page: Page): Promise<string[]> =>
  boxes(page).evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')!.replace('Select ', '')));

/** Ticks the rows at these positions and returns their usernames. */
export async function tick(page: Page, ...places: number[]): Promise<string[]> {
  const names = await listed(page);
  const chosen = places.map((place) => names[place]!);
  for (const name of chosen) await box(page, name).check();
  return chosen;
}

/** Changes the rows by `way` and waits until the new rows are shown. */
export async function go(page: Page, way: () => Promise<unknown>): Promise<void> {
  const list = page.locator('section.list');
  const before = await first(page).textContent();
  await way();
  await expect(first(page)).not.toHaveText(before!);
  await expect(list).not.toHaveAttribute('aria-busy', 'true');
}

export const next = (page: Page) => () => page.getByRole('navigation', { name: 'Pages' }).getByText('Next').click();
export const previous = (page: Page) => () => page.getByRole('navigation', { name: 'Pages' }).getByText('Previous').click();
export const header = (page: Page, name: string) => () =>
  page.getByRole('columnheader', { name, exact: true }).getByRole('link').click();

/** Creates a user that appears first in the list. */
export async function join(database: Database, username: string, status = 'active'): Promise<void> {
  await database.rows(
    `insert into users (id, username, display_name, status, created_via, created_at, updated_at)
    values (uuid_v7(now()), $1, $1, $2, 'registration', now(), now())`,
    [username, status],
  );
}

/** Expects exactly these names in the dialog. */
export async function dialogNames(page: Page, names: string[]): Promise<void> {
  await expect(dialog(page)).toBeVisible();
  await expect(dialog(page).getByRole('listitem')).toHaveText([...names].sort());
}
