//! Members of groups: listing, adding and removing many at once, and managers.

use std::collections::BTreeSet;

use db::groups::members::Candidate;
use domain::{
    action::Action,
    filter::Filter,
    groups::{
        Group, GroupAction, GroupAuthority, GroupMember, MEMBERS_AT_ONCE, MemberSelection,
        MembersOutcome,
    },
    list::{ListError, Listed, Page, Total, UnfilteredQuery},
    permission::Permission,
};
use serde_json::Value;
use uuid::Uuid;

use super::{
    GroupActor, NOT_FOUND,
    selection::{check_number, choose, find},
};
use crate::{
    Error, Services,
    access::{Authorized, GroupsWrite, UsersRead},
    audit::{self, Changes},
    guard::{self, TargetRef},
    user_search,
};

/// Lists the members of a group.
///
/// # Errors
/// [`Error::NotFound`] when there is no such group, [`Error::Forbidden`] for an actor who cannot see it.
pub async fn list(
    services: &Services,
    actor: &GroupActor,
    group: Uuid,
    query: &UnfilteredQuery,
) -> Result<Listed<GroupMember>, Error> {
    let mut transaction = db::begin(&services.pool).await?;
    actor
        .open(&mut transaction, group, GroupAction::Read)
        .await?;
    let found = db::groups::find(&mut *transaction, group).await?;
    let total = Total::exact(found.ok_or(NOT_FOUND)?.members);
    let (members, more) = db::groups::members::list_page(&mut *transaction, group, query).await?;
    let page = Page::of(members, more, total, &query.position, GroupMember::cursor);
    Ok(page.at((services.clock)()))
}

/// Returns the ids of the users who match a search, as a selection of members. Only for callers who can see all users.
///
/// # Errors
/// [`Error::List`] for an invalid search and one about what the actor cannot read, [`Error::Invalid`] for one that matches too many users or none.
pub async fn select(
    services: &Services,
    authorized: &Authorized<UsersRead>,
    search: &str,
) -> Result<MemberSelection, Error> {
    let filter = Filter::parse(search).map_err(ListError::Filter)?;
    let filter = user_search::prepare(services, authorized, &filter).await?;
    let mut connection = db::acquire(&services.pool).await?;
    let named = db::users::find_named(&mut connection, &filter).await?;
    let most = i64::try_from(MEMBERS_AT_ONCE + 1).unwrap_or(i64::MAX);
    let now = (services.clock)();
    let ids = db::users::list_matching(&mut *connection, &filter, &named, now, most).await?;
    check_number(ids.len())?;
    Ok(MemberSelection::Ids(ids))
}

/// Adds users to a group. A preview changes nothing.
///
/// # Errors
/// [`Error::Invalid`] for too many users, [`Error::NotFound`] when there is no such group, [`Error::Forbidden`] for an actor who cannot
/// add members.
pub async fn add(
    services: &Services,
    actor: &GroupActor,
    group: impl Into<TargetRef>,
    selection: MemberSelection,
    is_preview: bool,
) -> Result<MembersOutcome, Error> {
    let target = (group.into(), GroupAction::AddMembers);
    let changed = change(services, actor, target, selection.into(), is_preview).await?;
    Ok(changed.outcome)
}

/// Removes members from a group. A preview changes nothing.
///
/// # Errors
/// As [`add`].
pub async fn remove(
    services: &Services,
    actor: &GroupActor,
    group: impl Into<TargetRef>,
    selection: MemberSelection,
    is_preview: bool,
) -> Result<MembersOutcome, Error> {
    let target = (group.into(), GroupAction::RemoveMembers);
    let changed = change(services, actor, target, selection.into(), is_preview).await?;
    Ok(changed.outcome)
}

/// Sets whether members manage their group. Users who are no members stay as they are.
///
/// # Errors
/// As [`add`].
pub async fn set_managers(
    services: &Services,
    authorized: &Authorized<GroupsWrite>,
    group: impl Into<TargetRef>,
    selection: MemberSelection,
    is_manager: bool,
) -> Result<MembersOutcome, Error> {
    let target = group.into();
    change_managers(services, authorized, target, selection.into(), is_manager).await
}

