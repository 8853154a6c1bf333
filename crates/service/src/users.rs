//! Administration of user accounts.

pub(crate) mod bulk;
pub(crate) mod conflicts;
mod create;
pub(crate) mod delete;
pub(crate) mod detail;
mod edit;
pub(crate) mod export;
pub(crate) mod identified;
pub mod linked;
pub(crate) mod lookalike;
mod memberships;
pub mod purge;
mod recover;
mod sessions;
mod suspend;
mod unnamed;

pub use bulk::bulk;
pub use create::create;
pub use delete::{delete, preview, reassign, restore};
pub use detail::{
    denied_actions, get, grantable_roles, history, personas, reset_links, roles, sessions,
};
pub use edit::edit;
pub use export::{Export, export};
pub use memberships::{Memberships, memberships};
pub use recover::recover_admin;
pub use sessions::revoke_all as revoke_sessions;
pub(crate) use suspend::clear_suspension_if_expired;
pub use suspend::{clear_expired_suspensions, suspend, unsuspend};
pub use unnamed::create_unnamed;

use db::users::{Counts, Named, UserSet, account::Account};
use domain::{
    filter::Filter,
    list::{Cursor, Page, Position, Total},
    users::{
        UserSummary,
        action::BulkAction,
        deleted::{DeletedPage, DeletedQuery, LostAccess},
        deletion::Deletion,
        list::ListQuery,
        page::UserPage,
    },
};
use time::OffsetDateTime;

use crate::{
    Error, Services,
    access::{Actor, Authorized, UsersRead},
    audit::Audited,
    user_search,
};

/// Applies a bulk action to a locked account. Returns what a restored user has lost. The caller has checked the policy.
async fn apply(
    services: &Services,
    transaction: &mut db::Transaction,
    actor: &Actor,
    action: &BulkAction,
    account: &Account,
) -> Result<(LostAccess, Audited), Error> {
    let audited = match action {
        BulkAction::Suspend(draft) => suspend::apply(transaction, actor, account, draft).await?,
        BulkAction::Unsuspend {} => suspend::clear_suspension(transaction, actor, account).await?,
        BulkAction::RevokeSessions {} => sessions::apply(transaction, actor, account).await?.1,
        BulkAction::Delete {} => {
            let deletion = Deletion::default();
            delete::apply(services, transaction, actor, account, &deletion).await?
        }
        BulkAction::Restore {} => return delete::put_back(transaction, actor, account).await,
    };
    Ok((LostAccess::default(), audited))
}

/// Lists users. The number of statements does not depend on the page: one for the rows, one for the totals, and one for each
/// kind of object that the search refers to.
///
/// # Errors
/// [`Error::List`] for a search about what the actor cannot read or about what does not exist, and for an order by what the actor
/// cannot read.
pub async fn list(
    services: &Services,
    authorized: &Authorized<UsersRead>,
    query: &ListQuery,
) -> Result<UserPage, Error> {
    user_search::check_order(authorized, query.sort)?;
    let now = (services.clock)();
    let query = &ListQuery {
        filter: user_search::prepare(services, authorized, &query.filter).await?,
        ..query.clone()
    };
    // One connection for all queries: each that is returned to the pool costs a round trip.
    let mut connection = db::acquire(&services.pool).await?;
    let (counts, named) = count(&mut connection, &query.filter, UserSet::List, now).await?;
    let (users, more) =
        db::users::list_page(&mut *connection, query, &named, counts.matching, now).await?;
    let cursor = |user: &UserSummary, number| Cursor::of(user, query.sort, number);
    Ok(page(
        users,
        more,
        &query.position,
        (counts, counts.totals.users),
        cursor,
    ))
}

/// Lists deleted users.
///
/// # Errors
/// [`Error::List`] for a search about what the actor cannot read or about what does not exist.
pub async fn list_deleted(
    services: &Services,
    authorized: &Authorized<UsersRead>,
    query: &DeletedQuery,
) -> Result<DeletedPage, Error> {
    let now = (services.clock)();
    let query = &DeletedQuery {
        filter: user_search::prepare(services, authorized, &query.filter).await?,
        ..query.clone()
    };
    let mut connection = db::acquire(&services.pool).await?;
    let (counts, named) = count(&mut connection, &query.filter, UserSet::Deleted, now).await?;
    let (users, more) = db::users::list_deleted(&mut *connection, query, &named, now).await?;
    let all = (counts, counts.totals.deleted);
    Ok(page(users, more, &query.position, all, Cursor::of_deleted))
}

/// Counts the deleted users that match a search without any other match, so that the empty list can link to them. None
/// where the list has rows, there is no search, or there are no deleted users: no query runs then.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn count_deleted_matches(
    services: &Services,
    _: &Authorized<UsersRead>,
    filter: &Filter,
    page: &UserPage,
) -> Result<Option<Total>, Error> {
    if page.users.page_info.total.count > 0 || filter.is_empty() || page.totals.deleted == 0 {
        return Ok(None);
    }
    let now = (services.clock)();
    let mut connection = db::acquire(&services.pool).await?;
    let (counts, _) = count(&mut connection, filter, UserSet::Deleted, now).await?;
    let matching = counts.matching.filter(|count| *count > 0);
    Ok(matching.map(Total::up_to_limit))
}

/// Returns the totals and the number of users that match a search, and the objects that it refers to, with all roles.
pub(crate) async fn count(
    connection: &mut db::PgConnection,
    filter: &Filter,
    of: UserSet,
    now: OffsetDateTime,
) -> Result<(Counts, Named), Error> {
    let named = user_search::find_named(connection, filter).await?;
    let (counts, roles) = db::users::count(connection, filter, &named, of, now).await?;
    Ok((counts, named.with_roles(roles)))
}

/// Builds a page of its rows. Without a search the total is the number of all users.
fn page<T>(
    users: Vec<T>,
    more: bool,
    position: &Position,
    (counts, all): (Counts, u64),
    cursor: impl Fn(&T, u64) -> Cursor,
) -> UserPage<T> {
    let total = counts
        .matching
        .map_or(Total::exact(all), Total::up_to_limit);
    UserPage {
        users: Page::of(users, more, total, position, cursor),
        totals: counts.totals,
    }
}
