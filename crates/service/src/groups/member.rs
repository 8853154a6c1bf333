//! Changes of one member, whose username was shown.

use db::users::{password::LastingOf, retain};
use domain::{
    groups::{GroupAction, GroupAuthority, MemberSelection, MembersOutcome},
    policy::Denied,
};

use super::{
    GroupActor,
    change::{Users, change, changed_users, check_shown, find_group, unknown_group},
    members::change_managers,
    reset,
    selection::{choose, find},
};
use crate::{
    Error, Services,
    access::{Authorized, GroupsWrite},
    guard::{self, TargetRef},
    lasting_passwords::{self, Gain},
    memberships::{MembersChange, write_change},
};

/// Effect of a change on one user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberChange {
    /// Nothing changed.
    None,
    /// The user became a member, or is none any more.
    Member,
    /// A member became a manager, or is none any more.
    Manager,
    /// The user became a member and a manager, or is neither any more.
    Both,
}

/// Adds a user to a group. Nothing changes for a user who is a member already.
///
/// # Errors
/// As [`add`](super::members::add), [`Error::TargetMismatch`] when the user has another username, [`Error::Denied`] for a user who has a
/// permission that the actor lacks.
pub async fn add(
    services: &Services,
    actor: &GroupActor,
    group: TargetRef,
    user: TargetRef,
) -> Result<MemberChange, Error> {
    let target = (group, GroupAction::AddMembers);
    let added = change(services, actor, target, shown(user), false).await?;
    Ok(match is_changed(&added.outcome)? {
        true => MemberChange::Member,
        false => MemberChange::None,
    })
}

/// Removes a member from a group. Nothing changes for a user who is no member.
///
/// # Errors
/// As [`add`]. A manager cannot remove a member who manages the group, too.
pub async fn remove(
    services: &Services,
    actor: &GroupActor,
    group: TargetRef,
    user: TargetRef,
) -> Result<MemberChange, Error> {
    let target = (group, GroupAction::RemoveMembers);
    let removed = change(services, actor, target, shown(user), false).await?;
    Ok(
        match (is_changed(&removed.outcome)?, removed.is_manager_removed) {
            (true, true) => MemberChange::Both,
            (true, false) => MemberChange::Member,
            (false, _) => MemberChange::None,
        },
    )
}

/// Sets whether a member manages the group. Nothing changes for a user who is no member.
///
/// # Errors
/// As [`add`].
pub async fn set_manager(
    services: &Services,
    authorized: &Authorized<GroupsWrite>,
    group: TargetRef,
    user: TargetRef,
    is_manager: bool,
) -> Result<MemberChange, Error> {
    let outcome = change_managers(services, authorized, group, shown(user), is_manager).await?;
    Ok(match is_changed(&outcome)? {
        true => MemberChange::Manager,
        false => MemberChange::None,
    })
}

/// Adds a user to a group as its manager, both or nothing. A user who is a member already becomes a manager.
///
/// # Errors
/// As [`add`].
pub async fn add_as_manager(
    services: &Services,
    authorized: &Authorized<GroupsWrite>,
    group: TargetRef,
    user: TargetRef,
) -> Result<MemberChange, Error> {
    let id = group.id;
    let (mut transaction, actor) = guard::begin(services, authorized).await?;
    let found = find_group(&mut transaction, &group).await?;
    let selection = find(&mut transaction, MemberSelection::Ids(vec![user.id])).await?;
    let opened = (&actor, GroupAuthority::Permission);
    let (chosen, outcome) = choose(&mut transaction, opened, id, selection).await?;
    check_shown(Some(&user), &chosen)?;
    check_chosen(&outcome)?;
    let ids = [user.id];
    let links = reset::with_links(&mut transaction, &actor, &ids).await?;
    let marked = (ids.as_slice(), links.as_slice());
    // Lock order: the accounts, whose passwords can be cleared, before their memberships.
    retain::users(&mut transaction, &ids).await?;
    let added = db::groups::members::insert(&mut transaction, id, marked, actor.id()).await;
    let is_added = !added.map_err(unknown_group)?.is_empty();
    let promoted = db::groups::members::set_managers(&mut transaction, id, marked, true).await?;
    if promoted.is_empty() {
        return Ok(MemberChange::None);
    }
    let gain = Gain::Management(id);
    let of_user = LastingOf::Users(&promoted);
    lasting_passwords::clear_of(&mut transaction, &actor, of_user, gain).await?;
    let users = changed_users(&chosen, &promoted);
    let about = (id, found.name.as_str());
    if is_added {
        write_change(
            &mut transaction,
            &actor,
            about,
            MembersChange::Added,
            &users,
        )
        .await?;
    }
    let change = MembersChange::Promoted;
    let audited = write_change(&mut transaction, &actor, about, change, &users).await?;
    db::commit(transaction, audited).await?;
    Ok(if is_added {
        MemberChange::Both
    } else {
        MemberChange::Manager
    })
}

/// Returns one user as a selection.
fn shown(user: TargetRef) -> Users {
    Users {
        selection: MemberSelection::Ids(vec![user.id]),
        shown: Some(user),
    }
}

/// Returns whether a user was changed, or the reason why the user was skipped.
fn is_changed(outcome: &MembersOutcome) -> Result<bool, Error> {
    check_chosen(outcome)?;
    Ok(outcome.changed > 0)
}

/// Returns the reason why the user was skipped, if so.
fn check_chosen(outcome: &MembersOutcome) -> Result<(), Error> {
    if !outcome.unknown.is_empty() {
        return Err(guard::NOT_FOUND);
    }
    if !outcome.skipped.is_empty() {
        return Err(Error::Denied(Denied::MoreRights));
    }
    Ok(())
}
