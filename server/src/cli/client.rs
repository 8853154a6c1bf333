//! `rollcall client`: clients without the panel.

use std::process::ExitCode;

use clap::{ArgGroup, Subcommand};
use domain::{
    clients::{Client, ClientDraft, ClientEdit, ClientUse},
    list::SearchParams,
};
use serde_json::Value;
use service::{access::operator, clients};

use super::{
    backend::{Backend, BackendArgs, clients::CLIENTS},
    confirm::{ConfirmArg, counted},
    error::CliError,
    names::removable,
    pages,
    rows::Rows,
    user::{
        print::{Output, clean, timestamp},
        table::Table,
    },
};
use crate::failure::BoxError;

const HEADINGS: [&str; 3] = ["ID", "NAME", "CREATED"];

/// Manage clients, whose data users see by their lists of clients.
///
/// Clients are named by number or name; digits alone are a number. Commands have all permissions on the database, and those of the access
/// token on a server. All changes are audited.
#[derive(Debug, clap::Args)]
pub(super) struct ClientArgs {
    #[command(flatten)]
    output: Output,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(ListArgs),
    /// Show a client.
    Get(ClientArg),
    Create(CreateArgs),
    Update(UpdateArgs),
    Delete(DeleteArgs),
}

/// Argument that names a client.
#[derive(Debug, clap::Args)]
struct ClientArg {
    /// Number or name of the client.
    client: String,
}

/// List clients, by name.
#[derive(Debug, clap::Args)]
struct ListArgs {
    /// Part of the name.
    #[arg(long)]
    query: Option<String>,
    /// Maximum number of clients.
    #[arg(long, default_value_t = 100)]
    limit: usize,
}

/// Create a client.
#[derive(Debug, clap::Args)]
struct CreateArgs {
    /// Name of the client.
    name: String,
    /// URL of the logo.
    #[arg(long)]
    logo_url: Option<String>,
}

/// Change a client. Options that are not set leave their values unchanged.
#[derive(Debug, clap::Args)]
#[command(override_usage = "rollcall client update <CLIENT> <OPTIONS>")]
#[command(group(ArgGroup::new("changes").args(["name", "logo_url"]).required(true).multiple(true)))]
struct UpdateArgs {
    #[command(flatten)]
    client_arg: ClientArg,
    /// Name of the client.
    #[arg(long)]
    name: Option<String>,
    /// URL of the logo; '' removes it.
    #[arg(long)]
    logo_url: Option<String>,
}

/// Delete a client without resources and personas. Its number stays in the lists of users.
#[derive(Debug, clap::Args)]
struct DeleteArgs {
    #[command(flatten)]
    client_arg: ClientArg,
    #[command(flatten)]
    confirm: ConfirmArg,
}

/// Runs the subcommand.
pub(super) async fn run(backend: BackendArgs, arguments: ClientArgs) -> Result<ExitCode, BoxError> {
    let backend = &backend.open().await?;
    let output = arguments.output;
    match arguments.command {
        Command::List(arguments) => arguments.run(backend, output).await?,
        Command::Get(argument) => {
            let client = backend.find_client(&argument.client).await?;
            output.print(&client, || text(&client))?;
        }
        Command::Create(arguments) => {
            let draft = ClientDraft {
                name: arguments.name,
                logo_url: arguments.logo_url,
            };
            let client = backend.create_client(draft).await?;
            output.print(&client, || format!("Created {}.", named(&client)))?;
        }
        Command::Update(arguments) => {
            let id = backend.find_client(&arguments.client_arg.client).await?.id;
            let edit = ClientEdit {
                name: arguments.name,
                logo_url: arguments.logo_url.map(removable),
            };
            let client = backend.edit_client(id, edit).await?;
            output.print(&client, || format!("Updated {}.", named(&client)))?;
        }
        Command::Delete(arguments) => arguments.run(backend, output).await?,
    }
    Ok(ExitCode::SUCCESS)
}

impl ListArgs {
    async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let params = SearchParams {
            q: self.query,
            ..SearchParams::default()
        };
        let rows = Rows::new(output, HEADINGS, "No clients found.");
        let fetch = async |params: &SearchParams| backend.clients(params).await;
        pages::print(params, self.limit, rows, fetch, row).await
    }
}

impl DeleteArgs {
    async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let client = backend.find_client(&self.client_arg.client).await?;
        let used = backend.preview_client(client.id).await?;
        self.confirm
            .check(output, &used, || effect(&client, used))?;
        backend.delete_client(client.id, used).await?;
        output.done(|| format!("Deleted {}.", named(&client)))
    }
}

fn effect(client: &Client, used: ClientUse) -> String {
    format!(
        "{} is in the lists of {}, and has {} and {}. A client with resources or personas cannot be deleted.",
        named(client),
        counted(used.users, "user"),
        counted(used.resources, "resource"),
        counted(used.personas, "persona")
    )
}

fn row(client: &Client) -> [String; 3] {
    [
        client.id.to_string(),
        client.name.clone(),
        timestamp(client.created_at),
    ]
}

fn text(client: &Client) -> String {
    let rows = [
        ["ID", &client.id.to_string()].map(str::to_owned),
        ["Name", &client.name].map(str::to_owned),
        ["Logo", client.logo_url.as_deref().unwrap_or_default()].map(str::to_owned),
        ["Created", &timestamp(client.created_at)].map(str::to_owned),
    ];
    Table::default().lay_out(&rows)
}

/// Formats a client for a sentence.
fn named(client: &Client) -> String {
    format!("client {} ({})", client.id, clean(&client.name))
}

impl Backend {
    /// Creates a client.
    async fn create_client(&self, draft: ClientDraft) -> Result<Client, CliError> {
        match self {
            Self::Database(services) => Ok(clients::create(services, &operator(), draft).await?),
            Self::Server(remote) => remote.post(CLIENTS, &draft),
        }
    }

    /// Changes a client.
    async fn edit_client(&self, id: i32, edit: ClientEdit) -> Result<Client, CliError> {
        match self {
            Self::Database(services) => {
                Ok(clients::edit(services, &operator(), (id, None), edit).await?)
            }
            Self::Server(remote) => remote.patch(&format!("{CLIENTS}/{id}"), &edit),
        }
    }

    /// Counts the objects that refer to a client.
    async fn preview_client(&self, id: i32) -> Result<ClientUse, CliError> {
        match self {
            Self::Database(services) => {
                Ok(clients::preview_deletion(services, &operator(), id).await?)
            }
            Self::Server(remote) => remote.get(&format!("{CLIENTS}/{id}/deletion-preview"), &[]),
        }
    }

    /// Deletes a client. A server does not compare the preview.
    async fn delete_client(&self, id: i32, used: ClientUse) -> Result<(), CliError> {
        match self {
            Self::Database(services) => {
                clients::delete(services, &operator(), (id, None), Some(used.users)).await?;
                Ok(())
            }
            Self::Server(remote) => remote
                .delete::<Value>(&format!("{CLIENTS}/{id}"), &[])
                .map(drop),
        }
    }
}
