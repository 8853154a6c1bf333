//! Revocation of other users' sessions, and the retention of ended ones.

use domain::{
    audit::{Via, list::AuditParams},
    list::{Limits, PageParams},
    policy::Denied,
    sessions::{
        EndReason,
        list::SessionParams,
        revoke::{RevokeFilter, RevokeOutcome, RevokeRequest},
    },
};
use service::{
    Error,
    access::{Authorized, Credential, SessionsWrite, operator},
    audit, housekeeping,
    sessions::{find, list, revoke_many, revoke_one},
    users::history,
};
use sqlx::PgPool;
use testing::roles::role;
use uuid::Uuid;

use crate::support::{
    callers::{admin, caller},
    services,
    users::{add, count},
};

/// Inserts live sessions of a user. Returns their ids.
async fn sign_in(pool: &PgPool, id: Uuid, sessions: i32) -> Vec<Uuid> {
    testing::sessions::sessions(id, sessions)
        .browser()
        .insert(pool)
        .await
}

async fn live_of(pool: &PgPool, id: Uuid) -> i64 {
    sqlx::query_scalar("select count(*) from live_sessions where user_id = $1")
        .bind(id)
        .fetch_one(pool)
        .await
        .unwrap()
}

fn all(expected: Option<u64>) -> RevokeRequest {
    RevokeRequest {
        expected,
        ..RevokeRequest::default()
    }
}

fn of_user(name: &str, expected: Option<u64>) -> RevokeRequest {
    RevokeRequest {
        filter: RevokeFilter {
            user: Some(name.into()),
            ..RevokeFilter::default()
        },
        ..all(expected)
    }
}

/// Creates a role with permissions and a user with that role. Returns the proof of that user's permission.
async fn with_role(pool: &PgPool, name: &str, permissions: &[&str]) -> Authorized<SessionsWrite> {
    role(name).permissions(permissions).insert(pool).await;
    let id = add(pool, name, &[name]).await;
    caller(id, permissions).require().unwrap()
}

#[testing::test]
async fn revoked_session_ends_and_is_audited(pool: PgPool) {
    let services = services(&pool);
    let root = add(&pool, "root", &["admin"]).await;
    let ada = add(&pool, "ada", &["user"]).await;
    let sessions = sign_in(&pool, ada, 2).await;
    revoke_one(&services, &admin(root), sessions[0])
        .await
        .unwrap();
    assert_eq!(live_of(&pool, ada).await, 1);
    let (reason, by): (String, Uuid) =
        sqlx::query_as("select ended_reason, ended_by from sessions where id = $1")
            .bind(sessions[0])
            .fetch_one(&pool)
            .await
            .unwrap();
    assert_eq!((reason.as_str(), by), ("revoked", root));
    let (action, target, changes): (String, Uuid, String) = sqlx::query_as(
        "select action, target_id, changes ->> 'session' from audit_events order by id desc limit 1",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!((action.as_str(), target), ("user.session_revoked", ada));
    assert!(changes.contains("Firefox on Linux, 192.0.2.1"), "{changes}");
    // A session that has ended, and an unknown one.
    for id in [sessions[0], Uuid::nil()] {
        let again = revoke_one(&services, &admin(root), id).await;
        assert!(
            matches!(again, Err(Error::NotFound(entity)) if entity.message() == "Session not found")
        );
    }
}

#[testing::test]
async fn sessions_of_users_with_more_permissions_cannot_be_revoked(pool: PgPool) {
    let services = services(&pool);
    let root = add(&pool, "root", &["admin"]).await;
    let ada = add(&pool, "ada", &["user"]).await;
    let of_root = sign_in(&pool, root, 3).await;
    sign_in(&pool, ada, 2).await;
    let warden = with_role(&pool, "warden", &["sessions:read", "sessions:write"]).await;
    let denied = revoke_one(&services, &warden, of_root[0]).await;
    assert!(matches!(denied, Err(Error::Denied(Denied::MoreRights))));
    let preview = revoke_many(&services, &warden, all(None)).await.unwrap();
    let expected = RevokeOutcome {
        sessions: 2,
        users: 1,
        out_of_reach: 3,
    };
    assert_eq!(preview, expected);
    assert_eq!(
        revoke_many(&services, &warden, all(Some(2))).await.unwrap(),
        expected
    );
    assert_eq!(
        (live_of(&pool, root).await, live_of(&pool, ada).await),
        (3, 0)
    );
}

#[testing::test]
async fn permission_is_checked_again_under_the_lock(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &["user"]).await;
    let sessions = sign_in(&pool, ada, 1).await;
    let warden = with_role(&pool, "warden", &["sessions:write"]).await;
    sqlx::query("update roles set permissions = '{users:write}' where name = 'warden'")
        .execute(&pool)
        .await
        .unwrap();
    let one = revoke_one(&services, &warden, sessions[0]).await;
    let many = revoke_many(&services, &warden, all(Some(1))).await;
    assert!(matches!(one, Err(Error::Forbidden(_))), "{one:?}");
    assert!(matches!(many, Err(Error::Forbidden(_))), "{many:?}");
    assert_eq!(live_of(&pool, ada).await, 1);
}

