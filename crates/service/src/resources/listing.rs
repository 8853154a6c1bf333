//! Lists of resources by the parameters of the panel and the API, with what the panel shows beside them.

use std::collections::HashMap;

use db::resources::{
    ResourceFilter,
    listed::{Surroundings, count_by_kind, find_surroundings},
};
use domain::{
    list::{ListError, Listed, Page},
    permission::Permission,
    resources::{
        ClientRef, KindTotal, ListedResource, OpenedResource, Resource, ResourceListing,
        ResourceQuery,
    },
    users::detail::UserRef,
};
use serde_json::Map;
use uuid::Uuid;

use super::{find, grants, page};
use crate::{
    Error, Services,
    access::{AccessRead, Authorized, ResourcesRead},
    guard,
};

/// Lists the resources that match a query, the first created first.
///
/// # Errors
/// [`Error::List`] for a condition about what the actor cannot read.
pub async fn list_matching(
    services: &Services,
    authorized: &Authorized<ResourcesRead>,
    query: &ResourceQuery,
) -> Result<Listed<Resource>, Error> {
    check_readable(authorized, query)?;
    let filter = filter(&services.pool, authorized.actor().id(), query).await?;
    page(services, &query.page, filter).await
}

/// Lists the resources that match a query, with their names and grants, and the number of those of each kind.
///
/// # Errors
/// [`Error::List`] for a condition about what the actor cannot read.
pub async fn list_with_grants(
    services: &Services,
    authorized: &Authorized<ResourcesRead>,
    query: &ResourceQuery,
) -> Result<ResourceListing, Error> {
    check_readable(authorized, query)?;
    let filter = filter(&services.pool, authorized.actor().id(), query).await?;
    let of_any_kind = ResourceFilter {
        kind: None,
        ..filter
    };
    let kinds = count_by_kind(&services.pool, of_any_kind).await?;
    let Listed { page, now } = page(services, &query.page, filter).await?;
    let Page { rows, page_info } = page;
    let rows = with_surroundings(&services.pool, rows).await?;
    Ok(ResourceListing {
        page: Page { rows, page_info },
        kinds,
        now,
    })
}

/// Counts the resources that the actor sees, by kind.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn count_kinds(
    services: &Services,
    authorized: &Authorized<ResourcesRead>,
) -> Result<Vec<KindTotal>, Error> {
    let filter = ResourceFilter {
        viewer: authorized.actor().id(),
        ..ResourceFilter::default()
    };
    Ok(count_by_kind(&services.pool, filter).await?)
}

/// Returns a resource with its names and grants. A resource with more than 1,000 grants has a part of them.
///
/// # Errors
/// [`Error::NotFound`] when there is no such resource.
pub async fn open(
    services: &Services,
    authorized: &Authorized<ResourcesRead>,
    id: Uuid,
) -> Result<OpenedResource, Error> {
    let resource = find(services, authorized, id).await?;
    let mut listed = with_surroundings(&services.pool, vec![resource]).await?;
    Ok(OpenedResource {
        listed: listed.pop().ok_or(super::NOT_FOUND)?,
        grants: grants::list(services, authorized, id).await?,
        now: (services.clock)(),
    })
}

/// Checks that the actor can read what a query asks about, beside resources.
pub(super) fn check_readable(
    authorized: &Authorized<ResourcesRead>,
    query: &ResourceQuery,
) -> Result<(), Error> {
    if query.reached_by.is_none() || authorized.includes::<AccessRead>() {
        return Ok(());
    }
    let parameter = "reached_by";
    Err(Error::List(ListError::Unreadable {
        parameter,
        condition: parameter.to_owned(),
        permission: Permission::AccessRead,
    }))
}

/// Returns the conditions of a query for a viewer.
pub(super) async fn filter<'q>(
    pool: &db::PgPool,
    viewer: Option<Uuid>,
    query: &'q ResourceQuery,
) -> Result<ResourceFilter<'q>, Error> {
    let (client, client_name) = match &query.client {
        None => (None, None),
        Some(ClientRef::Number(number)) => (Some(*number), None),
        Some(ClientRef::Name(name)) => (None, Some(name.as_str())),
    };
    Ok(ResourceFilter {
        kind: query.kind.as_deref(),
        external_id: query.external_id.as_deref(),
        text: query.text.as_deref(),
        owner: find_user(pool, query.owner.as_ref()).await?,
        client,
        client_name,
        group: query.group,
        reached_by: find_user(pool, query.reached_by.as_ref()).await?,
        viewer,
    })
}

/// Returns the id of a user in a query. One who does not exist becomes an id that no user has.
async fn find_user(pool: &db::PgPool, user: Option<&UserRef>) -> Result<Option<Uuid>, Error> {
    let Some(user) = user else { return Ok(None) };
    match guard::find(pool, user).await {
        Ok(id) => Ok(Some(id)),
        Err(Error::NotFound(_)) => Ok(Some(Uuid::nil())),
        Err(error) => Err(error),
    }
}

/// Adds the names and grants to resources.
pub(super) async fn with_surroundings(
    pool: &db::PgPool,
    resources: Vec<Resource>,
) -> Result<Vec<ListedResource>, Error> {
    let ids: Vec<Uuid> = resources.iter().map(|resource| resource.id).collect();
    let found = find_surroundings(pool, &ids).await?;
    let mut found: HashMap<Uuid, Surroundings> =
        found.into_iter().map(|one| (one.id, one)).collect();
    let listed = resources.into_iter().map(|resource| {
        // Missing for a resource that was deleted in between.
        let around = found.remove(&resource.id);
        let (owner, client, granted) = around.map_or_else(Default::default, |around| {
            (around.owner, around.client, around.granted)
        });
        ListedResource {
            resource: Resource {
                data: Map::new(),
                ..resource
            },
            owner,
            client,
            granted,
        }
    });
    Ok(listed.collect())
}
