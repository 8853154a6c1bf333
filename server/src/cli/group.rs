//! `rollcall group`: groups and their members without the panel.

mod edit;
pub(super) mod members;

use std::process::ExitCode;

use clap::Subcommand;
use domain::{
    groups::{Group, GroupSummary},
    list::SearchParams,
};

use super::{
    backend::{Backend, BackendArgs},
    error::CliError,
    pages,
    rows::Rows,
    user::{
        print::{Output, clean, timestamp},
        table::Table,
    },
};
use crate::failure::BoxError;

const HEADINGS: [&str; 4] = ["NAME", "MEMBERS", "CREATED", "ID"];

/// Manage groups, which grant features and resources of the host application to their members.
///
/// Groups are named by name or id. Commands have all permissions on the database, and those of the access token on a server. All changes
/// are audited.
#[derive(Debug, clap::Args)]
pub(super) struct GroupArgs {
    #[command(flatten)]
    output: Output,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(ListArgs),
    /// Show a group.
    Get(GroupArg),
    #[command(flatten)]
    Edit(edit::Command),
    #[command(flatten)]
    Members(members::Command),
}

/// Argument that names a group.
#[derive(Debug, clap::Args)]
struct GroupArg {
    /// Name or id of the group.
    group: String,
}

impl GroupArg {
    async fn find(&self, backend: &Backend) -> Result<Group, CliError> {
        backend.find_group(&self.group).await
    }
}

/// List groups, by name.
#[derive(Debug, clap::Args)]
struct ListArgs {
    /// Part of the name.
    #[arg(long)]
    query: Option<String>,
    /// Maximum number of groups.
    #[arg(long, default_value_t = 100)]
    limit: usize,
}

/// Runs the subcommand.
pub(super) async fn run(backend: BackendArgs, arguments: GroupArgs) -> Result<ExitCode, BoxError> {
    let backend = &backend.open().await?;
    let output = arguments.output;
    match arguments.command {
        Command::List(arguments) => arguments.run(backend, output).await?,
        Command::Get(argument) => {
            let group = argument.find(backend).await?;
            output.print(&group, || text(&group))?;
        }
        Command::Edit(command) => command.run(backend, output).await?,
        Command::Members(command) => command.run(backend, output).await?,
    }
    Ok(ExitCode::SUCCESS)
}

impl ListArgs {
    async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let params = SearchParams {
            q: self.query,
            ..SearchParams::default()
        };
        let rows = Rows::new(output, HEADINGS, "No groups found.");
        let fetch = async |params: &SearchParams| backend.groups(params).await;
        pages::print(params, self.limit, rows, fetch, row).await
    }
}

fn row(group: &GroupSummary) -> [String; 4] {
    [
        group.name.clone(),
        group.members.to_string(),
        timestamp(group.created_at),
        group.id.to_string(),
    ]
}

fn text(group: &Group) -> String {
    let rows = [
        ["Name", &group.name].map(str::to_owned),
        ["Description", &group.description].map(str::to_owned),
        ["Members", &group.members.to_string()].map(str::to_owned),
        ["Features", &group.features.join(", ")].map(str::to_owned),
        [
            "External ID",
            group.external_id.as_deref().unwrap_or_default(),
        ]
        .map(str::to_owned),
        ["Created", &timestamp(group.created_at)].map(str::to_owned),
        ["ID", &group.id.to_string()].map(str::to_owned),
    ];
    Table::default().lay_out(&rows)
}

/// Formats a group for a sentence.
fn named(group: &Group) -> String {
    format!("the group {}", clean(&group.name))
}
