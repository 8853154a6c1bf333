//! Pending registrations, and decisions about them.

use std::{net::IpAddr, str::FromStr};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::{
    fields::FieldErrors,
    list::Cursor,
    messages,
    users::{Unknown, UserId, bulk::Selected, names::is_deceptive, string_enum},
};

/// Maximum number of characters of a note.
pub const NOTE_MAX: usize = 500;

/// Name of the only order of pending registrations (oldest first), stored in its cursors.
pub const PENDING_ORDER: &str = "registrations created";

/// A pending registration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RegistrationResponse)]
pub struct PendingRegistration {
    /// The id of the account.
    pub id: UserId,
    /// Short number of the user, for screens and the command line.
    pub number: i64,
    /// Name to sign in with.
    pub username: String,
    /// Full name of the user, for display.
    pub display_name: String,
    /// Email address as entered; it is not verified.
    pub email: Option<String>,
    /// Username of another user who has that email address.
    pub email_of: Option<String>,
    /// IP address of the client that registered.
    #[schema(value_type = Option<String>)]
    pub from: Option<IpAddr>,
    /// Time of the registration.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// Version of the account, incremented by every change, so that a decision on a stale version is denied.
    pub version: i32,
}

impl PendingRegistration {
    /// Returns the cursor at this row.
    #[must_use]
    pub fn cursor(&self, number: u64) -> Cursor {
        Cursor::at(PENDING_ORDER, self.created_at, self.id.0, number)
    }
}

string_enum! {
    /// Decision about a pending registration.
    Decision {
        /// Approves it: the user can sign in.
        Approve = "approve",
        /// Rejects it: the account is deleted, and its username is free again.
        Reject = "reject",
    }
}

/// A decision about several pending registrations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionRequest {
    /// Decision about each of them.
    pub decision: Decision,
    /// The selected registrations.
    pub users: Vec<Selected>,
    /// Reason, for the audit log.
    pub note: String,
    /// Number of decisions in the preview. `None`: only return a preview.
    pub expected: Option<usize>,
}

/// Checks an optional note for the audit log.
///
/// # Errors
/// The error of the field `note`.
pub fn check_note(typed: &str) -> Result<Option<String>, FieldErrors> {
    let mut errors = FieldErrors::default();
    let note = typed.trim();
    if note.chars().count() > NOTE_MAX {
        errors.add("note", messages::characters_max(NOTE_MAX));
    }
    if note.chars().any(|c| c != '\n' && is_deceptive(c)) {
        errors.add("note", messages::control_characters());
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok((!note.is_empty()).then(|| note.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn note_length_is_checked() {
        assert_eq!(check_note("  "), Ok(None));
        assert_eq!(check_note(" a\nb "), Ok(Some("a\nb".into())));
        assert_eq!(check_note(&"x".repeat(500)), Ok(Some("x".repeat(500))));
        for typed in ["x".repeat(501), "a\u{202E}b".into(), "a\0b".into()] {
            assert!(check_note(&typed).is_err(), "{typed:?}");
        }
    }
}
