//! `rollcall token`: access tokens without the panel.

use std::process::ExitCode;

use clap::Subcommand;
use domain::{
    access_tokens::{AccessToken, DAYS_DEFAULT, TokenDraft, TokenState, list::TokenParams},
    users::detail::UserRef,
};
use service::{access::operator, access_tokens};
use uuid::Uuid;

use super::{
    print::{self, Output, note, timestamp},
    table::Table,
    user_arg::reference,
};
use crate::{
    cli::{
        backend::{Backend, BackendArgs},
        error::CliError,
        filter_value::filled,
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
    /// Print JSON, in the format of the API.
    #[arg(long, global = true)]
    json: bool,
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
    /// Lifetime in days.
    #[arg(long, default_value_t = DAYS_DEFAULT)]
    days: u16,
    /// Create a token that never expires. Requires TOKEN_MAX_DAYS=0.
    #[arg(long, conflicts_with = "days")]
    no_end: bool,
}

/// List tokens, newest first.
#[derive(Debug, clap::Args)]
struct ListArgs {
    /// Number, id or username of the owner of the tokens.
    #[arg(long, value_parser = owner)]
    user: Option<UserRef>,
    /// State of the tokens: live, expiring, blocked, expired or revoked.
    #[arg(long, value_parser = filled)]
    state: Option<String>,
    /// Maximum number of tokens, at most 1000.
    #[arg(long)]
    limit: Option<u16>,
}

/// Parses the filter by owner.
fn owner(text: &str) -> Result<UserRef, String> {
    filled(text).map(|text| UserRef::parse(&text))
}

/// Runs the subcommand.
pub(in crate::cli) async fn run(
    backend: BackendArgs,
    arguments: TokenArgs,
) -> Result<ExitCode, BoxError> {
    let backend = backend.open().await?;
    let output = Output {
        json: arguments.json,
    };
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
            days: (!self.no_end).then_some(self.days),
            current_password: String::new(),
        };
        let created = access_tokens::create(services, &operator(), user.id.0, &draft).await;
        let created = created.map_err(CliError::from)?;
        if !output.json {
            let end = match created.issued.expires_at {
                Some(end) => format!("valid until {}", timestamp(end)),
                None => "never expires".to_owned(),
            };
            note(&format!("Access token for {}, {end}.", print::name(&user)));
        }
        output.print(&created, || created.issued.token.clone())
    }
}

impl ListArgs {
    async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let params = TokenParams {
            user: self.user.map(|user| user.to_string()),
            state: self.state,
            limit: self.limit.map(|limit| limit.to_string()),
            ..TokenParams::default()
        };
        let tokens = backend.tokens(&params).await?;
        if tokens.is_empty() && !output.json {
            note("No access tokens found.");
            return Ok(());
        }
        output.print(&tokens, || {
            let headings = std::iter::once(HEADINGS.map(str::to_owned));
            let rows: Vec<_> = headings.chain(tokens.iter().map(row)).collect();
            Table::default().lay_out(&rows)
        })
    }
}

fn row(token: &AccessToken) -> [String; 8] {
    let never = || "never".to_owned();
    let end = match token
        .revoked_at
        .filter(|_| token.state == TokenState::Revoked)
    {
        Some(at) => timestamp(at),
        None => token.expires_at.map_or_else(never, timestamp),
    };
    [
        token.id.to_string(),
        token.prefix.clone(),
        token.name.clone(),
        token.user.username.clone(),
        token.scopes.join(","),
        token.state.as_str().to_owned(),
        token.last_used_at.map_or_else(never, timestamp),
        end,
    ]
}

async fn revoke(backend: &Backend, output: Output, id: Uuid) -> Result<(), BoxError> {
    match backend.revoke_token(id).await {
        Ok(()) => output.print(&serde_json::json!({ "success": true }), || {
            format!("Revoked access token {id}.")
        }),
        Err(error) => Err(error.into()),
    }
}
