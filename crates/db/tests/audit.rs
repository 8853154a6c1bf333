//! The audit log is append-only.

use db::audit::{Actor, Entry, insert};
use domain::action::{Action, TargetKind};
use serde_json::json;
use sqlx::{AssertSqlSafe, PgPool};

async fn record(pool: &PgPool, action: Action) {
    let entry = Entry {
        action,
        target_kind: TargetKind::User,
        target_id: None,
        target_label: "ada",
        changes: json!({}),
        reason: None,
    };
    let actor = Actor {
        via: "cli",
        label: "operator".to_owned(),
        ..Actor::default()
    };
    insert(&mut pool.acquire().await.unwrap(), &actor, &entry)
        .await
        .unwrap();
}

async fn actions(pool: &PgPool) -> Vec<String> {
    sqlx::query_scalar("select action from audit_events order by id")
        .fetch_all(pool)
        .await
        .unwrap()
}

#[testing::test]
async fn entries_cannot_be_updated_or_deleted(pool: PgPool) {
    record(&pool, Action::UserCreated).await;
    // A later partition, and the default partition.
    for sql in [
        "select ensure_audit_partitions(now() + interval '2 years')",
        "insert into audit_events (at, actor_label, via, action, target_kind, target_label)
        select now() + n * interval '2 years', 'operator', 'cli', 'user.updated', 'user', 'ada' from generate_series(1, 2) n",
    ] {
        sqlx::query(sql).execute(&pool).await.unwrap();
    }
    let before = actions(&pool).await;
    let holders: Vec<String> =
        sqlx::query_scalar("select distinct tableoid::regclass::text from audit_events")
            .fetch_all(&pool)
            .await
            .unwrap();
    assert_eq!((before.len(), holders.len()), (3, 3), "{holders:?}");

    for table in holders.iter().map(String::as_str).chain(["audit_events"]) {
        for attempt in [
            format!("update {table} set actor_label = 'unknown-user'"),
            format!("update {table} set at = at + interval '1 month'"),
            format!("delete from {table}"),
            format!("truncate {table}"),
            format!("truncate {table} cascade"),
        ] {
            let denied = sqlx::query(AssertSqlSafe(attempt.clone()))
                .execute(&pool)
                .await
                .unwrap_err();
            let code = denied
                .as_database_error()
                .and_then(|error| error.code())
                .unwrap_or_default();
            assert_eq!(code, "42501", "{attempt}: {denied}");
        }
    }
    assert_eq!(actions(&pool).await, before);
}

#[testing::test]
async fn seals_cannot_be_updated_or_deleted(pool: PgPool) {
    sqlx::query(
        "insert into audit_seals (from_id, to_id, digests, root, at) values (1, 2, decode(repeat('00', 40), 'hex'), '', now())",
    )
    .execute(&pool)
    .await
    .unwrap();
    for attempt in [
        "update audit_seals set root = sha256('')",
        "delete from audit_seals",
        "truncate audit_seals",
    ] {
        let denied = sqlx::query(attempt).execute(&pool).await.unwrap_err();
        let message = denied.to_string();
        assert!(
            message.contains("audit_seals is append-only"),
            "{attempt}: {message}"
        );
    }
}

#[testing::test]
async fn rolled_back_change_leaves_no_entry(pool: PgPool) {
    record(&pool, Action::UserCreated).await;
    let mut transaction = db::begin(&pool).await.unwrap();
    let entry = Entry {
        action: Action::UserDeleted,
        target_kind: TargetKind::User,
        target_id: None,
        target_label: "ada",
        changes: json!({}),
        reason: None,
    };
    insert(
        &mut transaction,
        &Actor {
            via: "job",
            ..Actor::default()
        },
        &entry,
    )
    .await
    .unwrap();
    drop(transaction);
    assert_eq!(actions(&pool).await, ["user.created"]);
}
