//! Groups of one user.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    error::Conflict,
    groups::{GroupAction, GroupAuthority, MemberSelection},
    policy::Denied,
};
use uuid::Uuid;

use super::change::{Users, apply};
use crate::{
    Error, Services,
    access::{Authorized, GroupsWrite},
    guard::{self, TargetRef},
    memberships,
};

/// Change of a user's groups, as a difference to the groups that were shown: the membership in others stays, such as one that was added
/// since.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroupsChange {
    /// The ids of the groups that were shown for the user.
    pub shown: Vec<Uuid>,
    /// The ids of the groups that were chosen.
    pub chosen: Vec<Uuid>,
    /// Names or ids of further groups, as typed.
    pub named: Vec<String>,
}

/// Adds a user to groups, and removes the user from others, in one transaction. Returns the username. Each group has an entry in the
/// audit log.
///
/// # Errors
/// [`Error::NotFound`] when there is no such user or group, [`Error::Invalid`] for a name that no group has, [`Error::Denied`] for a user
/// with more permissions than the actor.
pub async fn set_of_user(
    services: &Services,
    authorized: &Authorized<GroupsWrite>,
    user: impl Into<TargetRef>,
    change: GroupsChange,
) -> Result<String, Error> {
    let user = user.into();
    let (mut transaction, actor) = guard::begin(services, authorized).await?;
    let found = db::users::find_detail(&mut *transaction, user.id).await?;
    let found = found.ok_or(guard::NOT_FOUND)?;
    user.check_username(&found.summary.username)?;
    if found.deleted_at.is_some() {
        return Err(Error::Conflict(Conflict::UserDeleted));
    }
    let named = memberships::find_ids(&mut transaction, &change.named).await?;
    let mut audited = None;
    for (group, action) in actions(change, named) {
        let target = TargetRef::from(group);
        let users = Users::from(MemberSelection::Ids(vec![user.id]));
        let opened = (&actor, GroupAuthority::Permission);
        let (changed, entry) = apply(&mut transaction, opened, (&target, action), users).await?;
        if !changed.outcome.skipped.is_empty() {
            return Err(Error::Denied(Denied::MoreRights));
        }
        if let Some(entry) = entry {
            audited = Some(entry.write(&mut transaction, &actor).await?);
        }
    }
    if let Some(audited) = audited {
        db::commit(transaction, audited).await?;
    }
    Ok(found.summary.username)
}

/// Returns the groups to change, in the order of their ids, so that two requests cannot wait for each other.
fn actions(change: GroupsChange, named: Vec<Uuid>) -> BTreeMap<Uuid, GroupAction> {
    let shown: BTreeSet<Uuid> = change.shown.into_iter().collect();
    let chosen: BTreeSet<Uuid> = change.chosen.into_iter().chain(named).collect();
    let added = chosen.difference(&shown);
    let added = added.map(|group| (*group, GroupAction::AddMembers));
    let removed = shown.difference(&chosen);
    let removed = removed.map(|group| (*group, GroupAction::RemoveMembers));
    added.chain(removed).collect()
}
