//! Roles, and their assignment to users.

use sqlx::PgPool;
use uuid::Uuid;

/// A role to insert.
#[derive(Clone, Debug)]
pub struct RoleBuilder {
    name: String,
    permissions: Vec<String>,
    rank: i16,
}

/// Returns a role without permissions, at the default rank.
#[must_use]
pub fn role(name: &str) -> RoleBuilder {
    RoleBuilder {
        name: name.to_owned(),
        permissions: Vec::new(),
        rank: 50,
    }
}

impl RoleBuilder {
    /// Sets the permissions.
    #[must_use]
    pub fn permissions(self, permissions: &[&str]) -> Self {
        let permissions = permissions.iter().map(ToString::to_string).collect();
        Self {
            permissions,
            ..self
        }
    }

    /// Sets the rank: of the roles of a user, the one with the lowest rank comes first.
    #[must_use]
    pub fn rank(self, rank: i16) -> Self {
        Self { rank, ..self }
    }

    /// Inserts the role. Returns its id.
    pub async fn insert(self, pool: &PgPool) -> Uuid {
        sqlx::query_scalar(
            "insert into roles (id, name, permissions, rank) values (uuid_v7(now()), $1, $2, $3) returning id",
        )
        .bind(self.name)
        .bind(self.permissions)
        .bind(self.rank)
        .fetch_one(pool)
        .await
        .unwrap()
    }
}

/// Assigns roles to a user, by their names. A role that the user has already is no error, one that does not exist is.
pub async fn assign(pool: &PgPool, user_id: Uuid, roles: &[&str]) {
    let found: i64 = sqlx::query_scalar(
        "with found as (select id from roles where name = any($2)),
        assigned as (
            insert into user_roles (user_id, role_id, granted_at)
            select $1, id, now() from found on conflict do nothing
        )
        select count(*) from found",
    )
    .bind(user_id)
    .bind(roles)
    .fetch_one(pool)
    .await
    .unwrap();
    assert_eq!(
        usize::try_from(found).ok(),
        Some(roles.len()),
        "one of {roles:?} does not exist"
    );
}
