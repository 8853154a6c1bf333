//! Registrations, and decisions about them.

pub mod list;

use std::{net::IpAddr, str::FromStr};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::{
    fields::FieldErrors,
    messages,
    users::{
        Unknown, UserId,
        bulk::Selected,
        create,
        names::{RoleName, is_deceptive},
        string_enum,
    },
};

/// Maximum number of characters of a note.
pub const NOTE_MAX: usize = 500;

/// A registration that is pending or rejected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RegistrationResponse)]
pub struct Registration {
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
    /// Time of the rejection; `null` for a pending registration.
    #[serde(with = "time::serde::rfc3339::option")]
    pub rejected_at: Option<OffsetDateTime>,
    /// Time from which a rejected registration is deleted permanently.
    #[serde(with = "time::serde::rfc3339::option")]
    pub purge_after: Option<OffsetDateTime>,
    /// Version of the account, incremented by every change, so that a decision on a stale version is denied.
    pub version: i32,
}

string_enum! {
    /// Decision about a registration.
    Decision {
        /// Approves a pending one: the user can sign in.
        Approve = "approve",
        /// Rejects a pending one: the account is deleted.
        Reject = "reject",
        /// Returns an approved one to pending, unless the account was used.
        Reopen = "reopen",
        /// Returns a rejected one to pending.
        Restore = "restore",
    }
}

impl Decision {
    /// Returns the decision that undoes this one.
    #[must_use]
    pub const fn undone_by(self) -> Self {
        match self {
            Self::Approve => Self::Reopen,
            Self::Reject => Self::Restore,
            Self::Reopen => Self::Approve,
            Self::Restore => Self::Reject,
        }
    }

    /// Returns whether the decision is about a pending registration.
    #[must_use]
    pub const fn is_on_pending(self) -> bool {
        matches!(self, Self::Approve | Self::Reject)
    }
}

/// Data of a decision, not yet checked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionDraft {
    /// Names of the roles to assign on approval. Empty: the user retains the roles of a new user.
    pub roles: Vec<String>,
    /// Reason, for the audit log.
    pub note: String,
}

/// Creates the data of a decision that has only a note.
impl From<&str> for DecisionDraft {
    fn from(note: &str) -> Self {
        Self {
            roles: Vec::new(),
            note: note.to_owned(),
        }
    }
}

/// Checked data of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedDecision {
    /// Names of the roles to assign, without repetition; empty for those of a new user.
    pub roles: Vec<RoleName>,
    /// Reason, for the audit log.
    pub note: Option<String>,
}

impl DecisionDraft {
    /// Checks the roles and the note.
    ///
    /// # Errors
    /// The errors of both fields at once.
    pub fn check(&self) -> Result<CheckedDecision, FieldErrors> {
        let mut errors = FieldErrors::default();
        let roles = create::roles(&self.roles, &mut errors);
        match (roles, check_note(&self.note)) {
            (Some(roles), Ok(note)) => Ok(CheckedDecision { roles, note }),
            (_, note) => {
                for error in note.err().iter().flat_map(FieldErrors::iter) {
                    errors.add(&error.field, error.message.clone());
                }
                Err(errors)
            }
        }
    }
}

/// A decision about several registrations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionRequest {
    /// Decision about each of them.
    pub decision: Decision,
    /// The selected registrations.
    pub users: Vec<Selected>,
    /// Data of the decision.
    pub draft: DecisionDraft,
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

    #[test]
    fn undo_leads_back() {
        for decision in Decision::ALL {
            let reverse = decision.undone_by();
            assert_eq!(reverse.undone_by(), *decision);
            assert_ne!(reverse.is_on_pending(), decision.is_on_pending());
        }
    }

    #[test]
    fn roles_and_note_are_checked_at_once() {
        let draft = DecisionDraft {
            roles: vec!["user".into(), "auditor".into(), "user".into()],
            note: " known ".into(),
        };
        let checked = draft.check().unwrap();
        let roles: Vec<&str> = checked.roles.iter().map(RoleName::as_str).collect();
        assert_eq!(
            (roles, checked.note.as_deref()),
            (vec!["auditor", "user"], Some("known"))
        );
        let draft = DecisionDraft {
            roles: vec!["two words".into()],
            note: "x".repeat(501),
        };
        let errors = draft.check().unwrap_err();
        let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["roles", "note"]);
    }
}
