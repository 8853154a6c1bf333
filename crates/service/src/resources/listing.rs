//! Lists of resources by the parameters of the panel and the API, with what the panel shows beside them.

use std::collections::HashMap;

use db::resources::{
    ResourceFilter,
    listed::{Surroundings, count_by_kind, find_surroundings},
};
use domain::{
    list::{Listed, Page},
    resources::{
        ClientRef, ListedResource, OpenedResource, Resource, ResourceListing, ResourceQuery,
    },
};
use serde_json::Map;
use uuid::Uuid;

use super::{find, grants, page};
use crate::{
    Error, Services,
    access::{Authorized, ResourcesRead},
    guard,
};

/// Lists the resources that match a query, the first created first.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn list_matching(
    services: &Services,
    authorized: &Authorized<ResourcesRead>,
    query: &ResourceQuery,
) -> Result<Listed<Resource>, Error> {
    let filter = filter(&services.pool, authorized.actor().id(), query).await?;
    page(services, &query.page, filter).await
}

/// Lists the resources that match a query, with their names and grants, and the number of those of each kind.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn list_with_grants(
    services: &Services,
    authorized: &Authorized<ResourcesRead>,
    query: &ResourceQuery,
) -> Result<ResourceListing, Error> {
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

/// Returns the conditions of a query for a viewer. An owner who does not exist becomes an id that no user has.
pub(super) async fn filter<'q>(
    pool: &db::PgPool,
    viewer: Option<Uuid>,
    query: &'q ResourceQuery,
) -> Result<ResourceFilter<'q>, Error> {
    let owner = match &query.owner {
        None => None,
        Some(owner) => match guard::find(pool, owner).await {
            Ok(id) => Some(id),
            Err(Error::NotFound(_)) => Some(Uuid::nil()),
            Err(error) => return Err(error),
        },
    };
    let (client, client_name) = match &query.client {
        None => (None, None),
        Some(ClientRef::Number(number)) => (Some(*number), None),
        Some(ClientRef::Name(name)) => (None, Some(name.as_str())),
    };
    Ok(ResourceFilter {
        kind: query.kind.as_deref(),
        external_id: query.external_id.as_deref(),
        text: query.text.as_deref(),
        owner,
        client,
        client_name,
        group: query.group,
        viewer,
        ..ResourceFilter::default()
    })
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
