//! Flash messages about a change, shown once on the page after it. The page has their sentences, in its language.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::users::action::UserAction;

/// Maximum number of names in a message; the first targets of the change are named.
pub const NAMES_MAX: usize = 5;
/// Maximum number of names of users who were left out: the user who has pasted them corrects them.
pub const LEFT_OUT_MAX: usize = 20;
/// Maximum number of characters of a name that no user has: that of an email address, the longest name of a user.
const UNKNOWN_CHARS_MAX: usize = 254;

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
    /// Personas of the first user were transferred to the second.
    DataTransferred,
    /// Personas and conversations of the first user were transferred to the second.
    ItemsTransferred,
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
    /// A virtual key was revoked: its name, and the user if it is another's.
    VirtualKeyRevoked,
    /// A virtual key was blocked: its name, and the user.
    VirtualKeyBlocked,
    /// A virtual key was unblocked: its name, and the user.
    VirtualKeyUnblocked,
    /// The previous secret of a virtual key was ended: the name of the key, and the user.
    VirtualKeyPreviousEnded,
    /// A virtual key was changed: its name, and the user.
    VirtualKeySaved,
    /// A role that many users have is being deleted.
    RoleDeletionStarted,
    /// A failed job is retried.
    JobRetried,
    /// A group was changed in another way: its name, and that of a single member. A change of its access has the name of the resource
    /// instead.
    Group(GroupChange),
    /// A resource was transferred: its name, and the new owner.
    ResourceTransferred,
    /// The resources of the first user were transferred to the second.
    ResourcesTransferred,
    /// Access was granted: the subject, and the resource.
    AccessGranted,
    /// Access was revoked: the subject, and the resource.
    AccessRevoked,
    /// A feature was given to all users.
    FeatureEnabled,
    /// A feature is no longer given to all users.
    FeatureDisabled,
    /// A feature that many groups have is being deleted.
    FeatureDeletionStarted,
    /// The features of a set were added.
    FeaturesAdded,
    /// A limit was changed, or what a user has used of it: the subject, or no name for the default.
    Limit(LimitChange),
    /// The change can no longer be undone.
    UndoExpired,
    /// A resource was created, changed or deleted.
    #[serde(untagged)]
    Resource(ResourceEvent),
}

/// Declares the changes that all resources have.
macro_rules! resource_events {
    ({} $($one:ident $many:ident $actions:tt $object:tt $tag:tt $($icon:ident)?;)+) => {
        pastey::paste! {
            /// Change of a resource that a message reports.
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
            #[serde(rename_all = "kebab-case")]
            pub enum ResourceEvent {
                $(
                    #[doc = concat!("One of the ", stringify!($many), " was created.")]
                    [<$one Created>],
                    #[doc = concat!("One of the ", stringify!($many), " was changed.")]
                    [<$one Saved>],
                    #[doc = concat!("One of the ", stringify!($many), " was deleted.")]
                    [<$one Deleted>],
                )+
            }
        }
    };
}

crate::for_each_resource! { resource_events! {} }

/// Change of a limit that a message reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LimitChange {
    /// The limit was created or changed.
    Saved,
    /// The limit was deleted.
    Deleted,
    /// The user can use more in this period.
    ToppedUp,
    /// The used amount was corrected.
    Adjusted,
    /// The used amount was set to zero.
    Reset,
}

/// Change of a group that a message reports, beside those of all resources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GroupChange {
    /// The group has many members or grants, and is being deleted.
    DeletionStarted,
    /// Users became members. One user is named.
    MembersAdded,
    /// A user is no longer a member.
    MemberRemoved,
    /// A member manages the group.
    ManagerAdded,
    /// A member no longer manages the group.
    ManagerRemoved,
    /// The group was granted access to a resource.
    AccessGranted,
    /// The access of the group to a resource was revoked.
    AccessRevoked,
}

