//! The database of a test.

use std::{thread, time::Duration};

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::{
    server::{execute, options_of, server},
    template,
};

/// Maximum number of connections of a test.
const CONNECTIONS: u32 = 5;
/// Time after which an idle connection is closed, so that another test can have it.
const IDLE: Duration = Duration::from_secs(1);

/// Database of a test.
pub(crate) struct Database {
    name: String,
    test: String,
}

impl Database {
    /// Creates the database of a test, and first drops the one of its last run.
    pub(crate) async fn create(test: &str) -> Self {
        let mut connection = server()
            .acquire()
            .await
            .expect("the server in DATABASE_URL accepts connections");
        let template = template::current(&mut connection).await;
        let name = template.database_of(test);
        for sql in [
            format!("drop database if exists {name} with (force)"),
            format!("create database {name} template {}", template.name()),
        ] {
            execute(&mut connection, sql)
                .await
                .expect("the database of the test can be created");
        }
        let test = test.to_owned();
        Self { name, test }
    }

    /// Returns the options of the test's pool.
    pub(crate) fn pool_options(&self) -> PgPoolOptions {
        PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .idle_timeout(Some(IDLE))
            .parent(server().clone())
    }

    /// Returns the connection options of the database.
    pub(crate) fn connect_options(&self) -> PgConnectOptions {
        options_of(&self.name)
    }

    /// Drops the database. Connections of programs that the test has started are closed.
    pub(crate) async fn remove(self) {
        let sql = format!("drop database if exists {} with (force)", self.name);
        let dropped = match server().acquire().await {
            Ok(mut connection) => execute(&mut connection, sql).await,
            Err(error) => Err(error),
        };
        if let Err(error) = dropped {
            eprintln!("the database {} was not dropped: {error}", self.name);
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("{} left the database {}", self.test, self.name);
        }
    }
}
