//! `rollcall audit list`: audit entries as a table or as JSON.

use std::process::ExitCode;

use domain::audit::{AuditEntryResponse, Via, list::AuditParams};

use super::filter::Filter;
use crate::{
    cli::{
        backend::Backend,
        rows::Rows,
        user::print::{Output, timestamp},
    },
    failure::BoxError,
};

/// Entries fetched per query.
const PAGE: usize = 1_000;

const HEADINGS: [&str; 6] = ["ID", "TIME", "ACTOR", "SOURCE", "ACTION", "TARGET"];

/// List audit entries, newest first.
#[derive(Debug, clap::Args)]
pub(super) struct ListArgs {
    #[command(flatten)]
    filter: Filter,
    /// Maximum number of entries.
    #[arg(long, default_value_t = 100)]
    limit: usize,
}

impl ListArgs {
    /// Fetches one page after another, so that only one is in memory, however long the log is.
    pub(super) async fn run(self, backend: &Backend, output: Output) -> Result<ExitCode, BoxError> {
        let mut params = AuditParams::from(self.filter);
        let mut left = self.limit;
        let mut rows = Rows::new(output, HEADINGS, "No audit log entries found.");
        loop {
            params.limit = Some(left.clamp(1, PAGE).to_string());
            let (mut entries, after) = backend.entries(&params).await?;
            entries.truncate(left);
            left = left.saturating_sub(entries.len());
            rows.print(entries, |entry| serde_json::to_string(&entry), row)?;
            params.after = after.filter(|_| left > 0);
            if params.after.is_none() {
                rows.finish()?;
                return Ok(ExitCode::SUCCESS);
            }
        }
    }
}

fn row(entry: &AuditEntryResponse) -> [String; 6] {
    // A server of a later version can have sources that this program does not know.
    let source = entry
        .via
        .parse()
        .map_or(entry.via.as_str(), |via: Via| via.label());
    [
        entry.id.to_string(),
        timestamp(entry.at),
        entry.actor.label.clone(),
        source.to_owned(),
        entry.action.clone(),
        entry.target.label.clone(),
    ]
}
