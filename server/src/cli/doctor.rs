//! `rollcall doctor`

use std::process::ExitCode;

use super::{Failure, say, services};
use crate::config::Config;

pub(super) async fn run(config: Config) -> Result<ExitCode, Failure> {
    let services = services(&config).await?;
    let findings = service::doctor::examine(&services).await?;
    for finding in &findings {
        say(&format!(
            "{} {}",
            if finding.good { "ok   " } else { "WRONG" },
            finding.text
        ))?;
    }
    let well = findings.iter().all(|finding| finding.good);
    Ok(if well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
