//! Sentences of flash messages.

use domain::{
    flash::{FirstNames, Flash, FlashEvent, GroupChange, LimitChange, ResourceEvent},
    users::action::UserAction,
};
use time::OffsetDateTime;

use super::{security, user_action_done};
use crate::text;

/// Returns the sentence about a change, with names and counts.
#[must_use]
pub fn sentence(flash: &Flash) -> String {
    let (first, second) = (name(flash, 0), name(flash, 1));
    // A change of one user names the user, one of several users counts them.
    let users = |one: fn(String) -> String, many: fn(u64) -> String| match flash.count {
        1 => one(name(flash, 0)),
        count => many(count),
    };
    match flash.event {
        FlashEvent::UserCreated => text::flash::user_created(first),
        FlashEvent::User(UserAction::Restore) if flash.lost_count > 0 => {
            let lost = listed(&flash.lost, flash.lost_count);
            match flash.count {
                1 => text::flash::restored_without(first, lost),
                count => text::flash::restored_users_without(count, lost),
            }
        }
        FlashEvent::User(action) => user_action_done(action, flash.count, first),
        FlashEvent::DeletionStarted => users(
            text::flash::deletion_started,
            text::flash::deletions_started,
        ),
        FlashEvent::DataTransferred => text::flash::transferred(flash.count, first, second),
        FlashEvent::ItemsTransferred => text::flash::items_transferred(flash.count, first, second),
        FlashEvent::ResetLinksRevoked => text::flash::links_revoked(first),
        FlashEvent::PasswordChanged => text::flash::password_changed().to_owned(),
        FlashEvent::Saved => text::flash::saved().to_owned(),
        FlashEvent::SessionRevoked => session_revoked(flash),
        FlashEvent::SessionsRevoked if first.is_empty() => {
            text::flash::sessions_revoked(flash.count)
        }
        FlashEvent::SessionsRevoked => text::flash::user_sessions_revoked(flash.count, first),
        FlashEvent::OthersRevoked => text::flash::others_revoked(flash.count),
        FlashEvent::RegistrationRejected => {
            users(text::flash::rejected, text::flash::rejected_registrations)
        }
        FlashEvent::RegistrationReopened => {
            users(text::flash::reopened, text::flash::reopened_registrations)
        }
        FlashEvent::RegistrationRestored => users(
            text::flash::registration_restored,
            text::flash::restored_registrations,
        ),
        FlashEvent::InvitationRevoked => invitation_revoked(first),
        FlashEvent::KeyAdded => text::flash::key_added(first),
        FlashEvent::KeySaved => text::flash::key_saved(first),
        FlashEvent::KeyEnabled => text::flash::key_enabled(first),
        FlashEvent::KeyDisabled => text::flash::key_disabled(first),
        FlashEvent::KeyDeleted if second.is_empty() => text::flash::key_deleted(first),
        FlashEvent::KeyDeleted => text::flash::user_key_revoked(first, second),
        FlashEvent::TokenRevoked => token_revoked(first, second),
        FlashEvent::VirtualKeyRevoked => virtual_key_revoked(first, second),
        FlashEvent::VirtualKeyBlocked => text::flash::virtual_key_blocked(first, second),
        FlashEvent::VirtualKeyUnblocked => text::flash::virtual_key_unblocked(first, second),
        FlashEvent::VirtualKeyPreviousEnded => {
            text::flash::virtual_key_previous_ended(first, second)
        }
        FlashEvent::VirtualKeySaved => text::flash::virtual_key_saved(first, second),
        FlashEvent::RoleDeletionStarted => text::flash::role_deletion_started(first),
        FlashEvent::JobRetried if first.is_empty() => text::flash::unnamed_job_retried().to_owned(),
        FlashEvent::JobRetried => text::flash::job_retried(first),
        FlashEvent::Group(change) => group_change(change, flash.count, first, second),
        FlashEvent::ResourceTransferred => text::flash::resource_transferred(first, second),
        FlashEvent::ResourcesTransferred => {
            text::flash::resources_transferred(flash.count, first, second)
        }
        FlashEvent::AccessGranted => text::flash::resource_granted(second, first),
        FlashEvent::AccessRevoked => text::flash::resource_revoked(second, first),
        FlashEvent::FeatureEnabled => text::flash::feature_enabled(first),
        FlashEvent::FeatureDisabled => text::flash::feature_disabled(first),
        FlashEvent::FeatureDeletionStarted => text::flash::feature_deletion_started(first),
        FlashEvent::FeaturesAdded => text::flash::features_added(flash.count),
        FlashEvent::Limit(change) => limit_change(change, flash.count, first),
        FlashEvent::UndoExpired => text::flash::undo_expired().to_owned(),
        FlashEvent::Resource(event) => resource_changed(event, first),
    }
}

