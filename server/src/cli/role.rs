//! `rollcall role`: roles without the panel.

mod edit;

use std::process::ExitCode;

use clap::Subcommand;
use domain::{error::Entity, roles::Role};
use service::{Error, access::operator, roles};
use uuid::Uuid;

use super::{
    backend::{Backend, BackendArgs},
    error::CliError,
    pages::is_same,
    user::{
        print::{Output, clean},
        table::{Table, with_headings},
    },
};
use crate::failure::BoxError;

/// Path of roles in the API.
const ROLES: &str = "/api/admin/roles";

const HEADINGS: [&str; 5] = ["NAME", "LABEL", "RANK", "USERS", "PERMISSIONS"];

/// Manage roles, which grant permissions in Rollcall.
///
/// Roles are named by name or id. Commands have all permissions on the database, and those of the access token on a server. All changes
/// are audited.
#[derive(Debug, clap::Args)]
pub(super) struct RoleArgs {
    #[command(flatten)]
    output: Output,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List all roles, the most powerful first.
    List,
    /// Show a role.
    Get(RoleArg),
    #[command(flatten)]
    Edit(edit::Command),
}

/// Argument that names a role.
#[derive(Debug, clap::Args)]
struct RoleArg {
    /// Name or id of the role.
    role: String,
}

/// Runs the subcommand.
pub(super) async fn run(backend: BackendArgs, arguments: RoleArgs) -> Result<ExitCode, BoxError> {
    let backend = &backend.open().await?;
    let output = arguments.output;
    match arguments.command {
        Command::List => {
            let roles = backend.list_roles().await?;
            output.print(&roles, || with_headings(HEADINGS, &roles, row))?;
        }
        Command::Get(argument) => {
            let role = argument.find(backend).await?;
            output.print(&role, || text(&role))?;
        }
        Command::Edit(command) => command.run(backend, output).await?,
    }
    Ok(ExitCode::SUCCESS)
}

impl RoleArg {
    async fn find(&self, backend: &Backend) -> Result<Role, CliError> {
        let is_wanted = |role: &Role| match self.role.parse::<Uuid>() {
            Ok(id) => role.id == id,
            Err(_) => is_same(&role.name, &self.role),
        };
        let found = backend.list_roles().await?.into_iter().find(is_wanted);
        Ok(found.ok_or(Error::NotFound(Entity::Role))?)
    }
}

fn row(role: &Role) -> [String; 5] {
    [
        role.name.clone(),
        role.label.clone().unwrap_or_default(),
        role.rank.to_string(),
        role.users.to_string(),
        role.permissions.join(","),
    ]
}

fn text(role: &Role) -> String {
    let builtin = role.builtin.map_or("no", |kind| kind.as_str());
    let rows = [
        ["Name", &role.name].map(str::to_owned),
        ["Label", role.label.as_deref().unwrap_or_default()].map(str::to_owned),
        ["Description", &role.description].map(str::to_owned),
        ["Permissions", &role.permissions.join(", ")].map(str::to_owned),
        ["Rank", &role.rank.to_string()].map(str::to_owned),
        ["Users", &role.users.to_string()].map(str::to_owned),
        ["Built-in", builtin].map(str::to_owned),
        ["ID", &role.id.to_string()].map(str::to_owned),
    ];
    Table::default().lay_out(&rows)
}

/// Formats a role for a sentence.
fn named(role: &Role) -> String {
    format!("the role {}", clean(&role.name))
}

impl Backend {
    /// Returns all roles, the most powerful first.
    pub(super) async fn list_roles(&self) -> Result<Vec<Role>, CliError> {
        match self {
            Self::Database(services) => Ok(roles::list(services, &operator()).await?),
            Self::Server(remote) => remote.get(ROLES, &[]),
        }
    }
}
