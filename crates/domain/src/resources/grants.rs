//! Grants of access to resources.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    object::variant,
    users::{Unknown, string_enum},
};

string_enum! {
    /// Level of access to a resource.
    GrantLevel {
        /// The resource can be used and seen.
        Read = "read",
        /// The resource can be changed, which includes reading.
        Write = "write",
    }
}

impl GrantLevel {
    /// Returns whether this level includes another one.
    #[must_use]
    pub fn includes(self, other: Self) -> bool {
        self >= other
    }
}

/// Subject of a grant in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GrantTarget {
    /// The user with this id.
    User(Uuid),
    /// The group with this id.
    Group(Uuid),
    /// All users.
    Everyone,
}

impl GrantTarget {
    /// Returns the id of the user and the id of the group. At most one is set.
    #[must_use]
    pub const fn ids(self) -> (Option<Uuid>, Option<Uuid>) {
        match self {
            Self::User(id) => (Some(id), None),
            Self::Group(id) => (None, Some(id)),
            Self::Everyone => (None, None),
        }
    }
}

/// A grant to add, or to change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GrantDraft {
    /// Subject of the grant.
    #[serde(deserialize_with = "variant")]
    pub subject: GrantTarget,
    /// Level of access.
    #[serde(deserialize_with = "variant")]
    pub level: GrantLevel,
}

/// Subject of a stored grant, with its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GrantSubject {
    /// A user.
    User {
        /// The id of the user.
        id: Uuid,
        /// Name to sign in with.
        username: String,
    },
    /// A group.
    Group {
        /// The id of the group.
        id: Uuid,
        /// Name of the group.
        name: String,
        /// Number of members, without deleted ones.
        members: u64,
    },
    /// All users.
    Everyone,
}

/// A grant as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GrantResponse)]
pub struct Grant {
    /// Subject of the grant.
    pub subject: GrantSubject,
    /// Level of access.
    pub level: GrantLevel,
    /// Username of the user who granted it; `None` for the operator and after that account is purged.
    pub granted_by: Option<String>,
    /// Time at which it was granted.
    #[serde(with = "time::serde::rfc3339")]
    pub granted_at: OffsetDateTime,
}
