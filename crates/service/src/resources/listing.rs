//! Lists of resources by the parameters of the panel and the API, with what the panel shows beside them.

use std::collections::HashMap;

use db::{
    access::{Reach, find_reach},
    resources::{
        ResourceFilter,
        listed::{Surroundings, count_by_kind, find_surroundings},
    },
};
use domain::{
    list::{ListError, Listed, Page},
    permission::Permission,
    resources::{
        ClientRef, KindTotal, ListedResource, OpenedResource, Resource, ResourceListing,
        ResourceQuery,
    },
};
use serde_json::Map;
use uuid::Uuid;

use super::{find, grants, page};
use crate::{
    Error, Services,
    access::{AccessRead, Authorized, ResourcesRead},
};

/// Name of the parameter with the user who can reach the resources.
const REACHED_BY: &str = "reached_by";

/// Lists the resources that match a query, the first created first.
///
/// # Errors
/// [`Error::List`] for a condition about what the actor cannot read, and for the access of an unknown user.
pub async fn list_matching(
    services: &Services,
    authorized: &Authorized<ResourcesRead>,
    query: &ResourceQuery,
) -> Result<Listed<Resource>, Error> {
    let users = find_users(&services.pool, authorized, query).await?;
    let filter = filter(authorized.actor().id(), query, users);
    page(services, &query.page, filter).await
}

/// Lists the resources that match a query, with their names and grants, and the number of those of each kind.
///
/// # Errors
/// [`Error::List`] for a condition about what the actor cannot read, and for the access of an unknown user.
pub async fn list_with_grants(
    services: &Services,
    authorized: &Authorized<ResourcesRead>,
    query: &ResourceQuery,
) -> Result<ResourceListing, Error> {
    let users = find_users(&services.pool, authorized, query).await?;
    let filter = filter(authorized.actor().id(), query, users);
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

/// Users that a query refers to: the id of the owner, and what the other reaches.
#[derive(Debug, Clone, Copy)]
pub(super) struct QueryUsers {
    owner: Option<Uuid>,
    reached_by: Option<Reach>,
}

/// Finds the users that a query refers to. An unknown owner becomes an id that no user has. The access of an unknown user is an error: a
/// list without rows would say that the user reaches nothing.
///
/// # Errors
/// [`Error::List`] for a condition about what the actor cannot read, and for the access of an unknown user.
pub(super) async fn find_users(
    pool: &db::PgPool,
    authorized: &Authorized<ResourcesRead>,
    query: &ResourceQuery,
) -> Result<QueryUsers, Error> {
    check_readable(authorized, query)?;
    let owner = match &query.owner {
        Some(owner) => {
            let found = db::users::find_id(pool, owner).await?;
            Some(found.unwrap_or(Uuid::nil()))
        }
        None => None,
    };
    let reached_by = match &query.reached_by {
        Some(user) => {
            let found = db::users::find_id(pool, user).await?;
            let unknown = || ListError::unknown(REACHED_BY, &user.to_string());
            let user = found.ok_or_else(|| Error::List(unknown()))?;
            Some(find_reach(pool, user).await?)
        }
        None => None,
    };
    Ok(QueryUsers { owner, reached_by })
}

/// Checks that the actor can read what a query asks about, beside resources.
fn check_readable(
    authorized: &Authorized<ResourcesRead>,
    query: &ResourceQuery,
) -> Result<(), Error> {
    if query.reached_by.is_none() || authorized.includes::<AccessRead>() {
        return Ok(());
    }
    Err(Error::List(ListError::Unreadable {
        parameter: REACHED_BY,
        condition: REACHED_BY.to_owned(),
        permission: Permission::AccessRead,
    }))
}

/// Returns the conditions of a query for a viewer.
pub(super) fn filter(
    viewer: Option<Uuid>,
    query: &ResourceQuery,
    users: QueryUsers,
) -> ResourceFilter<'_> {
    let (client, client_name) = match &query.client {
        None => (None, None),
        Some(ClientRef::Number(number)) => (Some(*number), None),
        Some(ClientRef::Name(name)) => (None, Some(name.as_str())),
    };
    ResourceFilter {
        kind: query.kind.as_deref(),
        external_id: query.external_id.as_deref(),
        text: query.text.as_deref(),
        owner: users.owner,
        client,
        client_name,
        group: query.group,
        reached_by: users.reached_by,
        viewer,
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
