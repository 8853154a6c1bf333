//! The stored counters, and a recount of all rows.

use std::collections::BTreeMap;

use sqlx::PgPool;
use time::OffsetDateTime;
use uuid::Uuid;

/// Counters of one user: number of personas, ontologies, annotations, keys and active sessions; ids of the roles; whether the user is
/// deleted.
type Stats = ([i32; 5], Vec<Uuid>, bool);

/// All counters.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Counters {
    stats: BTreeMap<Uuid, Stats>,
    totals: BTreeMap<String, i64>,
}

/// A row of `user_stats`: the user, the five counters, the roles, whether the user is deleted.
type StatsRow = (Uuid, i32, i32, i32, i32, i32, Vec<Uuid>, bool);

/// Returns the counters that the triggers have stored.
pub(crate) async fn stored(pool: &PgPool) -> Counters {
    let stats: Vec<StatsRow> = sqlx::query_as(
        "select user_id, personas, ontologies, annotations, api_keys, sessions, role_ids, deleted from user_stats",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    let totals: Vec<(String, i64)> =
        sqlx::query_as("select name, sum(value)::bigint from user_totals where name not like 'signed-in:%' group by name")
            .fetch_all(pool)
            .await
            .unwrap();
    Counters {
        stats: stats
            .into_iter()
            .map(|(id, p, o, a, k, s, roles, deleted)| (id, ([p, o, a, k, s], roles, deleted)))
            .collect(),
        totals: totals
            .into_iter()
            .filter(|(_, value)| *value != 0)
            .collect(),
    }
}

/// Returns the counters of a recount.
pub(crate) async fn counted(pool: &PgPool) -> Counters {
    let mut counters = Counters::default();
    let users: Vec<(Uuid, String, OffsetDateTime, Option<OffsetDateTime>)> =
        sqlx::query_as("select id, status, created_at, deleted_at from users")
            .fetch_all(pool)
            .await
            .unwrap();
    let mut live = Vec::new();
    for (id, status, created_at, deleted_at) in users {
        counters
            .stats
            .insert(id, ([0; 5], Vec::new(), deleted_at.is_some()));
        if deleted_at.is_some() {
            counters.add("deleted".to_owned());
        } else {
            live.push(id);
            counters.add("users".to_owned());
            counters.add(format!("status:{status}"));
            counters.add(format!(
                "created:{}",
                created_at.to_offset(time::UtcOffset::UTC).date()
            ));
        }
    }
    const SESSIONS: usize = 4;
    for (index, owners) in [
        "select user_id from personas",
        "select p.user_id from ontologies o join personas p on p.id = o.persona_id",
        "select user_id from annotations",
        "select user_id from api_keys where user_id is not null",
        "select user_id from sessions where user_id is not null and ended_at is null",
    ]
    .into_iter()
    .enumerate()
    {
        let owners: Vec<Uuid> = sqlx::query_scalar(owners).fetch_all(pool).await.unwrap();
        for owner in owners {
            counters.stats.get_mut(&owner).unwrap().0[index] += 1;
            if index == SESSIONS {
                counters.add("sessions".to_owned());
            }
        }
    }
    let mut grants: Vec<(i16, String, Uuid, Uuid)> = sqlx::query_as(
        "select r.rank, r.name, r.id, ur.user_id from user_roles ur join roles r on r.id = ur.role_id",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    grants.sort();
    for (_, _, role, holder) in grants {
        if live.contains(&holder) {
            counters.add(format!("role:{role}"));
        }
        counters.stats.get_mut(&holder).unwrap().1.push(role);
    }
    counters
}

impl Counters {
    fn add(&mut self, name: String) {
        *self.totals.entry(name).or_default() += 1;
    }
}
