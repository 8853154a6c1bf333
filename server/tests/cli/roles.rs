//! Database roles that are not superusers.

use std::sync::atomic::{AtomicUsize, Ordering};

use sqlx::{AssertSqlSafe, ConnectOptions, PgPool};

use crate::support::{Cli, cli_at};

/// Password of characters that other programs replace or misinterpret.
pub(crate) const PASSWORD: &str = "pa$$w0rd$1@/?#%";
/// Counter that distinguishes the roles of tests.
static CREATED: AtomicUsize = AtomicUsize::new(0);

/// A role that can sign in, without other rights.
pub(crate) struct Role {
    pub(crate) name: String,
    pool: PgPool,
}

impl Role {
    /// Creates a role.
    pub(crate) async fn create(pool: &PgPool) -> Self {
        let number = CREATED.fetch_add(1, Ordering::Relaxed);
        let role = Self {
            name: format!("rollcall_test_{}_{number}", std::process::id()),
            pool: pool.clone(),
        };
        role.run("create role ROLE login password 'PASSWORD'").await;
        role
    }

    /// Runs statements about the role as a superuser. In them `ROLE` is its name, `DATABASE` that of the database.
    pub(crate) async fn run(&self, sql: &str) {
        let options = self.pool.connect_options();
        let sql = sql
            .replace("ROLE", &self.name)
            .replace("PASSWORD", PASSWORD)
            .replace(
                "DATABASE",
                &format!("\"{}\"", options.get_database().unwrap()),
            );
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&self.pool)
            .await
            .unwrap();
    }

    /// Returns the URL of the database for the role, with parameters that begin with `&`.
    pub(crate) fn url(&self, parameters: &str) -> String {
        let mut url = self.pool.connect_options().to_url_lossy();
        url.set_username(&self.name).unwrap();
        url.set_password(Some(&encoded(PASSWORD))).unwrap();
        format!("{url}{parameters}")
    }

    /// Returns the command line that connects as the role.
    pub(crate) fn cli(&self, parameters: &str) -> Cli {
        cli_at(&self.pool, &self.url(parameters))
    }

    /// Removes the role with all that it owns.
    pub(crate) async fn remove(self) {
        self.run("reassign owned by ROLE to current_user; drop owned by ROLE; drop role ROLE")
            .await;
    }
}

/// Encodes a password for a URL.
fn encoded(password: &str) -> String {
    password
        .chars()
        .map(|c| match c {
            '@' | '/' | '?' | '#' | '%' => format!("%{:02X}", u32::from(c)),
            _ => c.to_string(),
        })
        .collect()
}
