//! Bulk actions: one action on several users at once.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Unknown, UserId, UserSummary, action::BulkAction, deleted::LostAccess};
use crate::{
    message::Message,
    object::{object, objects, present},
    version::{FIRST, version},
};

/// Maximum number of users at once: the size of the longest page.
pub const BULK_MAX: usize = 100;

/// A selected user, as shown when it was selected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Selected {
    /// The id of the user.
    pub id: Uuid,
    /// Version of the account that was shown.
    #[serde(deserialize_with = "version")]
    #[schema(minimum = 1)]
    pub version: i32,
    /// Username that was shown. If it is another user's, the request is denied with 409.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(nullable = false)]
    pub username: Option<String>,
}

/// Selects a user at the current version.
impl From<&UserSummary> for Selected {
    fn from(user: &UserSummary) -> Self {
        Self {
            id: user.id.0,
            version: user.version,
            username: Some(user.username.clone()),
        }
    }
}

/// Formats as `id:version:username`, for forms and URLs, the id without hyphens, because a list has one in each row.
/// Usernames contain neither colons nor spaces.
impl fmt::Display for Selected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let username = self.username.as_deref().unwrap_or_default();
        write!(f, "{}:{}:{username}", self.id.simple(), self.version)
    }
}

/// Parses the output of [`fmt::Display`]. The username must be present.
impl FromStr for Selected {
    type Err = Unknown;

    fn from_str(text: &str) -> Result<Self, Unknown> {
        let read = || {
            let (id, rest) = text.split_once(':')?;
            let (version, username) = rest.split_once(':')?;
            let version = version.parse::<i32>().ok();
            Some(Self {
                id: id.parse().ok()?,
                version: version.filter(|version| *version >= FIRST)?,
                username: Some(username.to_owned()).filter(|username| !username.is_empty()),
            })
        };
        read()
            .filter(|selected| selected.username.is_some())
            .ok_or_else(|| Unknown(text.to_owned()))
    }
}

/// A request to change several users.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = UserBulkUpdateRequest)]
pub struct BulkRequest {
    /// Action on each of them.
    #[serde(deserialize_with = "object")]
    pub action: BulkAction,
    /// The selected users.
    #[serde(deserialize_with = "objects")]
    #[schema(min_items = 1, max_items = 100)]
    pub users: Vec<Selected>,
    /// Number of changes in the preview. `None`: only return a preview.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(nullable = false)]
    pub expected: Option<usize>,
}

/// Result for one of the users.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BulkItem {
    /// The id of the user.
    pub id: UserId,
    /// Name to sign in with; empty if no user has this id.
    pub username: String,
    /// Reason why the user does not change; absent if the user changes.
    #[schema(value_type = Option<String>)]
    pub skipped: Option<Message>,
    /// What the restored user had and was deleted meanwhile; absent if there is nothing that the caller can read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lost: Option<LostAccess>,
}

/// Result of a bulk action or of its preview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UserBulkUpdateResponse)]
pub struct BulkOutcome {
    /// Number of users that change.
    pub changed: usize,
    /// Result for each user, in the order of the request.
    pub items: Vec<BulkItem>,
    /// Time until which deleted users can be restored; absent if they cannot be.
    #[serde(
        default,
        with = "time::serde::rfc3339::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub restorable_until: Option<OffsetDateTime>,
}

impl BulkOutcome {
    /// Replaces each reason by its translation.
    pub fn translate(&mut self, translated: impl Fn(&Message) -> Message) {
        for item in &mut self.items {
            item.skipped = item.skipped.as_ref().map(&translated);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0198c2a4-0000-7000-8000-000000000001";

    #[test]
    fn selection_round_trips() {
        let ada: Selected = format!("{ID}:7:Ada.L+1@x").parse().unwrap();
        assert_eq!(
            (ada.version, ada.username.as_deref()),
            (7, Some("Ada.L+1@x"))
        );
        let sent = "0198c2a4000070008000000000000001:7:Ada.L+1@x";
        assert_eq!(ada.to_string(), sent);
        assert_eq!(sent.parse(), Ok(ada));
        for text in [
            "",
            "x",
            "x:1:ada",
            ID,
            &format!("{ID}:1"),
            &format!("{ID}:1:"),
            &format!("{ID}::ada"),
            &format!("{ID}:0:ada"),
        ] {
            assert!(text.parse::<Selected>().is_err(), "{text}");
        }
    }

    #[test]
    fn username_is_optional_and_not_null() {
        let read = |rest: &str| {
            serde_json::from_str::<Selected>(&format!(r#"{{"id":"{ID}","version":1{rest}}}"#))
        };
        assert_eq!(read("").unwrap().username, None);
        assert_eq!(
            read(r#","username":"ada""#).unwrap().username.as_deref(),
            Some("ada")
        );
        assert!(read(r#","username":null"#).is_err());
    }
}
