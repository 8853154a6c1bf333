//! Roles that administrators edit: the forms, checked, and the policy on their changes.

mod deletion;
mod policy;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    access::BuiltinRole,
    fields::FieldErrors,
    label::{LABEL_MAX, parse_description, parse_optional_label},
    messages,
    object::present,
    permission::{Permissions, is_assignable},
    users::names::RoleName,
};

pub use deletion::{LostPermission, RoleDeletion, RoleHolders};
pub use policy::{RoleRank, role_denied};

/// Maximum number of characters of a role's description.
pub const DESCRIPTION_MAX: usize = 500;
/// Rank of a role for which none is set.
pub const DEFAULT_RANK: i16 = 50;
/// Lowest rank number, that of the most powerful roles.
pub const RANK_MIN: i16 = 0;
/// Highest rank number.
pub const RANK_MAX: i16 = 1_000;

/// A role as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RoleResponse)]
pub struct Role {
    /// The id of the role.
    pub id: Uuid,
    /// Name of the role, in lower case.
    pub name: String,
    /// Name for display; `None` for the name itself.
    pub label: Option<String>,
    /// Purpose of the role.
    pub description: String,
    /// Permissions that it grants: their names, `*` or `*:read`.
    pub permissions: Vec<String>,
    /// Order among the roles; the most powerful have the lowest number.
    pub rank: i16,
    /// Kind of a built-in role; `None` for another one.
    pub builtin: Option<BuiltinRole>,
    /// Number of users who have the role, without deleted ones.
    pub users: u64,
    /// Version, incremented by each change.
    pub version: i32,
    /// Time of creation.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// Time of the latest change.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
}

/// The form for creating a role, not yet checked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[schema(as = RoleCreateRequest)]
pub struct RoleDraft {
    /// Name of the role.
    pub name: String,
    /// Name for display.
    pub label: Option<String>,
    /// Purpose of the role.
    pub description: String,
    /// Permissions that it grants.
    pub permissions: Vec<String>,
    /// Order among the roles; 50 if it is left out.
    pub rank: Option<i16>,
}

/// A checked form for creating a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRole {
    /// Name of the role.
    pub name: RoleName,
    /// Name for display.
    pub label: Option<String>,
    /// Purpose of the role.
    pub description: String,
    /// Permissions that it grants, without repetition.
    pub permissions: Vec<String>,
    /// Order among the roles.
    pub rank: i16,
}

impl RoleDraft {
    /// Checks every field.
    ///
    /// # Errors
    /// The errors of all fields at once.
    pub fn check(self) -> Result<NewRole, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.take("name", self.name.parse());
        let label = parse_optional_label(self.label.as_deref(), LABEL_MAX);
        let label = errors.take("label", label).flatten();
        let description = parse_description(&self.description, DESCRIPTION_MAX);
        let description = errors.take("description", description);
        let permissions = check_permissions(self.permissions, &mut errors);
        let rank = self.rank.unwrap_or(DEFAULT_RANK);
        check_rank(rank, &mut errors);
        match (name, description) {
            (Some(name), Some(description)) if errors.is_empty() => Ok(NewRole {
                name,
                label,
                description,
                permissions,
                rank,
            }),
            _ => Err(errors),
        }
    }
}

/// A change of a role, not yet checked. Fields that are left out stay.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[schema(as = RoleUpdateRequest)]
pub struct RoleEdit {
    /// Name of the role.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub name: Option<String>,
    /// Name for display; `null` removes it.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub label: Option<Option<String>>,
    /// Purpose of the role.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub description: Option<String>,
    /// Permissions that it grants, all of them.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub permissions: Option<Vec<String>>,
    /// Order among the roles.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub rank: Option<i16>,
}

/// A checked change of a role.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RolePatch {
    /// Name of the role.
    pub name: Option<RoleName>,
    /// Name for display; `Some(None)` removes it.
    pub label: Option<Option<String>>,
    /// Purpose of the role.
    pub description: Option<String>,
    /// Permissions that it grants, without repetition.
    pub permissions: Option<Vec<String>>,
    /// Order among the roles.
    pub rank: Option<i16>,
}

impl RoleEdit {
    /// Checks every field.
    ///
    /// # Errors
    /// The errors of all fields at once.
    pub fn check(self) -> Result<RolePatch, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = self.name.and_then(|name| errors.take("name", name.parse()));
        let label = self.label.and_then(|label| {
            let label = parse_optional_label(label.as_deref(), LABEL_MAX);
            errors.take("label", label)
        });
        let description = self.description.and_then(|description| {
            let description = parse_description(&description, DESCRIPTION_MAX);
            errors.take("description", description)
        });
        let permissions = self
            .permissions
            .map(|permissions| check_permissions(permissions, &mut errors));
        if let Some(rank) = self.rank {
            check_rank(rank, &mut errors);
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(RolePatch {
            name,
            label,
            description,
            permissions,
            rank: self.rank,
        })
    }
}

impl RolePatch {
    /// Checks that a built-in role stays one: administrators retain every permission, an auditor and an application one at least, and
    /// the ranks of all of them stay.
    ///
    /// # Errors
    /// The errors of all fields at once.
    pub fn check_builtin(&self, role: &Role) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::default();
        let Some(builtin) = role.builtin else {
            return Ok(());
        };
        if self.rank.is_some_and(|rank| rank != role.rank) {
            errors.add("rank", messages::role_builtin_rank());
        }
        let needed = needed_permission(builtin);
        let is_without = |name: &str| {
            let permissions = self.permissions.as_deref();
            permissions.is_some_and(|all| all.iter().all(|permission| permission != name))
        };
        if let Some(needed) = needed.filter(|name| is_without(name)) {
            errors.add("permissions", messages::role_builtin_permissions(needed));
        }
        if errors.is_empty() {
            Ok(())
        } else {
            Err(errors)
        }
    }

    /// Returns the permissions and the rank that a role has after the change.
    #[must_use]
    pub fn applied_to(&self, role: &Role) -> (Permissions, i16) {
        let permissions = self.permissions.as_ref().unwrap_or(&role.permissions);
        let rank = self.rank.unwrap_or(role.rank);
        (Permissions::new(permissions.clone()), rank)
    }
}

/// Returns the permission that a built-in role always has; `None` for one that needs none.
#[must_use]
pub const fn needed_permission(builtin: BuiltinRole) -> Option<&'static str> {
    match builtin {
        BuiltinRole::Admin => Some("*"),
        BuiltinRole::Auditor => Some("*:read"),
        BuiltinRole::Application => Some("api-keys:resolve"),
        BuiltinRole::User => None,
    }
}

/// Checks that all permissions exist. Returns them sorted, each once.
fn check_permissions(mut names: Vec<String>, errors: &mut FieldErrors) -> Vec<String> {
    if let Some(unknown) = names.iter().find(|name| !is_assignable(name)) {
        let unknown: String = unknown.chars().take(LABEL_MAX).collect();
        errors.add(
            "permissions",
            messages::role_permission_unknown(format!("{unknown:?}")),
        );
    }
    names.sort();
    names.dedup();
    names
}

fn check_rank(rank: i16, errors: &mut FieldErrors) {
    if !(RANK_MIN..=RANK_MAX).contains(&rank) {
        errors.add("rank", messages::role_rank_range(RANK_MIN, RANK_MAX));
    }
}

#[cfg(test)]
mod tests;
