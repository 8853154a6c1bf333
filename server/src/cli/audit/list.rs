//! `rollcall audit list`

use std::process::ExitCode;

use domain::{
    audit::{AuditEntry, ShownEntry, list::AuditParams},
    users::list::Limits,
};
use service::{Error, Services, access::operator, audit};

use super::filter::Filter;
use crate::cli::{
    Failure,
    rows::Rows,
    user::print::{Output, moment},
};

/// Entries read in one go.
const PAGE: usize = 1_000;

const HEADINGS: [&str; 6] = ["ID", "WHEN", "WHO", "VIA", "WHAT", "TO"];

/// List what is on record, the latest entry first.
#[derive(Debug, clap::Args)]
pub(super) struct ListArgs {
    #[command(flatten)]
    filter: Filter,
    /// Most entries to list.
    #[arg(long, default_value_t = 100)]
    limit: usize,
}

impl ListArgs {
    /// Walks the pages: nothing is held but one, however many there are.
    pub(super) async fn run(
        self,
        services: &Services,
        output: Output,
    ) -> Result<ExitCode, Failure> {
        let mut params = AuditParams::from(self.filter);
        let mut left = self.limit;
        let mut rows = Rows::new(output, HEADINGS, "There is nothing to list.");
        loop {
            params.limit = Some(left.clamp(1, PAGE).to_string());
            let query = params.parse(Limits::API).map_err(Error::from)?;
            let page = audit::list(services, &operator(), &query).await?;
            let wanted: Vec<AuditEntry> = page.entries.into_iter().take(left).collect();
            left = left.saturating_sub(wanted.len());
            let json = |entry| serde_json::to_string(&ShownEntry::from(entry));
            rows.give(wanted, json, row)?;
            params.after = page.after.filter(|_| left > 0);
            if params.after.is_none() {
                rows.finish()?;
                return Ok(ExitCode::SUCCESS);
            }
        }
    }
}

fn row(entry: &AuditEntry) -> [String; 6] {
    [
        entry.id.to_string(),
        moment(entry.at),
        entry.actor.clone(),
        entry.via.clone(),
        entry.action.clone(),
        entry.target.clone(),
    ]
}
