//! Rejected registrations: restoration, another registration, and permanent deletion.

use std::{sync::Arc, time::Duration};

use domain::{
    error::{Conflict, Entity},
    registrations::{Decision, DecisionDraft, DecisionRequest, list::RegistrationState},
    users::Status,
};
use service::{Error, Services, access::operator, registrations, settings::Settings, users};
use sqlx::PgPool;
use testing::conversations::conversation;
use tokio::task::JoinSet;

use crate::{
    registrations::{open, pending, register, run, sign_in},
    registrations_undo::{conflict, in_state},
    support::{own_account::form, users::count},
};

#[testing::test]
async fn rejected_registration_is_restored(pool: PgPool) {
    let services = open(&pool, true);
    let ada = register(&services, form("ada", "")).await.unwrap().id.0;
    let pending = registrations::restore(&services, &operator(), ada, "").await;
    assert_eq!(conflict(pending), Conflict::RegistrationPending);
    registrations::reject(&services, &operator(), ada, "spam")
        .await
        .unwrap();
    assert_eq!(
        in_state(&services, RegistrationState::Rejected).await,
        ["ada"]
    );
    assert!(
        in_state(&services, RegistrationState::Pending)
            .await
            .is_empty()
    );
    assert!(matches!(
        sign_in(&services, "ada").await,
        Err(Error::Unauthenticated(_))
    ));
    let restored = registrations::restore(&services, &operator(), ada, "known after all")
        .await
        .unwrap();
    assert_eq!(restored.summary.status, Status::Pending);
    assert_eq!(restored.deleted_at, None);
    assert_eq!(
        in_state(&services, RegistrationState::Pending).await,
        ["ada"]
    );
    registrations::approve(&services, &operator(), ada, "")
        .await
        .unwrap();
    sign_in(&services, "ada").await.unwrap();
    // A deleted account that was active is no rejected registration.
    run(
        &pool,
        "update users set deleted_at = now(), purge_after = now()",
    )
    .await;
    let other = registrations::restore(&services, &operator(), ada, "").await;
    assert!(
        matches!(other, Err(Error::NotFound(Entity::Registration))),
        "{other:?}"
    );
    assert!(
        in_state(&services, RegistrationState::Rejected)
            .await
            .is_empty()
    );
}

#[testing::test]
async fn rejected_user_can_register_again(pool: PgPool) {
    let services = open(&pool, true);
    let draft = form("ada", "ada@example.org");
    let first = register(&services, draft.clone()).await.unwrap().id.0;
    registrations::reject(&services, &operator(), first, "")
        .await
        .unwrap();
    let second = register(&services, form("ADA", "ada@example.org"))
        .await
        .unwrap();
    assert_ne!(first, second.id.0);
    let rest = registrations::restore(&services, &operator(), first, "").await;
    assert!(
        matches!(rest, Err(Error::NotFound(Entity::Registration))),
        "{rest:?}"
    );
    assert_eq!(
        in_state(&services, RegistrationState::Pending).await,
        ["ADA"]
    );
    let purged = "select count(*) from audit_events where action = 'user.purged' and via = 'job'";
    assert_eq!(count(&pool, purged).await, 1);

    // A rejected registration that owns data retains its username.
    registrations::reject(&services, &operator(), second.id.0, "")
        .await
        .unwrap();
    run(
        &pool,
        "insert into personas (id, user_id, name) select gen_random_uuid(), id, 'Analyst' from users",
    )
    .await;
    let taken = register(&services, draft).await;
    assert!(matches!(taken, Err(Error::Taken(_))), "{taken:?}");
    // So does one with a conversation.
    run(&pool, "delete from personas").await;
    conversation(&pool, second.id.0, "physics", "Light").await;
    let taken = register(&services, form("ada", "")).await;
    assert!(matches!(taken, Err(Error::Taken(_))), "{taken:?}");
    let stored = "select count(*) from conversations";
    assert_eq!(count(&pool, stored).await, 1);
    // So does a deleted user who was approved.
    run(
        &pool,
        "delete from conversations; update users set status = 'active'",
    )
    .await;
    let taken = register(&services, form("ada", "")).await;
    assert!(matches!(taken, Err(Error::Taken(_))), "{taken:?}");
}

#[testing::test]
async fn restoration_and_new_registration_exclude_each_other(pool: PgPool) {
    let services = open(&pool, true);
    for round in 0..2 {
        let name = format!("user{round}");
        let id = register(&services, form(&name, "")).await.unwrap().id.0;
        registrations::reject(&services, &operator(), id, "")
            .await
            .unwrap();
        let mut tries = JoinSet::new();
        for _ in 0..2 {
            let (restoring, registering) = (services.clone(), services.clone());
            let draft = form(&name, "");
            tries.spawn(async move {
                registrations::restore(&restoring, &operator(), id, "")
                    .await
                    .is_ok()
            });
            tries.spawn(async move { register(&registering, draft).await.is_ok() });
        }
        let done = tries.join_all().await;
        assert_eq!(done.iter().filter(|done| **done).count(), 1, "{done:?}");
        let left: i64 = sqlx::query_scalar("select count(*) from users where username = $1")
            .bind(&name)
            .fetch_one(&pool)
            .await
            .unwrap();
        assert_eq!(left, 1);
    }
}

#[testing::test]
async fn rejected_registration_is_purged_after_the_retention(pool: PgPool) {
    let services = open(&pool, true);
    let ada = register(&services, form("ada", "")).await.unwrap().id.0;
    registrations::reject(&services, &operator(), ada, "")
        .await
        .unwrap();
    users::purge::run(&services).await.unwrap();
    let accounts = "select count(*) from users";
    assert_eq!(count(&pool, accounts).await, 1);
    run(
        &pool,
        "update users set purge_after = now() - interval '1 second'",
    )
    .await;
    users::purge::run(&services).await.unwrap();
    assert_eq!(count(&pool, accounts).await, 0);
    let late = registrations::restore(&services, &operator(), ada, "").await;
    assert!(matches!(late, Err(Error::NotFound(_))), "{late:?}");
}

#[testing::test]
async fn rejection_is_permanent_without_retention(pool: PgPool) {
    let with_retention = open(&pool, true);
    let services = Services {
        settings: Arc::new(Settings {
            delete_retention: Duration::ZERO,
            ..Settings::clone(&with_retention.settings)
        }),
        ..with_retention.clone()
    };
    let users = pending(&services, &["ada"]).await;
    let request = |expected| DecisionRequest {
        decision: Decision::Reject,
        users: users.clone(),
        draft: DecisionDraft::default(),
        expected,
    };
    let preview = registrations::decide(&with_retention, &operator(), request(None))
        .await
        .unwrap();
    assert!(preview.restorable_until.is_some());
    let outcome = registrations::decide(&services, &operator(), request(Some(1)))
        .await
        .unwrap();
    assert_eq!((outcome.changed, outcome.restorable_until), (1, None));
    let started = registrations::restore(&services, &operator(), users[0].id, "").await;
    assert_eq!(conflict(started), Conflict::UserBeingDeleted);
    users::purge::run(&services).await.unwrap();
    assert_eq!(count(&pool, "select count(*) from users").await, 0);
}
