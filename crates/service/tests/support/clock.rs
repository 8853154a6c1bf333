//! A clock of the database that only tests advance, so that what depends on the time is exact.

use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

/// Functions that take the place of those of PostgreSQL, because their schema comes first in the search path.
const CLOCK: &str = "
    create schema stopped;
    create table stopped.clock as select now() as at;
    create function stopped.clock_timestamp() returns timestamptz language sql stable as 'select at from stopped.clock';
    create function stopped.statement_timestamp() returns timestamptz language sql stable as 'select at from stopped.clock'";

/// Opens the pool of a test, whose clock stands still from now on.
pub(crate) async fn stopped(options: PgPoolOptions, connect: PgConnectOptions) -> PgPool {
    let connect = connect.options([("search_path", "stopped,pg_catalog,public")]);
    let pool = options.connect_with(connect).await.unwrap();
    sqlx::raw_sql(CLOCK).execute(&pool).await.unwrap();
    pool
}

/// Makes a number of seconds pass.
pub(crate) async fn advance(pool: &PgPool, seconds: f64) {
    sqlx::query("update stopped.clock set at = at + make_interval(secs => $1)")
        .bind(seconds)
        .execute(pool)
        .await
        .unwrap();
}
