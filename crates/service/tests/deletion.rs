//! Deletion, restoring and purging of accounts.

use std::{sync::Arc, time::Duration};

use db::export::Kind;
use domain::{
    list::Limits,
    users::{
        action::UserAction,
        deleted::LostAccess,
        deletion::{Deletion, OwnedCounts},
        detail::UserRef,
        list::ListParams,
        transfer::TransferredData,
    },
};
use serde_json::Value;
use service::{
    Error, Services,
    access::{UsersWrite, operator},
    groups, resources, roles,
    settings::Settings,
    users,
};
use sqlx::PgPool;
use testing::{
    groups::group,
    resources::{grant, resource},
    roles::role,
};
use uuid::Uuid;

use crate::support::{
    callers::{admin, caller},
    furniture::furnish,
    killed::killed_at,
    services,
    users::{add, count},
};

const FURNITURE: OwnedCounts = OwnedCounts {
    sessions: 2,
    personas: 2,
    ontologies: 3,
    annotations: 5,
    conversations: 0,
    messages: 0,
    api_keys: 1,
    tokens: 1,
};

/// Query of the number of rows that belong to users.
const ROWS: &str = "select (select count(*) from personas) + (select count(*) from ontologies)
    + (select count(*) from annotations) + (select count(*) from sessions) + (select count(*) from api_keys)
    + (select count(*) from access_tokens)";

/// Query of the number of items that the only job has deleted.
const DONE: &str = "select done from jobs";

async fn listed(services: &Services) -> Vec<String> {
    let query = ListParams::default().parse(Limits::API).unwrap();
    let page = users::list(services, &operator(), &query).await.unwrap();
    page.users
        .rows
        .into_iter()
        .map(|user| user.username)
        .collect()
}

#[testing::test]
async fn deleted_counts_match_the_preview(pool: PgPool) {
    let services = services(&pool);
    let (root, ada) = (
        add(&pool, "root", &["admin"]).await,
        add(&pool, "ada", &["user"]).await,
    );
    furnish(&pool, ada).await;
    furnish(&pool, root).await;
    let before = count(&pool, ROWS).await;
    resource("models", "gpt").owner(ada).insert(&pool).await;
    let preview = users::preview(&services, &admin(root), ada).await.unwrap();
    assert_eq!((preview.counts, preview.resources), (FURNITURE, 1));
    let deletion = Deletion {
        counts: Some(preview.counts),
        permanent: true,
    };
    users::delete(&services, &admin(root), ada, &deletion)
        .await
        .unwrap();
    users::purge::run(&services).await.unwrap();
    assert_eq!(before - count(&pool, ROWS).await, preview.counts.total());
    assert_eq!(
        count(&pool, "select count(*) from users where username = 'ada'").await,
        0
    );
    assert_eq!(
        count(
            &pool,
            "select count(*) from audit_events where action = 'user.purged'"
        )
        .await,
        1
    );
    let left = "select count(*) from resources where owner_id is null";
    assert_eq!(count(&pool, left).await, 1);
    let gone = users::get(&services, &admin(root), &UserRef::Id(ada)).await;
    assert!(matches!(gone, Err(Error::NotFound(_))));
    // The username is free again.
    add(&pool, "ada", &[]).await;
}

#[testing::test]
async fn new_data_aborts_the_deletion(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &["user"]).await;
    furnish(&pool, ada).await;
    let shown = Deletion {
        counts: Some(OwnedCounts {
            annotations: 4,
            ..FURNITURE
        }),
        ..Deletion::default()
    };
    let denied = users::delete(&services, &operator(), ada, &shown).await;
    assert!(matches!(denied, Err(Error::CountsChanged(now)) if now == FURNITURE));
    assert_eq!(listed(&services).await, ["ada"]);
    assert_eq!(
        count(
            &pool,
            "select count(*) from sessions where ended_at is null"
        )
        .await,
        2
    );
}

