//! Flash messages about a change, shown once on the page after it. The page has their sentences, in its language.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::users::action::UserAction;

/// Maximum number of names in a message; the first targets of the change are named.
pub const NAMES_MAX: usize = 5;

/// Kind of change that a message reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FlashEvent {
    /// A user was created.
    UserCreated,
    /// An action on users was completed. Deleted users can be restored, unless [`Self::DeletionStarted`] reports it.
    User(UserAction),
    /// Users are being deleted permanently.
    DeletionStarted,
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
    /// Registrations were rejected.
    RegistrationRejected,
    /// Approved registrations are pending again.
    RegistrationReopened,
    /// Rejected registrations are pending again.
    RegistrationRestored,
    /// An invitation was revoked: its note, or no name if it has none.
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
    /// A resource was changed.
    ResourceSaved,
    /// A resource was transferred: its name, and the new owner.
    ResourceTransferred,
    /// The resources of the first user were transferred to the second.
    ResourcesTransferred,
    /// A resource was deleted.
    ResourceDeleted,
    /// Access was granted: the subject, and the resource.
    AccessGranted,
    /// Access was revoked: the subject, and the resource.
    AccessRevoked,
    /// A feature was added.
    FeatureAdded,
    /// A feature was changed.
    FeatureSaved,
    /// A feature was given to all users.
    FeatureEnabled,
    /// A feature is no longer given to all users.
    FeatureDisabled,
    /// A feature was deleted.
    FeatureDeleted,
    /// The features of a set were added.
    FeaturesAdded,
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
}

/// The form that undoes a change, as stored on the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undo {
    /// Path that the form is posted to.
    pub path: String,
    /// Body of the form, as a browser encodes it.
    pub form: String,
}
