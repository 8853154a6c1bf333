//! Members of groups: listing, adding and removing many at once, and managers.

use std::collections::BTreeSet;

use db::groups::members::Candidate;
use domain::{
    action::Action,
    fields::FieldErrors,
    filter::{Dated, Filter},
    groups::{
        Group, GroupAction, GroupAuthority, GroupMember, MEMBERS_AT_ONCE, MemberSelection,
        MemberTarget, MembersOutcome, is_member_skipped,
    },
    list::{ListError, Listed, Page, Total, UnfilteredQuery},
    messages,
    permission::Permission,
    policy,
    users::names::is_deceptive,
};
use serde_json::Value;
use uuid::Uuid;

use super::{GroupActor, NOT_FOUND};
use crate::{
    Error, Services,
    access::{Actor, Authorized, GroupsWrite, UsersRead},
    audit::{self, Changes},
    days, guard,
};

/// Users whom a request selects.
struct Selection {
    ids: Vec<Uuid>,
    unknown: Vec<String>,
}

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
/// [`Error::List`] for an invalid search, [`Error::Invalid`] for one that matches too many users or none.
pub async fn select(
    services: &Services,
    authorized: &Authorized<UsersRead>,
    search: &str,
) -> Result<MemberSelection, Error> {
    let filter = Filter::parse(search).map_err(ListError::Filter)?;
    let days = days::find(services, authorized.actor(), &filter).await?;
    let filter = filter.in_days(&days);
    let mut connection = db::acquire(&services.pool).await?;
    let named = db::users::find_named_roles(&mut *connection, &filter).await?;
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
    group: Uuid,
    selection: MemberSelection,
    is_preview: bool,
) -> Result<MembersOutcome, Error> {
    let action = GroupAction::AddMembers;
    change(services, actor, (group, action), selection, is_preview).await
}

/// Removes members from a group. A preview changes nothing.
///
/// # Errors
/// As [`add`].
pub async fn remove(
    services: &Services,
    actor: &GroupActor,
    group: Uuid,
    selection: MemberSelection,
    is_preview: bool,
) -> Result<MembersOutcome, Error> {
    let action = GroupAction::RemoveMembers;
    change(services, actor, (group, action), selection, is_preview).await
}

