//! Roles and their assignment to users.

pub mod edit;

use domain::{access::BuiltinRole, permission::Permissions};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::{Error, error::read_word};

/// A role.
#[derive(Debug, Clone)]
pub struct Role {
    /// The id of the role.
    pub id: Uuid,
    /// Name of the role, in lower case.
    pub name: String,
    /// Kind of a built-in role; `None` for a role of the operator.
    pub builtin: Option<BuiltinRole>,
}

/// All roles, the most powerful first.
#[derive(Debug, Clone, Default)]
pub struct Roles(Vec<Role>);

impl Roles {
    /// Reads columns with the ids, the names and the kinds of all roles in their order.
    pub(crate) fn read(
        ids: Vec<Uuid>,
        names: Vec<String>,
        kinds: &[Option<String>],
    ) -> Result<Self, sqlx::Error> {
        let columns = ids.into_iter().zip(names).zip(kinds);
        let roles = columns.map(|((id, name), kind)| {
            Ok::<_, sqlx::Error>(Role {
                id,
                name,
                builtin: kind.as_deref().map(read_word).transpose()?,
            })
        });
        Ok(Self(roles.collect::<Result<_, _>>()?))
    }

    /// Returns the roles in their order.
    #[must_use]
    pub fn as_slice(&self) -> &[Role] {
        &self.0
    }

    /// Returns the id of the role with a name, or of the built-in role of this kind, which can have another name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<Uuid> {
        let named = self.0.iter().find(|role| role.name == name);
        let found = named.map(|role| role.id);
        found.or_else(|| self.of_kind(name.parse().ok()?))
    }

    /// Returns the names of the roles with some of the ids.
    #[must_use]
    pub fn names(&self, ids: &[Uuid]) -> Vec<String> {
        let held = self.0.iter().filter(|role| ids.contains(&role.id));
        held.map(|role| role.name.clone()).collect()
    }

    /// Returns whether the role of administrators is among the ids.
    #[must_use]
    pub fn include_admin(&self, ids: &[Uuid]) -> bool {
        let admin = self.of_kind(BuiltinRole::Admin);
        admin.is_some_and(|admin| ids.contains(&admin))
    }

    /// Returns the id of a built-in role.
    #[must_use]
    pub fn of_kind(&self, kind: BuiltinRole) -> Option<Uuid> {
        let found = self.0.iter().find(|role| role.builtin == Some(kind));
        found.map(|role| role.id)
    }
}

/// Lists all roles, the most powerful first.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list(executor: impl PgExecutor<'_>) -> Result<Roles, Error> {
    let rows = sqlx::query!("select id, name, builtin_kind from roles order by rank, name")
        .fetch_all(executor)
        .await?;
    let roles = rows.into_iter().map(|row| {
        Ok::<_, sqlx::Error>(Role {
            id: row.id,
            name: row.name,
            builtin: row.builtin_kind.as_deref().map(read_word).transpose()?,
        })
    });
    Ok(Roles(roles.collect::<Result<_, _>>()?))
}

/// The permissions of a role, and its texts.
#[derive(Debug, Clone)]
pub struct RolePermissions {
    /// The id of the role.
    pub id: Uuid,
    /// Name of the role.
    pub name: String,
    /// Name for display; `None` for the name itself.
    pub label: Option<String>,
    /// Purpose of the role.
    pub description: String,
    /// Permissions that it grants.
    pub permissions: Permissions,
}

/// Lists all roles with their permissions, the most powerful first.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_permissions(
    executor: impl PgExecutor<'_>,
) -> Result<Vec<RolePermissions>, Error> {
    let rows = sqlx::query!(
        "select id, name, label, description, permissions from roles order by rank, name"
    )
    .fetch_all(executor)
    .await?;
    let roles = rows.into_iter().map(|row| RolePermissions {
        id: row.id,
        name: row.name,
        label: row.label,
        description: row.description,
        permissions: Permissions::new(row.permissions),
    });
    Ok(roles.collect())
}

/// Existing roles among some names.
#[derive(Debug, Clone)]
pub struct FoundRoles {
    /// Names of the roles, the most powerful first.
    pub names: Vec<String>,
    /// Permissions that they grant together.
    pub permissions: Permissions,
    /// Whether one of them is that of administrators.
    pub is_admin: bool,
}

/// Returns the existing roles among `names`.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find(executor: impl PgExecutor<'_>, names: &[String]) -> Result<FoundRoles, Error> {
    let rows = sqlx::query!(
        r#"select name, permissions, builtin_kind is not distinct from 'admin' as "is_admin!"
        from roles where name = any($1) order by rank, name"#,
        names,
    )
    .fetch_all(executor)
    .await?;
    let permissions = rows.iter().flat_map(|row| row.permissions.clone());
    Ok(FoundRoles {
        permissions: Permissions::new(permissions.collect()),
        is_admin: rows.iter().any(|row| row.is_admin),
        names: rows.into_iter().map(|row| row.name).collect(),
    })
}

/// Returns the names of built-in roles, the most powerful first.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_builtin(
    executor: impl PgExecutor<'_>,
    kinds: &[BuiltinRole],
) -> Result<Vec<String>, Error> {
    let kinds: Vec<String> = kinds.iter().map(|kind| kind.as_str().to_owned()).collect();
    let rows = sqlx::query!(
        "select name from roles where builtin_kind = any($1) order by rank, name",
        kinds.as_slice(),
    )
    .fetch_all(executor)
    .await?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}

/// Creates the roles of `names` that do not exist, without any permission. Returns the new ones. A built-in role exists
/// under the name of its kind too, whatever it is called.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn ensure(connection: &mut PgConnection, names: &[String]) -> Result<Vec<String>, Error> {
    let rows = sqlx::query!(
        "insert into roles (id, name, created_at)
        select uuid_v7(now()), w.name, now() from unnest($1::text[]) as w (name)
        where not exists (select from roles r where r.name = w.name or r.builtin_kind = w.name)
        on conflict (name) do nothing
        returning name",
        names,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}

/// Assigns roles to a user by name. Unknown names are ignored, as are roles that are being deleted, such as one of an earlier invitation.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn grant(
    connection: &mut PgConnection,
    user_id: Uuid,
    roles: &[String],
    granted_by: Option<Uuid>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into user_roles (user_id, role_id, granted_by, granted_at)
        select $1, r.id, $3, now() from roles r
        where r.name = any($2) and not exists (
            select from running_deletions d where d.object_id = r.id::text
        )
        on conflict do nothing",
        user_id,
        roles,
        granted_by,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Revokes all roles of a user except those in `stored`.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn revoke_others(
    connection: &mut PgConnection,
    user_id: Uuid,
    stored: &[String],
) -> Result<(), Error> {
    sqlx::query!(
        "delete from user_roles ur using roles r
        where ur.user_id = $1 and r.id = ur.role_id and r.name <> all($2)",
        user_id,
        stored,
    )
    .execute(connection)
    .await?;
    Ok(())
}
