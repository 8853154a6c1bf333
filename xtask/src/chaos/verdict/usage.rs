//! Verification of all counted uses, of their sums, and of the balances of the users.

use std::collections::BTreeMap;

use anyhow::Result;

use super::{Verdict, read};
use crate::{
    chaos::{
        findings::Findings,
        ledger::Outcome,
        meter::{METERED, Meter},
        uses::{self, StoredUse},
    },
    database::Sibling,
};

/// Queries of names that have a problem, which is the text beside them. `%` is the prefix of the metered users.
const CHECKS: [(&str, &str); 3] = [
    (
        "the sums by day are not those of the events",
        "select u.username from users u where u.username like '%'
            and (select coalesce(sum(d.requests), 0) from usage_daily d where d.user_id = u.id)
            <> (select coalesce(sum(e.requests), 0) from usage_events e where e.user_id = u.id)",
    ),
    (
        "the balance is not the sum of the events",
        "select u.username from users u
        join limits l on l.user_id = u.id and l.period = 'total'
        where u.username like '%'
            and (select coalesce(sum(b.used), 0) from balances b where b.user_id = u.id and b.metric = 'requests')
            <> (select coalesce(sum(e.requests), 0) from usage_events e where e.user_id = u.id)",
    ),
    (
        "a lease is settled without its event, or not settled and has one",
        "select l.event_id from leases l join users u on u.id = l.user_id
        where u.username like '%' and (l.ended_as is not distinct from 'settled')
            <> exists (select from usage_events e where e.user_id = l.user_id and e.event_id = l.event_id)",
    ),
];

/// Compares the stored events with the requested uses.
pub(super) fn judge(
    database: &Sibling<'_>,
    meters: &[Meter<'_>],
    findings: &Findings,
    verdict: &mut Verdict,
) -> Result<()> {
    let all = || meters.iter().flat_map(|meter| &meter.uses);
    findings.extend(uses::judge(all(), stored(database)?));
    for requested in all() {
        match requested.outcome {
            Outcome::Done => verdict.counted_uses += 1,
            Outcome::Rejected => verdict.denied_uses += 1,
            Outcome::Unclear => verdict.unclear_uses += 1,
        }
    }
    for (problem, sql) in CHECKS {
        let names = database.query(&sql.replace("'%'", &format!("'{METERED}%'")))?;
        findings.extend(names.lines().map(|name| format!("{name}: {problem}")));
    }
    Ok(())
}

/// Returns the events of the metered users by their ids.
fn stored(database: &Sibling<'_>) -> Result<BTreeMap<String, StoredUse>> {
    let rows: Vec<StoredUse> = read(
        database,
        &format!(
            "select json_build_object(
                'event', e.event_id, 'user', min(e.user_id::text), 'count', count(*), 'requests', sum(e.requests)
            )
            from usage_events e join users u on u.id = e.user_id
            where u.username like '{METERED}%' group by e.event_id"
        ),
    )?;
    let named = rows.into_iter().map(|row| (row.event.clone(), row));
    Ok(named.collect())
}
