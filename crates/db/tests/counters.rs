//! Counters maintained by triggers: after any changes, by any number of concurrent writers, they agree with a recount by this file.

mod operations;
mod recount;

use db::doctor;
use operations::{Operation, operations, prepare, run};
use recount::{counted, stored};
use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgDatabaseError, PgPoolOptions},
};
use testing::users::user;

async fn assert_right(pool: &PgPool, after: &[Operation]) {
    assert_eq!(stored(pool).await, counted(pool).await, "after {after:#?}");
}

#[testing::test]
async fn counters_match_a_recount_after_any_operations(pool: PgPool) {
    prepare(&pool).await;
    for seed in 1..=8 {
        for batch in operations(seed, 120).chunks(12) {
            for operation in batch {
                run(&pool, operation)
                    .await
                    .unwrap_or_else(|error| panic!("{operation:?}: {error}"));
            }
            assert_right(&pool, batch).await;
        }
    }
    let doctor = doctor::recount(&pool).await.unwrap();
    assert_eq!((doctor.wrong_stats, doctor.wrong_totals), (0, 0));
}

#[testing::test]
async fn counters_match_after_concurrent_writes(options: PgPoolOptions, connect: PgConnectOptions) {
    let pool = options
        .max_connections(10)
        .connect_with(connect)
        .await
        .unwrap();
    prepare(&pool).await;
    for round in 0..2 {
        let writers: Vec<_> = (0..8)
            .map(|writer| {
                let (pool, operations) = (pool.clone(), operations(100 + 8 * round + writer, 40));
                tokio::spawn(async move {
                    let mut denied = 0;
                    for operation in &operations {
                        match run(&pool, operation).await {
                            Ok(()) => {}
                            Err(error) if is_collision(&error) => denied += 1,
                            Err(error) => panic!("{operation:?}: {error}"),
                        }
                    }
                    denied
                })
            })
            .collect();
        let mut denied = 0;
        for writer in writers {
            denied += writer.await.unwrap();
        }
        assert!(
            denied < 8 * 40 / 4,
            "{denied} of {} collided: too many to mean anything",
            8 * 40
        );
        assert_right(&pool, &[]).await;
    }
}

/// Pairs of changes of one user. Each depends on data that the other changes.
const MEETINGS: &[(&str, &str)] = &[
    (GRANT, DELETE),
    (DELETE, GRANT),
    (REVOKE, DELETE),
    (DELETE, REVOKE),
    (GRANT, RESTORE),
    (RESTORE, GRANT),
    (REVOKE, RESTORE),
    (RESTORE, REVOKE),
    (REVOKE, PURGE),
    (GRANT, REVOKE),
    (GRANT, RERANK),
    (RERANK, GRANT),
    (GRANT, RENAME),
    (RENAME, GRANT),
    (REVOKE, RERANK),
    (RERANK, REVOKE),
];
const GRANT: &str = "insert into user_roles (user_id, role_id, granted_at)
    select u.id, r.id, now() from users u, roles r where u.username = 'meeting' and r.name like '%editor' on conflict do nothing";
const REVOKE: &str =
    "delete from user_roles where role_id = (select id from roles where name = 'archivist')";
/// Changes the order of the user's roles with the one that is assigned.
const RERANK: &str =
    "update roles set rank = case rank when 50 then 60 else 50 end where name = 'archivist'";
const RENAME: &str = "update roles set name = case name when 'editor' then 'a-editor' else 'editor' end where name like '%editor'";
const DELETE: &str =
    "update users set deleted_at = now() where username = 'meeting' and deleted_at is null";
const RESTORE: &str =
    "update users set deleted_at = null where username = 'meeting' and deleted_at is not null";
const PURGE: &str = "delete from users where username = 'meeting' and deleted_at is not null";

