//! Accounts that people make for themselves: those who wait to be let in, and addresses that nobody has confirmed.

use domain::{
    client_address::ClientAddress,
    registrations::WaitingPerson,
    users::{CreatedVia, Status, UserId},
};
use sqlx::{PgConnection, PgExecutor, types::ipnetwork::IpNetwork};
use uuid::Uuid;

use crate::Error;

/// An account that somebody makes for themselves.
#[derive(Debug, Clone)]
pub struct NewPerson<'a> {
    /// Name to sign in with.
    pub username: &'a str,
    /// Full name.
    pub display_name: &'a str,
    /// The address that they give. Whether somebody has it already is not looked at here.
    pub claimed_email: Option<&'a str>,
    /// PHC string.
    pub password_hash: &'a str,
    /// Whether they can sign in at once.
    pub status: Status,
    /// How it comes to be.
    pub created_via: CreatedVia,
    /// Who has invited them.
    pub created_by: Option<Uuid>,
    /// Whence they come, if that is kept.
    pub from: Option<ClientAddress>,
    /// The skeleton of a name outside of ASCII.
    pub skeleton: Option<&'a str>,
}

/// Makes an account. Its id is returned.
///
/// # Errors
/// `users_username_key` when the name is taken.
pub async fn insert(connection: &mut PgConnection, person: &NewPerson<'_>) -> Result<Uuid, Error> {
    let row = sqlx::query!(
        "insert into users (
            id, username, display_name, claimed_email, password_hash, password_changed_at, status, created_via,
            created_by, registered_from, username_skeleton, created_at, updated_at
        ) values (uuid_v7(now()), $1, $2, $3, $4, now(), $5, $6, $7, $8, $9, now(), now())
        returning id",
        person.username,
        person.display_name,
        person.claimed_email,
        person.password_hash,
        person.status.as_str(),
        person.created_via.as_str(),
        person.created_by,
        person.from.map(|address| IpNetwork::from(address.ip())),
        person.skeleton,
    )
    .fetch_one(connection)
    .await?;
    Ok(row.id)
}

/// Those who wait, who has waited longest first, after one of them.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list_waiting(
    executor: impl PgExecutor<'_>,
    after: Option<Uuid>,
    most: i64,
) -> Result<Vec<WaitingPerson>, Error> {
    let rows = sqlx::query!(
        r#"select
            u.id, u.number, u.username, u.display_name, coalesce(u.email, u.claimed_email) as email,
            (
                select o.username from users o
                where o.email is not null and name_key(o.email) = name_key(u.claimed_email)
            ) as email_of,
            u.registered_from, u.created_at, u.version
        from users u
        where u.status = 'pending' and u.deleted_at is null and u.id > $1
        order by u.id limit $2"#,
        after.unwrap_or_default(),
        most,
    )
    .fetch_all(executor)
    .await?;
    let people = rows.into_iter().map(|row| WaitingPerson {
        id: UserId(row.id),
        number: row.number,
        username: row.username,
        display_name: row.display_name,
        email: row.email,
        email_of: row.email_of,
        from: row.registered_from.map(|network| network.ip()),
        created_at: row.created_at,
        version: row.version,
    });
    Ok(people.collect())
}

/// How many wait, from the totals that are kept.
///
/// # Errors
/// When the database cannot be reached.
pub async fn count_waiting(executor: impl PgExecutor<'_>) -> Result<u64, Error> {
    let row = sqlx::query!(
        r#"select coalesce(sum(value), 0)::bigint as "waiting!" from user_totals where name = 'status:pending'"#
    )
    .fetch_one(executor)
    .await?;
    Ok(u64::try_from(row.waiting).unwrap_or_default())
}

/// Lets somebody in, and forgets whence they came.
///
/// # Errors
/// When the database cannot be reached.
pub async fn set_admitted(connection: &mut PgConnection, id: Uuid) -> Result<(), Error> {
    sqlx::query!(
        "update users set status = 'active', registered_from = null, version = version + 1, updated_at = now()
        where id = $1",
        id,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// An address that somebody has given for themselves.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Whose account.
    pub user_id: Uuid,
    /// Name to sign in with.
    pub username: String,
    /// The address that the account has until then.
    pub known_as: Option<String>,
    /// The address.
    pub email: String,
}

/// Locks the account of the next claim that is yet to be looked at, of one person or of anybody. Only of those who can sign
/// in: whoever waits or is kept out takes no address from others.
///
/// # Errors
/// When the database cannot be reached.
pub async fn take_claim(
    connection: &mut PgConnection,
    of: Option<Uuid>,
) -> Result<Option<Claim>, Error> {
    Ok(sqlx::query_as!(
        Claim,
        r#"select id as user_id, username, email as known_as, claimed_email as "email!" from users
        where claimed_email is not null and claim_settled_at is null and status = 'active' and deleted_at is null
            and ($1::uuid is null or id = $1)
        order by id limit 1 for update skip locked"#,
        of,
    )
    .fetch_optional(connection)
    .await?)
}

/// Makes a claimed address that of the account, unless somebody has it; then the claim stays as it is. Returns whether it was
/// free. When the account was changed stays as it was, because the person may see that.
///
/// # Errors
/// `users_email_key` when somebody else takes the address at this moment.
pub async fn settle(connection: &mut PgConnection, claim: &Claim) -> Result<bool, Error> {
    let row = sqlx::query!(
        r#"update users u set
            email = case when a.free then $2 else u.email end,
            claimed_email = case when a.free then null else u.claimed_email end,
            claim_settled_at = case when a.free then null else now() end,
            version = u.version + 1
        from (
            select not exists (
                select 1 from users o where o.email is not null and name_key(o.email) = name_key($2) and o.id <> $1
            ) as free
        ) a
        where u.id = $1
        returning a.free as "free!""#,
        claim.user_id,
        claim.email,
    )
    .fetch_one(connection)
    .await?;
    Ok(row.free)
}
