//! Pages of registrations: one statement, served by the indexes of pending and of rejected ones.

use domain::{
    registrations::{
        Registration,
        list::{RegistrationQuery, RegistrationState},
    },
    users::{UserId, list::SortKey},
};
use sqlx::{PgExecutor, Postgres, QueryBuilder, Row, postgres::PgRow, types::ipnetwork::IpNetwork};

use crate::{
    Error,
    keyset::{self, Column, Keyset},
    users::search::needle,
};

/// Columns of a registration.
const COLUMNS: &str = "
    u.id, u.number, u.username, u.display_name, coalesce(u.email, u.unverified_email) as email,
    (
        select o.username from users o
        where o.email is not null and name_key(o.email) = name_key(u.unverified_email)
    ) as email_of,
    u.registered_from, u.created_at, u.deleted_at, u.purge_after, u.version";

/// Lists the registrations of a page in the requested order. The flag is true if there are more in the direction of reading.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list(
    executor: impl PgExecutor<'_>,
    query: &RegistrationQuery,
) -> Result<(Vec<Registration>, bool), Error> {
    let page = page(query);
    let mut sql = QueryBuilder::new(format!("select {COLUMNS} from {}", matching(query.state)));
    push_text(&mut sql, query);
    page.push(&mut sql);
    let rows = sql.build().persistent(false).fetch_all(executor).await?;
    page.read(&rows, registration)
}

/// Counts the registrations on all pages of a list, up to the limit of counting.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn count(executor: impl PgExecutor<'_>, query: &RegistrationQuery) -> Result<u64, Error> {
    let mut sql = keyset::counting(matching(query.state));
    push_text(&mut sql, query);
    keyset::count(executor, sql).await
}

/// Returns the table with the condition on the state.
const fn matching(state: RegistrationState) -> &'static str {
    match state {
        RegistrationState::Pending => "users u where u.status = 'pending' and u.deleted_at is null",
        RegistrationState::Rejected => {
            "users u where u.status = 'pending' and u.deleted_at is not null"
        }
    }
}

/// Appends the condition that one of the names contains the text. The stored search text of a user does not have the unverified email
/// address, which is the only one of most registrations.
fn push_text(sql: &mut QueryBuilder<Postgres>, query: &RegistrationQuery) {
    if let Some(text) = &query.text {
        sql.push(
            " and strpos(search_text(u.username, u.display_name, coalesce(u.email, u.unverified_email)), ",
        )
        .push_bind(needle(text))
        .push(") <> 0");
    }
}

/// Returns the page that a query asks for. The order of creation is the order of ids.
fn page(query: &RegistrationQuery) -> Keyset<'_> {
    let column = match query.sort.key {
        SortKey::Username => Some(r#"u.username collate "und-x-icu""#),
        SortKey::Name => Some(r#"u.display_name collate "und-x-icu""#),
        SortKey::Email => Some(r#"coalesce(u.email, u.unverified_email, '') collate "und-x-icu""#),
        // Registrations have no other order.
        _ => None,
    };
    let descending = query.sort.descending;
    Keyset::new(Column::id("u.id"), descending, &query.position, query.limit)
        .by(column.map(Column::any))
}

/// Decodes a row with [`COLUMNS`].
fn registration(row: &PgRow) -> Result<Registration, sqlx::Error> {
    let network: Option<IpNetwork> = row.try_get("registered_from")?;
    Ok(Registration {
        id: UserId(row.try_get("id")?),
        number: row.try_get("number")?,
        username: row.try_get("username")?,
        display_name: row.try_get("display_name")?,
        email: row.try_get("email")?,
        email_of: row.try_get("email_of")?,
        from: network.map(|network| network.ip()),
        created_at: row.try_get("created_at")?,
        rejected_at: row.try_get("deleted_at")?,
        purge_after: row.try_get("purge_after")?,
        version: row.try_get("version")?,
    })
}
