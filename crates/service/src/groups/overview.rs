//! Groups as the panel shows them: the list with features and managers, the page of one, and the resources of its members.

use db::groups::search::{self, MemberText};
use domain::{
    groups::{Group, GroupMember, GroupOverview, GroupResource},
    list::{Listed, Page, SearchQuery, Total, UnfilteredQuery},
};
use uuid::Uuid;

use super::{GroupActor, NOT_FOUND, find, list_visible};
use crate::{
    Error, Services,
    access::{Authorized, Caller, ResourcesRead},
};

/// Lists the groups that the caller can see, by name, with their features and managers.
///
/// # Errors
/// As [`list_visible`].
pub async fn list_overviews(
    services: &Services,
    caller: &Caller,
    query: &SearchQuery,
) -> Result<Listed<GroupOverview>, Error> {
    let listed = list_visible(services, caller, query).await?;
    let ids: Vec<Uuid> = listed.page.rows.iter().map(|group| group.id).collect();
    let mut details = db::groups::overview::find_details(&services.pool, &ids).await?;
    let page = listed.page.map(|group| GroupOverview {
        details: details.remove(&group.id).unwrap_or_default(),
        group,
    });
    Ok(page.at(listed.now))
}

/// Returns a group by its id, and whether the caller can create password links in it; `None` if the caller does not manage it.
///
/// # Errors
/// As [`find`].
pub async fn open(
    services: &Services,
    caller: &Caller,
    id: Uuid,
) -> Result<(Group, Option<bool>), Error> {
    let group = find(services, &GroupActor::reader(caller)?, id).await?;
    if caller.session().is_err() {
        return Ok((group, None));
    }
    let user = caller.principal.id.0;
    let manager = db::groups::overview::find_manager(&services.pool, id, user).await?;
    Ok((group, manager))
}

/// Lists the members of a group whose username or name has a text; all of them without a text. For an actor who can see users, their email
/// addresses are searched, too.
///
/// # Errors
/// As [`list`](super::members::list).
pub async fn search_members(
    services: &Services,
    actor: &GroupActor,
    group: Uuid,
    (text, query): (Option<&str>, &UnfilteredQuery),
) -> Result<Listed<GroupMember>, Error> {
    let Some(text) = text else {
        return super::members::list(services, actor, group, query).await;
    };
    find(services, actor, group).await?;
    let mut connection = db::acquire(&services.pool).await?;
    let text = MemberText {
        text,
        in_email: actor.can_read_users(),
    };
    let (members, more) = search::list_page(&mut *connection, group, Some(text), query).await?;
    let counted = search::count(&mut *connection, group, text).await?;
    let total = Total::up_to_limit(counted);
    let page = Page::of(members, more, total, &query.position, GroupMember::cursor);
    Ok(page.at((services.clock)()))
}

/// Lists the resources that are granted to a group, without those of clients that the actor does not see.
///
/// # Errors
/// [`Error::NotFound`] when there is no such group.
pub async fn list_resources(
    services: &Services,
    authorized: &Authorized<ResourcesRead>,
    group: Uuid,
    query: &UnfilteredQuery,
) -> Result<Listed<GroupResource>, Error> {
    let mut connection = db::acquire(&services.pool).await?;
    let found = db::groups::find(&mut *connection, group).await?;
    found.ok_or(NOT_FOUND)?;
    let viewer = authorized.actor().id();
    let (resources, more) =
        db::groups::overview::list_resources(&mut *connection, group, viewer, query).await?;
    let counted = db::groups::overview::count_resources(&mut *connection, group, viewer).await?;
    let total = Total::up_to_limit(counted);
    let page = Page::of(
        resources,
        more,
        total,
        &query.position,
        GroupResource::cursor,
    );
    Ok(page.at((services.clock)()))
}
