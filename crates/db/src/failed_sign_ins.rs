//! Failed sign-ins: one row for each account, network, reason and hour.

use domain::{
    client_address::{ClientAddress, ClientNetwork},
    sessions::{
        SessionUser,
        failed::{FailedQuery, FailedSignIns, Grouping, SignInFailure, row_at},
    },
    users::{Unknown, UserId},
};
use sqlx::{PgExecutor, QueryBuilder, Row, postgres::PgRow, types::ipnetwork::IpNetwork};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    Error,
    keyset::{self, Column, Keyset, Value},
};

/// Failed sign-ins to add to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Added {
    /// First instant of the hour.
    pub hour: OffsetDateTime,
    /// The id of the account; `None` if no account has the username.
    pub user_id: Option<Uuid>,
    /// Network of the client, if it is known.
    pub network: Option<ClientNetwork>,
    /// Reason of the failures.
    pub reason: SignInFailure,
    /// Address of the last attempt.
    pub address: Option<ClientAddress>,
    /// Number of attempts.
    pub tries: i32,
    /// Time of the last attempt.
    pub last_at: OffsetDateTime,
}

/// Adds failed sign-ins to their rows, or inserts the rows. Failures of accounts that no longer exist are left out. No two elements may be
/// of the same row.
///
/// # Errors
/// Fails if the database cannot be reached, or if an account is deleted permanently at the same time.
pub async fn add(executor: impl PgExecutor<'_>, added: &[Added]) -> Result<(), Error> {
    let hours: Vec<OffsetDateTime> = added.iter().map(|added| added.hour).collect();
    let last: Vec<OffsetDateTime> = added.iter().map(|added| added.last_at).collect();
    let users: Vec<Option<Uuid>> = added.iter().map(|added| added.user_id).collect();
    let networks: Vec<Option<IpNetwork>> = added
        .iter()
        .map(|added| {
            let network = added.network?;
            IpNetwork::new(network.first(), network.prefix()).ok()
        })
        .collect();
    let addresses: Vec<Option<IpNetwork>> = added
        .iter()
        .map(|added| added.address.map(|address| IpNetwork::from(address.ip())))
        .collect();
    let reasons: Vec<&str> = added.iter().map(|added| added.reason.as_str()).collect();
    let tries: Vec<i32> = added.iter().map(|added| added.tries).collect();
    sqlx::query!(
        "insert into failed_sign_ins as f (hour, user_id, network, reason, address, tries, last_at)
        select t.hour, t.user_id, t.network, t.reason, t.address, t.tries, least(t.last_at, now())
        from unnest($1::timestamptz[], $2::uuid[], $3::inet[], $4::text[], $5::inet[], $6::int[], $7::timestamptz[])
            as t (hour, user_id, network, reason, address, tries, last_at)
        where t.user_id is null or exists (select from users u where u.id = t.user_id)
        -- In one order, so that two servers cannot wait for each other.
        order by t.user_id, t.hour, t.network, t.reason
        on conflict (hour, user_id, network, reason) do update set
            tries = f.tries + excluded.tries,
            address = case when excluded.last_at >= f.last_at then excluded.address else f.address end,
            last_at = greatest(f.last_at, excluded.last_at)",
        &hours[..],
        &users as &[Option<Uuid>],
        &networks as &[Option<IpNetwork>],
        &reasons as &[&str],
        &addresses as &[Option<IpNetwork>],
        &tries[..],
        &last[..],
    )
    .execute(executor)
    .await?;
    Ok(())
}

/// Lists the rows of a page, the latest attempt first. The flag is true if there are more in the direction of reading.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_page(
    executor: impl PgExecutor<'_>,
    query: &FailedQuery,
) -> Result<(Vec<FailedSignIns>, bool), Error> {
    let column = column(query.by);
    let mut sql = QueryBuilder::new(format!(
        "with groups as (
            select max(f.last_at) as last_at, sum(f.tries)::bigint as tries,
                count(distinct f.user_id) as accounts, count(distinct f.network) as addresses,
                (array_agg(f.id order by f.last_at desc, f.id desc))[1] as id
            from failed_sign_ins f group by f.{column}
        )
        select g.id, g.last_at, g.tries, g.accounts, g.addresses, f.reason, f.address,
            u.id as user_id, u.username, u.display_name
        from groups g
        join failed_sign_ins f on f.id = g.id
        left join users u on u.id = f.user_id
        where true"
    ));
    let id = Column::new("g.id", |cursor| Value::Bigint(row_at(cursor)));
    let page =
        Keyset::new(id, true, &query.position, query.limit).by(Some(Column::time("g.last_at")));
    page.push(&mut sql);
    let rows = sql.build().fetch_all(executor).await?;
    page.read(&rows, failed)
}

/// Counts the groups, up to one more than [`EXACT_TOTAL_MAX`](domain::list::EXACT_TOTAL_MAX).
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn count(executor: impl PgExecutor<'_>, by: Grouping) -> Result<u64, Error> {
    let groups = format!("failed_sign_ins f group by f.{}", column(by));
    keyset::count(executor, keyset::counting(&groups)).await
}

/// Deletes at most `limit` rows whose last attempt was more than `days` ago. Returns their number.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn delete_old(
    executor: impl PgExecutor<'_>,
    days: i32,
    limit: i64,
) -> Result<u64, Error> {
    let done = sqlx::query!(
        "delete from failed_sign_ins where id in (
            select id from failed_sign_ins where last_at < now() - make_interval(days => $1)
            order by last_at limit $2 for update skip locked
        )",
        days,
        limit,
    )
    .execute(executor)
    .await?;
    Ok(done.rows_affected())
}

const fn column(by: Grouping) -> &'static str {
    match by {
        Grouping::Account => "user_id",
        Grouping::Address => "network",
    }
}

fn failed(row: &PgRow) -> Result<FailedSignIns, sqlx::Error> {
    let reason: &str = row.try_get("reason")?;
    let reason: Result<SignInFailure, Unknown> = reason.parse();
    let user: Option<Uuid> = row.try_get("user_id")?;
    let user = user.map(|id| {
        Ok::<_, sqlx::Error>(SessionUser {
            id: UserId(id),
            username: row.try_get("username")?,
            display_name: row.try_get("display_name")?,
        })
    });
    let address: Option<IpNetwork> = row.try_get("address")?;
    let number = |column| row.try_get::<i64, _>(column).map(i64::unsigned_abs);
    Ok(FailedSignIns {
        row: row.try_get("id")?,
        last_at: row.try_get("last_at")?,
        reason: reason.map_err(|unknown| sqlx::Error::Decode(unknown.into()))?,
        tries: number("tries")?,
        user: user.transpose()?,
        accounts: number("accounts")?,
        ip_address: address.map(|address| address.ip()),
        addresses: number("addresses")?,
    })
}
