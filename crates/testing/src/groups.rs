//! Groups, and their members.

use sqlx::PgPool;
use uuid::Uuid;

/// A group to insert.
#[derive(Clone, Debug)]
pub struct GroupBuilder {
    name: String,
    features: Vec<String>,
    members: Vec<Uuid>,
    managers: Vec<Uuid>,
}

/// Returns a group without members and features.
#[must_use]
pub fn group(name: &str) -> GroupBuilder {
    GroupBuilder {
        name: name.to_owned(),
        features: Vec::new(),
        members: Vec::new(),
        managers: Vec::new(),
    }
}

impl GroupBuilder {
    /// Sets the keys of the features.
    #[must_use]
    pub fn features(self, features: &[&str]) -> Self {
        let features = features.iter().map(ToString::to_string).collect();
        Self { features, ..self }
    }

    /// Sets the members who do not manage the group.
    #[must_use]
    pub fn members(self, members: &[Uuid]) -> Self {
        let members = members.to_vec();
        Self { members, ..self }
    }

    /// Sets the members who manage the group.
    #[must_use]
    pub fn managers(self, managers: &[Uuid]) -> Self {
        let managers = managers.to_vec();
        Self { managers, ..self }
    }

    /// Inserts the group and its members, as an administrator does. Returns its id.
    pub async fn insert(self, pool: &PgPool) -> Uuid {
        let id: Uuid = sqlx::query_scalar(
            "insert into groups (id, name, features, created_at, updated_at)
            select uuid_v7(now()), $1, coalesce(jsonb_object_agg(key, true), '{}'), now(), now() from unnest($2::text[]) as key
            returning id",
        )
        .bind(self.name)
        .bind(self.features)
        .fetch_one(pool)
        .await
        .unwrap();
        sqlx::query(
            "insert into group_members (group_id, user_id, is_manager, added_at, password_links)
            select $1, w.id, w.is_manager, now(), true
            from (
                select unnest($2::uuid[]) as id, false as is_manager union all select unnest($3::uuid[]), true
            ) as w",
        )
        .bind(id)
        .bind(self.members)
        .bind(self.managers)
        .execute(pool)
        .await
        .unwrap();
        id
    }
}
