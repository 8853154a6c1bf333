//! `rollcall migrate`: pending database migrations.

use std::process::ExitCode;

use super::start::services;
use crate::{config::Config, failure::BoxError, logging, output::say};

pub(super) async fn run(config: Config) -> Result<ExitCode, BoxError> {
    logging::start(&config)?;
    let services = services(&config).await?;
    service::schema::migrate(&services).await?;
    say("The database is up to date.")?;
    Ok(ExitCode::SUCCESS)
}
