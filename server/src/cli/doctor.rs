//! `rollcall doctor`: checks of the database.

use std::process::ExitCode;

use super::start::services;
use crate::{
    config::Config,
    failure::BoxError,
    output::{ignore_closed_pipe, say},
};

pub(super) async fn run(config: Config) -> Result<ExitCode, BoxError> {
    let services = services(&config).await?;
    let findings = service::doctor::examine(&services).await?;
    let lines: Vec<String> = findings
        .iter()
        .map(|finding| {
            let verdict = if finding.good { "ok   " } else { "ERROR" };
            format!("{verdict} {}", finding.text)
        })
        .collect();
    // A closed pipe is ignored because the exit status carries the result as well.
    ignore_closed_pipe(say(&lines.join("\n")))?;
    let well = findings.iter().all(|finding| finding.good);
    Ok(if well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
