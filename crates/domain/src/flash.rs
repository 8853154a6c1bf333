//! Flash messages about a change, shown once on the page after it.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::text::grouped;

/// Maximum number of names in a message; the first targets of the change are named.
pub const NAMES_MAX: usize = 5;

/// Kind of change that a message reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FlashEvent {
    /// A user was created.
    UserCreated,
    /// A user was edited.
    UserSaved,
    /// Users were suspended.
    UserSuspended,
    /// Suspensions were lifted.
    UserUnsuspended,
    /// Users were deleted and can be restored.
    UserDeleted,
    /// Users are being deleted permanently.
    DeletionStarted,
    /// Deleted users were restored.
    UserRestored,
    /// Users were signed out everywhere.
    UserSignedOut,
    /// Data of the first user was transferred to the second.
    DataTransferred,
    /// Links to choose a password were revoked.
    ResetLinksRevoked,
    /// The user's own password was changed.
    PasswordChanged,
    /// The user's own profile or preferences were saved.
    Saved,
    /// A session was revoked: user and device, or the device alone for one's own.
    SessionRevoked,
    /// Sessions were revoked.
    SessionsRevoked,
    /// All other sessions of the user's own were revoked.
    OthersRevoked,
    /// Registrations were approved.
    RegistrationApproved,
    /// Registrations were rejected.
    RegistrationRejected,
    /// An invitation was revoked.
    InvitationRevoked,
    /// A provider API key was added.
    KeyAdded,
    /// A provider API key was changed.
    KeySaved,
    /// A provider API key was enabled.
    KeyEnabled,
    /// A provider API key was disabled.
    KeyDisabled,
    /// A provider API key was deleted: its name, and the user if it is another's.
    KeyDeleted,
    /// An access token was revoked: its name, and the user if it is another's.
    TokenRevoked,
    /// A failed job is retried.
    JobRetried,
    /// The change can no longer be undone.
    UndoExpired,
}

/// A message: the kind of change, its targets and their number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// Kind of change.
    pub event: FlashEvent,
    /// Names of the targets, [`NAMES_MAX`] at most.
    #[serde(default)]
    pub names: Vec<String>,
    /// Number of targets, including those not named.
    #[serde(default)]
    pub count: u64,
    /// End of the change's effect, if it ends by itself, such as a suspension's.
    #[serde(default, with = "time::serde::rfc3339::option")]
    pub until: Option<OffsetDateTime>,
}

impl Flash {
    /// Creates a message about all of `names`: it counts them all and stores the first [`NAMES_MAX`].
    pub fn of<N: Into<String>>(event: FlashEvent, names: impl IntoIterator<Item = N>) -> Self {
        let mut names: Vec<String> = names.into_iter().map(Into::into).collect();
        let count = u64::try_from(names.len()).unwrap_or(u64::MAX);
        names.truncate(NAMES_MAX);
        Self {
            event,
            names,
            count,
            until: None,
        }
    }

    /// Returns the same message with another count.
    #[must_use]
    pub fn counting(self, count: u64) -> Self {
        Self { count, ..self }
    }

    /// Returns the same message with another end.
    #[must_use]
    pub fn until(self, until: Option<OffsetDateTime>) -> Self {
        Self { until, ..self }
    }

    /// Returns the sentence about the change, with names and counts.
    #[must_use]
    pub fn text(&self) -> String {
        let (first, second) = (self.name(0), self.name(1));
        let count = |one: &str, many: &str| match self.count {
            1 => format!("1 {one}"),
            count => format!("{} {many}", grouped(count)),
        };
        let users = || match self.count {
            1 => first.clone(),
            _ => count("user", "users"),
        };
        let registrations = || match self.count {
            1 => first.clone(),
            count => format!("{} registrations", grouped(count)),
        };
        match self.event {
            FlashEvent::UserCreated => format!("Created {first}"),
            FlashEvent::UserSaved => format!("Saved changes to {first}"),
            FlashEvent::UserSuspended => format!("Suspended {}", users()),
            FlashEvent::UserUnsuspended => format!("Unsuspended {}", users()),
            FlashEvent::UserDeleted => format!("Deleted {}", users()),
            FlashEvent::DeletionStarted => format!("Started permanent deletion of {}", users()),
            FlashEvent::UserRestored => format!("Restored {}", users()),
            FlashEvent::UserSignedOut => format!("Signed out {} everywhere", users()),
            FlashEvent::DataTransferred => format!(
                "Transferred {} from {first} to {second}",
                count("persona", "personas")
            ),
            FlashEvent::ResetLinksRevoked => format!("Revoked the password links of {first}"),
            FlashEvent::PasswordChanged => {
                "Password changed. Other sessions were signed out".to_owned()
            }
            FlashEvent::Saved => "Changes saved".to_owned(),
            FlashEvent::SessionRevoked => match &*second {
                "" => format!("Signed out on {first}"),
                device => format!("Revoked the session of {first} on {device}"),
            },
            FlashEvent::SessionsRevoked => match &*first {
                "" => format!("Revoked {}", count("session", "sessions")),
                user => format!("Revoked {} of {user}", count("session", "sessions")),
            },
            FlashEvent::OthersRevoked => {
                format!("Signed out {}", count("other session", "other sessions"))
            }
            FlashEvent::RegistrationApproved => format!("Approved {}", registrations()),
            FlashEvent::RegistrationRejected => format!("Rejected {}", registrations()),
            FlashEvent::InvitationRevoked if first.is_empty() => "Revoked an invitation".to_owned(),
            FlashEvent::InvitationRevoked => format!("Revoked the invitation for {first}"),
            FlashEvent::KeyAdded => format!("Added API key {first}"),
            FlashEvent::KeySaved => format!("Saved API key {first}"),
            FlashEvent::KeyEnabled => format!("Enabled API key {first}"),
            FlashEvent::KeyDisabled => format!("Disabled API key {first}"),
            FlashEvent::KeyDeleted => match &*second {
                "" => format!("Deleted API key {first}"),
                user => format!("Revoked API key {first} of {user}"),
            },
            FlashEvent::TokenRevoked => match &*second {
                "" => format!("Revoked access token {first}"),
                user => format!("Revoked access token {first} of {user}"),
            },
            FlashEvent::JobRetried => format!("Retrying the permanent deletion of {first}"),
            FlashEvent::UndoExpired => "This can no longer be undone".to_owned(),
        }
    }

