// Databases of the tests, created on the server that DATABASE_URL names.
import pg from 'pg';
import { databaseUrl } from './settings';

type Row = Record<string, any>;

let created = 0;

export class Database {
  private pool: pg.Pool | undefined;

  constructor(readonly name: string, readonly url: string) {}

  /** Creates a database: empty, or as a copy of another. */
  static async create(template = 'template1'): Promise<Database> {
    created += 1;
    const name = `rollcall_e2e_${process.pid}_${created}`;
    await query(databaseUrl(), `create database ${name} template ${template}`);
    const url = new URL(databaseUrl());
    url.pathname = `/${name}`;
    return new Database(name, url.href);
  }

  /** Closes the connections of the tests. The next statement opens another one. */
  async close(): Promise<void> {
    await this.pool?.end();
    this.pool = undefined;
  }

  /** Drops the database, even if it has connections. */
  async drop(): Promise<void> {
    await this.close();
    await query(databaseUrl(), `drop database ${this.name} with (force)`);
  }

  /** Returns the rows of a statement. */
  async rows(sql: string, values: unknown[] = []): Promise<Row[]> {
    this.pool ??= pool(this.url);
    return (await this.pool.query(sql, values)).rows;
  }

  /** Returns the first column of all rows. */
  async column(sql: string, values: unknown[] = []): Promise<any[]> {
    const rows = await this.rows(sql, values);
    return rows.map((row) => Object.values(row)[0]);
  }

  /** Returns the first column of the first row. */
  async value(sql: string, values: unknown[] = []): Promise<any> {
    return (await this.column(sql, values))[0];
  }

  /** Opens a connection for a transaction that others have to wait for. */
  async connect(): Promise<pg.Client> {
    return connect(this.url);
  }
}

function pool(url: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: url });
  // Some tests stop PostgreSQL. The pool replaces a connection that was closed.
  pool.on('error', () => {});
  return pool;
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}

/** Runs a statement on a connection of its own. */
async function query(url: string, sql: string): Promise<void> {
  const client = await connect(url);
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