#[testing::test]
async fn restore_returns_everything_but_sessions(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &["auditor", "user"]).await;
    furnish(&pool, ada).await;
    users::delete(&services, &operator(), ada, &Deletion::default())
        .await
        .unwrap();
    assert_eq!(listed(&services).await, [""; 0]);
    // The username stays taken during the restore period.
    let namesake = domain::users::create::UserDraft {
        username: "Ada".into(),
        display_name: "Ada".into(),
        ..Default::default()
    };
    let taken = users::create(&services, &operator(), namesake).await;
    assert!(matches!(taken, Err(Error::Taken(_))));
    users::purge::run(&services).await.unwrap();
    let restored = users::restore(&services, &operator(), ada).await.unwrap();
    assert_eq!(restored.lost, None);
    let user = restored.user;
    assert_eq!(user.summary.roles, ["auditor", "user"]);
    assert_eq!(
        (user.summary.persona_count, user.summary.session_count),
        (2, 0)
    );
    assert_eq!((user.summary.api_key_count, user.token_count), (1, 1));
    assert_eq!(listed(&services).await, ["ada"]);
    let again = users::restore(&services, &operator(), ada).await;
    assert!(matches!(again, Err(Error::Conflict(_))));
}

/// Checks that groups, roles and grants come back, and that those that were deleted meanwhile are named once.
#[testing::test]
async fn restore_returns_access_and_names_what_is_gone(pool: PgPool) {
    let services = services(&pool);
    role("helper").insert(&pool).await;
    let gone_role = role("gone").insert(&pool).await;
    let restorer = ["users:read", "users:write"];
    role("restorer").permissions(&restorer).insert(&pool).await;
    let ada = add(&pool, "ada", &["user", "helper", "gone"]).await;
    let bob = add(&pool, "bob", &["gone", "restorer"]).await;
    let editors = group("Editors").members(&[ada]).insert(&pool).await;
    let closed = group("Closed").managers(&[ada, bob]).insert(&pool).await;
    let kept = resource("models", "kept").insert(&pool).await;
    let removed = resource("models", "removed").insert(&pool).await;
    for id in [kept, removed] {
        grant(&pool, id, (Some(ada), None), "write").await;
        grant(&pool, id, (Some(bob), None), "read").await;
    }
    let delete = async || {
        let deletion = Deletion::default();
        let deleted = users::delete(&services, &operator(), ada, &deletion).await;
        deleted.unwrap();
    };
    delete().await;
    groups::delete(&services, &operator(), closed, None)
        .await
        .unwrap();
    roles::delete(&services, &operator(), gone_role, None)
        .await
        .unwrap();
    resources::delete(&services, &operator(), removed, None)
        .await
        .unwrap();
    let restored = users::restore(&services, &operator(), ada).await.unwrap();
    let named = |names: &[&str]| names.iter().map(ToString::to_string).collect();
    let lost = LostAccess {
        groups: named(&["Closed"]),
        roles: named(&["gone"]),
        resources: named(&["removed"]),
    };
    assert_eq!(restored.lost, Some(lost));
    let mut roles_of_ada = restored.user.summary.roles;
    roles_of_ada.sort();
    assert_eq!(roles_of_ada, ["helper", "user"]);
    for (query, expected) in [
        (
            "select count(*) from group_members m join groups g on g.id = m.group_id where g.name = 'Editors'",
            1,
        ),
        (
            "select count(*) from resource_access where through = 'user' and level = 'write' and blocked_by is null",
            1,
        ),
        (
            "select count(*) from audit_events where action = 'user.restored'
            and changes #>> '{lost,0,groups,0}' = 'Closed' and changes #>> '{lost,0,roles,0}' = 'gone'
            and changes #>> '{lost,0,resources,0}' = 'removed'",
            1,
        ),
        ("select count(*) from lost_access", 0),
    ] {
        assert_eq!(count(&pool, query).await, expected, "{query}");
    }
    delete().await;
    groups::delete(&services, &operator(), editors, None)
        .await
        .unwrap();
    // The actor can read neither groups nor resources.
    let authorized = caller(bob, &restorer).require::<UsersWrite>().unwrap();
    let restored = users::restore(&services, &authorized, ada).await.unwrap();
    assert_eq!(restored.lost, None);
    assert_eq!(count(&pool, "select count(*) from lost_access").await, 0);
}