pub(super) async fn change_managers(
    services: &Services,
    authorized: &Authorized<GroupsWrite>,
    target: TargetRef,
    users: Users,
    is_manager: bool,
) -> Result<MembersOutcome, Error> {
    let group = target.id;
    let mut transaction = db::begin(&services.pool).await?;
    let actor = &guard::confirm(
        &mut transaction,
        authorized.actor(),
        Permission::GroupsWrite,
    )
    .await?;
    let found = find_group(&mut transaction, &target).await?;
    let selection = find(&mut transaction, users.selection).await?;
    let opened = (actor, GroupAuthority::Permission);
    let (chosen, mut outcome) = choose(&mut transaction, opened, group, selection).await?;
    check_shown(users.shown.as_ref(), &chosen)?;
    let ids: Vec<Uuid> = chosen.iter().map(|candidate| candidate.id).collect();
    let changed =
        db::groups::members::set_managers(&mut transaction, group, &ids, is_manager).await?;
    count(&mut outcome, &chosen, &changed);
    if changed.is_empty() {
        return Ok(outcome);
    }
    let names = Value::from(names(&chosen, &changed));
    let changes = if is_manager {
        Changes::default().with("managers", Value::Null, names)
    } else {
        Changes::default().with("managers", names, Value::Null)
    };
    let about = (
        Action::GroupManagersChanged,
        Some(group),
        found.name.as_str(),
    );
    let audited = audit::write_about(&mut transaction, actor, about, changes).await?;
    db::commit(transaction, audited).await?;
    Ok(outcome)
}

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

pub(super) async fn change(
    services: &Services,
    actor: &GroupActor,
    (target, action): (TargetRef, GroupAction),
    users: Users,
    is_preview: bool,
) -> Result<ChangedMembers, Error> {
    let group = target.id;
    let mut transaction = db::begin(&services.pool).await?;
    let (actor, authority) = &actor.open(&mut transaction, group, action).await?;
    let found = find_group(&mut transaction, &target).await?;
    let selection = find(&mut transaction, users.selection).await?;
    let opened = (actor, *authority);
    let (chosen, mut outcome) = choose(&mut transaction, opened, group, selection).await?;
    check_shown(users.shown.as_ref(), &chosen)?;
    let ids: Vec<Uuid> = chosen.iter().map(|candidate| candidate.id).collect();
    let is_added = action == GroupAction::AddMembers;
    let mut is_manager_removed = false;
    let changed: Vec<Uuid> = if is_added {
        let added = db::groups::members::insert(&mut transaction, group, &ids, actor.id()).await;
        added.map_err(unknown_group)?
    } else {
        let removed = db::groups::members::delete(&mut transaction, group, &ids).await?;
        is_manager_removed = removed.iter().any(|member| member.is_manager);
        removed.iter().map(|member| member.user_id).collect()
    };
    count(&mut outcome, &chosen, &changed);
    let changed_members = |outcome| ChangedMembers {
        outcome,
        is_manager_removed,
    };
    if is_preview || changed.is_empty() {
        return Ok(changed_members(outcome));
    }
    let names = Value::from(names(&chosen, &changed));
    let (action, changes) = if is_added {
        let changes = Changes::default().with("members", Value::Null, names);
        (Action::GroupMembersAdded, changes)
    } else {
        let changes = Changes::default().with("members", names, Value::Null);
        (Action::GroupMembersRemoved, changes)
    };
    let changes = changes.with("users", Value::Null, outcome.changed);
    let about = (action, Some(group), found.name.as_str());
    let audited = audit::write_about(&mut transaction, actor, about, changes).await?;
    db::commit(transaction, audited).await?;
    Ok(changed_members(outcome))
}

pub(super) async fn find_group(
    transaction: &mut db::Transaction,
    target: &TargetRef,
) -> Result<Group, Error> {
    let group = db::groups::find(&mut **transaction, target.id)
        .await?
        .ok_or(NOT_FOUND)?;
    target.check_name(&group.name)?;
    Ok(group)
}

/// Sets the numbers of changed and unchanged users.
fn count(outcome: &mut MembersOutcome, chosen: &[Candidate], changed: &[Uuid]) {
    outcome.changed = changed.len() as u64;
    outcome.unchanged = chosen.len().saturating_sub(changed.len()) as u64;
}

/// Returns the usernames of the changed users.
fn names(chosen: &[Candidate], changed: &[Uuid]) -> Vec<String> {
    let changed: BTreeSet<&Uuid> = changed.iter().collect();
    let chosen = chosen
        .iter()
        .filter(|candidate| changed.contains(&candidate.id));
    chosen.map(|candidate| candidate.username.clone()).collect()
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