/// Declares the function that returns the sentence about a change of a resource.
macro_rules! resource_sentences {
    ({} $($one:ident $many:ident $actions:tt $object:tt $tag:tt $($icon:ident)?;)+) => {
        pastey::paste! {
            /// Returns the sentence about a change of a resource.
            fn resource_changed(event: ResourceEvent, name: String) -> String {
                match event {
                    $(
                        ResourceEvent::[<$one Created>] => text::flash::[<$one:snake _created>](name),
                        ResourceEvent::[<$one Saved>] => text::flash::[<$one:snake _saved>](name),
                        ResourceEvent::[<$one Deleted>] => text::flash::[<$one:snake _deleted>](name),
                    )+
                }
            }
        }
    };
}

domain::for_each_resource! { resource_sentences! {} }

/// Returns the sentence about a revoked invitation, which can have a note.
fn invitation_revoked(note: String) -> String {
    if note.is_empty() {
        return text::flash::open_invitation_revoked().to_owned();
    }
    text::flash::invitation_revoked(note)
}

/// Returns the sentence about a revoked session: of a user on a device, or the own one on a device.
fn session_revoked(flash: &Flash) -> String {
    let device = |stored: &str| isolated(&security::device(stored));
    match flash.names.as_slice() {
        [user, stored, ..] if !stored.is_empty() => {
            text::flash::session_revoked(isolated(user), device(stored))
        }
        names => {
            let stored = names.first().map_or("", String::as_str);
            text::flash::own_session_revoked(device(stored))
        }
    }
}

/// Returns the sentence about a revoked access token: of a user, or the own one.
fn token_revoked(name: String, user: String) -> String {
    if user.is_empty() {
        return text::flash::token_revoked(name);
    }
    text::flash::user_token_revoked(name, user)
}

/// Returns the sentence about a revoked virtual key: of a user, or the own one.
fn virtual_key_revoked(name: String, user: String) -> String {
    if user.is_empty() {
        return text::flash::virtual_key_revoked(name);
    }
    text::flash::user_virtual_key_revoked(name, user)
}

/// Returns the sentence about a change of a limit of a subject, or of the default, or of limits of several users.
fn limit_change(change: LimitChange, count: u64, subject: String) -> String {
    match change {
        LimitChange::Saved if count > 1 => text::flash::limits_saved(count),
        LimitChange::Deleted if count > 1 => text::flash::limits_deleted(count),
        LimitChange::Reset if count > 1 => text::flash::limits_reset(count),
        LimitChange::Saved if subject.is_empty() => text::flash::default_limit_saved().to_owned(),
        LimitChange::Saved => text::flash::limit_saved(subject),
        LimitChange::Deleted if subject.is_empty() => {
            text::flash::default_limit_deleted().to_owned()
        }
        LimitChange::Deleted => text::flash::limit_deleted(subject),
        LimitChange::ToppedUp => text::flash::limit_topped_up(subject),
        LimitChange::Adjusted => text::flash::limit_adjusted(subject),
        LimitChange::Reset => text::flash::limit_reset(subject),
    }
}

/// Returns the sentence about a change of a group, or of one of its members or resources.
fn group_change(change: GroupChange, count: u64, name: String, member: String) -> String {
    match change {
        GroupChange::DeletionStarted => text::flash::group_deletion_started(name),
        GroupChange::MembersAdded if count == 0 => text::flash::group_no_members_added(name),
        GroupChange::MembersAdded if member.is_empty() => {
            text::flash::group_members_added(count, name)
        }
        GroupChange::MembersAdded => text::flash::group_member_added(member, name),
        GroupChange::MemberRemoved => text::flash::group_member_removed(member, name),
        GroupChange::ManagerAdded => text::flash::group_manager_added(member, name),
        GroupChange::ManagerRemoved => text::flash::group_manager_removed(member, name),
        GroupChange::AccessGranted => text::flash::group_access_granted(name),
        GroupChange::AccessRevoked => text::flash::group_access_revoked(name),
    }
}

