//! `rollcall openapi`: the description of the API.

use std::process::ExitCode;

use crate::{failure::Failure, output::say, rest::document::DOCUMENT};

pub(super) fn run() -> Result<ExitCode, Failure> {
    say(&DOCUMENT.to_pretty_json()?)?;
    Ok(ExitCode::SUCCESS)
}
