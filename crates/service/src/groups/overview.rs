//! Groups as the panel shows them: the list with features and managers, the page of one, and the resources of its members.

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

/// Returns a group by its id, and whether the caller manages it.
///
/// # Errors
/// As [`find`].
pub async fn open(services: &Services, caller: &Caller, id: Uuid) -> Result<(Group, bool), Error> {
    let group = find(services, &GroupActor::reader(caller)?, id).await?;
    let user = caller.principal.id.0;
    let manages = caller.session().is_ok()
        && db::groups::overview::is_manager(&services.pool, id, user).await?;
    Ok((group, manages))
}

/// Returns whether the caller manages a group. No access token does.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn manages_any(services: &Services, caller: &Caller) -> Result<bool, Error> {
    let user = caller.principal.id.0;
    Ok(caller.session().is_ok() && db::groups::overview::manages_any(&services.pool, user).await?)
}

/// Lists the members of a group whose username, name or email address has a text; all of them without a text.
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
    let (members, more) =
        db::groups::search::list_page(&mut *connection, group, Some(text), query).await?;
    let counted = db::groups::search::count(&mut *connection, group, text).await?;
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