#[testing::test]
async fn unexpected_count_revokes_nothing(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &["user"]).await;
    let bob = add(&pool, "bob", &["user"]).await;
    sign_in(&pool, ada, 2).await;
    sign_in(&pool, bob, 1).await;
    let preview = revoke_many(&services, &operator(), of_user("ada", None)).await;
    assert_eq!(preview.unwrap().sessions, 2);
    sign_in(&pool, ada, 1).await;
    let changed = revoke_many(&services, &operator(), of_user("ADA", Some(2))).await;
    let Err(Error::RevocationChanged(now)) = changed else {
        panic!("{changed:?}");
    };
    assert_eq!((now.sessions, now.users), (3, 1));
    assert_eq!(live_of(&pool, ada).await, 3);
    assert_eq!(count(&pool, "select count(*) from audit_events").await, 0);
    let done = revoke_many(&services, &operator(), of_user("ada", Some(3))).await;
    assert_eq!(done.unwrap().sessions, 3);
    assert_eq!(
        (live_of(&pool, ada).await, live_of(&pool, bob).await),
        (0, 1)
    );
    let unknown = revoke_many(&services, &operator(), of_user("unknown-user", None)).await;
    assert_eq!(unknown.unwrap(), RevokeOutcome::default());
}

#[testing::test]
async fn revoking_everyone_else_spares_the_current_session(pool: PgPool) {
    let services = services(&pool);
    let root = add(&pool, "root", &["admin"]).await;
    let mine = sign_in(&pool, root, 3).await;
    for (name, sessions) in [("ada", 2), ("bob", 1)] {
        let id = add(&pool, name, &["user"]).await;
        sign_in(&pool, id, sessions).await;
    }
    let mut asker = caller(root, &["*"]);
    asker.credential = Credential::Session(mine[1]);
    let request = RevokeRequest {
        everyone_but_me: true,
        ..all(Some(5))
    };
    let done = revoke_many(&services, &asker.require().unwrap(), request).await;
    let done = done.unwrap();
    assert_eq!((done.sessions, done.users), (5, 3));
    let left: Vec<Uuid> = sqlx::query_scalar("select id from live_sessions")
        .fetch_all(&pool)
        .await
        .unwrap();
    assert_eq!(left, [mine[1]]);
}

