//! Deletion of a role that many users have.

use domain::roles::RoleDeletion;
use service::{Error, access::operator, roles};
use sqlx::PgPool;
use testing::{crowd::crowd, roles::role};

use crate::support::{services, users::count};

#[testing::test]
async fn role_of_many_users_is_revoked_in_batches(pool: PgPool) {
    let services = services(&pool);
    crowd(11_000, "user-", "User ").insert(&pool).await;
    let id = role("helper")
        .permissions(&["users:read"])
        .insert(&pool)
        .await;
    sqlx::query(
        "insert into user_roles (user_id, role_id, granted_at) select id, $1, now() from users",
    )
    .bind(id)
    .execute(&pool)
    .await
    .unwrap();
    let preview = roles::preview_deletion(&services, &operator(), id)
        .await
        .unwrap();
    assert_eq!(preview.users, 11_000);
    let other = roles::delete(&services, &operator(), id, Some(7)).await;
    assert!(matches!(other, Err(Error::Conflict(_))), "{other:?}");
    let deleted: RoleDeletion = roles::delete(&services, &operator(), id, Some(11_000))
        .await
        .unwrap();
    assert_eq!(deleted, preview);
    for (query, expected) in [
        ("select count(*) from roles where name = 'helper'", 0),
        (
            "select count(*) from user_stats where cardinality(role_ids) > 1",
            0,
        ),
        (
            "select count(*) from audit_events where action = 'role.updated'",
            1,
        ),
        (
            "select count(*) from audit_events where action = 'role.deleted'",
            1,
        ),
    ] {
        assert_eq!(count(&pool, query).await, expected, "{query}");
    }
    assert_eq!(db::doctor::recount(&pool).await.unwrap().wrong_stats, 0);
}
