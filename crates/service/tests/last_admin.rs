//! Concurrent removals of administrators: at least one who can sign in is left.

use domain::users::{
    action::BulkAction,
    bulk::{BulkRequest, Selected},
    deletion::Deletion,
    edit::UserEdit,
    suspension::SuspensionDraft,
};
use service::{Error, Services, access::operator, users};
use sqlx::PgPool;
use testing::roles::role;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::support::{
    callers::admin,
    services,
    users::{add, count},
};

const ACTIVE_ADMINS: &str =
    "select count(*) from user_roles ur join roles r on r.id = ur.role_id and r.name = 'admin'
    join users u on u.id = ur.user_id where u.status = 'active' and u.deleted_at is null";

/// Removes an administrator in one of four ways: demotion, suspension, deletion, bulk deletion.
async fn remove(services: Services, by: Uuid, target: Uuid, way: usize) -> Result<(), Error> {
    let authorized = if way % 5 == 4 { operator() } else { admin(by) };
    match way % 4 {
        0 => {
            let edit = UserEdit {
                is_admin: Some(false),
                ..UserEdit::default()
            };
            users::edit(&services, &authorized, target, edit)
                .await
                .map(drop)
        }
        1 => {
            let draft = SuspensionDraft {
                reason: "test".to_owned(),
                ..SuspensionDraft::default()
            };
            users::suspend(&services, &authorized, target, draft)
                .await
                .map(drop)
        }
        2 => users::delete(&services, &authorized, target, &Deletion::default()).await,
        _ => {
            let request = BulkRequest {
                action: BulkAction::Delete {},
                users: vec![Selected {
                    id: target,
                    version: 1,
                    username: None,
                }],
                expected: Some(1),
            };
            users::bulk(&services, &authorized, request).await.map(drop)
        }
    }
}

#[testing::test]
async fn one_of_eight_admins_remains_under_64_concurrent_removals(pool: PgPool) {
    let services = services(&pool);
    for seed in 0..8_usize {
        let mut admins = Vec::new();
        for n in 0..8 {
            admins.push(add(&pool, &format!("admin-{seed}-{n}"), &["admin"]).await);
        }
        let mut removals = JoinSet::new();
        for n in 0..64_usize {
            let by = admins[(n + seed + 1) % 8];
            let target = admins[(n * 3 + n / 8) % 8];
            removals.spawn(remove(services.clone(), by, target, n + seed));
        }
        for done in removals.join_all().await {
            match done {
                Ok(())
                | Err(
                    Error::Denied(_)
                    | Error::Forbidden(_)
                    | Error::Conflict(_)
                    | Error::NotFound(_)
                    | Error::SelectionChanged(_),
                ) => {}
                Err(error) => panic!("{error:?}"),
            }
        }
        assert_eq!(count(&pool, ACTIVE_ADMINS).await, 1, "seed {seed}");
        // The last administrator of this round is removed, so that the next round starts without any.
        sqlx::raw_sql(
            "update users set status = 'suspended' where status = 'active' and deleted_at is null",
        )
        .execute(&pool)
        .await
        .unwrap();
    }
}

#[testing::test]
async fn last_admin_can_be_edited_but_not_removed(pool: PgPool) {
    let services = services(&pool);
    role("deputy").permissions(&["*"]).insert(&pool).await;
    let deputy = add(&pool, "deputy", &["deputy"]).await;
    let last = add(&pool, "last", &["admin"]).await;
    for way in 0..4 {
        let removed = remove(services.clone(), deputy, last, way).await;
        assert!(
            matches!(removed, Err(Error::Denied(_) | Error::SelectionChanged(_))),
            "{way}: {removed:?}"
        );
    }
    let edit = UserEdit {
        display_name: Some("Still Here".to_owned()),
        roles: Some(vec!["admin".to_owned(), "user".to_owned()]),
        ..UserEdit::default()
    };
    let user = users::edit(&services, &operator(), last, edit)
        .await
        .unwrap();
    assert_eq!(user.summary.roles, ["admin", "user"]);
    assert_eq!(count(&pool, ACTIVE_ADMINS).await, 1);
}