#[testing::test]
async fn bulk_revocation_is_one_entry_with_entries_per_user(pool: PgPool) {
    let services = services(&pool);
    let root = add(&pool, "root", &["admin"]).await;
    let mut ada = root;
    for (name, sessions) in [("bob", 1), ("ada", 2)] {
        ada = add(&pool, name, &["user"]).await;
        sign_in(&pool, ada, sessions).await;
    }
    for index in 0..813 {
        let id = add(&pool, &format!("user{index}"), &["user"]).await;
        sign_in(&pool, id, 1).await;
    }
    let request = RevokeRequest {
        everyone_but_me: true,
        ..all(Some(816))
    };
    revoke_many(&services, &admin(root), request).await.unwrap();
    let ask = async |pairs: &[(&str, &str)]| {
        let params = AuditParams::from_pairs(|name| {
            let found = pairs.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        });
        let query = params.parse(Limits::PANEL).unwrap();
        let authorized = operator();
        let listed = audit::list(&services, &authorized, &query).await;
        listed.unwrap().page
    };
    // The audit log lists one event at first, with the counts.
    let page = ask(&[]).await;
    assert_eq!(page.rows.len(), 1);
    let whole = page.rows[0].clone();
    assert_eq!(
        (whole.action.as_str(), whole.target.as_str()),
        ("sessions.revoked", "816 sessions of 815 users")
    );
    let number = |field: &str, at: usize| {
        let (before, after) = &whole.changes[field];
        [before, after][at].as_i64()
    };
    assert_eq!(
        (number("sessions", 0), number("users", 1)),
        (Some(816), Some(815))
    );
    assert_eq!(
        whole.reason.as_deref(),
        Some("Sessions revoked: all other sessions.")
    );
    // The events of the single users are listed below it, page by page.
    let parts = ask(&[("parent", &whole.id.to_string())]).await;
    assert_eq!(parts.page_info.total.count, 815);
    assert_eq!(parts.rows.len(), 50);
    assert!(
        parts
            .rows
            .iter()
            .all(|entry| entry.parent_id == Some(whole.id))
    );
    assert_eq!(
        ask(&[("action", "user.sessions_ended")])
            .await
            .page_info
            .total
            .count,
        815
    );
    // The history of a user, and a search for the user, contain the user's own event.
    for entries in [
        ask(&[("target", "ada")]).await.rows,
        history(&services, &operator(), ada, None).await.unwrap().0,
    ] {
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0].changes["sessions"].0.as_i64(), Some(2));
        assert_eq!(entries[0].parent_id, Some(whole.id));
    }
    // The history of the actor contains only the parent event.
    let (own, _) = history(&services, &operator(), root, None).await.unwrap();
    assert_eq!(own.len(), 1);
    let longest = "select max(octet_length(row_to_json(e)::text))::bigint from audit_events e";
    assert!(count(&pool, longest).await < 4096);
    audit::seal(&services).await.unwrap();
    let verified = audit::verify(&services, &operator(), None).await.unwrap();
    assert_eq!((verified.entries, verified.error), (816, None));
}

#[testing::test]
async fn very_many_sessions_are_revoked_in_several_transactions(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &["user"]).await;
    let bob = add(&pool, "bob", &["user"]).await;
    sign_in(&pool, ada, 6_000).await;
    sign_in(&pool, bob, 5_000).await;
    let done = revoke_many(&services, &operator(), all(Some(11_000))).await;
    let done = done.unwrap();
    assert_eq!((done.sessions, done.users), (11_000, 2));
    assert_eq!(count(&pool, "select count(*) from live_sessions").await, 0);
    let audited = "select sum((changes -> 'sessions' ->> 0)::bigint)::bigint from audit_events
        where action = 'user.sessions_ended'";
    assert_eq!(count(&pool, audited).await, 11_000);
    assert_eq!(
        count(&pool, "select count(distinct at) from audit_events").await,
        3
    );
}

