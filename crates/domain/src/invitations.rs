//! Invitations: links for creating an account that is active at once and has the roles of the invitation.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    fields::FieldErrors,
    list::Cursor,
    messages,
    registrations::check_note,
    users::{Unknown, create, detail::IssuedLink, names::RoleName, string_enum},
};

/// Lifetimes of an invitation in days that the form offers.
pub const DAYS: [u16; 4] = [1, 7, 30, 90];
/// Default lifetime in days.
pub const DAYS_DEFAULT: u16 = 7;
/// Maximum lifetime in days.
pub const DAYS_MAX: u16 = 365;
/// Maximum number of accounts that one invitation can create.
pub const USES_MAX: i32 = 1_000;
/// Name of the only order of invitations (newest first), stored in its cursors.
pub const INVITATIONS_ORDER: &str = "invitations -created";

/// A request to create an invitation, not yet checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = InvitationCreateRequest)]
pub struct InvitationDraft {
    /// Names of the roles that it assigns; the default role if empty.
    #[serde(default)]
    pub roles: Vec<String>,
    /// Lifetime in days.
    #[serde(default = "days_default")]
    #[schema(minimum = 1, maximum = 365)]
    pub days: u16,
    /// Number of accounts that it can create.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 1000)]
    pub max_uses: i32,
    /// Note about the invitee or the reason, visible to users who manage invitations.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub note: String,
}

const fn days_default() -> u16 {
    DAYS_DEFAULT
}

const fn one() -> i32 {
    1
}

impl Default for InvitationDraft {
    fn default() -> Self {
        Self {
            roles: Vec::new(),
            days: DAYS_DEFAULT,
            max_uses: 1,
            note: String::new(),
        }
    }
}

/// A checked request to create an invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInvitation {
    /// Names of the roles, without repetition.
    pub roles: Vec<RoleName>,
    /// Lifetime in days.
    pub days: u16,
    /// Number of accounts that it can create.
    pub max_uses: i32,
    /// Note about the invitee or the reason.
    pub note: Option<String>,
}

impl InvitationDraft {
    /// Checks every field.
    ///
    /// # Errors
    /// The errors of all fields at once.
    pub fn check(self) -> Result<NewInvitation, FieldErrors> {
        let mut errors = FieldErrors::default();
        let roles = create::roles(&self.roles, &mut errors);
        if !(1..=USES_MAX).contains(&self.max_uses) {
            errors.add("max_uses", messages::number_range(USES_MAX));
        }
        if !(1..=DAYS_MAX).contains(&self.days) {
            errors.add("days", messages::days_range(DAYS_MAX));
        }
        let note = check_note(&self.note).unwrap_or_else(|found| {
            for error in found.iter() {
                errors.add(&error.field, error.message.clone());
            }
            None
        });
        match roles {
            Some(roles) if errors.is_empty() => Ok(NewInvitation {
                roles,
                days: self.days,
                max_uses: self.max_uses,
                note,
            }),
            _ => Err(errors),
        }
    }
}

string_enum! {
    /// State of an invitation.
    InvitationState {
        /// Accepted.
        Open = "open",
        /// Used as often as `max_uses` allows.
        Used = "used",
        /// Revoked by a user.
        Revoked = "revoked",
        /// Past its expiry.
        Expired = "expired",
        /// Without effect: its creator can no longer assign its roles, or can no longer invite at all, or its group is deleted.
        Unbacked = "unbacked",
    }
}

/// An invitation. The link itself is shown once, when the invitation is created.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = InvitationResponse)]
pub struct Invitation {
    /// The id of the invitation.
    pub id: Uuid,
    /// State of the invitation.
    pub state: InvitationState,
    /// Names of the roles that it assigns.
    pub roles: Vec<String>,
    /// Note about the invitee or the reason.
    pub note: Option<String>,
    /// Username of the user who is responsible for it, if that account still exists.
    pub created_by: Option<String>,
    /// Time of creation.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// Time of expiry.
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
    /// Time at which the link was first opened.
    #[serde(with = "time::serde::rfc3339::option")]
    pub opened_at: Option<OffsetDateTime>,
    /// Time of the last use.
    #[serde(with = "time::serde::rfc3339::option")]
    pub used_at: Option<OffsetDateTime>,
    /// Time of revocation.
    #[serde(with = "time::serde::rfc3339::option")]
    pub revoked_at: Option<OffsetDateTime>,
    /// Number of accounts that it has created.
    pub uses: i32,
    /// Number of accounts that it can create.
    pub max_uses: i32,
    /// Usernames of the latest users who have used it, if their accounts still exist.
    pub used_by: Vec<String>,
}

impl Invitation {
    /// Returns the cursor at this row.
    #[must_use]
    pub fn cursor(&self, number: u64) -> Cursor {
        Cursor::at(INVITATIONS_ORDER, self.created_at, self.id, number)
    }
}

/// An invitation that was just created, with its link.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = InvitationCreateResponse)]
pub struct CreatedInvitation {
    /// The id of the invitation.
    pub id: Uuid,
    /// The link to hand over, shown only in this response.
    pub link: IssuedLink,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_is_reported_at_once() {
        let draft = InvitationDraft {
            roles: vec!["two words".into()],
            days: 366,
            max_uses: 0,
            note: "a\0b".into(),
        };
        let errors = draft.check().unwrap_err();
        let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["roles", "max_uses", "days", "note"]);
    }

    #[test]
    fn defaults_are_applied() {
        let draft: InvitationDraft = serde_json::from_str("{}").unwrap();
        assert_eq!(draft, InvitationDraft::default());
        let created = draft.check().unwrap();
        assert_eq!((created.days, created.max_uses, created.note), (7, 1, None));
        assert!(DAYS.contains(&DAYS_DEFAULT) && DAYS.iter().all(|days| *days <= DAYS_MAX));
    }
}
