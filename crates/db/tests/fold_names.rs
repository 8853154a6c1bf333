//! Names in the database: searched folded, and unique by their folded form.

use sqlx::PgPool;

async fn add(
    pool: &PgPool,
    username: &str,
    display_name: &str,
    email: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into users (id, username, display_name, email, created_via, created_at, updated_at)
        values (uuid_v7(now()), $1, $2, $3, 'cli', now(), now())",
    )
    .bind(username)
    .bind(display_name)
    .bind(email)
    .execute(pool)
    .await
    .map(drop)
}

#[testing::test]
async fn names_are_searched_folded(pool: PgPool) {
    add(&pool, "josé", "José Núñez", "josé@example.org")
        .await
        .unwrap();
    let search = "select search from user_search join users on id = user_id";
    let stored: String = sqlx::query_scalar(search).fetch_one(&pool).await.unwrap();
    assert_eq!(stored, " jose \n jose nunez \n jose@example.org ");
    // The text follows a change of the name; typed accents and spaces make no difference.
    sqlx::query("update users set display_name = E'Jose\\u0301 \\u00a0 \\tNu\\u0301n\\u0303ez II'")
        .execute(&pool)
        .await
        .unwrap();
    let stored: String = sqlx::query_scalar(search).fetch_one(&pool).await.unwrap();
    assert_eq!(stored, " jose \n jose nunez ii \n jose@example.org ");
}

#[testing::test]
async fn names_with_the_same_key_collide(pool: PgPool) {
    add(&pool, "straße", "One", "ΣΑΣ@example.org")
        .await
        .unwrap();
    for (username, email, constraint) in [
        ("STRASSE", "other@example.org", "users_username_key"),
        ("another", "σας@example.org", "users_email_key"),
    ] {
        let denied = add(&pool, username, "Another", email).await.unwrap_err();
        let denied = denied.into_database_error().unwrap();
        assert_eq!(denied.constraint(), Some(constraint));
    }
    add(&pool, "another", "Another", "other@example.org")
        .await
        .unwrap();
}

#[testing::test]
async fn username_is_no_address_of_another_user(pool: PgPool) {
    // One's own address can be the username.
    add(&pool, "vera@example.org", "Vera", "Vera@example.org")
        .await
        .unwrap();
    add(&pool, "wim", "Wim", "wim@example.org").await.unwrap();
    sqlx::query("update users set deleted_at = now() where username = 'wim'")
        .execute(&pool)
        .await
        .unwrap();
    for (username, email, constraint) in [
        ("WIM@example.org", "eve@example.org", "users_username_key"),
        ("eve", "VERA@example.org", "users_email_key"),
    ] {
        let denied = add(&pool, username, "Eve", email).await.unwrap_err();
        let denied = denied.into_database_error().unwrap();
        assert_eq!(denied.constraint(), Some(constraint), "{username}");
    }
    sqlx::query("update users set email = null where username = 'vera@example.org'")
        .execute(&pool)
        .await
        .unwrap();
    let denied = add(&pool, "eve", "Eve", "VERA@example.org").await;
    let denied = denied.unwrap_err().into_database_error().unwrap();
    assert_eq!(denied.constraint(), Some("users_email_key"));
    add(&pool, "eve", "Eve", "eve@example.org").await.unwrap();
    sqlx::query("update users set unverified_email = 'new@example.org', status = 'suspended' where username = 'eve'")
        .execute(&pool)
        .await
        .unwrap();
    let denied = add(&pool, "new@example.org", "New", "n@example.org").await;
    let denied = denied.unwrap_err().into_database_error().unwrap();
    assert_eq!(denied.constraint(), Some("users_username_key"));
    // A pending account reserves no address.
    sqlx::query("update users set status = 'pending' where username = 'eve'")
        .execute(&pool)
        .await
        .unwrap();
    add(&pool, "new@example.org", "New", "n@example.org")
        .await
        .unwrap();
}

#[testing::test]
async fn username_and_address_are_taken_once_at_the_same_time(pool: PgPool) {
    for round in 0..20 {
        let name = format!("user{round}@example.org");
        let (plain, other) = (format!("plain{round}"), format!("other{round}@example.org"));
        let (first, second) = tokio::join!(
            add(&pool, &name, "One", &other),
            add(&pool, &plain, "Two", &name),
        );
        assert_ne!(first.is_ok(), second.is_ok(), "{first:?} {second:?}");
    }
}
