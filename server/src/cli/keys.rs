//! `rollcall keys`: the encryption of provider API keys.

use std::process::ExitCode;

use clap::Subcommand;
use service::{access::operator, keys};

use super::start::services;
use crate::{config::Config, failure::Failure, logging, output::say};

/// Manage the encryption of provider API keys.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Re-encrypt all provider API keys with the first key of API_KEY_ENCRYPTION_KEY.
    ///
    /// The server can keep running, as long as it has all of the keys. Run it again after an interruption: it continues where it
    /// stopped.
    Rotate,
}

pub(super) async fn run(config: Config, arguments: Arguments) -> Result<ExitCode, Failure> {
    logging::start(&config)?;
    let services = services(&config).await?;
    service::schema::check(&services).await?;
    let Command::Rotate = arguments.command;
    let rotation = keys::rotate(&services, &operator()).await?;
    let (anew, current, left) = (rotation.anew, rotation.current, rotation.left);
    if left > 0 {
        return Err(format!(
            "{anew} API keys were encrypted anew and {current} are under the first encryption key, but {left} are not: they \
             cannot be decrypted with the keys of API_KEY_ENCRYPTION_KEY, or a server has kept them meanwhile under another \
             one. Add what is missing, restart the servers, and run this again."
        )
        .into());
    }
    say(&format!(
        "{anew} API keys were encrypted anew. All {current} are under the first encryption key: no other is needed any more."
    ))?;
    Ok(ExitCode::SUCCESS)
}
