//! The session store: data that it stores, sessions that it accepts, and ended sessions that it never restores.

use std::{collections::HashMap, net::IpAddr, time::Duration};

use db::session_store::{OVERTAKEN, OWNER, Owner, PgSessionStore, SIGN_IN, SignIn};
use domain::permission::Permission;
use serde_json::{Value, json};
use sqlx::PgPool;
use testing::users::user;
use time::macros::datetime;
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
};
use uuid::Uuid;

const ADA: Uuid = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0ADA);
const HOUR: Duration = Duration::from_secs(60 * 60);

async fn run(pool: &PgPool, sql: &'static str) {
    sqlx::raw_sql(sql).execute(pool).await.unwrap();
}

async fn ask<T>(pool: &PgPool, sql: &'static str) -> T
where
    T: Send + Unpin + for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
{
    sqlx::query_scalar(sql).fetch_one(pool).await.unwrap()
}

async fn add_ada(pool: &PgPool) {
    user("ada").id(ADA).insert(pool).await;
}

fn sign_in() -> SignIn {
    SignIn {
        user_id: ADA,
        password_changed_at: None,
        username: "ada".to_owned(),
        ip: Some(IpAddr::from([192, 0, 2, 7]).into()),
        user_agent: Some("Browser".to_owned()),
        device: "Unknown device".to_owned(),
        limit: 0,
        request_id: None,
        idle: HOUR,
        lifetime: 10 * HOUR,
    }
}

fn record(data: &[(&str, Value)]) -> Record {
    let data: HashMap<String, Value> = data
        .iter()
        .map(|(key, value)| ((*key).to_owned(), value.clone()))
        .collect();
    Record {
        id: Id::default(),
        data,
        // The database decides when a session expires, not the `Record`.
        expiry_date: datetime!(2000-01-01 0:00 UTC),
    }
}

async fn start(store: &PgSessionStore, sign_in: &SignIn) -> Record {
    let mut record = record(&[(SIGN_IN, serde_json::to_value(sign_in).unwrap())]);
    store.create(&mut record).await.unwrap();
    record
}

/// Creates Ada with an active session.
async fn signed_in(pool: &PgPool) -> (PgSessionStore, Id) {
    add_ada(pool).await;
    let store = PgSessionStore::new(pool.clone());
    let id = start(&store, &sign_in()).await.id;
    assert!(works(&store, id).await);
    (store, id)
}

#[testing::test]
async fn overtaken_sign_in_starts_no_session(pool: PgPool) {
    add_ada(&pool).await;
    let store = PgSessionStore::new(pool.clone());
    for overtaking in [
        "update users set status = 'suspended'",
        "update users set status = 'active', deleted_at = now()",
        "update users set deleted_at = null, password_changed_at = now()",
    ] {
        sqlx::raw_sql(overtaking).execute(&pool).await.unwrap();
        let mut record = record(&[(SIGN_IN, serde_json::to_value(sign_in()).unwrap())]);
        let denied = store.create(&mut record).await.unwrap_err();
        assert!(denied.to_string().contains(OVERTAKEN), "{denied}");
    }
    let started: i64 = sqlx::query_scalar("select count(*) from sessions")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(started, 0);
}

async fn works(store: &PgSessionStore, id: Id) -> bool {
    store.load(&id).await.unwrap().is_some()
}

async fn owner(store: &PgSessionStore, id: Id) -> Owner {
    let record = store.load(&id).await.unwrap().unwrap();
    serde_json::from_value(record.data[OWNER].clone()).unwrap()
}

#[testing::test]
async fn save_never_revives_an_ended_session(pool: PgPool) {
    add_ada(&pool).await;
    let store = PgSessionStore::new(pool.clone());
    for (end, reason) in [
        ("", "logout"),
        (
            "update sessions set ended_at = now(), ended_reason = 'revoked' where ended_at is null",
            "revoked",
        ),
        (
            "update sessions set ended_at = now(), ended_reason = 'suspended' where ended_at is null",
            "suspended",
        ),
    ] {
        let id = start(&store, &sign_in()).await.id;
        // A slow request: loaded before the session ends, saved after it.
        let mut loaded = store.load(&id).await.unwrap().unwrap();
        run(&pool, end).await;
        store.delete(&id).await.unwrap();
        loaded.data.insert("late".to_owned(), json!(true));
        store.save(&loaded).await.unwrap();

        assert!(!works(&store, id).await, "{reason}");
        let stored: (Option<String>, Value) = sqlx::query_as(
            "select ended_reason, data from sessions order by created_at desc, id desc limit 1",
        )
        .fetch_one(&pool)
        .await
        .unwrap();
        assert_eq!(stored, (Some(reason.to_owned()), json!({})));
    }
    assert_eq!(ask::<i64>(&pool, "select count(*) from sessions").await, 3);
}

#[testing::test]
async fn unchanged_sign_in_data_is_not_written_again(pool: PgPool) {
    add_ada(&pool).await;
    let store = PgSessionStore::new(pool.clone());
    let mut started = start(&store, &sign_in()).await;
    run(
        &pool,
        "create function stop() returns trigger language plpgsql as $$
        begin
            raise exception 'terminating connection due to administrator command' using errcode = '57P01';
        end $$;
        create trigger stop before update on sessions for each row execute function stop()",
    )
    .await;
    store.save(&started).await.unwrap();
    started.data.insert("theme".to_owned(), json!("dark"));
    assert!(store.save(&started).await.is_err());
}

#[testing::test]
async fn save_without_start_writes_nothing(pool: PgPool) {
    let store = PgSessionStore::new(pool.clone());
    store
        .save(&record(&[("theme", json!("dark"))]))
        .await
        .unwrap();
    assert_eq!(ask::<i64>(&pool, "select count(*) from sessions").await, 0);
}

#[testing::test]
async fn session_starts_only_by_signing_in(pool: PgPool) {
    add_ada(&pool).await;
    let store = PgSessionStore::new(pool.clone());
    for data in [
        &[][..],
        &[("theme", json!("dark"))],
        &[(OWNER, json!({ "session_id": Uuid::nil() }))],
        &[(SIGN_IN, json!("ada"))],
        &[(SIGN_IN, json!({ "user_id": ADA }))],
    ] {
        assert!(store.create(&mut record(data)).await.is_err(), "{data:?}");
    }
    assert_eq!(ask::<i64>(&pool, "select count(*) from sessions").await, 0);
    assert_eq!(
        ask::<i64>(&pool, "select count(*) from audit_events").await,
        0
    );
}

#[testing::test]
async fn data_is_stored_without_owner_and_sign_in(pool: PgPool) {
    let (store, id) = signed_in(&pool).await;
    let mut loaded = store.load(&id).await.unwrap().unwrap();
    loaded.data.insert("theme".to_owned(), json!("dark"));
    store.save(&loaded).await.unwrap();
    assert_eq!(
        ask::<Value>(&pool, "select data from sessions").await,
        json!({ "theme": "dark" })
    );
    let again = store.load(&id).await.unwrap().unwrap();
    assert_eq!(again.data["theme"], json!("dark"));
}

#[testing::test]
async fn session_expires_when_idle_and_at_its_absolute_end(pool: PgPool) {
    let (store, id) = signed_in(&pool).await;
    for (moved, still_works) in [
        ("idle_expires_at = now() + interval '1 minute'", true),
        ("idle_expires_at = now()", false),
        (
            "idle_expires_at = now() + interval '1 hour', expires_at = now()",
            false,
        ),
        ("expires_at = now() + interval '1 minute'", true),
        ("idle_expires_at = now() - interval '1 day'", false),
    ] {
        let sql = sqlx::AssertSqlSafe(format!("update sessions set {moved}"));
        sqlx::raw_sql(sql).execute(&pool).await.unwrap();
        assert_eq!(works(&store, id).await, still_works, "{moved}");
    }
}

#[testing::test]
async fn session_lasts_as_long_as_its_sign_in_set(pool: PgPool) {
    let (store, id) = signed_in(&pool).await;
    let (idle, lifetime): (f64, f64) = sqlx::query_as(
        "select extract(epoch from idle_expires_at - last_seen_at)::float8,
            extract(epoch from expires_at - created_at)::float8 from sessions",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(
        (idle, lifetime),
        (HOUR.as_secs_f64(), 10.0 * HOUR.as_secs_f64())
    );
    let expires_at: time::OffsetDateTime = ask(&pool, "select expires_at from sessions").await;
    let record = store.load(&id).await.unwrap().unwrap();
    assert_eq!(record.expiry_date, expires_at);
}

#[testing::test]
async fn only_the_hash_of_the_cookie_is_stored(pool: PgPool) {
    let (store, id) = signed_in(&pool).await;
    let mut loaded = store.load(&id).await.unwrap().unwrap();
    loaded.data.insert("theme".to_owned(), json!("dark"));
    store.save(&loaded).await.unwrap();

    let cookie = id.to_string();
    let hashed: bool =
        sqlx::query_scalar("select token_hash = sha256(convert_to($1, 'UTF8')) from sessions")
            .bind(&cookie)
            .fetch_one(&pool)
            .await
            .unwrap();
    assert!(hashed);
    let rows: String = ask(
        &pool,
        "select (select string_agg(s::text, '') from sessions s)
            || (select string_agg(a::text, '') from audit_events a)
            || (select string_agg(u::text, '') from users u)",
    )
    .await;
    let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    for secret in [
        cookie.clone(),
        hex(cookie.as_bytes()),
        hex(&id.0.to_le_bytes()),
        hex(&id.0.to_be_bytes()),
        id.0.to_string(),
    ] {
        assert!(!rows.contains(&secret), "{secret} in {rows}");
    }
}

#[testing::test]
async fn only_active_users_are_signed_in(pool: PgPool) {
    let (store, id) = signed_in(&pool).await;
    for change in [
        "update users set status = 'suspended'",
        "update users set status = 'pending'",
        "update users set deleted_at = now()",
    ] {
        run(&pool, change).await;
        assert!(!works(&store, id).await, "{change}");
        run(
            &pool,
            "update users set status = 'active', deleted_at = null",
        )
        .await;
        assert!(works(&store, id).await, "after {change}");
    }
}

#[testing::test]
async fn permissions_are_read_per_request(pool: PgPool) {
    let (store, id) = signed_in(&pool).await;
    for (change, roles, may_read) in [
        ("", &[][..], false),
        (
            "insert into user_roles (user_id, role_id, granted_at)
            select u.id, r.id, now() from users u, roles r where r.name in ('user', 'admin')",
            &["admin", "user"],
            true,
        ),
        (
            "delete from user_roles where role_id = (select id from roles where name = 'admin')",
            &["user"],
            false,
        ),
        (
            "update roles set permissions = '{users:read}' where name = 'user'",
            &["user"],
            true,
        ),
    ] {
        run(&pool, change).await;
        let principal = owner(&store, id).await.principal;
        assert_eq!(principal.roles, roles, "{change}");
        assert_eq!(
            principal.permissions.include(Permission::UsersRead),
            may_read,
            "{change}"
        );
    }
}

#[testing::test]
async fn sign_in_is_audited_with_its_session(pool: PgPool) {
    let (store, id) = signed_in(&pool).await;
    let session_id: Uuid = ask(&pool, "select id from sessions").await;
    assert_eq!(owner(&store, id).await.session_id, session_id);
    let entry: (Uuid, String, String, Uuid, String) =
        sqlx::query_as("select actor_id, action, via, target_id, host(ip) from audit_events")
            .fetch_one(&pool)
            .await
            .unwrap();
    let expected = (
        ADA,
        "session.started".into(),
        "self".into(),
        session_id,
        "192.0.2.7".into(),
    );
    assert_eq!(entry, expected);
    assert!(
        ask::<bool>(
            &pool,
            "select last_login_at = (select created_at from sessions) from users"
        )
        .await
    );
    assert!(ask::<bool>(&pool, "select last_active_at = last_login_at from users").await);
}

#[testing::test]
async fn unaudited_sign_in_is_rolled_back(pool: PgPool) {
    add_ada(&pool).await;
    run(
        &pool,
        "create function fail() returns trigger language plpgsql as $$ begin raise 'no'; end $$",
    )
    .await;
    let store = PgSessionStore::new(pool.clone());
    let sign_in = serde_json::to_value(sign_in()).unwrap();
    for (obstacle, removal) in [
        (
            "create trigger fail before insert on audit_events for each row execute function fail()",
            "drop trigger fail on audit_events",
        ),
        (
            "create trigger fail before insert on sessions for each row execute function fail()",
            "drop trigger fail on sessions",
        ),
        (
            "create trigger fail before update on users for each row execute function fail()",
            "drop trigger fail on users",
        ),
    ] {
        run(&pool, obstacle).await;
        let mut record = record(&[(SIGN_IN, sign_in.clone())]);
        assert!(store.create(&mut record).await.is_err(), "{obstacle}");
        assert!(!works(&store, record.id).await, "{obstacle}");
        let left = "select (select count(*) from sessions) + (select count(*) from audit_events)
            + (select count(last_login_at) from users)";
        assert_eq!(ask::<i64>(&pool, left).await, 0, "{obstacle}");
        run(&pool, removal).await;
    }
}

#[testing::test]
async fn user_agent_is_truncated(pool: PgPool) {
    add_ada(&pool).await;
    let store = PgSessionStore::new(pool.clone());
    let endless = SignIn {
        user_agent: Some(format!("a\0{}", "ü".repeat(10_000))),
        ip: None,
        ..sign_in()
    };
    start(&store, &endless).await;
    let stored: String = ask(&pool, "select user_agent from sessions").await;
    assert_eq!(stored, format!("a{}", "ü".repeat(511)));
}

#[testing::test]
async fn save_concurrent_with_the_end_does_not_revive(pool: PgPool) {
    let (store, id) = signed_in(&pool).await;
    let mut loaded = store.load(&id).await.unwrap().unwrap();
    loaded.data.insert("late".to_owned(), json!(true));
    let mut ending = pool.begin().await.unwrap();
    sqlx::query("update sessions set ended_at = now(), ended_reason = 'revoked'")
        .execute(&mut *ending)
        .await
        .unwrap();
    let save = tokio::spawn({
        let store = store.clone();
        async move { store.save(&loaded).await }
    });
    // The save waits for the row that the other transaction has locked.
    let waits = "select count(*) from pg_locks where not granted";
    while ask::<i64>(&pool, waits).await == 0 {
        tokio::task::yield_now().await;
    }
    ending.commit().await.unwrap();
    save.await.unwrap().unwrap();
    assert!(!works(&store, id).await);
    assert_eq!(
        ask::<Value>(&pool, "select data from sessions").await,
        json!({})
    );
}

#[testing::test]
async fn oldest_sessions_are_replaced_at_the_limit(pool: PgPool) {
    add_ada(&pool).await;
    let store = PgSessionStore::new(pool.clone());
    let limited = SignIn {
        limit: 3,
        ..sign_in()
    };
    let first = start(&store, &limited).await.id;
    let mut sign_ins = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (store, limited) = (store.clone(), limited.clone());
        sign_ins.spawn(async move { start(&store, &limited).await.id });
    }
    while let Some(id) = sign_ins.join_next().await {
        id.unwrap();
        // At least the latest sign-in has an active session, and never more than the limit have one.
        let live: i64 = ask(&pool, "select count(*) from live_sessions").await;
        assert!((1..=3).contains(&live), "{live}");
    }
    assert!(!works(&store, first).await);
    let live: i64 = ask(&pool, "select count(*) from live_sessions").await;
    let replaced =
        "select count(*) from sessions where ended_reason = 'replaced' and ended_by = user_id";
    assert_eq!((live, ask(&pool, replaced).await), (3, 6_i64));
    let recorded =
        "select sum((changes -> 'sessions_replaced' ->> 1)::bigint)::bigint from audit_events";
    assert_eq!(ask::<i64>(&pool, recorded).await, 6);
    let newest = start(&store, &limited).await.id;
    assert!(works(&store, newest).await);
    // Without a limit no session is replaced.
    start(&store, &sign_in()).await;
    assert_eq!(
        ask::<i64>(&pool, "select count(*) from live_sessions").await,
        4
    );
}
