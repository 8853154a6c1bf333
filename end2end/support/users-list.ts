// The list of users as the tests read it, and the expected content from the database.
import { expect, type Locator, type Page } from '@playwright/test';
import type { Database } from './database';
import { open } from './page';

/** Users that the list contains. */
const LISTED = 'from users u join user_stats s on s.user_id = u.id where u.deleted_at is null';

/** Orders by display name and by email, with the collation of the list. */
export const BY_NAME = 'u.display_name collate "und-x-icu"';
export const BY_EMAIL = `coalesce(u.email, '') collate "und-x-icu"`;

interface RowRange {
  where?: string;
  order?: string;
  offset?: number;
  limit?: number;
}

export class UsersList {
  readonly list: Locator;
  readonly rows: Locator;
  readonly usernames: Locator;
  readonly count: Locator;
  readonly search: Locator;

  constructor(readonly page: Page, private readonly database: Database) {
    this.list = page.getByRole('region', { name: 'Users' });
    this.rows = page.locator('.users-table tbody tr');
    this.usernames = page.locator('.handle');
    this.count = page.getByRole('status');
    this.search = page.getByRole('searchbox', { name: 'Search users' });
  }

  /** Opens the list with these parameters. */
  async open(params: Record<string, string> = {}): Promise<void> {
    const query = new URLSearchParams(params).toString();
    await open(this.page, query ? `/users?${query}` : '/users');
  }

  /** Returns the link in a column's header, which sorts by the column. */
  header(name: string): Locator {
    return this.page.getByRole('columnheader', { name, exact: true }).getByRole('link');
  }

  /** Returns the link to the next or previous page. */
  step(name: 'Next' | 'Previous'): Locator {
    return this.page.getByRole('navigation', { name: 'Pages' }).getByText(name);
  }

  /** Returns the number of matching users. */
  total(where = 'true'): Promise<number> {
    return this.database.value(`select count(*)::int ${LISTED} and (${where})`);
  }

  /** Returns the usernames that must be shown, newest first by default. */
  async expected({ where = 'true', order = 'u.created_at desc, u.id desc', offset = 0, limit = 50 }: RowRange = {}) {
    const sql = `select u.username ${LISTED} and (${where}) order by ${order} offset ${offset} limit ${limit}`;
    const usernames: string[] = await this.database.column(sql);
    return usernames;
  }

  /** Expects exactly this range of the users. */
  async shows(range: RowRange = {}): Promise<void> {
    await expect(this.usernames).toHaveText(await this.expected(range));
  }

  /** Expects this range and this total in the pager. */
  async says(first: number, last: number, total: number): Promise<void> {
    const grouped = (number: number) => number.toLocaleString('en');
    await expect(this.count).toHaveText(`${grouped(first)}–${grouped(last)} of ${grouped(total)}`);
  }
}
