//! `rollcall resource`: resources of the host application without the panel.

mod edit;
mod grants;
mod transfer;

use std::process::ExitCode;

use clap::Subcommand;
use domain::{list::UnfilteredParams, resources::Resource, users::detail::UserRef};
use uuid::Uuid;

use super::{
    backend::{Backend, BackendArgs, resources::Conditions},
    error::CliError,
    filter_value::filled,
    pages,
    rows::Rows,
    user::{
        print::{Output, clean, timestamp},
        table::Table,
        user_arg::reference,
    },
};
use crate::failure::BoxError;

const HEADINGS: [&str; 5] = ["KIND", "EXTERNAL ID", "NAME", "CLIENT", "ACTIVE"];

/// Manage resources of the host application, and grants of access to them.
///
/// Resources are named by kind and id in the host application, such as models:gpt-5, or by id. Commands have all permissions on the
/// database, and those of the access token on a server. All changes are audited.
#[derive(Debug, clap::Args)]
pub(super) struct ResourceArgs {
    #[command(flatten)]
    output: Output,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(ListArgs),
    /// Show a resource.
    Get(ResourceArg),
    #[command(flatten)]
    Edit(edit::Command),
    #[command(flatten)]
    Grants(grants::Command),
    Transfer(transfer::TransferArgs),
}

/// Argument that names a resource.
#[derive(Debug, clap::Args)]
struct ResourceArg {
    /// Kind and id in the host application, such as models:gpt-5, or the id of the resource.
    resource: String,
}

impl ResourceArg {
    async fn find(&self, backend: &Backend) -> Result<Resource, CliError> {
        backend.find_resource(&self.resource).await
    }
}

/// List resources, the first created first.
#[derive(Debug, clap::Args)]
struct ListArgs {
    /// Kind of the resources.
    #[arg(long, value_parser = filled)]
    kind: Option<String>,
    /// Part of the name.
    #[arg(long)]
    query: Option<String>,
    /// Number, id or username of the owner.
    #[arg(long, value_parser = reference)]
    owner: Option<UserRef>,
    /// Number or name of the client.
    #[arg(long, value_parser = filled)]
    client: Option<String>,
    /// Name or id of a group with a grant.
    #[arg(long, value_parser = filled)]
    group: Option<String>,
    /// Number, id or username of a user who can reach the resources.
    #[arg(long, value_name = "USER", value_parser = reference)]
    reached_by: Option<UserRef>,
    /// Maximum number of resources.
    #[arg(long, default_value_t = 100)]
    limit: usize,
}

/// Runs the subcommand.
pub(super) async fn run(
    backend: BackendArgs,
    arguments: ResourceArgs,
) -> Result<ExitCode, BoxError> {
    let backend = &backend.open().await?;
    let output = arguments.output;
    match arguments.command {
        Command::List(arguments) => arguments.run(backend, output).await?,
        Command::Get(argument) => {
            let resource = argument.find(backend).await?;
            output.print(&resource, || text(&resource))?;
        }
        Command::Edit(command) => command.run(backend, output).await?,
        Command::Grants(command) => command.run(backend, output).await?,
        Command::Transfer(arguments) => arguments.run(backend, output).await?,
    }
    Ok(ExitCode::SUCCESS)
}

impl ListArgs {
    async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let owner = find_user(backend, self.owner.as_ref()).await?;
        let reached_by = find_user(backend, self.reached_by.as_ref()).await?;
        let client = match &self.client {
            Some(name) => Some(backend.find_client(name).await?.id),
            None => None,
        };
        let group = match &self.group {
            Some(name) => Some(backend.find_group(name).await?.id),
            None => None,
        };
        let conditions = Conditions {
            kind: self.kind,
            external_id: None,
            text: self.query,
            owner,
            client,
            group,
            reached_by,
        };
        let rows = Rows::new(output, HEADINGS, "No resources found.");
        let fetch = async |params: &UnfilteredParams| backend.resources(&conditions, params).await;
        pages::print(UnfilteredParams::default(), self.limit, rows, fetch, row).await
    }
}

async fn find_user(backend: &Backend, user: Option<&UserRef>) -> Result<Option<Uuid>, CliError> {
    match user {
        Some(user) => Ok(Some(backend.find(user).await?.summary.id.0)),
        None => Ok(None),
    }
}

fn row(resource: &Resource) -> [String; 5] {
    [
        resource.kind.clone(),
        resource.external_id.clone(),
        resource.name.clone(),
        client(resource),
        yes_or_no(resource).to_owned(),
    ]
}

fn text(resource: &Resource) -> String {
    let owner = resource.owner_id.map(|id| id.to_string());
    let rows = [
        ["Kind", &resource.kind].map(str::to_owned),
        ["External ID", &resource.external_id].map(str::to_owned),
        ["Name", &resource.name].map(str::to_owned),
        ["Owner", owner.as_deref().unwrap_or_default()].map(str::to_owned),
        ["Client", &client(resource)].map(str::to_owned),
        ["Active", yes_or_no(resource)].map(str::to_owned),
        ["Created", &timestamp(resource.created_at)].map(str::to_owned),
        ["ID", &resource.id.to_string()].map(str::to_owned),
    ];
    Table::default().lay_out(&rows)
}

fn client(resource: &Resource) -> String {
    resource
        .client_id
        .map(|id| id.to_string())
        .unwrap_or_default()
}

const fn yes_or_no(resource: &Resource) -> &'static str {
    if resource.active { "yes" } else { "no" }
}

/// Formats a resource for a sentence: `models:gpt-5 (GPT-5)`.
fn named(resource: &Resource) -> String {
    let (kind, id) = (&resource.kind, &resource.external_id);
    clean(&format!("{kind}:{id} ({})", resource.name))
}
