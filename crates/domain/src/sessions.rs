//! Sessions, as those see them who look after everybody's.

pub mod failed;
pub mod filter;
pub mod list;
pub mod revoke;

use std::{net::IpAddr, str::FromStr};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::users::{Unknown, UserId, words};

/// For how many days a session that has ended can be looked up.
pub const HISTORY_DAYS: u16 = 30;

words! {
    /// Why a session has ended.
    EndReason {
        /// The person signed out.
        Logout = "logout",
        /// Its time was over.
        Expired = "expired",
        /// Somebody ended it.
        Revoked = "revoked",
        /// There is a new password.
        PasswordReset = "password_reset",
        /// The account was suspended.
        Suspended = "suspended",
        /// The account was deleted.
        Deleted = "deleted",
        /// The person has signed in so often that the oldest had to go.
        Replaced = "replaced",
    }
}

impl EndReason {
    /// As people read it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Logout => "Signed out",
            Self::Expired => "Expired",
            Self::Revoked => "Revoked",
            Self::PasswordReset => "New password",
            Self::Suspended => "Account suspended",
            Self::Deleted => "Account deleted",
            Self::Replaced => "Replaced by a newer one",
        }
    }
}

/// Where FOVEA shows the end of its token: the end of the public id. The secret is not known to anybody here.
#[must_use]
pub fn masked(id: Uuid) -> String {
    let id = id.simple().to_string();
    let end = id.get(id.len().saturating_sub(8)..).unwrap_or_default();
    format!("...{end}")
}

/// How a session has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionEnd {
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Why.
    pub reason: EndReason,
    /// Name of whoever ended it; none for a job, or if they are gone.
    pub by: Option<String>,
}

/// Whose a session is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionUser {
    /// Id.
    pub id: UserId,
    /// Name to sign in with.
    pub username: String,
    /// Full name.
    pub display_name: String,
}

/// A session, live or ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// Public id. It opens nothing.
    pub id: Uuid,
    /// Whose.
    pub user: SessionUser,
    /// The browser and its system in words.
    pub device: String,
    /// What the browser calls itself.
    pub user_agent: Option<String>,
    /// From where.
    pub ip_address: Option<IpAddr>,
    /// When it was started.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it was last seen, to the minute.
    #[serde(with = "time::serde::rfc3339")]
    pub last_seen_at: OffsetDateTime,
    /// When it ends unless it is seen again; at the latest with `expires_at`.
    #[serde(with = "time::serde::rfc3339")]
    pub idle_expires_at: OffsetDateTime,
    /// When it ends at the latest.
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
    /// How it has ended, if it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<SessionEnd>,
}

/// What has happened to sessions since the last word.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionChanges {
    /// Those that began, and those that ended.
    pub sessions: Vec<Session>,
    /// Whether there is more than that: then the list has to be read again.
    pub more: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_shown_is_the_end_of_the_public_id() {
        let id = Uuid::from_u128(0x0198_c2a4_0000_7000_8000_0000_1234_5678);
        assert_eq!(masked(id), "...12345678");
    }
}
