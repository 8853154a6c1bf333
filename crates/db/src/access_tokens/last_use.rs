//! Last use of access tokens.

use domain::client_address::ClientAddress;
use sqlx::{PgExecutor, types::ipnetwork::IpNetwork};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::Error;

/// Stores the time and the address of the tokens' last use, which is an activity of their owners. A time before the stored one changes
/// nothing.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_last_used(
    executor: impl PgExecutor<'_>,
    ids: &[Uuid],
    used: &[OffsetDateTime],
    ips: &[Option<ClientAddress>],
) -> Result<(), Error> {
    let networks = ips
        .iter()
        .map(|ip| ip.map(|address| IpNetwork::from(address.ip())));
    let ips: Vec<Option<IpNetwork>> = networks.collect();
    sqlx::query!(
        "with used as (
            select t.id, least(t.at, now()) as at, t.ip
            from unnest($1::uuid[], $2::timestamptz[], $3::inet[]) as t (id, at, ip)
        ),
        -- In one order, and the user before the tokens, so that two servers that have seen the same tokens cannot wait for each other.
        owners as (
            select u.id from users u
            where u.id in (select a.user_id from access_tokens a join used on used.id = a.id)
            order by u.id for no key update
        ),
        held as (
            select a.id from access_tokens a
            where a.id in (select id from used) and a.user_id in (select id from owners)
            order by a.id for no key update
        ),
        touched as (
            update access_tokens a set last_used_at = used.at, last_used_ip = used.ip
            from used
            where a.id = used.id and a.id in (select id from held)
                and (a.last_used_at is null or a.last_used_at < used.at)
            returning a.user_id, used.at
        )
        update users u
        set last_active_at = t.at
        from (select user_id, max(at) as at from touched group by user_id) t
        where u.id = t.user_id and (u.last_active_at is null or u.last_active_at < t.at)",
        ids,
        used,
        &ips as &[Option<IpNetwork>],
    )
    .execute(executor)
    .await?;
    Ok(())
}
