//! `rollcall audit export`: the audit log as CSV or NDJSON.

use std::{io, process::ExitCode};

use service::audit::Format;

use super::filter::Filter;
use crate::{cli::backend::Backend, failure::BoxError};

/// Write matching entries to standard output, oldest first. The export is audited.
#[derive(Debug, clap::Args)]
pub(super) struct ExportArgs {
    #[command(flatten)]
    filter: Filter,
    /// Format of the output: csv, or ndjson with one JSON object per line.
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
    pub(super) async fn run(self, backend: &Backend) -> Result<ExitCode, BoxError> {
        let params = self.filter.into();
        backend.export(&params, self.format, io::stdout()).await?;
        Ok(ExitCode::SUCCESS)
    }
}
