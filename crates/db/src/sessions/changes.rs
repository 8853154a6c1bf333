//! Changes of sessions for live updates: the database notifies of them as soon as they are committed.

use std::{collections::HashMap, time::Duration};

use domain::{permission::Permissions, sessions::Session};
use sqlx::{
    PgExecutor, PgPool, QueryBuilder,
    postgres::{PgListener, PgPoolOptions},
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::list::{COLUMNS, session};
use crate::Error;

/// Channel of the triggers' notifications.
const CHANNEL: &str = "rollcall_sessions";
/// Longest time that a transaction may take to commit after the timestamp of its rows.
const SLOW_COMMIT: Duration = Duration::from_secs(10);

/// A notification of the triggers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// These sessions started or ended.
    Changed(Vec<Uuid>),
    /// More sessions changed than a notification has room for, or notifications were lost.
    Many,
    /// A role was revoked from a user.
    Rights,
}

/// A listener on a connection of its own, so that requests keep all connections of the pool.
#[derive(Debug)]
pub struct Listener(PgListener);

impl Listener {
    /// Starts to listen.
    ///
    /// # Errors
    /// Fails if the database cannot be reached.
    pub async fn start(pool: &PgPool) -> Result<Self, Error> {
        let options = pool.connect_options().as_ref().clone();
        let own = PgPoolOptions::new()
            .max_connections(1)
            .connect_lazy_with(options);
        let mut listener = PgListener::connect_with(&own).await?;
        listener.listen(CHANNEL).await?;
        Ok(Self(listener))
    }

    /// Waits for the next notification.
    ///
    /// # Errors
    /// Fails if the connection is lost and the database cannot be reached again.
    pub async fn next(&mut self) -> Result<Word, Error> {
        // `None` means that the connection was lost and opened again: notifications may be missing.
        let notification = self.0.try_recv().await?;
        Ok(notification.map_or(Word::Many, |notification| read(notification.payload())))
    }
}

fn read(payload: &str) -> Word {
    if payload == "rights" {
        return Word::Rights;
    }
    let ids: Result<Vec<Uuid>, _> = payload.split(' ').map(Uuid::try_parse).collect();
    ids.map_or(Word::Many, Word::Changed)
}

/// Lists sessions by their ids as they are now, active or ended.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_by_ids(
    executor: impl PgExecutor<'_>,
    ids: &[Uuid],
) -> Result<Vec<Session>, Error> {
    let rows = QueryBuilder::new(format!(
        "select {COLUMNS} from live_sessions s where s.id = any("
    ))
    .push_bind(ids)
    .push(format!(
        ") union all select {COLUMNS} from ended_sessions s where s.id = any("
    ))
    .push_bind(ids)
    .push(") order by created_at, id")
    .build()
    .fetch_all(executor)
    .await?;
    Ok(rows.iter().map(session).collect::<Result<_, _>>()?)
}

/// Lists sessions that started or ended since a time, at most `most` of each. It begins a little earlier than that time, because changes
/// that were not committed then could not be seen.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_since(
    executor: impl PgExecutor<'_>,
    since: OffsetDateTime,
    most: u16,
) -> Result<Vec<Session>, Error> {
    let since = since - SLOW_COMMIT;
    let rows = QueryBuilder::new(format!(
        "(select {COLUMNS} from live_sessions s where s.created_at >= "
    ))
    .push_bind(since)
    .push(format!(
        " order by s.created_at limit {most}) union all (select {COLUMNS} from ended_sessions s where s.ended_at >= "
    ))
    .push_bind(since)
    .push(format!(" order by s.ended_at limit {most})"))
    .build()
    .fetch_all(executor)
    .await?;
    Ok(rows.iter().map(session).collect::<Result<_, _>>()?)
}

/// Returns the permissions of the owners of some sessions, by session. Sessions that are not active are left out.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_permissions(
    executor: impl PgExecutor<'_>,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Permissions>, Error> {
    let rows = sqlx::query!(
        r#"select
            s.id as "id!",
            array(
                select unnest(r.permissions) from user_roles ur join roles r on r.id = ur.role_id
                where ur.user_id = s.user_id
            ) as "permissions!"
        from live_sessions s where s.id = any($1)"#,
        ids,
    )
    .fetch_all(executor)
    .await?;
    let permissions = rows
        .into_iter()
        .map(|row| (row.id, Permissions::new(row.permissions)));
    Ok(permissions.collect())
}

/// Returns the time of the database.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn now(executor: impl PgExecutor<'_>) -> Result<OffsetDateTime, Error> {
    let now = sqlx::query_scalar!(r#"select now() as "now!""#);
    Ok(now.fetch_one(executor).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notifications_are_parsed() {
        let (a, b) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert_eq!(read(&format!("{a} {b}")), Word::Changed(vec![a, b]));
        assert_eq!(read("many"), Word::Many);
        assert_eq!(read("rights"), Word::Rights);
        assert_eq!(read(""), Word::Many);
    }
}