/// First names of a list, and the number of all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstNames {
    /// The first names.
    pub names: Vec<String>,
    /// Number of all names.
    pub count: u64,
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
    /// Names of what a restored user has lost, [`NAMES_MAX`] at most.
    #[serde(default)]
    pub lost: Vec<String>,
    /// Number of what a restored user has lost, including what is not named.
    #[serde(default)]
    pub lost_count: u64,
    /// Names that no user has, [`LEFT_OUT_MAX`] at most.
    #[serde(default)]
    pub unknown: FirstNames,
    /// Names of users who were skipped because they cannot be added, [`LEFT_OUT_MAX`] at most.
    #[serde(default)]
    pub skipped: FirstNames,
}

impl Flash {
    /// Creates a message about all of `names`: it counts them all and stores the first [`NAMES_MAX`].
    pub fn of<N: Into<String>>(event: FlashEvent, names: impl IntoIterator<Item = N>) -> Self {
        let FirstNames { names, count } = first(names, NAMES_MAX);
        Self {
            event,
            names,
            count,
            until: None,
            lost: Vec::new(),
            lost_count: 0,
            unknown: FirstNames::default(),
            skipped: FirstNames::default(),
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

    /// Returns the same message about a restored user who has lost all of `names`.
    #[must_use]
    pub fn losing<N: Into<String>>(self, names: impl IntoIterator<Item = N>) -> Self {
        let lost = first(names, NAMES_MAX);
        Self {
            lost: lost.names,
            lost_count: lost.count,
            ..self
        }
    }

    /// Returns the same message with the names that no user has and those of skipped users.
    #[must_use]
    pub fn leaving_out(self, unknown: Vec<String>, skipped: Vec<String>) -> Self {
        let shorten = |name: String| name.chars().take(UNKNOWN_CHARS_MAX).collect::<String>();
        Self {
            unknown: first(unknown.into_iter().map(shorten), LEFT_OUT_MAX),
            skipped: first(skipped, LEFT_OUT_MAX),
            ..self
        }
    }

    /// Returns whether the change was not the whole of what was asked for.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        let added = FlashEvent::Group(GroupChange::MembersAdded);
        let is_empty = self.event == added && self.count == 0;
        is_empty || self.unknown.count > 0 || self.skipped.count > 0
    }
}

/// Returns the first names, and the number of all.
fn first<N: Into<String>>(names: impl IntoIterator<Item = N>, most: usize) -> FirstNames {
    let mut names: Vec<String> = names.into_iter().map(Into::into).collect();
    let count = u64::try_from(names.len()).unwrap_or(u64::MAX);
    names.truncate(most);
    FirstNames { names, count }
}

/// The form that undoes a change, as stored on the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undo {
    /// Path that the form is posted to.
    pub path: String,
    /// Body of the form, as a browser encodes it.
    pub form: String,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn long_names_that_no_user_has_are_cut() {
        let pasted = vec!["ä".repeat(100_000), "bob".to_owned()];
        let flash = Flash::of(FlashEvent::Saved, ["Editors"]).leaving_out(pasted, Vec::new());
        let lengths = flash.unknown.names.iter().map(|name| name.chars().count());
        assert_eq!(lengths.collect::<Vec<_>>(), [UNKNOWN_CHARS_MAX, 3]);
    }

    #[test]
    fn stored_names_of_changes_of_resources_are_flat() {
        for (event, name) in [
            (
                FlashEvent::Resource(ResourceEvent::RoleCreated),
                json!("role-created"),
            ),
            (
                FlashEvent::Resource(ResourceEvent::GroupDeleted),
                json!("group-deleted"),
            ),
            (
                FlashEvent::Group(GroupChange::MembersAdded),
                json!({ "group": "members-added" }),
            ),
            (FlashEvent::Saved, json!("saved")),
        ] {
            assert_eq!(json!(event), name);
            assert_eq!(serde_json::from_value::<FlashEvent>(name).unwrap(), event);
        }
    }
}
