//! Revoking sessions, one or many. Users are locked before their sessions, in the order of their ids, so that concurrent transactions do
//! not deadlock.

use std::{collections::BTreeMap, net::IpAddr};

use domain::sessions::revoke::RevokeOutcome;
use sqlx::{PgConnection, PgExecutor, Postgres, QueryBuilder, Row};
use time::OffsetDateTime;
use uuid::Uuid;

use super::SessionQueryFilter;
use crate::Error;

/// An active session that is about to be revoked.
#[derive(Debug, Clone)]
pub struct Target {
    /// The id of the owner.
    pub user_id: Uuid,
    /// Browser and operating system, in words.
    pub device: Option<String>,
    /// IP address of the client.
    pub ip: Option<IpAddr>,
}

/// Returns the active session with an id.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find(executor: impl PgExecutor<'_>, id: Uuid) -> Result<Option<Target>, Error> {
    let row = sqlx::query!(
        r#"select user_id as "user_id!", device, ip from live_sessions where id = $1"#,
        id
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(|row| Target {
        user_id: row.user_id,
        device: row.device,
        ip: row.ip.map(|network| network.ip()),
    }))
}

/// Revokes a session. Returns false if it had ended already.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_revoked(
    connection: &mut PgConnection,
    id: Uuid,
    by: Option<Uuid>,
) -> Result<bool, Error> {
    let done = sqlx::query!(
        "update sessions set ended_at = now(), ended_reason = 'revoked', ended_by = $2
        where id = $1 and ended_at is null",
        id,
        by,
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// A selection of sessions that are revoked together.
#[derive(Debug, Clone)]
pub struct Many<'a> {
    /// Filter that the sessions match.
    pub asked: SessionQueryFilter<'a>,
    /// The id of a session that is left out.
    pub but_session: Option<Uuid>,
    /// Ids of the roles whose users are out of reach.
    pub out_of_reach: &'a [Uuid],
}

/// Position in the selection: the start of a session, and its id.
pub type After = (OffsetDateTime, Uuid);

const OUT_OF_REACH: &str =
    "exists (select 1 from user_roles ur where ur.user_id = s.user_id and ur.role_id = any(";

impl Many<'_> {
    fn push(&self, sql: &mut QueryBuilder<Postgres>) {
        self.asked.push(sql);
        if let Some(session) = self.but_session {
            sql.push(" and s.id <> ").push_bind(session);
        }
    }

    /// Counts the sessions that would be revoked now, their users, and the matching sessions that are out of reach.
    ///
    /// # Errors
    /// Fails if the database cannot be reached.
    pub async fn count(&self, executor: impl PgExecutor<'_>) -> Result<RevokeOutcome, Error> {
        let mut sql = QueryBuilder::new(
            "select count(*) filter (where not o), count(distinct user_id) filter (where not o), count(*) filter (where o)
            from (select s.user_id, ",
        );
        sql.push(OUT_OF_REACH)
            .push_bind(self.out_of_reach)
            .push(")) as o from live_sessions s where true");
        self.push(&mut sql);
        sql.push(") as matching");
        let row = sql.build().persistent(false).fetch_one(executor).await?;
        let number = |at: usize| Ok::<_, sqlx::Error>(row.try_get::<i64, _>(at)?.unsigned_abs());
        Ok(RevokeOutcome {
            sessions: number(0)?,
            users: number(1)?,
            out_of_reach: number(2)?,
        })
    }

    /// Lists at most `most` sessions to revoke, in the order of their start, after a position: the ids of the sessions and of their users,
    /// and the last position. Sessions that started after the time from which ages are counted are left out.
    ///
    /// # Errors
    /// Fails if the database cannot be reached.
    pub async fn pick(
        &self,
        executor: impl PgExecutor<'_>,
        after: Option<After>,
        most: u16,
    ) -> Result<(Vec<Uuid>, Vec<Uuid>, Option<After>), Error> {
        let mut sql = QueryBuilder::new(
            "select s.id, s.user_id, s.created_at from live_sessions s where s.created_at <= ",
        );
        sql.push_bind(self.asked.now)
            .push(" and not ")
            .push(OUT_OF_REACH)
            .push_bind(self.out_of_reach)
            .push("))");
        self.push(&mut sql);
        if let Some((at, id)) = after {
            sql.push(" and (s.created_at, s.id) > (")
                .push_bind(at)
                .push(", ")
                .push_bind(id)
                .push(")");
        }
        sql.push(format!(" order by s.created_at, s.id limit {most}"));
        let rows = sql.build().persistent(false).fetch_all(executor).await?;
        let mut last = None;
        let (mut ids, mut users) = (Vec::new(), Vec::new());
        for row in rows {
            let id = row.try_get("id")?;
            last = Some((row.try_get("created_at")?, id));
            ids.push(id);
            users.push(row.try_get("user_id")?);
        }
        Ok((ids, users, last))
    }

    /// Revokes those of `ids` that still match. Returns the number of revoked sessions by user.
    ///
    /// # Errors
    /// Fails if the database cannot be reached.
    pub async fn set_revoked(
        &self,
        connection: &mut PgConnection,
        ids: &[Uuid],
        by: Option<Uuid>,
    ) -> Result<Vec<(Uuid, i64)>, Error> {
        let mut sql = QueryBuilder::new(
            "update sessions set ended_at = now(), ended_reason = 'revoked', ended_by = ",
        );
        sql.push_bind(by)
            .push(" where ended_at is null and id in (select s.id from live_sessions s where s.id = any(")
            .push_bind(ids)
            .push(") and not ")
            .push(OUT_OF_REACH)
            .push_bind(self.out_of_reach)
            .push("))");
        self.push(&mut sql);
        sql.push(") returning user_id");
        let rows = sql.build().persistent(false).fetch_all(connection).await?;
        let mut ended = BTreeMap::new();
        for row in rows {
            *ended.entry(row.try_get::<Uuid, _>(0)?).or_insert(0) += 1;
        }
        Ok(ended.into_iter().collect())
    }
}
