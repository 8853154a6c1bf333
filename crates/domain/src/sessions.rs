//! Sessions of all users, as administrators see them.

pub mod failed;
pub mod filter;
pub mod list;
pub mod revoke;

use std::{net::IpAddr, str::FromStr};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::users::{Unknown, UserId, string_enum};

/// Number of days for which an ended session stays listed.
pub const HISTORY_DAYS: u16 = 30;

string_enum! {
    /// Reason why a session has ended.
    EndReason {
        /// The user signed out.
        Logout = "logout",
        /// It reached its idle timeout or its maximum age.
        Expired = "expired",
        /// A user revoked it.
        Revoked = "revoked",
        /// The password was changed or reset.
        PasswordReset = "password_reset",
        /// The account was suspended.
        Suspended = "suspended",
        /// The account was deleted.
        Deleted = "deleted",
        /// The user exceeded the maximum number of sessions, and this was the oldest.
        Replaced = "replaced",
    }
}

/// Returns the last characters of the public id, which are shown where FOVEA shows the last characters of its token. The secret is not
/// stored.
#[must_use]
pub fn masked(id: Uuid) -> String {
    let id = id.simple().to_string();
    let end = id.get(id.len().saturating_sub(8)..).unwrap_or_default();
    format!("...{end}")
}

/// End of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionEnd {
    /// Time of the end.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Reason of the end.
    pub reason: EndReason,
    /// Name of the user who revoked it; `None` for a job, or if that account no longer exists.
    pub by: Option<String>,
}

/// Owner of a session, an access token or a failed sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionUser {
    /// The id of the user.
    pub id: UserId,
    /// Name to sign in with.
    pub username: String,
    /// Full name of the user, for display.
    pub display_name: String,
}

/// A session, active or ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// Public id, which does not authenticate.
    pub id: Uuid,
    /// Owner of the session.
    pub user: SessionUser,
    /// Browser and operating system, in words.
    pub device: String,
    /// `User-Agent` header of the browser.
    pub user_agent: Option<String>,
    /// IP address of the client.
    pub ip_address: Option<IpAddr>,
    /// Time of the sign-in.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// Time of the last request, to the minute.
    #[serde(with = "time::serde::rfc3339")]
    pub last_seen_at: OffsetDateTime,
    /// Time at which it expires without another request; at most `expires_at`.
    #[serde(with = "time::serde::rfc3339")]
    pub idle_expires_at: OffsetDateTime,
    /// Time at which it expires at the latest.
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
    /// Its end, if it has ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<SessionEnd>,
}

/// Changes of sessions since the last message.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionChanges {
    /// Sessions that started or ended.
    pub sessions: Vec<Session>,
    /// Whether there are further changes, so that the list has to be fetched again.
    pub more: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masked_token_is_the_end_of_the_public_id() {
        let id = Uuid::from_u128(0x0198_c2a4_0000_7000_8000_0000_1234_5678);
        assert_eq!(masked(id), "...12345678");
    }
}
