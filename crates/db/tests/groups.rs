//! Numbers of members, which triggers store: they equal a recount after any change.

use sqlx::PgPool;
use testing::{crowd::crowd, groups::group};

/// Changes of members and users, each a single statement.
const CHANGES: &[&str] = &[
    "insert into group_members (group_id, user_id, added_at)
    select g.id, u.id, now() from groups g, users u where (u.number + length(g.name)) % 3 <> 0",
    "update users set deleted_at = now() where number % 4 = 0",
    "update group_members set is_manager = true",
    "delete from group_members where user_id in (select id from users where number % 5 = 0)",
    "update users set deleted_at = null where number % 8 = 0",
    "update users set last_active_at = now()",
    "delete from users where deleted_at is not null",
    "delete from groups where name = 'B'",
    "delete from group_members",
];

#[testing::test]
async fn stored_numbers_follow_any_change(pool: PgPool) {
    crowd(40, "user-", "User ").insert(&pool).await;
    for name in ["A", "B", "Long name"] {
        group(name).insert(&pool).await;
    }
    for change in CHANGES {
        sqlx::query(*change).execute(&pool).await.unwrap();
        let wrong = db::doctor::recount(&pool).await.unwrap().wrong_groups;
        assert_eq!(wrong, 0, "{change}");
    }
}

#[testing::test]
async fn membership_is_not_moved(pool: PgPool) {
    crowd(2, "user-", "User ").insert(&pool).await;
    let user = testing::users::id_of(&pool, "user-1").await;
    group("A").members(&[user]).insert(&pool).await;
    let moved = sqlx::query(
        "update group_members set user_id = (select id from users where username = 'user-2')",
    );
    let denied = moved.execute(&pool).await.unwrap_err().to_string();
    assert!(denied.contains("inserted or deleted"), "{denied}");
}
