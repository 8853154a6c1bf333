//! Databases of tests, and rows that tests need before they begin: users with roles and sessions. Only tests depend on
//! this package.
//!
//! Each test gets a copy of a template, which is migrated once a day and for each change of the
//! migrations.
//!
//! The database of a test is dropped when the test succeeds. That of a failed test remains until the test runs again, or
//! until the template is built two days later. Several checkouts can use one server at the same time. Two runs of one
//! checkout cannot: a test of the second run drops the database that the same test of the first one uses.
//!
//! The rows are inserted by SQL, without the rules of the services, and an error ends the test.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "without its database and rows a test cannot run, which is a failure of the test"
)]

#[cfg(test)]
extern crate self as testing;

pub mod conversations;
pub mod crowd;
mod database;
pub mod groups;
pub mod resources;
pub mod roles;
mod server;
pub mod sessions;
mod template;
pub mod users;

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use tokio::{runtime, time::timeout};

use database::Database;
pub use testing_macros::test;

/// Timeout of closing the pool of a test.
const CLOSING: Duration = Duration::from_secs(10);

/// Function of a test.
pub trait TestFn {
    /// Runs the test with a database of its own. `test` is the path of the function.
    fn run(self, test: &'static str);
}

impl<Fut: Future<Output = ()>> TestFn for fn(PgPool) -> Fut {
    fn run(self, test: &'static str) {
        with_pool(test, self);
    }
}

impl<Fut: Future<Output = ()>> TestFn for fn(PgPoolOptions, PgConnectOptions) -> Fut {
    fn run(self, test: &'static str) {
        with_database(test, self);
    }
}

/// Runs a part of a test on the current thread, with a new database. `test` is the path of the function with the name of the part.
pub fn with_pool(test: &str, body: impl AsyncFnOnce(PgPool)) {
    with_database(
        test,
        async |options: PgPoolOptions, connect: PgConnectOptions| {
            let pool = options
                .connect_with(connect)
                .await
                .expect("the database of the test can be opened");
            body(pool.clone()).await;
            if timeout(CLOSING, pool.close()).await.is_err() {
                eprintln!("{test} held connections after its end");
            }
        },
    );
}

/// Runs a test on the current thread, with a new database.
fn with_database(test: &str, body: impl AsyncFnOnce(PgPoolOptions, PgConnectOptions)) {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime can be started");
    runtime.block_on(async {
        let database = Database::create(test).await;
        body(database.pool_options(), database.connect_options()).await;
        database.remove().await;
    });
}