#[testing::test]
async fn concurrent_revocations_and_sign_ins_do_not_deadlock(pool: PgPool) {
    let services = services(&pool);
    let mut users = Vec::new();
    for n in 0..8 {
        let id = add(&pool, &format!("person-{n}"), &["user"]).await;
        sign_in(&pool, id, 20).await;
        users.push(id);
    }
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..24_usize {
        let (services, pool, id) = (services.clone(), pool.clone(), users[n % users.len()]);
        tasks.spawn(async move {
            if n % 3 == 0 {
                sqlx::query("update users set last_login_at = now() where id = $1")
                    .bind(id)
                    .execute(&pool)
                    .await
                    .unwrap();
                sign_in(&pool, id, 1).await;
                return;
            }
            let found = revoke_many(&services, &operator(), all(None))
                .await
                .unwrap();
            match revoke_many(&services, &operator(), all(Some(found.sessions))).await {
                Ok(done) => assert_eq!(done.sessions, found.sessions),
                Err(Error::RevocationChanged(_)) => {}
                Err(error) => panic!("{error:?}"),
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    assert_eq!(
        count(&pool, "select count(*) from sessions where ended_at is not null").await,
        count(&pool, "select coalesce(sum((changes -> 'sessions' ->> 0)::bigint), 0)::bigint from audit_events
            where action = 'user.sessions_ended'").await,
    );
}

#[testing::test]
async fn ended_sessions_report_reason_and_actor(pool: PgPool) {
    let services = services(&pool);
    let root = add(&pool, "root", &["admin"]).await;
    let ada = add(&pool, "ada", &["user"]).await;
    let sessions = sign_in(&pool, ada, 1).await;
    revoke_one(&services, &admin(root), sessions[0])
        .await
        .unwrap();
    let query = SessionParams {
        ended: Some("true".into()),
        user: Some("ada".into()),
        ..SessionParams::default()
    };
    let query = query.parse(Limits::PANEL).unwrap();
    let page = list(&services, &operator(), &query).await.unwrap();
    let end = page.sessions.rows[0].end.as_ref().unwrap();
    assert_eq!(
        (
            end.reason,
            end.by.as_deref(),
            page.sessions.page_info.total.count
        ),
        (EndReason::Revoked, Some("root"), 1)
    );
}

#[testing::test]
async fn old_ended_sessions_are_deleted_and_devices_named(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &["user"]).await;
    sign_in(&pool, ada, 2_500).await;
    sqlx::raw_sql(
        "update sessions set ended_at = now() - interval '31 days', ended_reason = 'logout';
        insert into sessions (
            id, token_hash, user_id, user_agent, created_at, last_seen_at, idle_expires_at, expires_at, ended_at, ended_reason
        )
        select gen_random_uuid(), uuid_send(gen_random_uuid()), id, 'curl/8.9', now(), now(), now() + interval '1 day',
            now() + interval '1 day', now() - interval '29 days', 'logout' from users",
    )
    .execute(&pool)
    .await
    .unwrap();
    housekeeping::run(&services).await.unwrap();
    let left: Vec<String> = sqlx::query_scalar("select device from sessions")
        .fetch_all(&pool)
        .await
        .unwrap();
    assert_eq!(left, ["curl"]);
}

#[testing::test]
async fn failing_task_does_not_block_the_others(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &["user"]).await;
    sign_in(&pool, ada, 1).await;
    // The first task fails to expire sessions; the last one must still lift the suspension.
    sqlx::raw_sql(
        "update sessions set idle_expires_at = now();
        alter table sessions add constraint none_expire check (ended_reason <> 'expired') not valid;
        insert into login_attempts (scope, subject, failures, last_failed_at, blocked_until, created_at)
        values ('account', 'old', 9, now() - interval '2 days', now(), now());
        update users set status = 'suspended', suspended_until = now()",
    )
    .execute(&pool)
    .await
    .unwrap();
    assert!(housekeeping::run(&services).await.is_err());
    assert_eq!(count(&pool, "select count(*) from login_attempts").await, 0);
    assert_eq!(
        count(&pool, "select count(*) from users where status = 'active'").await,
        1
    );
}

#[testing::test]
async fn operator_is_the_actor_in_the_audit_log(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &["user"]).await;
    sign_in(&pool, ada, 1).await;
    revoke_many(&services, &operator(), of_user("ada", Some(1)))
        .await
        .unwrap();
    let via: String = sqlx::query_scalar("select via from audit_events")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(via, Via::Cli.as_str());
}

#[testing::test]
async fn session_is_found_by_id_among_very_many(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &["user"]).await;
    let oldest = sign_in(&pool, ada, 1).await[0];
    sign_in(&pool, ada, 10_000).await;
    let (username, session) = find(&services, &operator(), oldest).await.unwrap();
    assert_eq!((username.as_str(), session.id), ("ada", oldest));
    sqlx::query("update sessions set ended_at = now(), ended_reason = 'logout' where id = $1")
        .bind(oldest)
        .execute(&pool)
        .await
        .unwrap();
    for id in [oldest, Uuid::nil()] {
        let found = find(&services, &operator(), id).await;
        assert!(matches!(found, Err(Error::NotFound(_))), "{found:?}");
    }
}
