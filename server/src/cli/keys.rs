//! `rollcall keys`: the encryption of provider API keys.

use std::process::ExitCode;

use clap::Subcommand;
use service::{access::operator, keys};

use super::start::services;
use crate::{config::Config, failure::BoxError, logging, output::say};

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
    /// Servers can stay up if they have all of the keys. After an interruption, run it again: it resumes where it stopped.
    Rotate,
}

pub(super) async fn run(config: Config, arguments: Arguments) -> Result<ExitCode, BoxError> {
    logging::start(&config)?;
    let services = services(&config).await?;
    service::schema::check(&services).await?;
    let Command::Rotate = arguments.command;
    let rotation = keys::rotate(&services, &operator()).await?;
    let (reencrypted, current, left) = (rotation.reencrypted, rotation.current, rotation.left);
    if left > 0 {
        return Err(format!(
            "API keys re-encrypted: {reencrypted}. Under the first encryption key: {current}. Not under it: {left}, because they cannot \
             be decrypted with API_KEY_ENCRYPTION_KEY, or a server saved them under another key in the meantime. Add the \
             missing key, restart the servers, and run this again."
        )
        .into());
    }
    say(&format!(
        "API keys re-encrypted: {reencrypted}. All API keys are under the first encryption key: {current}. Older keys can be removed."
    ))?;
    Ok(ExitCode::SUCCESS)
}
