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
