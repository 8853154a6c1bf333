//! Single users.

use sqlx::PgPool;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::roles;

/// A user to insert.
#[derive(Clone, Debug)]
pub struct UserBuilder {
    id: Option<Uuid>,
    username: String,
    display_name: Option<String>,
    email: Option<String>,
    password_hash: Option<String>,
    status: &'static str,
    suspended_until: Option<OffsetDateTime>,
    created_via: &'static str,
    created_at: Option<OffsetDateTime>,
    last_login_at: Option<OffsetDateTime>,
    last_active_at: Option<OffsetDateTime>,
    is_deleted: bool,
    deleted_at: Option<OffsetDateTime>,
    roles: Vec<String>,
    clients: Vec<i32>,
}

/// Returns an active user who is created now on the command line: without email address, password and roles, and with
/// the capitalized username as the name.
#[must_use]
pub fn user(username: &str) -> UserBuilder {
    UserBuilder {
        id: None,
        username: username.to_owned(),
        display_name: None,
        email: None,
        password_hash: None,
        status: "active",
        suspended_until: None,
        created_via: "cli",
        created_at: None,
        last_login_at: None,
        last_active_at: None,
        is_deleted: false,
        deleted_at: None,
        roles: Vec::new(),
        clients: Vec::new(),
    }
}

impl UserBuilder {
    /// Sets the id. Unless the time of creation is set too, it is that of the id.
    #[must_use]
    pub fn id(self, id: Uuid) -> Self {
        let id = Some(id);
        Self { id, ..self }
    }

    /// Sets the displayed name.
    #[must_use]
    pub fn display_name(self, display_name: &str) -> Self {
        let display_name = Some(display_name.to_owned());
        Self {
            display_name,
            ..self
        }
    }

    /// Sets the email address.
    #[must_use]
    pub fn email<'a>(self, email: impl Into<Option<&'a str>>) -> Self {
        let email = email.into().map(str::to_owned);
        Self { email, ..self }
    }

    /// Sets the hash of the password.
    #[must_use]
    pub fn password_hash<'a>(self, hash: impl Into<Option<&'a str>>) -> Self {
        let password_hash = hash.into().map(str::to_owned);
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

    /// Sets the end of a suspension.
    #[must_use]
    pub fn suspended_until(self, at: impl Into<Option<OffsetDateTime>>) -> Self {
        let suspended_until = at.into();
        Self {
            suspended_until,
            ..self
        }
    }

    /// Sets the source of the account.
    #[must_use]
    pub fn created_via(self, created_via: &'static str) -> Self {
        Self {
            created_via,
            ..self
        }
    }

    /// Sets the time of creation, which is that of the last change too.
    #[must_use]
    pub fn created_at(self, at: OffsetDateTime) -> Self {
        let created_at = Some(at);
        Self { created_at, ..self }
    }

    /// Sets the time of the last sign-in.
    #[must_use]
    pub fn last_login_at(self, at: impl Into<Option<OffsetDateTime>>) -> Self {
        let last_login_at = at.into();
        Self {
            last_login_at,
            ..self
        }
    }

    /// Sets the time of the last request.
    #[must_use]
    pub fn last_active_at(self, at: impl Into<Option<OffsetDateTime>>) -> Self {
        let last_active_at = at.into();
        Self {
            last_active_at,
            ..self
        }
    }

    /// Sets whether the user is deleted, now.
    #[must_use]
    pub fn deleted(self, is_deleted: bool) -> Self {
        Self { is_deleted, ..self }
    }

    /// Sets the time of deletion. A user without one is not deleted.
    #[must_use]
    pub fn deleted_at(self, at: impl Into<Option<OffsetDateTime>>) -> Self {
        let deleted_at = at.into();
        Self {
            is_deleted: deleted_at.is_some(),
            deleted_at,
            ..self
        }
    }

    /// Sets the roles, by their names.
    #[must_use]
    pub fn roles(self, roles: &[&str]) -> Self {
        let roles = roles.iter().map(ToString::to_string).collect();
        Self { roles, ..self }
    }

    /// Sets the list of clients.
    #[must_use]
    pub fn clients(self, clients: &[i32]) -> Self {
        let clients = clients.to_vec();
        Self { clients, ..self }
    }

    /// Inserts the user and assigns the roles. Returns the id.
    pub async fn insert(self, pool: &PgPool) -> Uuid {
        let id: Uuid = sqlx::query_scalar(
            "insert into users (
                id, username, display_name, email, password_hash, status, suspended_until, created_via, created_at,
                updated_at, last_login_at, last_active_at, deleted_at, client_list
            )
            select
                coalesce($1, uuid_v7(at)), $2, coalesce($3, initcap($2)), $4, $5, $6, $7, $8, at, at, $10, $11,
                case when $12 then coalesce($13, now()) end, $14
            from (select coalesce($9, uuid_v7_time($1), now()) as at) as times
            returning id",
        )
        .bind(self.id)
        .bind(self.username)
        .bind(self.display_name)
        .bind(self.email)
        .bind(self.password_hash)
        .bind(self.status)
        .bind(self.suspended_until)
        .bind(self.created_via)
        .bind(self.created_at)
        .bind(self.last_login_at)
        .bind(self.last_active_at)
        .bind(self.is_deleted)
        .bind(self.deleted_at)
        .bind(self.clients)
        .fetch_one(pool)
        .await
        .unwrap();
        if !self.roles.is_empty() {
            let roles: Vec<&str> = self.roles.iter().map(String::as_str).collect();
            roles::assign(pool, id, &roles).await;
        }
        id
    }
}

