//! `rollcall token`: access tokens without the panel.

use std::process::ExitCode;

use clap::Subcommand;
use domain::{
    access_tokens::{AccessToken, TokenDraft},
    users::detail::UserRef,
};
use service::{access::operator, access_tokens};
use uuid::Uuid;

use super::{
    print::{self, Output, note, timestamp},
    user_arg::reference,
};
use crate::{
    cli::{
        backend::{Backend, BackendArgs},
        credential::{CredentialFilter, Lifetime, end, validity},
        error::CliError,
    },
    failure::BoxError,
};

const HEADINGS: [&str; 8] = [
    "ID",
    "TOKEN",
    "NAME",
    "USERNAME",
    "SCOPES",
    "STATE",
    "LAST USED",
    "EXPIRES",
];

/// Manage access tokens, which let programs use the API on behalf of users.
///
/// Commands have all permissions on the database, and those of the access token on a server. All changes are audited.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct TokenArgs {
    #[command(flatten)]
    output: Output,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Create(CreateArgs),
    List(ListArgs),
    /// Revoke a token. It stops working at once.
    Revoke {
        /// Id of the token, as in the list.
        id: Uuid,
    },
}

/// Create a token and print it. It is not shown again.
///
/// The token has the permissions of its scopes, but never more than its owner.
#[derive(Debug, clap::Args)]
struct CreateArgs {
    /// Number, id or username of the user that the token acts for.
    #[arg(long, value_parser = reference)]
    user: UserRef,
    /// Name of the token: what will use it.
    #[arg(long)]
    name: String,
    /// Scopes, separated by commas: account, users:read, users:write, …
    #[arg(long, value_delimiter = ',', required = true)]
    scopes: Vec<String>,
    #[command(flatten)]
    lifetime: Lifetime,
}

/// List tokens, newest first.
#[derive(Debug, clap::Args)]
struct ListArgs {
    #[command(flatten)]
    filter: CredentialFilter,
}

/// Runs the subcommand.
pub(in crate::cli) async fn run(
    backend: BackendArgs,
    arguments: TokenArgs,
) -> Result<ExitCode, BoxError> {
    let backend = backend.open().await?;
    let output = arguments.output;
    let done = match arguments.command {
        Command::Create(arguments) => arguments.run(&backend, output).await,
        Command::List(arguments) => arguments.run(&backend, output).await,
        Command::Revoke { id } => revoke(&backend, output, id).await,
    };
    done.map(|()| ExitCode::SUCCESS)
}

impl CreateArgs {
    async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let services = backend.database()?;
        let user = backend.find(&self.user).await?.summary;
        let draft = TokenDraft {
            name: self.name,
            scopes: self.scopes,
            days: self.lifetime.days(),
            current_password: String::new(),
        };
        let created = access_tokens::create(services, &operator(), user.id.0, &draft).await;
        let created = created.map_err(CliError::from)?;
        if !output.json {
            let validity = validity(created.issued.expires_at);
            note(&format!(
                "Access token for {}, {validity}.",
                print::name(&user)
            ));
        }
        output.print(&created, || created.issued.token.clone())
    }
}

impl ListArgs {
    async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let tokens = backend.tokens(&self.filter.params(None)).await?;
        output.print_list(&tokens, "No access tokens found.", HEADINGS, row)
    }
}

fn row(token: &AccessToken) -> [String; 8] {
    let never = || "never".to_owned();
    [
        token.id.to_string(),
        token.prefix.clone(),
        token.name.clone(),
        token.user.username.clone(),
        token.scopes.join(","),
        token.state.as_str().to_owned(),
        token.last_used_at.map_or_else(never, timestamp),
        end(token),
    ]
}

async fn revoke(backend: &Backend, output: Output, id: Uuid) -> Result<(), BoxError> {
    match backend.revoke_token(id).await {
        Ok(()) => output.done(|| format!("Revoked access token {id}.")),
        Err(error) => Err(error.into()),
    }
}
