//! `rollcall audit export`

use std::{io::Write as _, process::ExitCode};

use service::{
    Services,
    access::operator,
    audit::{self, Format},
};

use super::filter::Filter;
use crate::cli::Failure;

/// Write what matches to standard output, the earliest entry first. That it was done goes on record.
#[derive(Debug, clap::Args)]
pub(super) struct ExportArgs {
    #[command(flatten)]
    filter: Filter,
    /// csv, or ndjson for a JSON object in each line.
    #[arg(long, default_value = "csv", value_parser = format)]
    format: Format,
}

fn format(text: &str) -> Result<Format, String> {
    let known = Format::ALL
        .into_iter()
        .find(|format| format.as_str() == text);
    known.ok_or_else(|| "use csv or ndjson".to_owned())
}

impl ExportArgs {
    pub(super) async fn run(self, services: &Services) -> Result<ExitCode, Failure> {
        let params = self.filter.into();
        let mut export = audit::export(services, &operator(), &params, self.format).await?;
        while let Some(piece) = export.pieces.recv().await {
            std::io::stdout().write_all(piece?.as_bytes())?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
