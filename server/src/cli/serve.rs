//! `rollcall serve`: the server.

use std::process::ExitCode;

use super::start::{block_on, services};
use crate::{assets, config::Config, failure::BoxError, logging, output::say};

/// Arguments of `rollcall serve`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Print every setting and its source, secrets masked, and exit.
    #[arg(long)]
    print_config: bool,
    /// Do not migrate the database; exit with an error if it is not up to date.
    #[arg(long)]
    no_migrate: bool,
}

pub(super) fn run(arguments: Arguments) -> Result<ExitCode, BoxError> {
    if arguments.print_config {
        say(&Config::describe()?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let config = Config::load()?;
    logging::start(&config)?;
    block_on(async move {
        let assets = assets::load(&config.site_root)?;
        let services = services(&config).await?;
        if arguments.no_migrate {
            service::schema::check_database(&services).await?;
            service::schema::check(&services).await?;
        } else {
            service::schema::migrate(&services).await?;
        }
        crate::serve::run(config, services, assets).await?;
        Ok(ExitCode::SUCCESS)
    })
}
