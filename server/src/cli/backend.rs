//! Backend of a command: the database itself, with all rights, or a server, with an access token.

mod audit;
pub(super) mod clients;
mod conversations;
mod files;
pub(super) mod groups;
pub(super) mod limits;
pub(super) mod resources;
mod tokens;
mod users;

use std::{fs::File, io, path::PathBuf};

use secrecy::{ExposeSecret, SecretString};
use service::{Services, settings::Settings};

use super::{
    error::CliError,
    input,
    remote::{Remote, address::Address},
    start::services,
    user::print::note,
};
use crate::{config::Config, failure::BoxError};

/// Value of `--token-file` that stands for standard input.
const STANDARD_INPUT: &str = "-";
/// Message for a command that does not work on a server.
const LOCAL: &str = "This command needs the database. Run it on a machine that can reach the database, without --url or ROLLCALL_URL.";

/// Options that select a server and authenticate to it.
#[derive(Debug, clap::Args)]
pub(super) struct BackendArgs {
    /// URL of a server to use with an access token, such as https://users.example.org. Not set: the database is used.
    #[arg(long, global = true, env = "ROLLCALL_URL", help_heading = "Server")]
    url: Option<String>,
    /// Access token. Prefer ROLLCALL_TOKEN or --token-file: other users of the machine can see the options of a running command.
    #[arg(
        long,
        global = true,
        env = "ROLLCALL_TOKEN",
        hide_env_values = true,
        value_parser = input::secret,
        help_heading = "Server"
    )]
    token: Option<SecretString>,
    /// File whose first line is the access token; `-` reads it from standard input. Takes precedence over --token.
    #[arg(long, global = true, value_name = "PATH", help_heading = "Server")]
    token_file: Option<PathBuf>,
    /// Allow plain http to another machine, although the token can be intercepted.
    #[arg(long, global = true, help_heading = "Server")]
    insecure_http: bool,
}

/// Backend that a command works on.
pub(super) enum Backend {
    /// The database itself, with all rights.
    Database(Box<Services>),
    /// A server, with the rights of an access token.
    Server(Remote),
}

impl BackendArgs {
    /// Returns the address of the server. An empty one, as a script may leave it, counts as none.
    fn url(&self) -> Option<&str> {
        self.url.as_deref().filter(|url| !url.trim().is_empty())
    }

    /// Rejects a server for commands that work on the database only.
    pub(super) fn require_database(&self) -> Result<(), BoxError> {
        match self.url() {
            Some(_) => Err(LOCAL.into()),
            None => Ok(()),
        }
    }

    /// Opens the backend. For a server, the configuration is not read.
    pub(super) async fn open(self) -> Result<Backend, BoxError> {
        let Some(url) = self.url() else {
            if self.token()?.is_some() {
                return Err("An access token needs a server. Set --url or ROLLCALL_URL.".into());
            }
            let services = services(&Config::load()?).await?;
            service::schema::check(&services).await?;
            return Ok(Backend::Database(Box::new(services)));
        };
        let address = Address::parse(url, self.insecure_http)?;
        let token = self.token()?.ok_or(
            "No access token. Set ROLLCALL_TOKEN, or pass --token-file. Create a token in the panel under \"My account\", or with \
             `rollcall token create` on the server.",
        )?;
        Ok(Backend::Server(Remote::new(address, &token)?))
    }

    /// Returns the access token from its file, its option or the environment; None if it is absent or empty.
    fn token(&self) -> Result<Option<SecretString>, BoxError> {
        let text = match &self.token_file {
            Some(path) if path.as_os_str() == STANDARD_INPUT => {
                input::line(io::stdin().lock(), "token")?
            }
            Some(path) => {
                let file = File::open(path).map_err(|error| {
                    format!("Cannot read the token file {}: {error}.", path.display())
                })?;
                input::line(io::BufReader::new(file), "token")?
            }
            None => match &self.token {
                Some(token) => token.expose_secret().to_owned(),
                None => return Ok(None),
            },
        };
        let text = text.trim();
        Ok((!text.is_empty()).then(|| text.into()))
    }
}

impl Backend {
    /// Returns the services of the database, for operations that no server offers.
    pub(super) fn database(&self) -> Result<&Services, CliError> {
        match self {
            Self::Database(services) => Ok(services),
            Self::Server(_) => Err(CliError::Failed(LOCAL.to_owned())),
        }
    }

    /// Warns that links begin with a guessed address. A server writes this warning to its own log.
    pub(super) fn warn_of_guess(&self) {
        if let Self::Database(services) = self {
            warn_of_guess(&services.settings);
        }
    }
}

/// Warns on standard error if links begin with a guessed address.
pub(super) fn warn_of_guess(settings: &Settings) {
    if let Some(warning) = settings.guess_warning() {
        note(&warning);
    }
}
