//! One deed to several people at once.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Unknown, UserId, suspension::SuspensionDraft};
use crate::object::{object, objects, present};

/// Most people at once: those of the longest page.
pub const BULK_MAX: usize = 100;

/// What is done to each of them. With empty fields, because of one without any serde lets fields pass that are not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", tag = "action", deny_unknown_fields)]
pub enum BulkAction {
    /// Suspend them.
    Suspend(SuspensionDraft),
    /// Lift their suspensions.
    Unsuspend {},
    /// End their sessions.
    EndSessions {},
    /// Put them into the bin, or remove them for good where there is none.
    Delete {},
    /// Take them out of the bin.
    Restore {},
}

/// Somebody who was selected, as they were seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Selected {
    /// Who.
    pub id: Uuid,
    /// The version of their account that was on the screen.
    pub version: i32,
    /// The username that was on the screen. If it is another user's, the request is denied with 409.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(nullable = false)]
    pub username: Option<String>,
}

/// `id:version:username`, as forms and addresses write it. No username has a colon or a space.
impl fmt::Display for Selected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let username = self.username.as_deref().unwrap_or_default();
        write!(f, "{}:{}:{username}", self.id, self.version)
    }
}

/// Reads what [`fmt::Display`] writes. The username has to be there.
impl FromStr for Selected {
    type Err = Unknown;

    fn from_str(text: &str) -> Result<Self, Unknown> {
        let read = || {
            let (id, rest) = text.split_once(':')?;
            let (version, username) = rest.split_once(':')?;
            Some(Self {
                id: id.parse().ok()?,
                version: version.parse().ok()?,
                username: Some(username.to_owned()).filter(|username| !username.is_empty()),
            })
        };
        read()
            .filter(|selected| selected.username.is_some())
            .ok_or_else(|| Unknown(text.to_owned()))
    }
}

/// A request to change several people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BulkRequest {
    /// What to do.
    #[serde(deserialize_with = "object")]
    pub action: BulkAction,
    /// To whom.
    #[serde(deserialize_with = "objects")]
    #[schema(min_items = 1, max_items = 100)]
    pub users: Vec<Selected>,
    /// How many the preview said would change. None: only tell who would.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(nullable = false)]
    pub expected: Option<usize>,
}

/// What happens to one of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BulkItem {
    /// Who.
    pub id: UserId,
    /// Name to sign in with; empty if there is nobody of this id.
    pub username: String,
    /// Why nothing is done to them; they change if absent.
    pub skipped: Option<String>,
}

/// What happens to each of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BulkOutcome {
    /// How many change.
    pub changed: usize,
    /// Each of them, in the order of the request.
    pub items: Vec<BulkItem>,
    /// Until when those who are deleted can be restored; not at all if absent.
    #[serde(
        default,
        with = "time::serde::rfc3339::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub restorable_until: Option<OffsetDateTime>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0198c2a4-0000-7000-8000-000000000001";

    #[test]
    fn selected_users_are_read_as_they_are_written() {
        let ada: Selected = format!("{ID}:7:Ada.L+1@x").parse().unwrap();
        assert_eq!(
            (ada.version, ada.username.as_deref()),
            (7, Some("Ada.L+1@x"))
        );
        assert_eq!(ada.to_string().parse(), Ok(ada));
        for text in [
            "",
            "x",
            "x:1:ada",
            ID,
            &format!("{ID}:1"),
            &format!("{ID}:1:"),
            &format!("{ID}::ada"),
        ] {
            assert!(text.parse::<Selected>().is_err(), "{text}");
        }
    }

    #[test]
    fn programs_may_leave_the_username_out_and_cannot_send_null() {
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
