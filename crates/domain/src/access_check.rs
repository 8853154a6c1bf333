//! Questions whether a user can reach a resource or has a feature, with answers that name every reason.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    features::FeatureReason,
    object::variant,
    resources::GrantLevel,
    users::{Unknown, string_enum},
};

pub use crate::resources::KindTotal;

/// Maximum number of questions in one request.
pub const CHECKS_AT_ONCE: usize = 100;

/// Object of a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccessObject {
    /// A feature, by its key.
    Feature(String),
    /// A resource, by its id.
    Resource {
        /// The id of the resource.
        id: Uuid,
        /// Level of access; reading if it is left out.
        #[serde(default = "read")]
        level: GrantLevel,
    },
    /// A resource, by its kind and its id in the host application.
    External {
        /// Kind of the resource.
        kind: String,
        /// The id of the resource in the host application.
        #[serde(rename = "externalId")]
        external_id: String,
        /// Level of access; reading if it is left out.
        #[serde(default = "read")]
        level: GrantLevel,
    },
}

const fn read() -> GrantLevel {
    GrantLevel::Read
}

/// A question about the access of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccessQuestion {
    /// The id of the user.
    pub user: Uuid,
    /// Object that the user wants to reach.
    #[serde(deserialize_with = "variant")]
    pub object: AccessObject,
}

/// Way in which a user reaches a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccessThrough {
    /// The user owns it.
    Owner,
    /// A grant to the user.
    User,
    /// A grant to a group of the user.
    Group {
        /// The id of the group.
        id: Uuid,
        /// Name of the group.
        name: String,
    },
    /// A grant to everyone.
    Everyone,
    /// Administrators reach all resources.
    Admin,
}

string_enum! {
    /// Reason why a way leads nowhere.
    AccessBlock {
        /// The account of the user is not active.
        User = "user",
        /// The client of the resource is not in the list of the user.
        Client = "client",
        /// The resource is not active.
        Resource = "resource",
    }
}

/// A way in which a user reaches a resource, or would reach it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccessPath {
    /// Kind of the way.
    pub through: AccessThrough,
    /// Level of access that it leads to.
    pub level: GrantLevel,
    /// Reason why it leads nowhere; `None` if it is open.
    pub blocked_by: Option<AccessBlock>,
    /// Username of the user who granted it; `None` for the operator, for a way without a grant, and after that account is purged.
    pub granted_by: Option<String>,
    /// Time at which it was granted.
    #[serde(with = "time::serde::rfc3339::option")]
    pub granted_at: Option<OffsetDateTime>,
}

impl AccessPath {
    /// Returns whether the way leads to a level of access.
    #[must_use]
    pub fn leads_to(&self, level: GrantLevel) -> bool {
        self.blocked_by.is_none() && self.level.includes(level)
    }
}

/// Reasons for an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccessReasons {
    /// Reasons for a feature.
    Feature(Vec<FeatureReason>),
    /// Ways to a resource, also those of a lower level and those that lead nowhere.
    Resource(Vec<AccessPath>),
}

/// Answer to a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = AccessCheckResponse)]
pub struct AccessAnswer {
    /// Whether the user has the access.
    pub allowed: bool,
    /// Reasons for it and against it. Without any, nothing grants the access, or the user or the object does not exist.
    pub because: AccessReasons,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn way_leads_to_its_level_unless_it_is_blocked() {
        use GrantLevel::{Read, Write};
        let path = |level, blocked_by| AccessPath {
            through: AccessThrough::User,
            level,
            blocked_by,
            granted_by: None,
            granted_at: None,
        };
        for (level, asked, expected) in [
            (Read, Read, true),
            (Read, Write, false),
            (Write, Read, true),
            (Write, Write, true),
        ] {
            assert_eq!(path(level, None).leads_to(asked), expected);
            for block in AccessBlock::ALL.iter().copied() {
                assert!(!path(level, Some(block)).leads_to(asked), "{block:?}");
            }
        }
    }

    #[test]
    fn question_is_about_reading_unless_it_names_a_level() {
        let id = Uuid::from_u128(7);
        let question = |object| json!({ "user": id, "object": object });
        let read: AccessQuestion =
            serde_json::from_value(question(json!({ "resource": { "id": id } }))).unwrap();
        let level = GrantLevel::Read;
        assert_eq!(read.object, AccessObject::Resource { id, level });
        let feature = question(json!({ "feature": "chat.call" }));
        assert!(serde_json::from_value::<AccessQuestion>(feature).is_ok());
        let unknown = question(json!({ "planet": 7 }));
        assert!(serde_json::from_value::<AccessQuestion>(unknown).is_err());
    }
}
