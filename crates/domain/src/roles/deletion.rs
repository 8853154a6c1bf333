//! Preview of the deletion of a role: number of users who lose it, and the permissions that they lose with it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::Role;
use crate::{
    jobs::is_job,
    permission::{Permission, Permissions},
};

/// Users who have the same roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleHolders {
    /// The ids of their roles.
    pub role_ids: Vec<Uuid>,
    /// Number of the users.
    pub users: u64,
}

/// A permission that users lose with a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LostPermission {
    /// Name of the permission.
    pub permission: String,
    /// Number of users who do not have it by another role.
    pub users: u64,
}

/// Effect of the deletion of a role.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RoleDeletionPreviewResponse)]
pub struct RoleDeletion {
    /// Number of users who lose the role, without deleted ones.
    pub users: u64,
    /// Number of these users who are left without any role.
    pub without_role: u64,
    /// Permissions that some of them lose.
    pub lost: Vec<LostPermission>,
}

impl RoleDeletion {
    /// Computes the effect from all roles and the holders of the deleted one.
    #[must_use]
    pub fn of(role: &Role, roles: &[Role], holders: &[RoleHolders]) -> Self {
        let granted = Permissions::new(role.permissions.clone());
        let others: Vec<(Permissions, u64)> = holders
            .iter()
            .map(|holders| (other_permissions(role, roles, holders), holders.users))
            .collect();
        let lost = Permission::ALL
            .into_iter()
            .filter(|permission| granted.include(*permission))
            .filter_map(|permission| {
                let losing = others.iter().filter(|(rest, _)| !rest.include(permission));
                let users: u64 = losing.map(|(_, users)| users).sum();
                (users > 0).then(|| LostPermission {
                    permission: permission.as_str().to_owned(),
                    users,
                })
            });
        let alone = holders.iter().filter(|holders| holders.role_ids.len() <= 1);
        Self {
            users: holders.iter().map(|holders| holders.users).sum(),
            without_role: alone.map(|holders| holders.users).sum(),
            lost: lost.collect(),
        }
    }

    /// Returns whether the deletion is a job, because many rows change.
    #[must_use]
    pub const fn is_job(&self) -> bool {
        is_job(self.users)
    }
}

/// Returns the permissions that the other roles of users grant.
fn other_permissions(role: &Role, roles: &[Role], holders: &RoleHolders) -> Permissions {
    let others = roles
        .iter()
        .filter(|other| other.id != role.id && holders.role_ids.contains(&other.id));
    Permissions::new(others.flat_map(|other| other.permissions.clone()).collect())
}
