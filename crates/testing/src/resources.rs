//! Clients, and resources of the host application.

use sqlx::PgPool;
use uuid::Uuid;

/// Inserts a client. Returns its number.
pub async fn client(pool: &PgPool, name: &str) -> i32 {
    sqlx::query_scalar(
        "insert into clients (name, created_at, updated_at) values ($1, now(), now()) returning id",
    )
    .bind(name)
    .fetch_one(pool)
    .await
    .unwrap()
}

/// A resource to insert.
#[derive(Clone, Debug)]
pub struct ResourceBuilder {
    kind: String,
    name: String,
    owner: Option<Uuid>,
    client: Option<i32>,
    active: bool,
}

/// Returns an active resource without owner, client and grants. Its name is its id in the host application too.
#[must_use]
pub fn resource(kind: &str, name: &str) -> ResourceBuilder {
    ResourceBuilder {
        kind: kind.to_owned(),
        name: name.to_owned(),
        owner: None,
        client: None,
        active: true,
    }
}

impl ResourceBuilder {
    /// Sets the owner.
    #[must_use]
    pub fn owner(self, owner: impl Into<Option<Uuid>>) -> Self {
        let owner = owner.into();
        Self { owner, ..self }
    }

    /// Sets the client.
    #[must_use]
    pub fn client(self, client: impl Into<Option<i32>>) -> Self {
        let client = client.into();
        Self { client, ..self }
    }

    /// Sets whether users can reach it.
    #[must_use]
    pub fn active(self, active: bool) -> Self {
        Self { active, ..self }
    }

    /// Inserts the resource. Returns its id.
    pub async fn insert(self, pool: &PgPool) -> Uuid {
        sqlx::query_scalar(
            "insert into resources (id, kind, external_id, name, owner_id, client_id, active, created_at, updated_at)
            values (uuid_v7(now()), $1, $2, $2, $3, $4, $5, now(), now())
            returning id",
        )
        .bind(self.kind)
        .bind(self.name)
        .bind(self.owner)
        .bind(self.client)
        .bind(self.active)
        .fetch_one(pool)
        .await
        .unwrap()
    }
}

/// Grants access to a resource: to a user, to a group, or without both to everyone.
pub async fn grant(
    pool: &PgPool,
    resource: Uuid,
    (user, group): (Option<Uuid>, Option<Uuid>),
    level: &str,
) {
    sqlx::query(
        "insert into resource_grants (resource_id, user_id, group_id, level, granted_at) values ($1, $2, $3, $4, now())
        on conflict do nothing",
    )
    .bind(resource)
    .bind(user)
    .bind(group)
    .bind(level)
    .execute(pool)
    .await
    .unwrap();
}
