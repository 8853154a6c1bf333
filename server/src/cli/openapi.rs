//! `rollcall openapi`: the description of the API.

use std::process::ExitCode;

use crate::{failure::BoxError, output::say, rest::document::DOCUMENT};

pub(super) fn run() -> Result<ExitCode, BoxError> {
    say(&DOCUMENT.to_pretty_json()?)?;
    Ok(ExitCode::SUCCESS)
}
