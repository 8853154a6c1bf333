//! Many users that differ in their numbers only.

use sqlx::PgPool;
use time::{Duration, OffsetDateTime};

/// Users to insert with one statement.
#[derive(Clone, Debug)]
pub struct CrowdBuilder {
    size: i32,
    username: String,
    display_name: String,
    has_emails: bool,
    password_hash: Option<String>,
    status: &'static str,
    created_via: &'static str,
    created: Option<(OffsetDateTime, Duration)>,
}

/// Returns active users who are created now on the command line, without email address, password and roles. Usernames and
/// displayed names are these beginnings with the numbers from 1.
#[must_use]
pub fn crowd(size: i32, username: &str, display_name: &str) -> CrowdBuilder {
    CrowdBuilder {
        size,
        username: username.to_owned(),
        display_name: display_name.to_owned(),
        has_emails: false,
        password_hash: None,
        status: "active",
        created_via: "cli",
        created: None,
    }
}

impl CrowdBuilder {
    /// Sets email addresses: the usernames at `example.org`.
    #[must_use]
    pub fn emails(self) -> Self {
        Self {
            has_emails: true,
            ..self
        }
    }

    /// Sets the hash of all passwords.
    #[must_use]
    pub fn password_hash(self, hash: &str) -> Self {
        let password_hash = Some(hash.to_owned());
        Self {
            password_hash,
            ..self
        }
    }

    /// Sets the status: `pending`, `active` or `suspended`.
    #[must_use]
    pub fn status(self, status: &'static str) -> Self {
        Self { status, ..self }
    }

    /// Sets the source of the accounts.
    #[must_use]
    pub fn created_via(self, created_via: &'static str) -> Self {
        Self {
            created_via,
            ..self
        }
    }

    /// Sets the times of creation: the first user is created one step after `begin`.
    #[must_use]
    pub fn created(self, begin: OffsetDateTime, step: Duration) -> Self {
        let created = Some((begin, step));
        Self { created, ..self }
    }

    /// Inserts the users in the order of their numbers.
    pub async fn insert(self, pool: &PgPool) {
        sqlx::query(
            "insert into users (
                id, username, display_name, email, password_hash, status, created_via, created_at, updated_at
            )
            select
                uuid_v7(at), $2 || n, $3 || n, case when $4 then $2 || n || '@example.org' end, $5, $6, $7, at, at
            from generate_series(1, $1) n,
                lateral (select coalesce($8 + make_interval(secs => n * $9), now()) as at) as times
            order by n",
        )
        .bind(self.size)
        .bind(self.username)
        .bind(self.display_name)
        .bind(self.has_emails)
        .bind(self.password_hash)
        .bind(self.status)
        .bind(self.created_via)
        .bind(self.created.map(|(begin, _)| begin))
        .bind(self.created.map(|(_, step)| step.as_seconds_f64()))
        .execute(pool)
        .await
        .unwrap();
    }
}
