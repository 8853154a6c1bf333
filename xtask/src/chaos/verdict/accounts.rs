//! Verification of all accounts and their audit events.

use std::collections::BTreeMap;

use anyhow::Result;

use super::{Verdict, read};
use crate::{
    chaos::{
        findings::Findings,
        ledger::{Entry, Row},
        operations::PREFIX,
        worker::Worker,
    },
    database::Sibling,
};

/// Compares all accounts with the requested changes.
pub(super) fn judge(
    database: &Sibling<'_>,
    workers: &[Worker<'_>],
    findings: &Findings,
    verdict: &mut Verdict,
) -> Result<()> {
    let mut rows = rows(database)?;
    let mut entries = entries(database)?;
    for account in workers.iter().flat_map(Worker::all_accounts) {
        let row = rows.remove(account.username());
        let entries = entries.remove(account.username()).unwrap_or_default();
        findings.extend(account.history.judge(row.as_ref(), &entries));
        verdict.count(account, &account.history.unclear(&entries));
    }
    let unknown = rows.keys().chain(entries.keys());
    findings.extend(unknown.map(|name| format!("{name} exists, but was not requested")));
    Ok(())
}

/// Returns the accounts of the test by username.
fn rows(database: &Sibling<'_>) -> Result<BTreeMap<String, Row>> {
    let rows: Vec<Row> = read(
        database,
        &format!(
            "select json_build_object(
                'username', username, 'displayName', display_name, 'status', status, 'reason', suspended_reason,
                'deleted', deleted_at is not null, 'version', version
            ) from users where username like '{PREFIX}%'"
        ),
    )?;
    let named = rows.into_iter().map(|row| (row.username.clone(), row));
    Ok(named.collect())
}

/// Returns the audit events of these accounts by username, oldest first.
fn entries(database: &Sibling<'_>) -> Result<BTreeMap<String, Vec<Entry>>> {
    let all: Vec<Entry> = read(
        database,
        &format!(
            "select json_build_object('username', target_label, 'action', action, 'changes', changes)
            from audit_events where target_kind = 'user' and target_label like '{PREFIX}%' order by id"
        ),
    )?;
    let mut entries: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    for entry in all {
        let of_user = entries.entry(entry.username.clone()).or_default();
        of_user.push(entry);
    }
    Ok(entries)
}
