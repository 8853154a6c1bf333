//! Adding and removing members, in a transaction of the caller.

use std::collections::BTreeSet;

use db::groups::members::Candidate;
use domain::groups::{Group, GroupAction, GroupAuthority, MemberSelection, MembersOutcome};
use uuid::Uuid;

use super::{
    GroupActor, NOT_FOUND, reset,
    selection::{choose, find},
};
use crate::{
    Error, Services,
    access::Actor,
    audit::Audited,
    deletions,
    guard::TargetRef,
    memberships::{self, MembersChange},
};

/// Users of a change.
pub(super) struct Users {
    /// Selection of the users.
    pub(super) selection: MemberSelection,
    /// The only user, with the username that was shown.
    pub(super) shown: Option<TargetRef>,
}

impl From<MemberSelection> for Users {
    fn from(selection: MemberSelection) -> Self {
        Self {
            selection,
            shown: None,
        }
    }
}

/// Checks that a user has the username that was shown.
pub(super) fn check_shown(shown: Option<&TargetRef>, chosen: &[Candidate]) -> Result<(), Error> {
    let Some(shown) = shown else { return Ok(()) };
    let found = chosen.iter().find(|candidate| candidate.id == shown.id);
    found.map_or(Ok(()), |candidate| {
        shown.check_username(&candidate.username)
    })
}

/// Effect of adding or removing users.
pub(super) struct ChangedMembers {
    /// Numbers of users, and those who were left out.
    pub(super) outcome: MembersOutcome,
    /// Whether a removed user managed the group.
    pub(super) is_manager_removed: bool,
}

/// Entry of the audit log about changed members.
pub(super) struct Entry {
    group: Group,
    change: MembersChange,
    users: Vec<(Uuid, String)>,
}

impl Entry {
    /// Writes the entry.
    pub(super) async fn write(
        self,
        transaction: &mut db::Transaction,
        actor: &Actor,
    ) -> Result<Audited, Error> {
        let about = (self.group.id, self.group.name.as_str());
        memberships::write_change(transaction, actor, about, self.change, &self.users).await
    }
}

/// Adds or removes users, and audits it. A preview changes nothing.
pub(super) async fn change(
    services: &Services,
    actor: &GroupActor,
    (target, action): (TargetRef, GroupAction),
    users: Users,
    is_preview: bool,
) -> Result<ChangedMembers, Error> {
    let mut transaction = db::begin(&services.pool).await?;
    let (actor, authority) = &actor.open(&mut transaction, target.id, action).await?;
    let opened = (actor, *authority);
    let (changed, entry) = apply(&mut transaction, opened, (&target, action), users).await?;
    if let Some(entry) = entry.filter(|_| !is_preview) {
        let audited = entry.write(&mut transaction, actor).await?;
        db::commit(transaction, audited).await?;
    }
    Ok(changed)
}

/// Adds or removes users. Returns the entry for the audit log, unless nothing changed.
pub(super) async fn apply(
    transaction: &mut db::Transaction,
    opened: (&Actor, GroupAuthority),
    (target, action): (&TargetRef, GroupAction),
    users: Users,
) -> Result<(ChangedMembers, Option<Entry>), Error> {
    let id = target.id;
    let group = find_group(transaction, target).await?;
    let selection = find(transaction, users.selection).await?;
    let (chosen, mut outcome) = choose(transaction, opened, id, selection).await?;
    check_shown(users.shown.as_ref(), &chosen)?;
    let ids: Vec<Uuid> = chosen.iter().map(|candidate| candidate.id).collect();
    let is_added = action == GroupAction::AddMembers;
    let mut is_manager_removed = false;
    let changed: Vec<Uuid> = if is_added {
        let links = reset::with_links(transaction, opened.0, &ids).await?;
        let marked = (ids.as_slice(), links.as_slice());
        let added = db::groups::members::insert(transaction, id, marked, opened.0.id()).await;
        added.map_err(unknown_group)?
    } else {
        let removed = db::groups::members::delete(transaction, id, &ids).await?;
        is_manager_removed = removed.iter().any(|member| member.is_manager);
        removed.iter().map(|member| member.user_id).collect()
    };
    count(&mut outcome, &chosen, &changed);
    let entry = (!changed.is_empty()).then(|| Entry {
        group,
        change: match is_added {
            true => MembersChange::Added,
            false => MembersChange::Removed,
        },
        users: changed_users(&chosen, &changed),
    });
    let changed = ChangedMembers {
        outcome,
        is_manager_removed,
    };
    Ok((changed, entry))
}

/// Returns a group if it has the name that was shown.
pub(super) async fn find_group(
    transaction: &mut db::Transaction,
    target: &TargetRef,
) -> Result<Group, Error> {
    let group = db::groups::find(&mut **transaction, target.id)
        .await?
        .ok_or(NOT_FOUND)?;
    target.check_name(&group.name)?;
    deletions::check_stays(transaction, &group.id.to_string()).await?;
    Ok(group)
}

/// Sets the numbers of changed and unchanged users.
pub(super) fn count(outcome: &mut MembersOutcome, chosen: &[Candidate], changed: &[Uuid]) {
    outcome.changed = changed.len() as u64;
    outcome.unchanged = chosen.len().saturating_sub(changed.len()) as u64;
}

/// Returns the ids and usernames of the changed users.
pub(super) fn changed_users(chosen: &[Candidate], changed: &[Uuid]) -> Vec<(Uuid, String)> {
    let changed: BTreeSet<&Uuid> = changed.iter().collect();
    let chosen = chosen
        .iter()
        .filter(|candidate| changed.contains(&candidate.id));
    chosen
        .map(|candidate| (candidate.id, candidate.username.clone()))
        .collect()
}

/// Translates the error for a group that was deleted while members are added.
pub(super) fn unknown_group(error: db::Error) -> Error {
    match &error {
        db::Error::Constraint { constraint } if constraint == "group_members_group_id_fkey" => {
            NOT_FOUND
        }
        db::Error::Constraint { .. } | db::Error::Unavailable(_) | db::Error::Other(_) => {
            error.into()
        }
    }
}