/// Returns the end of a suspension, and the sentence before and after it. Returns `None` for changes that do not end by
/// themselves.
#[must_use]
pub fn until(flash: &Flash) -> Option<(OffsetDateTime, [String; 2])> {
    let end = flash
        .until
        .filter(|_| flash.event == FlashEvent::User(UserAction::Suspend))?;
    let around = match flash.count {
        1 => text::flash::suspended_until_around(name(flash, 0)),
        count => text::flash::suspended_users_until_around(count),
    };
    Some((end, around))
}

/// Returns the names of the users who were left out, or of the changed ones, where the sentence contains only their number.
#[must_use]
pub fn names(flash: &Flash) -> Option<String> {
    let unknown = left_out(&flash.unknown, text::flash::members_unknown);
    let skipped = left_out(&flash.skipped, text::flash::members_skipped);
    if unknown.is_some() || skipped.is_some() {
        let sentences: Vec<String> = unknown.into_iter().chain(skipped).collect();
        return Some(sentences.join(" "));
    }
    let counts_users = matches!(
        flash.event,
        FlashEvent::User(_)
            | FlashEvent::DeletionStarted
            | FlashEvent::Limit(_)
            | FlashEvent::RegistrationRejected
            | FlashEvent::RegistrationReopened
            | FlashEvent::RegistrationRestored
    );
    if !counts_users || flash.count < 2 || flash.names.is_empty() {
        return None;
    }
    Some(listed(&flash.names, flash.count))
}

/// Returns the sentence about users who were left out; `None` without any.
fn left_out(users: &FirstNames, sentence: fn(u64, String) -> String) -> Option<String> {
    (users.count > 0).then(|| sentence(users.count, listed(&users.names, users.count)))
}

/// Returns the first names, and the number of the others.
fn listed(names: &[String], count: u64) -> String {
    let named: Vec<String> = names.iter().map(|name| isolated(name)).collect();
    let named_count = u64::try_from(named.len()).unwrap_or(u64::MAX);
    match count.saturating_sub(named_count) {
        0 => named.join(", "),
        more => text::flash::names_more(more, named.join(", ")),
    }
}

