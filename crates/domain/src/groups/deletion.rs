//! Effect of the deletion of a group.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::jobs::is_job;

/// Number of members of a group that are checked for what they lose with it.
pub const MEMBERS_CHECKED: u64 = 1_000;
/// Number of grants of a group that are checked for whether a member loses access with them.
pub const GRANTS_CHECKED: u64 = 200;

/// Effect of the deletion of a group.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GroupDeletionPreviewResponse)]
pub struct GroupDeletion {
    /// Number of members who leave it, without deleted ones.
    pub members: u64,
    /// Number of features that members have only through it. Of a group with more than 1,000 members, at least this number.
    pub features: u64,
    /// Number of resources to which members have access only through it. Of a group with more than 1,000 members or 200 grants, at least
    /// this number.
    pub resources: u64,
    /// Number of grants that are revoked.
    pub grants: u64,
    /// Number of limits that end.
    pub limits: u64,
}

impl GroupDeletion {
    /// Returns whether the deletion is a job, because many rows change.
    #[must_use]
    pub const fn is_job(&self) -> bool {
        is_job(self.rows())
    }

    /// Returns the number of memberships and grants that are deleted.
    #[must_use]
    pub const fn rows(&self) -> u64 {
        self.members.saturating_add(self.grants)
    }

    /// Returns whether members can lose more features than counted.
    #[must_use]
    pub const fn is_features_minimum(&self) -> bool {
        self.members > MEMBERS_CHECKED
    }

    /// Returns whether members can lose access to more resources than counted.
    #[must_use]
    pub const fn is_resources_minimum(&self) -> bool {
        self.members > MEMBERS_CHECKED || self.grants > GRANTS_CHECKED
    }
}
