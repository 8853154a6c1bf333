//! `rollcall doctor`: checks of the database.

use std::{error::Error as _, process::ExitCode};

use super::start::services;
use crate::{
    config::Config,
    failure::BoxError,
    output::{ignore_closed_pipe, say},
};

pub(super) async fn run(config: Config) -> Result<ExitCode, BoxError> {
    let services = services(&config).await?;
    let examined = service::doctor::examine(&services).await;
    let findings = examined.map_err(with_cause)?;
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

/// Returns an error with its cause, which its message leaves out: that is written for users, who can ask an administrator.
fn with_cause(error: service::Error) -> BoxError {
    match error.source() {
        Some(cause) => format!("the checks ended with an error: {cause}").into(),
        None => error.into(),
    }
}
