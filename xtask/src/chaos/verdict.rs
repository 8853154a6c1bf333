//! Verification after the load: the database, and every session at both servers.

mod accounts;
mod sessions;
mod usage;

use anyhow::{Context, Result};
use serde::de::DeserializeOwned;

use super::{
    account::Account,
    findings::Findings,
    ledger::{Outcome, Unclear},
    meter::Meter,
    stage::Stage,
    worker::Worker,
};
use crate::database::Sibling;

/// Number of verified changes, sessions and uses.
#[derive(Default)]
pub(super) struct Verdict {
    /// Changes of accounts by their responses.
    pub(super) acknowledged: usize,
    pub(super) rejected: usize,
    pub(super) unclear: Unclear,
    pub(super) sessions: usize,
    /// Uses by their responses.
    pub(super) counted_uses: usize,
    pub(super) denied_uses: usize,
    pub(super) unclear_uses: usize,
}

/// Verifies accounts, sessions, counted uses and the result of `rollcall doctor`.
pub(super) fn reach(
    stage: &Stage<'_>,
    workers: &[Worker<'_>],
    meters: &[Meter<'_>],
    findings: &Findings,
) -> Result<Verdict> {
    let mut verdict = Verdict::default();
    accounts::judge(&stage.database, workers, findings, &mut verdict)?;
    sessions::judge_stored(&stage.database, workers, findings)?;
    usage::judge(&stage.database, meters, findings, &mut verdict)?;
    verdict.sessions = sessions::use_all(stage, workers, findings);
    if let Some(complaint) = stage.doctor()? {
        findings.note(format!("rollcall doctor reports:\n{complaint}"));
    }
    Ok(verdict)
}

impl Verdict {
    fn count(&mut self, account: &Account, unclear: &Unclear) {
        self.unclear.there += unclear.there;
        self.unclear.not_there += unclear.not_there;
        for attempt in &account.history.attempts {
            match attempt.outcome {
                Outcome::Done => self.acknowledged += 1,
                Outcome::Rejected => self.rejected += 1,
                Outcome::Unclear => {}
            }
        }
    }
}

/// Returns the rows of a query that selects one JSON object per row.
fn read<T: DeserializeOwned>(database: &Sibling<'_>, sql: &str) -> Result<Vec<T>> {
    database
        .query(sql)?
        .lines()
        .map(|line| serde_json::from_str(line).with_context(|| format!("the database says {line}")))
        .collect()
}
