//! `rollcall setup-link`: the link that creates the first admin.

use std::process::ExitCode;

use secrecy::ExposeSecret;

use super::{backend::warn_of_guess, start::services};
use crate::{config::Config, failure::BoxError, output::say};

pub(super) async fn run(config: Config) -> Result<ExitCode, BoxError> {
    let services = services(&config).await?;
    service::schema::check(&services).await?;
    let token = service::setup::create_link(&services).await?;
    warn_of_guess(&config.settings);
    say(&format!(
        "{}/setup/{}",
        config.public_url,
        token.expose_secret()
    ))?;
    Ok(ExitCode::SUCCESS)
}
