//! People who have registered and wait to be let in, and what is decided about them.

use std::{net::IpAddr, str::FromStr};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::{
    fields::FieldErrors,
    users::{Unknown, UserId, bulk::Selected, names::is_deceptive, words},
};

/// Most characters of a note.
pub const NOTE_MAX: usize = 500;

/// Somebody who waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WaitingPerson {
    /// Id.
    pub id: UserId,
    /// The short number that people and the command line use.
    pub number: i64,
    /// Name to sign in with.
    pub username: String,
    /// Full name.
    pub display_name: String,
    /// The address that they gave. Nobody has shown that it is theirs.
    pub email: Option<String>,
    /// Username of somebody else who has that address.
    pub email_of: Option<String>,
    /// Whence they came.
    #[schema(value_type = Option<String>)]
    pub from: Option<IpAddr>,
    /// When they registered.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// Counts edits, so that a stale decision is refused.
    pub version: i32,
}

words! {
    /// What becomes of somebody who waits.
    Decision {
        /// They can sign in.
        Approve = "approve",
        /// The account goes, and its name is free again.
        Reject = "reject",
    }
}

/// What becomes of several people who wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionRequest {
    /// What becomes of them.
    pub decision: Decision,
    /// Who.
    pub people: Vec<Selected>,
    /// Why, for the record.
    pub note: String,
    /// How many the preview said would be decided about. None: only tell who would.
    pub expected: Option<usize>,
}

/// A note for the record, that may be left empty.
///
/// # Errors
/// Why it is refused.
pub fn check_note(typed: &str) -> Result<Option<String>, FieldErrors> {
    let mut faults = FieldErrors::default();
    let note = typed.trim();
    if note.chars().count() > NOTE_MAX {
        faults.add("note", format!("Use at most {NOTE_MAX} characters."));
    }
    if note.chars().any(|c| c != '\n' && is_deceptive(c)) {
        faults.add("note", "Remove the invisible control characters.");
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok((!note.is_empty()).then(|| note.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes() {
        assert_eq!(check_note("  "), Ok(None));
        assert_eq!(check_note(" a\nb "), Ok(Some("a\nb".into())));
        assert_eq!(check_note(&"x".repeat(500)), Ok(Some("x".repeat(500))));
        for typed in ["x".repeat(501), "a\u{202E}b".into(), "a\0b".into()] {
            assert!(check_note(&typed).is_err(), "{typed:?}");
        }
    }
}
