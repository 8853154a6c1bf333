//! Operations on the counted tables, in random order.

use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use sqlx::PgPool;

/// Functions that choose rows at random, but the same rows for the same salt.
const CHOOSERS: &str = "
    create function pick(source regclass, salt text, most int) returns setof uuid language plpgsql as $$
    begin
        return query execute format('select id from %s order by md5(id::text || $1) limit $2', source)
        using salt, most;
    end $$;
    create function chance(salt text, of int) returns int language sql as $$
        select abs(hashtext(salt) % of)
    $$;
    insert into roles (id, name, rank) values (gen_random_uuid(), 'editor', 50), (gen_random_uuid(), 'archivist', 50)";

/// Operations, each a single statement; `$1` is its salt.
const STATEMENTS: &[&str] = &[
    // Users are created, changed and deleted.
    "insert into users (id, username, display_name, status, created_via, created_at, updated_at, deleted_at)
    select uuid_v7(born), 'u' || md5($1 || n), 'A User',
        (array['pending', 'active', 'suspended'])[1 + chance($1 || n, 3)], 'admin',
        born, now(), case chance($1 || 'bin' || n, 5) when 0 then now() end
    from generate_series(1, 3) n, lateral (select now() - make_interval(hours => chance(n || $1, 100)) as born) as times",
    "update users set status = 'suspended' where id in (select pick('users', $1, 3))",
    "update users set status = 'active' where id in (select pick('users', $1, 3))",
    "update users set last_login_at = now()",
    "update users set deleted_at = now() where id in (select pick('users', $1, 2)) and deleted_at is null",
    "update users set deleted_at = null where id in (select pick('users', $1, 3))",
    "delete from users where id in (select pick('users', $1, 4)) and deleted_at is not null",
    // Roles.
    "insert into user_roles (user_id, role_id, granted_at)
    select u, r, now() from pick('users', $1, 4) u, pick('roles', $1, 2) r on conflict do nothing",
    "delete from user_roles where user_id in (select pick('users', $1, 5)) and role_id in (select pick('roles', $1, 2))",
    // Data that users own.
    "insert into personas (id, user_id, name)
    select gen_random_uuid(), u, 'Persona' from pick('users', $1, 2) u, generate_series(1, 1 + chance($1, 3))",
    "update personas set user_id = (select pick('users', $1, 1)) where id in (select pick('personas', $1, 3))",
    "update personas set hidden = not hidden where id in (select pick('personas', $1, 3))",
    "delete from personas where id in (select pick('personas', $1, 2))",
    "insert into ontologies (id, persona_id, name)
    select gen_random_uuid(), p, 'Ontology' from pick('personas', $1, 3) p, generate_series(1, 2)",
    "update ontologies set persona_id = p.id, user_id = p.user_id
    from (select id, user_id from personas where id in (select pick('personas', $1, 1))) as p
    where ontologies.id in (select pick('ontologies', $1, 3))",
    "delete from ontologies where id in (select pick('ontologies', $1, 2))",
    "insert into annotations (id, persona_id, user_id, video_id, label)
    select gen_random_uuid(), p, u, 'v', 'Label' from pick('personas', $1, 2) p, pick('users', $1, 2) u",
    "update annotations set user_id = (select pick('users', $1, 1)) where id in (select pick('annotations', $1, 3))",
    "delete from annotations where id in (select pick('annotations', $1, 2))",
    // Provider API keys, some of them the system's.
    "insert into api_keys (id, user_id, provider, name, ciphertext, nonce, key_version, last4, created_at, updated_at)
    select gen_random_uuid(), u, md5($1 || coalesce(u::text, '')), 'Key', '', '', 1, '1234', now(), now()
    from (select pick('users', $1, 2) as u union all select null) as owners",
    "update api_keys set user_id = case chance($1, 3) when 0 then null else (select pick('users', $1, 1)) end
    where id in (select pick('api_keys', $1, 2))",
    "delete from api_keys where id in (select pick('api_keys', $1, 1))",
    // Sessions, some of them without a user, some of them ended from the start.
    "insert into sessions (
        id, token_hash, user_id, created_at, last_seen_at, idle_expires_at, expires_at, ended_at, ended_reason
    )
    select gen_random_uuid(), uuid_send(gen_random_uuid()), u, now(), now(), now(), now(),
        case chance($1, 4) when 0 then now() end, case chance($1, 4) when 0 then 'expired' end
    from (select pick('users', $1, 3) as u union all select null) as owners, generate_series(1, 2)",
    "update sessions set ended_at = now(), ended_reason = 'revoked'
    where id in (select pick('sessions', $1, 3)) and ended_at is null",
    "update sessions set last_seen_at = now() where id in (select pick('sessions', $1, 9))",
    "delete from sessions where id in (select pick('sessions', $1, 2))",
    // Changes of several tables in one statement.
    "with born as (
        insert into users (id, username, display_name, created_via, created_at, updated_at)
        values (uuid_v7(now()), 'b' || md5($1), 'Newborn', 'setup', now(), now()) returning id
    ),
    granted as (
        insert into user_roles (user_id, role_id, granted_at) select born.id, roles.id, now() from born, roles
    )
    insert into personas (id, user_id, name) select gen_random_uuid(), id, 'Persona' from born",
];

/// A statement and the salt that determines its rows.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    statement: &'static str,
    salt: u32,
}

/// Returns `count` operations; the same seed returns the same ones.
pub(crate) fn operations(seed: u8, count: usize) -> Vec<Operation> {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let operation = (prop::sample::select(STATEMENTS), any::<u32>())
        .prop_map(|(statement, salt)| Operation { statement, salt });
    prop::collection::vec(operation, count)
        .new_tree(&mut runner)
        .unwrap()
        .current()
}

/// Creates the functions that the operations use, and the first users.
pub(crate) async fn prepare(pool: &PgPool) {
    sqlx::raw_sql(CHOOSERS).execute(pool).await.unwrap();
    for salt in 0..4 {
        run(
            pool,
            &Operation {
                statement: STATEMENTS[0],
                salt,
            },
        )
        .await
        .unwrap();
    }
}

/// Runs one operation. It may match no row at all.
pub(crate) async fn run(pool: &PgPool, operation: &Operation) -> Result<(), sqlx::Error> {
    sqlx::query(operation.statement)
        .bind(operation.salt.to_string())
        .execute(pool)
        .await?;
    Ok(())
}