#[testing::test]
async fn killed_purge_resumes(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &["user"]).await;
    furnish(&pool, ada).await;
    sqlx::query(
        "insert into annotations (id, persona_id, user_id, video_id, label)
        select gen_random_uuid(), p.id, $1, 'v', 'l' from personas p, generate_series(1, 6000) where p.user_id = $1",
    )
    .bind(ada)
    .execute(&pool)
    .await
    .unwrap();
    let permanent = Deletion {
        permanent: true,
        ..Deletion::default()
    };
    users::delete(&services, &operator(), ada, &permanent)
        .await
        .unwrap();
    // Sessions are deleted last: the purge cannot end before its first interruption.
    let mut held = pool.begin().await.unwrap();
    sqlx::query("select from sessions where user_id = $1 for update")
        .bind(ada)
        .execute(&mut *held)
        .await
        .unwrap();
    let mut held = Some(held);
    // The future is dropped after each batch that is seen: as after a crash, only committed work remains.
    let mut kills = 0;
    let outcome = loop {
        let seen = count(&pool, DONE).await;
        let more = async { while count(&pool, DONE).await <= seen {} };
        if let Some(outcome) = killed_at(more, users::purge::run(&services)).await {
            break outcome;
        }
        if let Some(held) = held.take() {
            held.rollback().await.unwrap();
        }
        kills += 1;
        if let Ok(denied_actions) = users::denied_actions(&services, &operator(), ada).await {
            let message = denied_actions.reason(UserAction::Restore).unwrap();
            let total = 12_000 + FURNITURE.total();
            assert!(
                message.contains(&format!("of about {total} items")),
                "{message}"
            );
        }
        let unfinished = users::restore(&services, &operator(), ada).await;
        assert!(
            matches!(unfinished, Err(Error::Conflict(_) | Error::NotFound(_))),
            "{unfinished:?}"
        );
    };
    assert!(
        kills > 0,
        "the purge ended before it was interrupted: {outcome:?}"
    );
    // The transaction that was dropped last can hold its locks a little longer: its job is skipped until then.
    let rest = async {
        while count(&pool, ROWS).await > 0 {
            users::purge::run(&services).await.unwrap();
        }
    };
    tokio::time::timeout(Duration::from_secs(60), rest)
        .await
        .unwrap();
    assert_eq!(count(&pool, ROWS).await, 0);
    assert_eq!(count(&pool, "select count(*) from users").await, 0);
    assert_eq!(
        count(
            &pool,
            "select count(*) from audit_events where action = 'user.purged'"
        )
        .await,
        1
    );
    let done: (String, i64) = sqlx::query_as("select state, done from jobs")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(done, ("done".to_owned(), 12_000 + 5 + 2 + 3 + 2));
}

#[testing::test]
async fn purge_of_a_restored_user_is_withdrawn(pool: PgPool) {
    let services = services(&pool);
    let (ada, bob) = (add(&pool, "ada", &[]).await, add(&pool, "bob", &[]).await);
    furnish(&pool, ada).await;
    let rows = count(&pool, ROWS).await;
    // Queued by a transaction that ran at the same time as the restore.
    sqlx::raw_sql("update users set deleted_at = now(), purge_after = now()")
        .execute(&pool)
        .await
        .unwrap();
    db::purge::queue_due(&pool, 10).await.unwrap();
    sqlx::query("update users set deleted_at = null, purge_after = null where id = $1")
        .bind(ada)
        .execute(&pool)
        .await
        .unwrap();
    users::purge::run(&services).await.unwrap();
    assert_eq!(count(&pool, ROWS).await, rows);
    let left: Vec<Uuid> = sqlx::query_scalar("select id from users")
        .fetch_all(&pool)
        .await
        .unwrap();
    assert_eq!(left, [ada]);
    // The withdrawn job does not prevent a later deletion.
    let permanent = Deletion {
        permanent: true,
        ..Deletion::default()
    };
    users::delete(&services, &operator(), ada, &permanent)
        .await
        .unwrap();
    users::purge::run(&services).await.unwrap();
    assert_eq!(count(&pool, ROWS).await, 0, "{bob}");
}

#[testing::test]
async fn two_replicas_purge_an_account_once(pool: PgPool) {
    let services = services(&pool);
    for name in ["ada", "bob", "eve"] {
        let id = add(&pool, name, &["user"]).await;
        furnish(&pool, id).await;
        let permanent = Deletion {
            permanent: true,
            ..Deletion::default()
        };
        users::delete(&services, &operator(), id, &permanent)
            .await
            .unwrap();
    }
    let (one, other) = tokio::join!(users::purge::run(&services), users::purge::run(&services));
    one.and(other).unwrap();
    users::purge::run(&services).await.unwrap();
    assert_eq!(count(&pool, "select count(*) from users").await, 0);
    assert_eq!(
        count(
            &pool,
            "select count(*) from audit_events where action = 'user.purged'"
        )
        .await,
        3
    );
}

#[testing::test]
async fn without_retention_deletion_is_permanent(pool: PgPool) {
    let mut services = services(&pool);
    services.settings = Arc::new(Settings {
        delete_retention: Duration::ZERO,
        ..Settings::default()
    });
    let ada = add(&pool, "ada", &[]).await;
    users::delete(&services, &operator(), ada, &Deletion::default())
        .await
        .unwrap();
    users::purge::run(&services).await.unwrap();
    assert_eq!(count(&pool, "select count(*) from users").await, 0);
}

