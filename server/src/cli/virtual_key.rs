//! `rollcall virtual-key`: virtual keys without the panel.

use std::process::ExitCode;

use clap::Subcommand;
use domain::{
    access_tokens::{
        AccessToken, IssuedKey, KeyDraft, OVERLAP_HOURS, RotationDraft, TokenKind, VirtualKeyEdit,
    },
    users::detail::UserRef,
};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{
    backend::{Backend, BackendArgs},
    credential::{CredentialFilter, Lifetime, end, validity},
    names::{Names, names},
    user::{
        print::{self, Output, clean, note, timestamp},
        user_arg::reference,
    },
};
use crate::failure::BoxError;

const HEADINGS: [&str; 7] = [
    "ID", "KEY", "NAME", "USERNAME", "MODELS", "STATE", "EXPIRES",
];

/// Manage virtual keys, with which programs use models on behalf of users.
///
/// A key opens only the limits, the usage and the access of its user. Commands have all permissions on the database, and those of the
/// access token on a server. All changes are audited.
#[derive(Debug, clap::Args)]
pub(super) struct VirtualKeyArgs {
    #[command(flatten)]
    output: Output,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Create(CreateArgs),
    List(ListArgs),
    Edit(EditArgs),
    /// Block a key. It is rejected until it is unblocked.
    Block(KeyArg),
    /// Unblock a key.
    Unblock(KeyArg),
    Rotate(RotateArgs),
    /// Revoke a key. It stops working at once.
    Revoke(KeyArg),
}

#[derive(Debug, clap::Args)]
struct KeyArg {
    /// Id of the key, as in the list.
    id: Uuid,
}

/// Create a key and print it. It is not shown again.
#[derive(Debug, clap::Args)]
struct CreateArgs {
    /// Number, id or username of the user that the key belongs to.
    #[arg(long, value_parser = reference)]
    user: UserRef,
    /// Name of the key: what will use it.
    #[arg(long)]
    name: String,
    /// Name or id of a group of the user that the key is for.
    #[arg(long)]
    group: Option<String>,
    /// Models that it can use, separated by commas; '' for none. Without this option all.
    #[arg(long, value_parser = names)]
    models: Option<Names>,
    /// Data of the host application: a JSON object.
    #[arg(long, value_parser = object)]
    metadata: Option<Map<String, Value>>,
    #[command(flatten)]
    lifetime: Lifetime,
}

/// Change a key. What is not given stays, as do its secret, its limits and its usage.
#[derive(Debug, clap::Args)]
struct EditArgs {
    #[command(flatten)]
    key: KeyArg,
    /// Name of the key: what uses it.
    #[arg(long)]
    name: Option<String>,
    /// Models that it can use, separated by commas; '' for none.
    #[arg(long, value_parser = names)]
    models: Option<Names>,
    /// Let the key use all models.
    #[arg(long, conflicts_with = "models")]
    all_models: bool,
    /// Data of the host application: a JSON object.
    #[arg(long, value_parser = object)]
    metadata: Option<Map<String, Value>>,
    /// Lifetime in days from now on.
    #[arg(long)]
    days: Option<u16>,
    /// Let the key never expire. Requires TOKEN_MAX_DAYS=0.
    #[arg(long, conflicts_with = "days")]
    no_end: bool,
}

/// List keys, newest first.
#[derive(Debug, clap::Args)]
struct ListArgs {
    #[command(flatten)]
    filter: CredentialFilter,
}

/// Replace the secret of a key and print it. The present secret still works for some hours.
#[derive(Debug, clap::Args)]
struct RotateArgs {
    #[command(flatten)]
    key: KeyArg,
    /// Number of hours for which the present secret still works, at most 168.
    #[arg(long, default_value_t = OVERLAP_HOURS)]
    overlap_hours: u16,
}

/// Parses a JSON object.
fn object(text: &str) -> Result<Map<String, Value>, String> {
    serde_json::from_str(text).map_err(|error| format!("not a JSON object: {error}"))
}

/// Runs the subcommand.
pub(super) async fn run(
    backend: BackendArgs,
    arguments: VirtualKeyArgs,
) -> Result<ExitCode, BoxError> {
    let backend = &backend.open().await?;
    let output = arguments.output;
    match arguments.command {
        Command::Create(arguments) => arguments.run(backend, output).await?,
        Command::List(arguments) => arguments.run(backend, output).await?,
        Command::Edit(arguments) => arguments.run(backend, output).await?,
        Command::Block(KeyArg { id }) => {
            backend.block_key(id).await?;
            output.done(|| format!("Blocked virtual key {id}."))?;
        }
        Command::Unblock(KeyArg { id }) => {
            backend.unblock_key(id).await?;
            output.done(|| format!("Unblocked virtual key {id}."))?;
        }
        Command::Rotate(arguments) => arguments.run(backend, output).await?,
        Command::Revoke(KeyArg { id }) => {
            backend.revoke_token(id).await?;
            output.done(|| format!("Revoked virtual key {id}."))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

impl CreateArgs {
    async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let user = backend.find(&self.user).await?.summary;
        let group = match &self.group {
            Some(name) => Some(backend.find_group(name).await?.id),
            None => None,
        };
        let draft = KeyDraft {
            name: self.name,
            group,
            days: self.lifetime.days(),
            allowed_models: self.models.map(|Names(models)| models),
            metadata: self.metadata.unwrap_or_default(),
        };
        let issued = backend.create_key(user.id.0, &draft).await?;
        if !output.json {
            let validity = validity(issued.expires_at);
            note(&format!(
                "Virtual key for {}, {validity}.",
                print::name(&user)
            ));
        }
        secret(output, &issued)
    }
}

impl EditArgs {
    async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let edit = VirtualKeyEdit {
            name: self.name,
            days: if self.no_end {
                Some(None)
            } else {
                self.days.map(Some)
            },
            allowed_models: if self.all_models {
                Some(None)
            } else {
                self.models.map(|Names(models)| Some(models))
            },
            metadata: self.metadata,
        };
        let key = backend.edit_key(self.key.id, &edit).await?;
        output.print(&key, || format!("Changed virtual key {}.", key.id))
    }
}

impl RotateArgs {
    async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let draft = RotationDraft {
            overlap_hours: self.overlap_hours,
        };
        let issued = backend.rotate_key(self.key.id, &draft).await?;
        if !output.json {
            let end = match issued.previous_until {
                Some(end) => format!("valid until {}", timestamp(end)),
                None => "no longer works".to_owned(),
            };
            note(&format!("The previous secret {end}."));
        }
        secret(output, &issued)
    }
}

/// Prints the secret alone, so that a program can read it unchanged.
fn secret(output: Output, issued: &IssuedKey) -> Result<(), BoxError> {
    output.print(issued, || issued.token.clone())
}

impl ListArgs {
    async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let params = self.filter.params(Some(TokenKind::Key));
        let keys = backend.tokens(&params).await?;
        output.print_list(&keys, "No virtual keys found.", HEADINGS, row)
    }
}

fn row(key: &AccessToken) -> [String; 7] {
    let models = key.key.as_ref().and_then(|key| key.allowed_models.as_ref());
    let models = match models {
        None => "all".to_owned(),
        Some(models) if models.is_empty() => "none".to_owned(),
        Some(models) => clean(&models.join(",")),
    };
    [
        key.id.to_string(),
        key.prefix.clone(),
        key.name.clone(),
        key.user.username.clone(),
        models,
        key.state.as_str().to_owned(),
        end(key),
    ]
}
