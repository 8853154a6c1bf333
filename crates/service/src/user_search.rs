//! Searches over users, as the caller can ask them.

use db::users::Named;
use domain::{
    filter::{Dated, Filter, required_by_order},
    list::ListError,
    users::list::Sort,
};

use crate::{
    Error, Services,
    access::{Authorized, UsersRead},
    days,
};

/// Returns a search with the days of its dates, if the actor can read all that it asks about.
///
/// # Errors
/// [`Error::List`] for a condition about what the actor cannot read.
pub(crate) async fn prepare(
    services: &Services,
    authorized: &Authorized<UsersRead>,
    filter: &Filter,
) -> Result<Filter, Error> {
    let actor = authorized.actor();
    if let Some((condition, permission)) = filter.unreadable(&actor.subject.permissions) {
        return Err(Error::List(ListError::Unreadable {
            parameter: "q",
            condition: condition.to_string(),
            permission,
        }));
    }
    let days = days::find(services, actor, filter).await?;
    Ok(filter.in_days(&days))
}

/// Finds the objects that a search refers to by their names.
///
/// # Errors
/// [`Error::List`] for a condition on an object that does not exist.
pub(crate) async fn find_named(
    connection: &mut db::PgConnection,
    filter: &Filter,
) -> Result<Named, Error> {
    let named = db::users::find_named(connection, filter).await?;
    match named.missing(filter) {
        Some((entity, condition)) => Err(Error::List(ListError::Missing {
            entity,
            condition: condition.to_string(),
        })),
        None => Ok(named),
    }
}

/// Checks that the actor can read what an order of the list discloses.
///
/// # Errors
/// [`Error::List`] for an order by what the actor cannot read.
pub(crate) fn check_order(authorized: &Authorized<UsersRead>, sort: Sort) -> Result<(), Error> {
    let permissions = &authorized.actor().subject.permissions;
    match required_by_order(sort.key) {
        Some(permission) if !permissions.include(permission) => {
            Err(Error::List(ListError::Unreadable {
                parameter: "sort",
                condition: format!("sort={sort}"),
                permission,
            }))
        }
        Some(_) | None => Ok(()),
    }
}
