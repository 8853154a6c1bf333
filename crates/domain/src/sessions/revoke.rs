//! Ending many sessions at once: first how many, then exactly those or nothing.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::list::SessionParams;
use crate::object::{object, present};

/// Which sessions are to end. The one that asks is never among them; other sessions of the same user are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct RevokeRequest {
    /// Those that match.
    #[serde(deserialize_with = "object")]
    pub filter: RevokeFilter,
    /// All of everyone else, and one's own on other devices.
    pub everyone_but_me: bool,
    /// How many the preview said would end. None: only tell how many would.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub expected: Option<u64>,
}

/// Which sessions match, in the words of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RevokeFilter {
    /// Whose: a name, a number or an id.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub person: Option<String>,
    /// From which address.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub address: Option<String>,
    /// On which device, in words.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub device: Option<String>,
    /// When they were started.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub created: Option<String>,
    /// When they were last seen.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub seen: Option<String>,
}

impl From<RevokeFilter> for SessionParams {
    fn from(filter: RevokeFilter) -> Self {
        Self {
            person: filter.person,
            address: filter.address,
            device: filter.device,
            created: filter.created,
            seen: filter.seen,
            ..Self::default()
        }
    }
}

impl From<SessionParams> for RevokeFilter {
    fn from(params: SessionParams) -> Self {
        Self {
            person: params.person,
            address: params.address,
            device: params.device,
            created: params.created,
            seen: params.seen,
        }
    }
}

/// What ends, or would.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RevokeOutcome {
    /// How many sessions end.
    pub sessions: u64,
    /// Of how many people.
    pub people: u64,
    /// How many match but stay, because their people have rights that the asker lacks.
    pub out_of_reach: u64,
}
