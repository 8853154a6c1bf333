//! Pages of pending registrations: one statement, served by the index of pending users.

use domain::{list::UnfilteredQuery, registrations::PendingRegistration, users::UserId};
use sqlx::{PgExecutor, QueryBuilder, Row, postgres::PgRow, types::ipnetwork::IpNetwork};

use crate::{
    Error,
    keyset::{Column, Keyset},
};

/// Pending registrations, without order and limit.
const PENDING: &str = "select
        u.id, u.number, u.username, u.display_name, coalesce(u.email, u.unverified_email) as email,
        (
            select o.username from users o
            where o.email is not null and name_key(o.email) = name_key(u.unverified_email)
        ) as email_of,
        u.registered_from, u.created_at, u.version
    from users u
    where u.status = 'pending' and u.deleted_at is null";

/// Lists the pending registrations of a page, the oldest first. The flag is true if there are more in the direction of reading.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_pending(
    executor: impl PgExecutor<'_>,
    query: &UnfilteredQuery,
) -> Result<(Vec<PendingRegistration>, bool), Error> {
    let page = Keyset::new(Column::id("u.id"), false, &query.position, query.limit);
    let mut sql = QueryBuilder::new(PENDING);
    page.push(&mut sql);
    let rows = sql.build().persistent(false).fetch_all(executor).await?;
    page.read(&rows, pending)
}

/// Decodes a row of [`PENDING`].
fn pending(row: &PgRow) -> Result<PendingRegistration, sqlx::Error> {
    let network: Option<IpNetwork> = row.try_get("registered_from")?;
    Ok(PendingRegistration {
        id: UserId(row.try_get("id")?),
        number: row.try_get("number")?,
        username: row.try_get("username")?,
        display_name: row.try_get("display_name")?,
        email: row.try_get("email")?,
        email_of: row.try_get("email_of")?,
        from: network.map(|network| network.ip()),
        created_at: row.try_get("created_at")?,
        version: row.try_get("version")?,
    })
}
