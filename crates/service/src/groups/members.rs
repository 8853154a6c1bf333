//! Members of groups: listing, adding and removing many at once, and managers.

use db::users::{password::LastingOf, retain};
use domain::{
    filter::Filter,
    groups::{
        GroupAction, GroupAuthority, GroupMember, MEMBERS_AT_ONCE, MemberSelection, MembersOutcome,
    },
    list::{ListError, Listed, Page, Total, UnfilteredQuery},
};
use uuid::Uuid;

use super::{
    GroupActor, NOT_FOUND,
    change::{Users, change, changed_users, check_shown, count, find_group},
    reset,
    selection::{check_number, choose, find},
};
use crate::{
    Error, Services,
    access::{Authorized, GroupsWrite, UsersRead},
    guard::{self, TargetRef},
    lasting_passwords::{self, Gain},
    memberships::{MembersChange, write_change},
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
/// [`Error::List`] for an invalid search and one about what the actor cannot read or what does not exist, [`Error::Invalid`] for one that
/// matches too many users or none.
pub async fn select(
    services: &Services,
    authorized: &Authorized<UsersRead>,
    search: &str,
) -> Result<MemberSelection, Error> {
    let filter = Filter::parse(search).map_err(ListError::Filter)?;
    let filter = user_search::prepare(services, authorized, &filter).await?;
    let mut connection = db::acquire(&services.pool).await?;
    let named = user_search::find_named(&mut connection, &filter).await?;
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
    let (mut transaction, actor) = guard::begin(services, authorized).await?;
    let found = find_group(&mut transaction, &target).await?;
    let selection = find(&mut transaction, users.selection).await?;
    let opened = (&actor, GroupAuthority::Permission);
    let (chosen, mut outcome) = choose(&mut transaction, opened, group, selection).await?;
    check_shown(users.shown.as_ref(), &chosen)?;
    let ids: Vec<Uuid> = chosen.iter().map(|candidate| candidate.id).collect();
    let links = reset::with_links(&mut transaction, &actor, &ids).await?;
    let marked = (ids.as_slice(), links.as_slice());
    // Lock order: the accounts, whose passwords can be cleared, before their memberships.
    retain::users(&mut transaction, &ids).await?;
    let changed =
        db::groups::members::set_managers(&mut transaction, group, marked, is_manager).await?;
    count(&mut outcome, &chosen, &changed);
    if changed.is_empty() {
        return Ok(outcome);
    }
    if is_manager {
        let promoted = LastingOf::Users(&changed);
        let gain = Gain::Management(group);
        lasting_passwords::clear_of(&mut transaction, &actor, promoted, gain).await?;
    }
    let change = match is_manager {
        true => MembersChange::Promoted,
        false => MembersChange::Demoted,
    };
    let about = (group, found.name.as_str());
    let users = changed_users(&chosen, &changed);
    let audited = write_change(&mut transaction, &actor, about, change, &users).await?;
    db::commit(transaction, audited).await?;
    Ok(outcome)
}
