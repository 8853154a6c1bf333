//! Listing of the sessions of all users.

use db::sessions::SessionQueryFilter;
use domain::{
    error::Entity,
    filter::Dated,
    list::{Page, Total},
    sessions::{
        Session, SessionUser,
        filter::SessionFilter,
        list::{SessionPage, SessionsQuery},
    },
    users::{
        UserId,
        detail::{UserDetail, UserSession},
    },
};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    Error, Services,
    access::{Authorized, SessionsRead},
    days,
};

/// Returns a live session by its id, with the username of its owner.
///
/// # Errors
/// [`Error::NotFound`] when there is no such live session.
pub async fn find(
    services: &Services,
    _: &Authorized<SessionsRead>,
    id: Uuid,
) -> Result<(String, UserSession), Error> {
    const NOT_FOUND: Error = Error::NotFound(Entity::Session);
    let pool = &services.pool;
    let target = db::sessions::revoke::find(pool, id).await?;
    let user = target.ok_or(NOT_FOUND)?.user_id;
    let account = db::users::find_detail(pool, user).await?;
    let account = account.ok_or(NOT_FOUND)?;
    let session = db::sessions::find_live_by_id(pool, id).await?;
    Ok((account.summary.username, session.ok_or(NOT_FOUND)?))
}

/// Lists the live sessions, or those that have ended, with the total and the user that the filter names.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn list(
    services: &Services,
    authorized: &Authorized<SessionsRead>,
    query: &SessionsQuery,
) -> Result<SessionPage, Error> {
    let days = days::find(services, authorized.actor(), &query.filter).await?;
    let filter = query.filter.in_days(&days);
    // One connection for all queries: each that is returned to the pool costs a round trip.
    let mut connection = db::acquire(&services.pool).await?;
    let totals = db::sessions::find_totals(&mut *connection).await?;
    let asked = ask(&mut connection, &filter, totals.now).await?;
    let (sessions, more) = db::sessions::list_page(&mut *connection, query, &asked).await?;
    let total = if query.filter.is_empty() && !query.ended {
        Total::exact(totals.live)
    } else {
        let counted = db::sessions::count(&mut *connection, query, &asked).await?;
        Total::up_to_limit(counted)
    };
    let cursor = |session: &Session, number| query.cursor(session, number);
    Ok(SessionPage {
        sessions: Page::of(sessions, more, total, &query.position, cursor),
        user: asked.user.map(UserId),
        days,
        live: totals.live,
        now: totals.now,
    })
}

/// Returns the user that a filter names. None if it names no user, or an unknown one.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn find_user(
    services: &Services,
    _: &Authorized<SessionsRead>,
    filter: &SessionFilter,
) -> Result<Option<SessionUser>, Error> {
    let Some(user) = &filter.user else {
        return Ok(None);
    };
    let mut connection = db::acquire(&services.pool).await?;
    match db::users::find_id(&mut *connection, user).await? {
        Some(id) => user_of(&mut connection, id).await,
        None => Ok(None),
    }
}

/// Returns the user of an id, as a dialog about their sessions shows it.
pub(super) async fn user_of(
    connection: &mut db::PgConnection,
    id: Uuid,
) -> Result<Option<SessionUser>, Error> {
    let user = db::users::find_detail(connection, id).await?;
    Ok(user.map(|UserDetail { summary, .. }| SessionUser {
        id: summary.id,
        username: summary.username,
        display_name: summary.display_name,
    }))
}

/// Resolves the user and the devices of a filter. An unknown user becomes the nil id, which has no sessions.
pub(super) async fn ask<'a>(
    connection: &mut db::PgConnection,
    filter: &'a SessionFilter,
    now: OffsetDateTime,
) -> Result<SessionQueryFilter<'a>, Error> {
    let user = match &filter.user {
        Some(user) => {
            let id = db::users::find_id(&mut *connection, user).await?;
            Some(id.unwrap_or(Uuid::nil()))
        }
        None => None,
    };
    let devices = match filter.device {
        Some(_) => {
            let mut devices = db::sessions::list_devices(connection).await?;
            devices.retain(|device| filter.is_of_device(device));
            Some(devices)
        }
        None => None,
    };
    Ok(SessionQueryFilter {
        filter,
        user,
        devices,
        now,
    })
}

/// Lists the descriptions of all devices on which sessions were started.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn devices(
    services: &Services,
    _: &Authorized<SessionsRead>,
) -> Result<Vec<String>, Error> {
    Ok(db::sessions::list_devices(&services.pool).await?)
}
