//! Requests while PostgreSQL is running but does not let the server connect to its database.

use sqlx::{Connection, PgConnection, PgPool};

use crate::support::{Ask, add_user, app};

#[testing::test]
async fn database_without_connections_is_unavailable(pool: PgPool) {
    add_user(&pool, "ada", &["admin", "user"]).await;
    let app = app(&pool);
    let options = pool.connect_options();
    let name = options.get_database().unwrap().to_owned();
    // A database cannot be closed from inside.
    let elsewhere = options.as_ref().clone().database("postgres");
    let mut elsewhere = PgConnection::connect_with(&elsewhere).await.unwrap();
    let mut allow = async |allowed: bool| {
        let sql = format!("alter database \"{name}\" allow_connections {allowed}");
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
            .execute(&mut elsewhere)
            .await
            .unwrap();
        sqlx::query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1")
            .bind(&name)
            .execute(&mut elsewhere)
            .await
            .unwrap();
    };
    allow(false).await;
    let body = r#"{"username":"ada","password":"copper lantern under rain"}"#;
    for ask in [
        Ask::get("/api/health"),
        Ask::post("/api/auth/login").body("application/json", body),
    ] {
        let answer = app.send(ask).await;
        assert_eq!(answer.status, 503, "{}", answer.body);
    }
    allow(true).await;
    assert_eq!(app.get("/api/health").await.status, 200);
}