#[testing::test]
async fn counters_match_when_two_change_one_user(pool: PgPool) {
    prepare(&pool).await;
    for (first, second) in MEETINGS {
        let is_deleted = [first, second]
            .iter()
            .any(|change| [RESTORE, PURGE].contains(change));
        add_meeting_user(&pool, is_deleted).await;
        let mut one = pool.begin().await.unwrap();
        sqlx::query(*first).execute(&mut *one).await.unwrap();
        let other = tokio::spawn({
            let (pool, second) = (pool.clone(), *second);
            async move { sqlx::query(second).execute(&pool).await }
        });
        while !other.is_finished() && !a_registration_is_pending(&pool).await {}
        one.commit().await.unwrap();
        other.await.unwrap().unwrap();
        assert_eq!(
            stored(&pool).await,
            counted(&pool).await,
            "{first}\nbefore\n{second}"
        );
        sqlx::raw_sql(
            "update users set deleted_at = now() where username = 'meeting';
            delete from users where username = 'meeting'",
        )
        .execute(&pool)
        .await
        .unwrap();
    }
}

/// Inserts a user with one role who can be assigned another.
async fn add_meeting_user(pool: &PgPool, is_deleted: bool) {
    user("meeting")
        .deleted(is_deleted)
        .roles(&["archivist"])
        .insert(pool)
        .await;
}

async fn a_registration_is_pending(pool: &PgPool) -> bool {
    let waits = "select exists (
        select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
    )";
    sqlx::query_scalar(waits).fetch_one(pool).await.unwrap()
}

/// Returns whether an error comes from a collision. Two concurrent writers may deadlock, or refer to rows that the other has just deleted.
/// One of them then fails, and nothing of its changes remains.
fn is_collision(error: &sqlx::Error) -> bool {
    let Some(error) = error.as_database_error() else {
        return false;
    };
    match error.code().as_deref() {
        Some("40P01" | "23503") => true,
        // The owner of an ontology comes from its persona, which no longer exists.
        Some("23502") => {
            let error = error.downcast_ref::<PgDatabaseError>();
            (error.table(), error.column()) == (Some("ontologies"), Some("user_id"))
        }
        _ => false,
    }
}

#[testing::test]
async fn change_of_a_role_locks_only_users_whose_order_changes(pool: PgPool) {
    prepare(&pool).await;
    let id = user("holder")
        .roles(&["archivist", "editor"])
        .insert(&pool)
        .await;
    let mut other = pool.begin().await.unwrap();
    sqlx::query("select from user_stats where user_id = $1 for update")
        .bind(id)
        .execute(&mut *other)
        .await
        .unwrap();
    let mut connection = pool.acquire().await.unwrap();
    sqlx::query("set lock_timeout = '500ms'")
        .execute(&mut *connection)
        .await
        .unwrap();
    for (change, expected) in [
        ("update roles set rank = 60 where name = 'editor'", None),
        (
            "update roles set name = 'an-archivist' where name = 'archivist'",
            None,
        ),
        (
            "update roles set rank = 40 where name = 'editor'",
            Some("55P03"),
        ),
    ] {
        let changed = sqlx::query(change).execute(&mut *connection).await;
        let code = changed.err().map(|error| {
            error
                .as_database_error()
                .unwrap()
                .code()
                .unwrap()
                .into_owned()
        });
        assert_eq!(code.as_deref(), expected, "{change}");
    }
    other.rollback().await.unwrap();
    assert_right(&pool, &[]).await;
}

#[testing::test]
async fn doctor_detects_a_wrong_counter(pool: PgPool) {
    prepare(&pool).await;
    for operation in &operations(9, 40) {
        run(&pool, operation).await.unwrap();
    }
    for (damage, expected) in [
        ("update user_stats set personas = personas + 1", "stats"),
        (
            "update user_totals set value = value + 1 where name = 'users' and shard = (select min(shard) from user_totals where name = 'users')",
            "totals",
        ),
    ] {
        sqlx::query(damage).execute(&pool).await.unwrap();
        let found = doctor::recount(&pool).await.unwrap();
        let wrong = if expected == "stats" {
            found.wrong_stats
        } else {
            found.wrong_totals
        };
        assert!(wrong > 0, "{damage}");
    }
}

#[testing::test]
async fn live_user_cannot_be_purged(pool: PgPool) {
    prepare(&pool).await;
    let denied = sqlx::query("delete from users")
        .execute(&pool)
        .await
        .unwrap_err();
    let denied = db::Error::from(denied);
    assert!(
        matches!(&denied, db::Error::Constraint { constraint } if constraint == "users_purged_only_when_deleted"),
        "{denied}"
    );
    sqlx::raw_sql("update users set deleted_at = now(); delete from users")
        .execute(&pool)
        .await
        .unwrap();
    assert_right(&pool, &[]).await;
}
