//! Ending many sessions at once: first how many, then exactly those or nothing.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{filter::SessionFilter, list::SessionParams};
use crate::{
    list::ListError,
    object::{object, present},
};

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
    /// The username that was shown for `filter.person`. Where that is another user, nothing ends.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub username: Option<String>,
}

impl RevokeRequest {
    /// Understands the filter.
    ///
    /// # Errors
    /// What cannot be understood, and a filter beside `everyone_but_me`, which ends every session.
    pub fn parse_filter(&self) -> Result<SessionFilter, ListError> {
        let filter = SessionParams::from(self.filter.clone()).filter()?;
        if self.everyone_but_me && !filter.is_empty() {
            return Err(ListError::FilteredOthers);
        }
        Ok(filter)
    }
}

/// Which sessions match, in the words of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RevokeFilter {
    /// Whose: a username, a number or an id. Digits alone are a username first; `username:112` and `number:112` say which.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_does_not_go_together_with_everyone_else() {
        let request = |person: &str, everyone_but_me| RevokeRequest {
            filter: RevokeFilter {
                person: Some(person.to_owned()),
                ..RevokeFilter::default()
            },
            everyone_but_me,
            ..RevokeRequest::default()
        };
        assert!(request("ada", false).parse_filter().is_ok());
        assert!(request("", true).parse_filter().is_ok());
        let both = request("ada", true).parse_filter();
        assert_eq!(both, Err(ListError::FilteredOthers));
    }
}
