//! Revoking many sessions at once: a preview returns the number, then exactly that number is revoked or none.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{filter::SessionFilter, list::SessionParams};
use crate::{
    list::ListError,
    object::{object, present},
};

/// A request to revoke sessions. The session of the request itself is never revoked; other sessions of the same user are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[schema(as = SessionBulkRevokeRequest)]
pub struct RevokeRequest {
    /// Conditions on the sessions.
    #[serde(deserialize_with = "object")]
    pub filter: RevokeFilter,
    /// Whether all sessions are revoked: those of all other users, and the caller's own on other devices.
    pub everyone_but_me: bool,
    /// Number of sessions in the preview. `None`: only return a preview.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub expected: Option<u64>,
    /// Username that was shown for `filter.user`. If it is another user's, nothing is revoked.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub username: Option<String>,
}

impl RevokeRequest {
    /// Parses the filter.
    ///
    /// # Errors
    /// The first condition that is blank or cannot be parsed, or a filter together with `everyone_but_me`, which revokes every
    /// session.
    pub fn parse_filter(&self) -> Result<SessionFilter, ListError> {
        self.filter.check_filled()?;
        let filter = SessionParams::from(self.filter.clone()).filter()?;
        if self.everyone_but_me && !filter.is_empty() {
            return Err(ListError::FilteredOthers);
        }
        Ok(filter)
    }
}

/// Conditions on the sessions to revoke, in the form of the list's parameters.
///
/// A blank condition is an error: it can come from a variable without a value, and every session would match.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RevokeFilter {
    /// Owner: a username, a number or an id. Digits alone are tried as a username first; `username:112` and `number:112` are explicit.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, nullable = false)]
    pub user: Option<String>,
    /// IP address of the client.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, nullable = false)]
    pub address: Option<String>,
    /// Part of the device's words.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, nullable = false)]
    pub device: Option<String>,
    /// Time of the sign-in.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, nullable = false)]
    pub created: Option<String>,
    /// Time of the last request.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, nullable = false)]
    pub seen: Option<String>,
}

impl RevokeFilter {
    /// Checks that no condition is blank.
    fn check_filled(&self) -> Result<(), ListError> {
        let conditions = [
            ("user", &self.user),
            ("address", &self.address),
            ("device", &self.device),
            ("created", &self.created),
            ("seen", &self.seen),
        ];
        let blank = conditions.into_iter().find(|(_, value)| {
            let text = value.as_deref().map(str::trim);
            text.is_some_and(str::is_empty)
        });
        blank.map_or(Ok(()), |(name, _)| Err(ListError::Blank(name)))
    }
}

impl From<RevokeFilter> for SessionParams {
    fn from(filter: RevokeFilter) -> Self {
        Self {
            user: filter.user,
            address: filter.address,
            device: filter.device,
            created: filter.created,
            seen: filter.seen,
            ..Self::default()
        }
    }
}

/// Leaves out blank parameters, which count as absent in a URL and in a form.
impl From<SessionParams> for RevokeFilter {
    fn from(params: SessionParams) -> Self {
        let filled = |value: Option<String>| value.filter(|text| !text.trim().is_empty());
        Self {
            user: filled(params.user),
            address: filled(params.address),
            device: filled(params.device),
            created: filled(params.created),
            seen: filled(params.seen),
        }
    }
}

/// Result of a revocation or of its preview.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SessionBulkRevokeResponse)]
pub struct RevokeOutcome {
    /// Number of sessions that are revoked.
    pub sessions: u64,
    /// Number of users whose sessions are revoked.
    pub users: u64,
    /// Number of matching sessions that stay, because their users have permissions that the caller lacks.
    pub out_of_reach: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filter_and_everyone_else_are_exclusive() {
        let request = |user: Option<&str>, everyone_but_me| RevokeRequest {
            filter: RevokeFilter {
                user: user.map(str::to_owned),
                ..RevokeFilter::default()
            },
            everyone_but_me,
            ..RevokeRequest::default()
        };
        assert!(request(Some("ada"), false).parse_filter().is_ok());
        assert!(request(None, true).parse_filter().is_ok());
        let both = request(Some("ada"), true).parse_filter();
        assert_eq!(both, Err(ListError::FilteredOthers));
    }

    #[test]
    fn blank_condition_does_not_match_every_session() {
        for name in ["user", "address", "device", "created", "seen"] {
            for value in ["", " ", "\t\n"] {
                let filter = serde_json::json!({ name: value });
                let request = RevokeRequest {
                    filter: serde_json::from_value(filter).unwrap(),
                    ..RevokeRequest::default()
                };
                let error = request.parse_filter().unwrap_err();
                assert_eq!(error, ListError::Blank(name), "{value:?}");
            }
        }
    }

    #[test]
    fn blank_parameter_of_a_form_is_absent() {
        let params = SessionParams {
            user: Some("ada".to_owned()),
            address: Some(String::new()),
            device: Some(" ".to_owned()),
            ..SessionParams::default()
        };
        let expected = RevokeFilter {
            user: Some("ada".to_owned()),
            ..RevokeFilter::default()
        };
        assert_eq!(RevokeFilter::from(params), expected);
    }
}