/// Returns the id of the user with this username.
pub async fn id_of(pool: &PgPool, username: &str) -> Uuid {
    sqlx::query_scalar("select id from users where username = $1")
        .bind(username)
        .fetch_one(pool)
        .await
        .unwrap()
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::{crowd::crowd, roles::role, sessions::sessions};

    async fn text(pool: &PgPool, sql: &'static str) -> String {
        sqlx::query_scalar(sql).fetch_one(pool).await.unwrap()
    }

    #[testing::test]
    async fn user_without_properties_is_active_and_can_do_nothing(pool: PgPool) {
        let id = user("ada").insert(&pool).await;
        assert_eq!(id_of(&pool, "ada").await, id);
        let sql = "select concat_ws(' ', display_name, email, password_hash, status, created_via, deleted_at,
                (select count(*) from user_roles))
            from users";
        assert_eq!(text(&pool, sql).await, "Ada active cli 0");
    }

    #[testing::test]
    async fn properties_are_those_of_the_builder(pool: PgPool) {
        let (at, later) = (
            datetime!(2026-01-02 03:04 UTC),
            datetime!(2026-11-21 12:00 UTC),
        );
        role("clerk")
            .permissions(&["users:read", "audit:read"])
            .rank(7)
            .insert(&pool)
            .await;
        let id = user("ada")
            .display_name("Ada Lovelace")
            .email("ada@example.org")
            .password_hash("x")
            .status("suspended")
            .suspended_until(later)
            .created_via("import")
            .created_at(at)
            .last_login_at(later)
            .last_active_at(later)
            .deleted_at(later)
            .roles(&["clerk", "user"])
            .insert(&pool)
            .await;
        let times: Vec<OffsetDateTime> = sqlx::query_scalar(
            "select array[created_at, updated_at, suspended_until, last_login_at, last_active_at, deleted_at]
            from users where id = $1",
        )
        .bind(id)
        .fetch_one(&pool)
        .await
        .unwrap();
        assert_eq!(times, [at, at, later, later, later, later]);
        let sql = "select concat_ws(' ', display_name, email, password_hash, status, created_via) from users";
        assert_eq!(
            text(&pool, sql).await,
            "Ada Lovelace ada@example.org x suspended import"
        );
        let sql = "select string_agg(concat_ws(' ', name, rank, permissions), ', ' order by rank)
            from user_roles join roles on id = role_id";
        assert_eq!(
            text(&pool, sql).await,
            "clerk 7 {users:read,audit:read}, user 100 {}"
        );
    }

    #[testing::test]
    async fn an_id_determines_the_time_of_creation(pool: PgPool) {
        let id = Uuid::from_u128(0x019a_0000_0000_7000_8000_0000_0000_0001);
        assert_eq!(user("ada").id(id).insert(&pool).await, id);
        let sql = "select (created_at = uuid_v7_time(id))::text from users";
        assert_eq!(text(&pool, sql).await, "true");
    }

    #[testing::test]
    async fn unknown_role_ends_the_test(pool: PgPool) {
        let inserted =
            tokio::spawn(
                async move { user("ada").roles(&["user", "unknown"]).insert(&pool).await },
            );
        assert!(inserted.await.unwrap_err().is_panic());
    }

    #[testing::test]
    async fn assigning_a_role_again_changes_nothing(pool: PgPool) {
        let id = user("ada").roles(&["user"]).insert(&pool).await;
        roles::assign(&pool, id, &["user", "admin"]).await;
        let sql =
            "select string_agg(name, ' ' order by name) from user_roles join roles on id = role_id";
        assert_eq!(text(&pool, sql).await, "admin user");
    }

    #[testing::test]
    async fn crowd_is_numbered_and_created_in_steps(pool: PgPool) {
        let begin = datetime!(2026-01-01 0:00 UTC);
        crowd(3, "user-", "User ")
            .emails()
            .status("pending")
            .created_via("import")
            .password_hash("x")
            .created(begin, time::Duration::MINUTE)
            .insert(&pool)
            .await;
        let sql = "select string_agg(concat_ws(' ', number, username, display_name, email, password_hash, status, created_via,
                to_char(created_at at time zone 'UTC', 'HH24:MI')), ', ' order by number)
            from users where number <> 2";
        assert_eq!(
            text(&pool, sql).await,
            "1 user-1 User 1 user-1@example.org x pending import 00:01, 3 user-3 User 3 user-3@example.org x pending import 00:03"
        );
    }

    #[testing::test]
    async fn sessions_have_the_times_of_the_builder(pool: PgPool) {
        let id = user("ada").insert(&pool).await;
        let live = sessions(id, 2).browser().insert(&pool).await;
        let expired = sessions(id, 1)
            .begun(time::Duration::hours(2))
            .idle_timeout(time::Duration::HOUR)
            .insert(&pool)
            .await;
        assert_eq!((live.len(), expired.len()), (2, 1));
        let sql = "select concat_ws(' ', count(*), min(host(ip)), min(device)) from live_sessions";
        assert_eq!(text(&pool, sql).await, "2 192.0.2.1 Firefox on Linux");
    }
}
