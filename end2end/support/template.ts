// Global setup: creates a database of demo users; each spec file gets a copy of it.
import { Database } from './database';
import { loadDemo } from './rollcall';

/** Users that can sign in, all with the same password. The names describe their role or status. */
export type TestAccount = 'admin' | 'test-auditor' | 'test-member' | 'test-suspended' | 'test-pending';

interface Template {
  database: string;
  password: string;
}

const USERS = 1000;

/** Returns the template that all tests of this run share. */
export function template(): Template {
  return JSON.parse(process.env.ROLLCALL_TEMPLATE!);
}

export default async function createTemplate(): Promise<() => Promise<void>> {
  const database = await Database.create();
  try {
    const created: Template = { database: database.name, password: await loadDemo(database.url, USERS) };
    await createUsers(database);
    await putOff(database);
    // A database with connections cannot be copied.
    await database.close();
    // The processes that run the tests inherit the environment.
    process.env.ROLLCALL_TEMPLATE = JSON.stringify(created);
    return () => database.drop();
  } catch (error) {
    await database.drop();
    throw error;
  }
}

/** Turns some of the oldest demo users into those of [Person]. The deleted one must never appear. */
async function createUsers(database: Database): Promise<void> {
  await database.rows(`
    update users u
    set username = part.username, display_name = initcap(replace(part.username, '-', ' ')), email = null,
      status = part.status, password_hash = admin.password_hash,
      deleted_at = case when part.username = 'test-deleted' then now() end
    from users admin, (values
      (1, 'test-auditor', 'active'), (2, 'test-member', 'active'), (3, 'test-suspended', 'suspended'),
      (4, 'test-pending', 'pending'), (5, 'test-deleted', 'active')
    ) part (number, username, status)
    where u.number = part.number and admin.username = 'admin'`);
  await database.rows(`delete from user_roles using users u where u.id = user_id and u.username like 'test-%'`);
  await database.rows(`
    insert into user_roles (user_id, role_id, granted_at)
    select u.id, r.id, now() from users u join roles r
      on r.name = 'user' or (r.name = 'auditor' and u.username = 'test-auditor')
    where u.username like 'test-%'`);
}

/** Postpones what would happen during the tests: sessions that expire, and users that begin to match a search by age. */
async function putOff(database: Database): Promise<void> {
  await database.rows(`
    update sessions
    set idle_expires_at = idle_expires_at + interval '1 day', expires_at = expires_at + interval '1 day'
    where ended_at is null and least(idle_expires_at, expires_at) < now() + interval '3 hours'`);
  for (const [column, age] of [['last_login_at', '30 days'], ['last_active_at', '90 days']]) {
    await database.rows(`
      update users set ${column} = ${column} + interval '3 hours'
      where ${column} between now() - interval '${age}' and now() - interval '${age}' + interval '3 hours'`);
  }
}