/// Sets whether members manage their group. Users who are no members stay as they are.
///
/// # Errors
/// As [`add`].
pub async fn set_managers(
    services: &Services,
    authorized: &Authorized<GroupsWrite>,
    group: Uuid,
    ids: Vec<Uuid>,
    is_manager: bool,
) -> Result<MembersOutcome, Error> {
    check_number(ids.len())?;
    let mut transaction = db::begin(&services.pool).await?;
    let actor = &guard::confirm(
        &mut transaction,
        authorized.actor(),
        Permission::GroupsWrite,
    )
    .await?;
    let found = find_group(&mut transaction, group).await?;
    let selection = find(&mut transaction, MemberSelection::Ids(ids)).await?;
    let opened = (actor, GroupAuthority::Permission);
    let (chosen, mut outcome) = choose(&mut transaction, opened, group, selection).await?;
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

async fn change(
    services: &Services,
    actor: &GroupActor,
    (group, action): (Uuid, GroupAction),
    selection: MemberSelection,
    is_preview: bool,
) -> Result<MembersOutcome, Error> {
    let mut transaction = db::begin(&services.pool).await?;
    let (actor, authority) = &actor.open(&mut transaction, group, action).await?;
    let found = find_group(&mut transaction, group).await?;
    let selection = find(&mut transaction, selection).await?;
    let opened = (actor, *authority);
    let (chosen, mut outcome) = choose(&mut transaction, opened, group, selection).await?;
    let ids: Vec<Uuid> = chosen.iter().map(|candidate| candidate.id).collect();
    let is_added = action == GroupAction::AddMembers;
    let changed = if is_added {
        let added = db::groups::members::insert(&mut transaction, group, &ids, actor.id()).await;
        added.map_err(unknown_group)?
    } else {
        db::groups::members::delete(&mut transaction, group, &ids).await?
    };
    count(&mut outcome, &chosen, &changed);
    if is_preview || changed.is_empty() {
        return Ok(outcome);
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
    Ok(outcome)
}

async fn find_group(transaction: &mut db::Transaction, id: Uuid) -> Result<Group, Error> {
    db::groups::find(&mut **transaction, id)
        .await?
        .ok_or(NOT_FOUND)
}

/// Finds the ids of the users of a selection, and the names that no user has.
async fn find(
    transaction: &mut db::Transaction,
    selection: MemberSelection,
) -> Result<Selection, Error> {
    match selection {
        MemberSelection::Ids(mut ids) => {
            ids.sort();
            ids.dedup();
            check_number(ids.len())?;
            Ok(Selection {
                ids,
                unknown: Vec::new(),
            })
        }
        MemberSelection::Names(names) => {
            check_number(names.len())?;
            // No user has such a name, and PostgreSQL rejects a NUL.
            let is_possible = |name: &String| !name.chars().any(is_deceptive);
            let (possible, mut unknown): (Vec<_>, Vec<_>) =
                names.into_iter().partition(is_possible);
            let found = db::groups::members::find_named(&mut **transaction, &possible).await?;
            let mut ids = BTreeSet::new();
            for (name, id) in possible.into_iter().zip(found) {
                match id {
                    Some(id) => {
                        ids.insert(id);
                    }
                    None => unknown.push(name),
                }
            }
            Ok(Selection {
                ids: ids.into_iter().collect(),
                unknown,
            })
        }
    }
}

/// Returns the selected users whom the actor can add or remove, and the others by their names.
async fn choose(
    transaction: &mut db::Transaction,
    (actor, authority): (&Actor, GroupAuthority),
    group: Uuid,
    selection: Selection,
) -> Result<(Vec<Candidate>, MembersOutcome), Error> {
    let roles = db::roles::list_permissions(&mut **transaction).await?;
    let above: Vec<Uuid> = roles
        .iter()
        .filter(|role| policy::is_out_of_reach(&actor.subject, &role.permissions))
        .map(|role| role.id)
        .collect();
    let candidates =
        db::groups::members::find_candidates(&mut **transaction, group, &selection.ids).await?;
    let known: BTreeSet<Uuid> = candidates.iter().map(|candidate| candidate.id).collect();
    let missing = selection.ids.iter().filter(|id| !known.contains(*id));
    let mut outcome = MembersOutcome {
        unknown: selection.unknown,
        ..MembersOutcome::default()
    };
    outcome.unknown.extend(missing.map(Uuid::to_string));
    let (skipped, chosen): (Vec<_>, Vec<_>) = candidates.into_iter().partition(|candidate| {
        let target = MemberTarget {
            outranks: candidate.role_ids.iter().any(|role| above.contains(role)),
            is_manager: candidate.is_manager,
        };
        is_member_skipped(authority, target)
    });
    let skipped = skipped.into_iter().map(|candidate| candidate.username);
    outcome.skipped.extend(skipped);
    Ok((chosen, outcome))
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

fn check_number(number: usize) -> Result<(), Error> {
    if (1..=MEMBERS_AT_ONCE).contains(&number) {
        return Ok(());
    }
    let mut errors = FieldErrors::default();
    errors.add("users", messages::members_max(MEMBERS_AT_ONCE));
    Err(Error::Invalid(errors))
}

/// Translates the error for a group that was deleted while members are added.
fn unknown_group(error: db::Error) -> Error {
    match &error {
        db::Error::Constraint { constraint } if constraint == "group_members_group_id_fkey" => {
            NOT_FOUND
        }
        db::Error::Constraint { .. } | db::Error::Unavailable(_) | db::Error::Other(_) => {
            error.into()
        }
    }
}