#[testing::test]
async fn only_due_users_are_purged(pool: PgPool) {
    let services = services(&pool);
    for name in ["due", "not-due", "alive"] {
        add(&pool, name, &[]).await;
    }
    for (name, days) in [("due", "-1 second"), ("not-due", "1 day")] {
        let sql = format!(
            "update users set deleted_at = now(), purge_after = now() + interval '{days}' where username = '{name}'"
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
            .execute(&pool)
            .await
            .unwrap();
    }
    users::purge::run(&services).await.unwrap();
    let left: Vec<String> = sqlx::query_scalar("select username from users order by id")
        .fetch_all(&pool)
        .await
        .unwrap();
    assert_eq!(left, ["not-due", "alive"]);
}

#[testing::test]
async fn transferred_data_survives_its_former_owner(pool: PgPool) {
    let services = services(&pool);
    let (ada, bob) = (add(&pool, "ada", &[]).await, add(&pool, "bob", &[]).await);
    furnish(&pool, ada).await;
    let changed = users::reassign(&services, &operator(), ada, bob, Some(1)).await;
    assert!(matches!(changed, Err(Error::CountsChanged(counts)) if counts.personas == 2));
    assert_eq!(
        users::reassign(&services, &operator(), ada, bob, Some(2))
            .await
            .unwrap(),
        TransferredData {
            personas: 2,
            conversations: 0
        }
    );
    let permanent = Deletion {
        permanent: true,
        ..Deletion::default()
    };
    users::delete(&services, &operator(), ada, &permanent)
        .await
        .unwrap();
    users::purge::run(&services).await.unwrap();
    let bob = users::get(&services, &operator(), &UserRef::Id(bob))
        .await
        .unwrap()
        .summary;
    assert_eq!(
        (bob.persona_count, bob.ontology_count, bob.annotation_count),
        (2, 3, 5)
    );
    let to_self = users::reassign(&services, &operator(), bob.id.0, bob.id.0, None).await;
    assert!(matches!(to_self, Err(Error::Conflict(_))));
}

#[testing::test]
async fn export_sends_a_piece_for_each_kind(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let mut export = users::export(&services, &operator(), ada).await.unwrap();
    let mut pieces = Vec::new();
    while let Some(piece) = export.pieces.recv().await {
        pieces.push(piece.unwrap());
    }
    // The end is the last one.
    assert_eq!(pieces.len(), Kind::ALL.len() + 1, "{pieces:?}");
    for (kind, piece) in Kind::ALL.iter().zip(&pieces) {
        assert!(
            piece.ends_with(&format!("\"{}\":[", kind.name())),
            "{piece}"
        );
    }
}

#[testing::test]
async fn export_contains_everything_but_secrets(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &["user"]).await;
    furnish(&pool, ada).await;
    sqlx::query(
        "insert into annotations (id, persona_id, user_id, video_id, label)
        select gen_random_uuid(), p.id, $1, 'v', 'l' from personas p, generate_series(1, 600) where p.user_id = $1",
    )
    .bind(ada)
    .execute(&pool)
    .await
    .unwrap();
    let mut export = users::export(&services, &operator(), ada).await.unwrap();
    let mut text = String::new();
    while let Some(piece) = export.pieces.recv().await {
        text.push_str(&piece.unwrap());
    }
    let file: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(file["user"]["username"], "ada");
    for (kind, expected) in [
        ("personas", 2),
        ("ontologies", 3),
        ("annotations", 1_205),
        ("sessions", 2),
        ("apiKeys", 1),
    ] {
        let things = file[kind].as_array().unwrap();
        let ids: std::collections::BTreeSet<&str> = things
            .iter()
            .map(|thing| thing["id"].as_str().unwrap())
            .collect();
        assert_eq!(ids.len(), expected, "{kind}");
    }
    for secret in ["token_hash", "password_hash", "ciphertext", "nonce"] {
        assert!(!text.contains(secret), "{secret}");
    }
    assert_eq!(
        count(
            &pool,
            "select count(*) from audit_events where action = 'user.exported'"
        )
        .await,
        1
    );
    let unknown = users::export(&services, &operator(), Uuid::nil()).await;
    assert!(matches!(unknown, Err(Error::NotFound(_))));
}