fn name(flash: &Flash, at: usize) -> String {
    flash
        .names
        .get(at)
        .map_or_else(String::new, |name| isolated(name))
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
    use time::macros::datetime;

    use super::*;

    #[test]
    fn message_names_users_and_counts() {
        use FlashEvent::{
            DataTransferred, InvitationRevoked, KeyDeleted, SessionRevoked, SessionsRevoked,
            TokenRevoked, User, VirtualKeyRevoked,
        };
        for (event, targets, count, expected) in [
            (
                User(UserAction::Delete),
                &["zoe.ohara"][..],
                1,
                "Deleted zoe.ohara",
            ),
            (
                User(UserAction::Delete),
                &["זוהר"],
                1,
                "Deleted \u{2068}זוהר\u{2069}",
            ),
            (
                User(UserAction::Suspend),
                &["ada", "bob"],
                2,
                "Suspended 2 users (ada, bob)",
            ),
            (
                User(UserAction::Suspend),
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
            (
                FlashEvent::ItemsTransferred,
                &["ada", "bob"],
                12,
                "Transferred 12 items from ada to bob",
            ),
            (
                FlashEvent::RegistrationReopened,
                &["ada"],
                1,
                "ada is pending again",
            ),
            (
                FlashEvent::RegistrationRestored,
                &["ada", "bob"],
                2,
                "Restored 2 registrations (ada, bob)",
            ),
            (TokenRevoked, &["script"], 1, "Revoked access token script"),
            (VirtualKeyRevoked, &["lab"], 1, "Revoked virtual key lab"),
            (
                VirtualKeyRevoked,
                &["lab", "ada"],
                1,
                "Revoked virtual key lab of ada",
            ),
            (KeyDeleted, &["lab", "ada"], 2, "Revoked API key lab of ada"),
            (
                InvitationRevoked,
                &["Lab"],
                1,
                "Revoked the invitation for Lab",
            ),
            (
                InvitationRevoked,
                &[],
                1,
                "Revoked the invitation for anyone",
            ),
        ] {
            let flash = Flash::of(event, targets.iter().copied()).counting(count);
            let names = names(&flash).map(|names| format!(" ({names})"));
            let shown = sentence(&flash) + &names.unwrap_or_default();
            assert_eq!(shown, expected);
        }
    }

    #[test]
    fn lost_access_of_a_restored_user_is_named() {
        let restored = Flash::of(FlashEvent::User(UserAction::Restore), ["ada"]);
        assert_eq!(sentence(&restored), "Restored ada");
        let lost = restored.losing(["a", "b", "c", "d", "e", "f", "g"]);
        assert_eq!(
            sentence(&lost),
            "Restored ada without what was deleted meanwhile: a, b, c, d, e and 2 more"
        );
    }

    #[test]
    fn left_out_users_are_named_with_the_reason() {
        let added = FlashEvent::Group(GroupChange::MembersAdded);
        let all = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let whole = Flash::of(added, ["Editors"]).counting(25);
        assert_eq!((names(&whole), whole.is_partial()), (None, false));
        let many: Vec<String> = (0..23).map(|number| format!("n{number}")).collect();
        let partial = whole.leaving_out(many, all(&["hanna"]));
        assert!(partial.is_partial());
        assert_eq!(sentence(&partial), "Added 25 members to Editors");
        let said = names(&partial).unwrap_or_default();
        assert!(
            said.starts_with("Skipped 23 names that no user has: n0, n1, "),
            "{said}"
        );
        let end = "n19 and 3 more. Skipped 1 user who has more permissions than you: hanna.";
        assert!(said.ends_with(end), "{said}");
        let none = Flash::of(added, ["Editors"]).counting(0);
        assert!(none.is_partial());
        assert_eq!(sentence(&none), "No members added to Editors");
    }

    #[test]
    fn only_a_suspension_has_an_end() {
        let end = datetime!(2030-01-02 03:04 UTC);
        let suspended = FlashEvent::User(UserAction::Suspend);
        let of = |event, names: &[&str]| {
            let flash = Flash::of(event, names.iter().copied()).until(Some(end));
            until(&flash).map(|(at, [before, after])| format!("{before}{at}{after}"))
        };
        assert_eq!(
            of(suspended, &["ada"]),
            Some(format!("Suspended ada until {end}"))
        );
        assert_eq!(
            of(suspended, &["ada", "bob"]),
            Some(format!("Suspended 2 users until {end}"))
        );
        assert_eq!(of(FlashEvent::User(UserAction::Unsuspend), &["ada"]), None);
        assert_eq!(
            until(&Flash::of(suspended, ["ada"])),
            None,
            "without an end"
        );
    }

    #[test]
    fn message_names_the_subject_of_a_limit() {
        let of = |change, names: &[&str]| {
            sentence(&Flash::of(FlashEvent::Limit(change), names.iter().copied()))
        };
        for (change, named, default) in [
            (
                LimitChange::Saved,
                "Saved the limit of ada",
                "Saved the default limit",
            ),
            (
                LimitChange::Deleted,
                "Deleted the limit of ada",
                "Deleted the default limit",
            ),
        ] {
            assert_eq!(of(change, &["ada"]), named);
            assert_eq!(of(change, &[]), default);
        }
        assert_eq!(
            of(LimitChange::Saved, &["ada", "bob"]),
            "Saved the limits of 2 users"
        );
        assert_eq!(
            of(LimitChange::Deleted, &["ada", "bob"]),
            "Deleted the limits of 2 users"
        );
        assert_eq!(
            of(LimitChange::Reset, &["ada", "bob"]),
            "Reset what 2 users have used"
        );
        assert_eq!(
            of(LimitChange::ToppedUp, &["ada"]),
            "Topped up the limit of ada"
        );
    }
}
