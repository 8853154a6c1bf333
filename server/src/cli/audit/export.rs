//! `rollcall audit export`

use std::{io, process::ExitCode};

use service::audit::Format;

use super::filter::Filter;
use crate::cli::{Failure, place::Place};

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
    pub(super) async fn run(self, place: &Place) -> Result<ExitCode, Failure> {
        let params = self.filter.into();
        place.export(&params, self.format, io::stdout()).await?;
        Ok(ExitCode::SUCCESS)
    }
}
