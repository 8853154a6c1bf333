//! Users as the API of another system lists them: in pages with numbers, by the identifiers that they have there.

pub use db::directory::{DirectoryLimit, DirectoryOrder, DirectoryQuery, DirectoryUser};
use domain::{access_tokens::Scope, identifiers::Namespace};
use uuid::Uuid;

use crate::{
    Error, Services,
    access::{Authorized, Caller, GroupsRead, LimitsRead, TokensRead, UsageRead, UsersRead},
    guard,
};

/// Maximum number of users of a page.
const PAGE_MAX: i64 = 1_000;
/// Maximum number of users that are sorted without an index.
const SORTED_MAX: u64 = 10_000;

/// Lists users, and counts those on all pages. What the actor cannot read of them is left out: groups, limits, costs, and the number of
/// keys. More than 10,000 users are in the nearest order that an index serves.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn list(
    services: &Services,
    authorized: &Authorized<UsersRead>,
    query: &DirectoryQuery,
) -> Result<(Vec<DirectoryUser>, u64), Error> {
    let mut query = readable_order(authorized, query);
    let mut connection = db::acquire(&services.pool).await?;
    let total = db::directory::count(&mut *connection, &query).await?;
    if total > SORTED_MAX {
        query.order = query.order.indexed();
    }
    let mut users = db::directory::list(&mut *connection, &query).await?;
    for user in &mut users {
        hide_unreadable(authorized, user);
    }
    Ok((users, total))
}

/// Returns the user with an identifier in a namespace. The id stands for a user without an identifier there.
///
/// # Errors
/// [`Error::NotFound`] when there is no such user, or the user is deleted.
pub async fn find(
    services: &Services,
    authorized: &Authorized<UsersRead>,
    namespace: &Namespace,
    identifier: &str,
) -> Result<DirectoryUser, Error> {
    let found = db::identifiers::find_user(&services.pool, namespace.as_str(), identifier).await?;
    let id = found.or_else(|| Uuid::try_parse(identifier).ok());
    let query = DirectoryQuery {
        id: Some(id.ok_or(guard::NOT_FOUND)?),
        ..one(namespace)
    };
    let mut user = first(services, &query).await?;
    if user.identifier != identifier {
        return Err(guard::NOT_FOUND);
    }
    hide_unreadable(authorized, &mut user);
    Ok(user)
}

/// Returns the user with an id.
///
/// # Errors
/// [`Error::NotFound`] when there is no such user, or the user is deleted.
pub async fn find_by_id(
    services: &Services,
    authorized: &Authorized<UsersRead>,
    namespace: &Namespace,
    id: Uuid,
) -> Result<DirectoryUser, Error> {
    let query = DirectoryQuery {
        id: Some(id),
        ..one(namespace)
    };
    let mut user = first(services, &query).await?;
    hide_unreadable(authorized, &mut user);
    Ok(user)
}

/// Returns the caller. The data of the other system is left out for an access token that cannot read the caller's data.
///
/// # Errors
/// [`Error::OutOfScope`] for an access token without the scope.
pub async fn find_own(
    services: &Services,
    caller: &Caller,
    namespace: &Namespace,
) -> Result<DirectoryUser, Error> {
    caller.require_account()?;
    let query = DirectoryQuery {
        id: Some(caller.principal.id.0),
        ..one(namespace)
    };
    let mut user = first(services, &query).await?;
    if caller.require_own(Scope::DataRead).is_err() {
        user.extension.clear();
    }
    Ok(user)
}

/// Returns the query of one user.
fn one(namespace: &Namespace) -> DirectoryQuery {
    DirectoryQuery {
        namespace: namespace.as_str().to_owned(),
        limit: 1,
        ..DirectoryQuery::default()
    }
}

async fn first(services: &Services, query: &DirectoryQuery) -> Result<DirectoryUser, Error> {
    let users = db::directory::list(&services.pool, query).await?;
    users.into_iter().next().ok_or(guard::NOT_FOUND)
}

/// Returns a query of a limited size whose order discloses nothing that the actor cannot read.
fn readable_order(authorized: &Authorized<UsersRead>, query: &DirectoryQuery) -> DirectoryQuery {
    let is_readable = match query.order {
        DirectoryOrder::Spend | DirectoryOrder::MonthSpend => authorized.includes::<UsageRead>(),
        DirectoryOrder::Budget => authorized.includes::<LimitsRead>(),
        DirectoryOrder::Keys => authorized.includes::<TokensRead>(),
        DirectoryOrder::Created
        | DirectoryOrder::Updated
        | DirectoryOrder::Identifier
        | DirectoryOrder::Email
        | DirectoryOrder::Name
        | DirectoryOrder::Status => true,
    };
    let group = query.group.filter(|_| authorized.includes::<GroupsRead>());
    DirectoryQuery {
        order: if is_readable {
            query.order
        } else {
            DirectoryOrder::default()
        },
        group,
        // The nil id is that of no user.
        id: if group.is_none() && query.group.is_some() {
            Some(Uuid::nil())
        } else {
            query.id
        },
        limit: query.limit.clamp(0, PAGE_MAX),
        offset: query.offset.max(0),
        ..query.clone()
    }
}

fn hide_unreadable(authorized: &Authorized<UsersRead>, user: &mut DirectoryUser) {
    if !authorized.includes::<GroupsRead>() {
        user.groups.clear();
    }
    if !authorized.includes::<LimitsRead>() {
        user.limits.clear();
        user.models = None;
    }
    if !authorized.includes::<UsageRead>() {
        user.spend = 0;
    }
    if !authorized.includes::<TokensRead>() {
        user.keys = 0;
    }
}
