//! Changes of groups: `rollcall group create`, `update` and `delete`.

use clap::ArgGroup;
use domain::groups::{Group, GroupDeletion, GroupDraft, GroupEdit};
use service::{access::operator, deletions, groups};
use uuid::Uuid;

use super::{GroupArg, named};
use crate::{
    cli::{
        backend::{Backend, groups::GROUPS},
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
    Delete(DeleteArgs),
}

impl Command {
    pub(super) async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        match self {
            Self::Create(arguments) => arguments.run(backend, output).await,
            Self::Update(arguments) => arguments.run(backend, output).await,
            Self::Delete(arguments) => arguments.run(backend, output).await,
        }
    }
}

/// Create a group without members.
#[derive(Debug, clap::Args)]
pub(super) struct CreateArgs {
    /// Name of the group.
    name: String,
    /// Purpose of the group.
    #[arg(long, default_value = "", hide_default_value = true)]
    description: String,
    /// Keys of the features that its members have, separated by commas.
    #[arg(long, default_value = "", hide_default_value = true, value_parser = names)]
    features: Names,
    /// Id of the group in another system.
    #[arg(long)]
    external_id: Option<String>,
}

impl CreateArgs {
    async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let draft = GroupDraft {
            name: self.name,
            description: self.description,
            features: self.features.0,
            external_id: self.external_id,
            ..GroupDraft::default()
        };
        let group = backend.create_group(draft).await?;
        output.print(&group, || format!("Created {}.", named(&group)))
    }
}

/// Options that change something. At least one is required.
const CHANGES: [&str; 4] = ["name", "description", "features", "external_id"];

/// Change a group. Options that are not set leave their values unchanged.
#[derive(Debug, clap::Args)]
#[command(override_usage = "rollcall group update <GROUP> <OPTIONS>")]
#[command(group(ArgGroup::new("changes").args(CHANGES).required(true).multiple(true)))]
pub(super) struct UpdateArgs {
    #[command(flatten)]
    group_arg: GroupArg,
    /// Name of the group.
    #[arg(long)]
    name: Option<String>,
    /// Purpose of the group.
    #[arg(long)]
    description: Option<String>,
    /// Keys of all features that its members have, separated by commas; '' removes them.
    #[arg(long, value_parser = names)]
    features: Option<Names>,
    /// Id of the group in another system; '' removes it.
    #[arg(long)]
    external_id: Option<String>,
}

impl UpdateArgs {
    async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let id = self.group_arg.find(backend).await?.id;
        let edit = GroupEdit {
            name: self.name,
            description: self.description,
            features: self.features.map(|given| given.0),
            external_id: self.external_id.map(removable),
            ..GroupEdit::default()
        };
        let group = backend.edit_group(id, edit).await?;
        output.print(&group, || format!("Updated {}.", named(&group)))
    }
}

/// Delete a group. Its members lose the features and the access that they have through it.
#[derive(Debug, clap::Args)]
pub(super) struct DeleteArgs {
    #[command(flatten)]
    group_arg: GroupArg,
    #[command(flatten)]
    confirm: ConfirmArg,
}

impl DeleteArgs {
    async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let group = self.group_arg.find(backend).await?;
        let preview = backend.preview_group(group.id).await?;
        self.confirm
            .check(output, &preview, || effect(&group, preview))?;
        let deleted = backend.delete_group(group.id, preview).await?;
        deleted.print(output, &named(&group))
    }
}

fn effect(group: &Group, preview: GroupDeletion) -> String {
    let at_least = |is_minimum: bool| if is_minimum { "at least " } else { "" };
    let limits = match preview.limits {
        0 => String::new(),
        limits => format!(" It ends {}.", counted(limits, "limit")),
    };
    format!(
        "Deleting {} removes {}, who lose {}{} and access to {}{}.{limits}",
        named(group),
        counted(preview.members, "member"),
        at_least(preview.is_features_minimum()),
        counted(preview.features, "feature"),
        at_least(preview.is_resources_minimum()),
        counted(preview.resources, "resource")
    )
}

impl Backend {
    /// Creates a group.
    async fn create_group(&self, draft: GroupDraft) -> Result<Group, CliError> {
        match self {
            Self::Database(services) => Ok(groups::create(services, &operator(), draft).await?),
            Self::Server(remote) => remote.post(GROUPS, &draft),
        }
    }

    /// Changes a group.
    async fn edit_group(&self, id: Uuid, edit: GroupEdit) -> Result<Group, CliError> {
        match self {
            Self::Database(services) => Ok(groups::edit(services, &operator(), id, edit).await?),
            Self::Server(remote) => remote.patch(&Self::group_path(id), &edit),
        }
    }

    /// Returns the effect that the deletion of a group would have.
    async fn preview_group(&self, id: Uuid) -> Result<GroupDeletion, CliError> {
        match self {
            Self::Database(services) => {
                Ok(groups::preview_deletion(services, &operator(), id).await?)
            }
            Self::Server(remote) => {
                remote.get(&format!("{}/deletion-preview", Self::group_path(id)), &[])
            }
        }
    }

    /// Deletes a group. A server does not compare the preview, and can continue the deletion as a job; without a server it is completed
    /// here.
    async fn delete_group(&self, id: Uuid, preview: GroupDeletion) -> Result<Deleted, CliError> {
        match self {
            Self::Database(services) => {
                groups::delete(services, &operator(), id, Some(preview)).await?;
                deletions::run_of(services, &id.to_string()).await?;
                Ok(Deleted::COMPLETE)
            }
            Self::Server(remote) => remote.delete(&Self::group_path(id), &[]),
        }
    }
}
