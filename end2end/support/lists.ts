// Lists with more than one page of rows.
import type { Page } from '@playwright/test';
import type { Database } from './database';
import { join } from './selection';
import { expect } from './test';

/** Fills every list of the panel with more than one page, once per database. `page` must be signed in as an admin. */
export async function fillLists(page: Page, database: Database): Promise<void> {
  if (await database.value(`select exists (select 1 from users where username = 'listed-0')`)) return;
  for (let n = 0; n < 60; n += 1) await join(database, `listed-${n}`, 'pending');
  await database.rows(`
    update users set deleted_at = now(), purge_after = now() + interval '1 day'
    where id in (select id from users where username not like 'test-%' and username <> 'admin'
      and deleted_at is null and status = 'active' order by id limit 60)`);
  await database.rows(`
    insert into access_tokens (id, user_id, name, prefix, token_hash, created_at)
    select gen_random_uuid(), u.id, 'token of ' || username, 'rc_' || number, uuid_send(gen_random_uuid()), now()
    from users u where deleted_at is null and status = 'active' order by u.id limit 60`);
  await database.rows(`
    insert into jobs (id, kind, params, state, error, created_at, finished_at)
    select uuid_v7(now()), 'purge', jsonb_build_object('user_id', id, 'username', username), 'failed', 'x', now(), now()
    from users where deleted_at is not null and username <> 'test-deleted' order by id limit 60`);
  await database.rows(`
    insert into personas (id, user_id, name) select uuid_v7(now()), u.id, 'persona ' || n
    from users u, generate_series(1, 60) n where username = 'admin'`);
  for (let n = 0; n < 55; n += 1) {
    const created = await page.request.post('/api/admin/invitations', { data: { note: `invited ${n}` } });
    expect(created.status()).toBe(201);
  }
  await database.rows(`
    insert into audit_events (at, actor_id, actor_label, via, action, target_kind, target_label, changes)
    select now() - n * interval '1 hour', a.id, a.username, 'ui', 'user.created', 'user', 'person-' || n, '{}'
    from users a, generate_series(1, 60) n where a.username = 'admin'`);
}
