//! Connections to the server on which the databases are created.

use std::{str::FromStr, sync::OnceLock};

use sqlx::{
    AssertSqlSafe, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

/// Maximum number of connections of this process: a fifth of what PostgreSQL accepts by default.
const ALL_CONNECTIONS: u32 = 20;

/// Connections to the database that `DATABASE_URL` names. They limit those of the tests too.
static SERVER: OnceLock<PgPool> = OnceLock::new();

/// Returns the connection options of a database on the server.
pub(crate) fn options_of(database: &str) -> PgConnectOptions {
    server()
        .connect_options()
        .as_ref()
        .clone()
        .database(database)
}

/// Executes a statement outside a transaction.
pub(crate) async fn execute(connection: &mut PgConnection, sql: String) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(connection)
        .await
        .map(drop)
}

/// Returns the connections to the database that `DATABASE_URL` names.
pub(crate) fn server() -> &'static PgPool {
    SERVER.get_or_init(|| {
        let url = dotenvy::var("DATABASE_URL").expect("DATABASE_URL is set");
        let options = PgConnectOptions::from_str(&url).expect("DATABASE_URL is valid");
        PgPoolOptions::new()
            .max_connections(ALL_CONNECTIONS)
            // Each test has its own runtime, and a connection works in the one that opened it only.
            .after_release(|_, _| Box::pin(async { Ok(false) }))
            .connect_lazy_with(options)
    })
}
