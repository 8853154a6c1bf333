// Databases of the tests' own, made and dropped beside the one that DATABASE_URL names.
import pg from 'pg';
import { databaseUrl } from './settings';

type Row = Record<string, any>;

let made = 0;

export class Database {
  constructor(readonly name: string, readonly url: string) {}

  /** Makes a database: empty, or a copy of another. */
  static async create(template = 'template1'): Promise<Database> {
    made += 1;
    const name = `rollcall_e2e_${process.pid}_${made}`;
    await query(databaseUrl(), `create database ${name} template ${template}`);
    const url = new URL(databaseUrl());
    url.pathname = `/${name}`;
    return new Database(name, url.href);
  }

  /** Drops the database, whoever is still connected. */
  async drop(): Promise<void> {
    await query(databaseUrl(), `drop database ${this.name} with (force)`);
  }

  /** The rows of a statement. */
  rows(sql: string, values: unknown[] = []): Promise<Row[]> {
    return query(this.url, sql, values);
  }

  /** The first column of each row. */
  async column(sql: string, values: unknown[] = []): Promise<any[]> {
    const rows = await this.rows(sql, values);
    return rows.map((row) => Object.values(row)[0]);
  }

  /** The first column of the first row. */
  async value(sql: string, values: unknown[] = []): Promise<any> {
    return (await this.column(sql, values))[0];
  }

  /** A connection that stays open, for a transaction that others have to wait for. */
  async connect(): Promise<pg.Client> {
    return connect(this.url);
  }
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}

async function query(url: string, sql: string, values: unknown[] = []): Promise<Row[]> {
  const client = await connect(url);
  try {
    return (await client.query(sql, values)).rows;
  } finally {
    await client.end();
  }
}
