//! Invitations: links with which people make accounts that can do at once what the invitation says.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    fields::FieldErrors,
    registrations::check_note,
    users::{Unknown, create, detail::IssuedLink, names::RoleName, words},
};

/// How many days an invitation can work, as the form offers them.
pub const DAYS: [u16; 4] = [1, 7, 30, 90];
/// How many days it works unless said otherwise.
pub const DAYS_DEFAULT: u16 = 7;
/// Most days that it can work.
pub const DAYS_MAX: u16 = 365;
/// Most accounts that one can make.
pub const USES_MAX: i32 = 1_000;

/// An invitation as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InvitationDraft {
    /// Names of the roles that it gives; those of everybody if there are none.
    #[serde(default)]
    pub roles: Vec<String>,
    /// How many days it works.
    #[serde(default = "days_default")]
    #[schema(minimum = 1, maximum = 365)]
    pub days: u16,
    /// How many accounts it can make.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 1000)]
    pub max_uses: i32,
    /// For whom it is, or why; seen by those who look after invitations.
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

/// An invitation that can be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInvitation {
    /// Names of the roles, without repetition.
    pub roles: Vec<RoleName>,
    /// How many days it works.
    pub days: u16,
    /// How many accounts it can make.
    pub max_uses: i32,
    /// For whom it is, or why.
    pub note: Option<String>,
}

impl InvitationDraft {
    /// Checks every field.
    ///
    /// # Errors
    /// Every fault at once.
    pub fn check(self) -> Result<NewInvitation, FieldErrors> {
        let mut faults = FieldErrors::default();
        let roles = create::roles(&self.roles, &mut faults);
        if !(1..=USES_MAX).contains(&self.max_uses) {
            faults.add("max_uses", format!("Say a number from 1 to {USES_MAX}."));
        }
        if !(1..=DAYS_MAX).contains(&self.days) {
            faults.add("days", format!("Say 1 to {DAYS_MAX} days."));
        }
        let note = check_note(&self.note).unwrap_or_else(|found| {
            for fault in found.iter() {
                faults.add(&fault.field, fault.message.as_str());
            }
            None
        });
        match roles {
            Some(roles) if faults.is_empty() => Ok(NewInvitation {
                roles,
                days: self.days,
                max_uses: self.max_uses,
                note,
            }),
            _ => Err(faults),
        }
    }
}

words! {
    /// Whether an invitation works.
    InvitationState {
        /// It works.
        Open = "open",
        /// As many have used it as may.
        Used = "used",
        /// Somebody has revoked it.
        Revoked = "revoked",
        /// Its time is over.
        Expired = "expired",
        /// Whoever made it may not give its roles any more, or not invite at all.
        Unbacked = "unbacked",
    }
}

/// An invitation. The link itself is shown once, when it is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Invitation {
    /// Id.
    pub id: Uuid,
    /// Whether it works.
    pub state: InvitationState,
    /// Names of the roles that it gives.
    pub roles: Vec<String>,
    /// For whom it is, or why.
    pub note: Option<String>,
    /// Username of who answers for it, if that account still is.
    pub created_by: Option<String>,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it ceases to work.
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
    /// When it was first opened.
    #[serde(with = "time::serde::rfc3339::option")]
    pub opened_at: Option<OffsetDateTime>,
    /// When the last of its uses was made.
    #[serde(with = "time::serde::rfc3339::option")]
    pub used_at: Option<OffsetDateTime>,
    /// When it was revoked.
    #[serde(with = "time::serde::rfc3339::option")]
    pub revoked_at: Option<OffsetDateTime>,
    /// How many accounts it has made.
    pub uses: i32,
    /// How many it can make.
    pub max_uses: i32,
    /// Usernames of the latest who have used it, as far as their accounts still are.
    pub used_by: Vec<String>,
}

/// An invitation that was just made, with its link.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CreatedInvitation {
    /// Its id.
    pub id: Uuid,
    /// The link to hand over.
    pub link: IssuedLink,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_told_at_once() {
        let draft = InvitationDraft {
            roles: vec!["two words".into()],
            days: 366,
            max_uses: 0,
            note: "a\0b".into(),
        };
        let faults = draft.check().unwrap_err();
        let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, ["roles", "max_uses", "days", "note"]);
    }

    #[test]
    fn what_is_not_said_is_as_usual() {
        let draft: InvitationDraft = serde_json::from_str("{}").unwrap();
        assert_eq!(draft, InvitationDraft::default());
        let made = draft.check().unwrap();
        assert_eq!((made.days, made.max_uses, made.note), (7, 1, None));
        assert!(DAYS.contains(&DAYS_DEFAULT) && DAYS.iter().all(|days| *days <= DAYS_MAX));
    }
}
