//! Suspension of a user, until a time or until it is lifted.

use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, UtcOffset};
use utoipa::ToSchema;

use super::names::is_deceptive;
use crate::{fields::FieldErrors, messages};

/// Maximum number of characters of a reason.
pub const REASON_MAX: usize = 500;

/// A request to suspend a user, not yet checked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = UserSuspendRequest)]
pub struct SuspensionDraft {
    /// Reason. Admins see it; the user sees it if `showReason` is set.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
    /// Time at which the suspension ends by itself; never if absent.
    #[serde(default, with = "time::serde::rfc3339::option")]
    pub until: Option<OffsetDateTime>,
    /// Whether the user sees the reason at an attempt to sign in.
    #[serde(default)]
    pub show_reason: bool,
}

impl SuspensionDraft {
    /// Checks every field. `now` is the time that the end has to be after.
    ///
    /// # Errors
    /// The errors of all fields at once.
    pub fn check(self, now: OffsetDateTime) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let reason = self.reason.trim().to_owned();
        if reason.is_empty() {
            errors.add("reason", messages::enter_reason());
        }
        if reason.chars().count() > REASON_MAX {
            errors.add("reason", messages::characters_max(REASON_MAX));
        }
        if reason.chars().any(|c| c != '\n' && is_deceptive(c)) {
            errors.add("reason", messages::control_characters());
        }
        // Some times at the end of the year 9999 have no UTC form within the range of the type.
        let until = self
            .until
            .map(|until| until.checked_to_offset(UtcOffset::UTC));
        if until.is_some_and(|until| until.is_none_or(|until| until <= now)) {
            errors.add("until", messages::date_in_future());
        }
        if errors.is_empty() {
            Ok(Self {
                reason,
                until: until.flatten(),
                ..self
            })
        } else {
            Err(errors)
        }
    }
}

/// A suspension in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Suspension {
    /// Reason for the suspension.
    pub reason: Option<String>,
    /// Time at which the suspension ends; `None` if it is indefinite.
    #[serde(with = "time::serde::rfc3339::option")]
    pub until: Option<OffsetDateTime>,
    /// Whether the user sees the reason.
    pub show_reason: bool,
    /// Username of the user who suspended the account, if that account still exists.
    pub by: Option<String>,
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn reason_and_future_end_are_required() {
        let now = datetime!(2026-11-21 12:00 UTC);
        for (reason, until, errors) in [
            ("spam", None, 0),
            (" spam\nand more ", Some(datetime!(2026-11-21 12:01 UTC)), 0),
            ("", None, 1),
            ("  ", Some(now), 2),
            ("a\u{202E}b", None, 1),
            ("spam", Some(datetime!(2026-11-20 12:00 UTC)), 1),
            ("spam", Some(datetime!(9999-12-31 23:59 -1)), 1),
        ] {
            let draft = SuspensionDraft {
                reason: reason.into(),
                until,
                show_reason: true,
            };
            let found = draft.check(now).err().unwrap_or_default().iter().count();
            assert_eq!(found, errors, "{reason:?} {until:?}");
        }
    }
}
