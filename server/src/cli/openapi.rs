//! `rollcall openapi`: the description of the API.

use std::process::ExitCode;

use api::document::DOCUMENT;

use crate::{failure::BoxError, output::say};

pub(super) fn run() -> Result<ExitCode, BoxError> {
    say(&DOCUMENT.to_pretty_json()?)?;
    Ok(ExitCode::SUCCESS)
}