    /// Returns the names of the changed users, where the text contains only their number.
    #[must_use]
    pub fn names_text(&self) -> Option<String> {
        let counts_users = matches!(
            self.event,
            FlashEvent::UserSuspended
                | FlashEvent::UserUnsuspended
                | FlashEvent::UserDeleted
                | FlashEvent::DeletionStarted
                | FlashEvent::UserRestored
                | FlashEvent::UserSignedOut
                | FlashEvent::RegistrationApproved
                | FlashEvent::RegistrationRejected
        );
        if !counts_users || self.count < 2 || self.names.is_empty() {
            return None;
        }
        let named: Vec<String> = self.names.iter().map(|name| isolated(name)).collect();
        let named_count = u64::try_from(named.len()).unwrap_or(u64::MAX);
        Some(match self.count.saturating_sub(named_count) {
            0 => named.join(", "),
            more => format!("{} and {} more", named.join(", "), grouped(more)),
        })
    }

    fn name(&self, at: usize) -> String {
        self.names
            .get(at)
            .map_or_else(String::new, |name| isolated(name))
    }
}

/// The form that undoes a change, as stored on the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undo {
    /// Path that the form is posted to.
    pub path: String,
    /// Body of the form, as a browser encodes it.
    pub form: String,
}

/// Isolates a name from the direction of the surrounding text (U+2068, U+2069), as `<bdi>` does for an element.
fn isolated(name: &str) -> String {
    if name.is_ascii() {
        name.to_owned()
    } else {
        format!("\u{2068}{name}\u{2069}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_names_users_and_counts() {
        use FlashEvent::{
            DataTransferred, KeyDeleted, SessionRevoked, SessionsRevoked, TokenRevoked,
            UserDeleted, UserSuspended,
        };
        for (event, targets, count, expected) in [
            (UserDeleted, &["zoe.ohara"][..], 1, "Deleted zoe.ohara"),
            (UserDeleted, &["זוהר"], 1, "Deleted \u{2068}זוהר\u{2069}"),
            (
                UserSuspended,
                &["ada", "bob"],
                2,
                "Suspended 2 users (ada, bob)",
            ),
            (
                UserSuspended,
                &["a", "b", "c", "d", "e"],
                1_200,
                "Suspended 1,200 users (a, b, c, d, e and 1,195 more)",
            ),
            (SessionsRevoked, &[], 904, "Revoked 904 sessions"),
            (SessionsRevoked, &["ada"], 1, "Revoked 1 session of ada"),
            (
                SessionRevoked,
                &["Firefox on Linux"],
                1,
                "Signed out on Firefox on Linux",
            ),
            (
                SessionRevoked,
                &["ada", "Firefox on Linux"],
                2,
                "Revoked the session of ada on Firefox on Linux",
            ),
            (
                DataTransferred,
                &["ada", "bob"],
                37,
                "Transferred 37 personas from ada to bob",
            ),
            (TokenRevoked, &["script"], 1, "Revoked access token script"),
            (KeyDeleted, &["lab", "ada"], 2, "Revoked API key lab of ada"),
        ] {
            let flash = Flash::of(event, targets.iter().copied()).counting(count);
            let names = flash.names_text().map(|names| format!(" ({names})"));
            let shown = flash.text() + &names.unwrap_or_default();
            assert_eq!(shown, expected);
        }
    }
}
