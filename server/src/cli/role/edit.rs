//! Changes of roles: `rollcall role create`, `update`, `clone` and `delete`.

use clap::ArgGroup;
use domain::roles::{Role, RoleDeletion, RoleDraft, RoleEdit};
use serde_json::json;
use service::{access::operator, deletions, roles};
use uuid::Uuid;

use super::{ROLES, RoleArg, named};
use crate::{
    cli::{
        backend::Backend,
        confirm::{ConfirmArg, Deleted, counted},
        error::CliError,
        names::{Names, names, removable},
        user::print::Output,
    },
    failure::BoxError,
};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    Create(CreateArgs),
    Update(UpdateArgs),
    Clone(CloneArgs),
    Delete(DeleteArgs),
}

impl Command {
    pub(super) async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        match self {
            Self::Create(arguments) => arguments.run(backend, output).await,
            Self::Update(arguments) => arguments.run(backend, output).await,
            Self::Clone(arguments) => arguments.run(backend, output).await,
            Self::Delete(arguments) => arguments.run(backend, output).await,
        }
    }
}

/// Create a role.
#[derive(Debug, clap::Args)]
pub(super) struct CreateArgs {
    /// Name of the role: lower-case letters, digits, `-` and `_`.
    name: String,
    /// Name for display.
    #[arg(long)]
    label: Option<String>,
    /// Purpose of the role.
    #[arg(long, default_value = "", hide_default_value = true)]
    description: String,
    /// Permissions, separated by commas: users:read, groups:write, …
    #[arg(long, default_value = "", hide_default_value = true, value_parser = names)]
    permissions: Names,
    /// Order among the roles, 0 to 1000: the most powerful have the lowest number. Not set: 50.
    #[arg(long)]
    rank: Option<i16>,
}

impl CreateArgs {
    async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let draft = RoleDraft {
            name: self.name,
            label: self.label,
            description: self.description,
            permissions: self.permissions.0,
            rank: self.rank,
        };
        let role = backend.create_role(draft).await?;
        output.print(&role, || format!("Created {}.", named(&role)))
    }
}

/// Options that change something. At least one is required.
const CHANGES: [&str; 5] = ["name", "label", "description", "permissions", "rank"];

/// Change a role. Options that are not set leave their values unchanged.
#[derive(Debug, clap::Args)]
#[command(override_usage = "rollcall role update <ROLE> <OPTIONS>")]
#[command(group(ArgGroup::new("changes").args(CHANGES).required(true).multiple(true)))]
pub(super) struct UpdateArgs {
    #[command(flatten)]
    role_arg: RoleArg,
    /// Name of the role.
    #[arg(long)]
    name: Option<String>,
    /// Name for display; '' removes it.
    #[arg(long)]
    label: Option<String>,
    /// Purpose of the role.
    #[arg(long)]
    description: Option<String>,
    /// All permissions, separated by commas; '' removes them.
    #[arg(long, value_parser = names)]
    permissions: Option<Names>,
    /// Order among the roles, 0 to 1000: the most powerful have the lowest number.
    #[arg(long)]
    rank: Option<i16>,
}

impl UpdateArgs {
    async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let id = self.role_arg.find(backend).await?.id;
        let edit = RoleEdit {
            name: self.name,
            label: self.label.map(removable),
            description: self.description,
            permissions: self.permissions.map(|given| given.0),
            rank: self.rank,
        };
        let role = backend.edit_role(id, edit).await?;
        output.print(&role, || format!("Updated {}.", named(&role)))
    }
}

/// Create a role with the permissions, the description and the rank of another one.
#[derive(Debug, clap::Args)]
pub(super) struct CloneArgs {
    #[command(flatten)]
    role_arg: RoleArg,
    /// Name of the new role.
    name: String,
}

impl CloneArgs {
    async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let source = self.role_arg.find(backend).await?;
        let role = backend.clone_role(source.id, self.name).await?;
        output.print(&role, || {
            format!("Created {} from {}.", named(&role), named(&source))
        })
    }
}

/// Delete a role, and revoke it from its users.
#[derive(Debug, clap::Args)]
pub(super) struct DeleteArgs {
    #[command(flatten)]
    role_arg: RoleArg,
    #[command(flatten)]
    confirm: ConfirmArg,
}

impl DeleteArgs {
    async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let role = self.role_arg.find(backend).await?;
        let preview = backend.preview_role(role.id).await?;
        self.confirm
            .check(output, &preview, || effect(&role, &preview))?;
        let deleted = backend.delete_role(role.id, &preview).await?;
        deleted.print(output, &named(&role))
    }
}

fn effect(role: &Role, preview: &RoleDeletion) -> String {
    let mut lines = vec![format!(
        "Deleting {} revokes it from {}. Users without any role afterwards: {}.",
        named(role),
        counted(preview.users, "user"),
        preview.without_role
    )];
    for lost in &preview.lost {
        let users = counted(lost.users, "user");
        lines.push(format!("  {}: lost by {users}", lost.permission));
    }
    lines.join("\n")
}

impl Backend {
    /// Creates a role.
    async fn create_role(&self, draft: RoleDraft) -> Result<Role, CliError> {
        match self {
            Self::Database(services) => Ok(roles::create(services, &operator(), draft).await?),
            Self::Server(remote) => remote.post(ROLES, &draft),
        }
    }

    /// Changes a role.
    async fn edit_role(&self, id: Uuid, edit: RoleEdit) -> Result<Role, CliError> {
        match self {
            Self::Database(services) => Ok(roles::edit(services, &operator(), id, edit).await?),
            Self::Server(remote) => remote.patch(&format!("{ROLES}/{id}"), &edit),
        }
    }

    /// Creates a role like another one.
    async fn clone_role(&self, id: Uuid, name: String) -> Result<Role, CliError> {
        match self {
            Self::Database(services) => Ok(roles::clone(services, &operator(), id, name).await?),
            Self::Server(remote) => {
                remote.post(&format!("{ROLES}/{id}/clone"), &json!({ "name": name }))
            }
        }
    }

    /// Returns the effect that the deletion of a role would have.
    async fn preview_role(&self, id: Uuid) -> Result<RoleDeletion, CliError> {
        match self {
            Self::Database(services) => {
                Ok(roles::preview_deletion(services, &operator(), id).await?)
            }
            Self::Server(remote) => remote.get(&format!("{ROLES}/{id}/deletion-preview"), &[]),
        }
    }

    /// Deletes a role. A server does not compare the preview, and can continue the deletion as a job; without a server it is completed
    /// here.
    async fn delete_role(&self, id: Uuid, preview: &RoleDeletion) -> Result<Deleted, CliError> {
        match self {
            Self::Database(services) => {
                let users = Some(preview.users);
                roles::delete(services, &operator(), id, users).await?;
                deletions::run_of(services, &id.to_string()).await?;
                Ok(Deleted::COMPLETE)
            }
            Self::Server(remote) => remote.delete(&format!("{ROLES}/{id}"), &[]),
        }
    }
}
