//! Ending sessions, one or many. The people are locked before their sessions, in the order of their ids.

use std::{collections::BTreeMap, net::IpAddr};

use domain::sessions::revoke::RevokeOutcome;
use sqlx::{PgConnection, PgExecutor, Postgres, QueryBuilder, Row};
use time::OffsetDateTime;
use uuid::Uuid;

use super::Asked;
use crate::Error;

/// A live session that may be about to end.
#[derive(Debug, Clone)]
pub struct Target {
    /// Whose.
    pub user_id: Uuid,
    /// On what, in words.
    pub device: Option<String>,
    /// From where.
    pub ip: Option<IpAddr>,
}

/// The live session of an id.
///
/// # Errors
/// When the database cannot be reached.
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

/// Ends a session. Returns whether it had not ended before.
///
/// # Errors
/// When the database cannot be reached.
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

/// Which sessions are ended together.
#[derive(Debug, Clone)]
pub struct Many<'a> {
    /// Those that match.
    pub asked: Asked<'a>,
    /// But not this one.
    pub but_session: Option<Uuid>,
    /// Whoever has a role of one of these names is out of reach.
    pub out_of_reach: &'a [String],
}

/// A place among them: when a session was started, and its id.
pub type After = (OffsetDateTime, Uuid);

const OUT_OF_REACH: &str = "exists (select 1 from user_roles ur join roles r on r.id = ur.role_id where ur.user_id = s.user_id and r.name = any(";

impl Many<'_> {
    fn push(&self, sql: &mut QueryBuilder<Postgres>) {
        self.asked.push(sql);
        if let Some(session) = self.but_session {
            sql.push(" and s.id <> ").push_bind(session);
        }
    }

    /// How many end now, of how many people, and how many stay.
    ///
    /// # Errors
    /// When the database cannot be reached.
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
            people: number(1)?,
            out_of_reach: number(2)?,
        })
    }

    /// Some of those that end, in the order in which they were started, after one of them: the ids of the sessions and of
    /// their people, and the last place. None that was started later than ages are counted from.
    ///
    /// # Errors
    /// When the database cannot be reached.
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
        let (mut ids, mut people) = (Vec::new(), Vec::new());
        for row in rows {
            let id = row.try_get("id")?;
            last = Some((row.try_get("created_at")?, id));
            ids.push(id);
            people.push(row.try_get("user_id")?);
        }
        Ok((ids, people, last))
    }

    /// Ends those of some sessions that still match. Returns how many of whom.
    ///
    /// # Errors
    /// When the database cannot be reached.
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

/// Locks people in the order of their ids, so that nobody signs in to these accounts or changes them meanwhile.
///
/// # Errors
/// When the database cannot be reached.
pub async fn lock_people(connection: &mut PgConnection, ids: &[Uuid]) -> Result<(), Error> {
    sqlx::query!(
        "select id from users where id = any($1) order by id for no key update",
        ids
    )
    .fetch_all(connection)
    .await?;
    Ok(())
}
