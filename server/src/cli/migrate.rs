//! `rollcall migrate`

use std::process::ExitCode;

use super::{Failure, say, services};
use crate::config::Config;

pub(super) async fn run(config: Config) -> Result<ExitCode, Failure> {
    let services = services(&config).await?;
    service::schema::migrate(&services).await?;
    say("The database is up to date.")?;
    Ok(ExitCode::SUCCESS)
}
