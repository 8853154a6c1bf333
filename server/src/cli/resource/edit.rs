//! Changes of resources: `rollcall resource create`, `update` and `delete`.

use clap::ArgGroup;
use domain::{
    resources::{Resource, ResourceDeletion, ResourceDraft, ResourceEdit, StoreOutcome},
    users::detail::UserRef,
};
use serde_json::{Value, json};
use service::{access::operator, resources};
use uuid::Uuid;

use super::{ResourceArg, named};
use crate::{
    cli::{
        backend::{Backend, resources::RESOURCES},
        confirm::{ConfirmArg, counted},
        error::CliError,
        names::removable,
        user::{print::Output, user_arg::reference},
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

/// Create a resource, or change the one with this kind and id.
#[derive(Debug, clap::Args)]
pub(super) struct CreateArgs {
    /// Kind and id in the host application, such as models:gpt-5.
    #[arg(value_parser = kind_and_id)]
    resource: KindAndId,
    /// Name of the resource.
    #[arg(long)]
    name: String,
    /// Number, id or username of the owner.
    #[arg(long, value_parser = reference)]
    owner: Option<UserRef>,
    /// Number or name of the client whose data it is.
    #[arg(long)]
    client: Option<String>,
    /// Whether users can reach it: true or false.
    #[arg(long, value_name = "BOOL")]
    active: Option<bool>,
}

/// Kind of a resource, and its id in the host application.
#[derive(Debug, Clone)]
struct KindAndId {
    kind: String,
    external_id: String,
}

fn kind_and_id(text: &str) -> Result<KindAndId, &'static str> {
    let (kind, id) = text
        .split_once(':')
        .ok_or("use a kind and an id, such as models:gpt-5")?;
    Ok(KindAndId {
        kind: kind.to_owned(),
        external_id: id.trim().to_owned(),
    })
}

impl CreateArgs {
    async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let owner_id = match &self.owner {
            Some(user) => Some(backend.find(user).await?.summary.id.0),
            None => None,
        };
        let client_id = match self.client {
            Some(name) => Some(client(backend, name).await?),
            None => None,
        };
        let KindAndId { kind, external_id } = self.resource;
        let named_as = format!("{kind}:{external_id}");
        let draft = ResourceDraft {
            kind,
            external_id,
            name: self.name,
            owner_id,
            client_id,
            active: self.active,
            data: None,
        };
        backend.store_resource(draft).await?;
        let resource = backend.find_resource(&named_as).await?;
        output.print(&resource, || format!("Stored {}.", named(&resource)))
    }
}

/// Returns the number of a client; None for an empty name, which stands for no client.
async fn client(backend: &Backend, name: String) -> Result<Option<i32>, CliError> {
    match removable(name) {
        Some(name) => Ok(Some(backend.find_client(&name).await?.id)),
        None => Ok(None),
    }
}

/// Options that change something. At least one is required.
const CHANGES: [&str; 5] = ["name", "owner", "no_owner", "client", "active"];

/// Change a resource. Options that are not set leave their values unchanged.
#[derive(Debug, clap::Args)]
#[command(override_usage = "rollcall resource update <RESOURCE> <OPTIONS>")]
#[command(group(ArgGroup::new("changes").args(CHANGES).required(true).multiple(true)))]
pub(super) struct UpdateArgs {
    #[command(flatten)]
    resource_arg: ResourceArg,
    /// Name of the resource.
    #[arg(long)]
    name: Option<String>,
    /// Number, id or username of the owner.
    #[arg(long, value_parser = reference)]
    owner: Option<UserRef>,
    /// Remove the owner.
    #[arg(long, conflicts_with = "owner")]
    no_owner: bool,
    /// Number or name of the client whose data it is; '' for none, which makes it visible to the users of all clients.
    #[arg(long)]
    client: Option<String>,
    /// Whether users can reach it: true or false.
    #[arg(long, value_name = "BOOL")]
    active: Option<bool>,
}

impl UpdateArgs {
    async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let id = self.resource_arg.find(backend).await?.id;
        let owner_id = match &self.owner {
            Some(user) => Some(Some(backend.find(user).await?.summary.id.0)),
            None => self.no_owner.then_some(None),
        };
        let client_id = match self.client {
            Some(name) => Some(client(backend, name).await?),
            None => None,
        };
        let edit = ResourceEdit {
            name: self.name,
            owner_id,
            client_id,
            active: self.active,
        };
        let resource = backend.edit_resource(id, edit).await?;
        output.print(&resource, || format!("Updated {}.", named(&resource)))
    }
}

/// Delete a resource with its grants.
#[derive(Debug, clap::Args)]
pub(super) struct DeleteArgs {
    #[command(flatten)]
    resource_arg: ResourceArg,
    #[command(flatten)]
    confirm: ConfirmArg,
}

impl DeleteArgs {
    async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let resource = self.resource_arg.find(backend).await?;
        let preview = backend.preview_resource(resource.id).await?;
        self.confirm
            .check(output, &preview, || effect(&resource, preview))?;
        backend.delete_resource(resource.id, preview).await?;
        output.done(|| format!("Deleted {}.", named(&resource)))
    }
}

fn effect(resource: &Resource, preview: ResourceDeletion) -> String {
    let everyone = if preview.everyone {
        " It is granted to everyone."
    } else {
        ""
    };
    format!(
        "Deleting {} revokes the access of {}, and of {} with {}.{everyone}",
        named(resource),
        counted(preview.users, "user"),
        counted(preview.groups, "group"),
        counted(preview.members, "member")
    )
}

impl Backend {
    /// Creates or changes a resource.
    async fn store_resource(&self, draft: ResourceDraft) -> Result<StoreOutcome, CliError> {
        match self {
            Self::Database(services) => {
                Ok(resources::store(services, &operator(), vec![draft]).await?)
            }
            Self::Server(remote) => remote.post(RESOURCES, &json!({ "resources": [draft] })),
        }
    }

    /// Changes a resource.
    async fn edit_resource(&self, id: Uuid, edit: ResourceEdit) -> Result<Resource, CliError> {
        match self {
            Self::Database(services) => Ok(resources::edit(services, &operator(), id, edit).await?),
            Self::Server(remote) => remote.patch(&Self::resource_path(id), &edit),
        }
    }

    /// Returns the effect that the deletion of a resource would have.
    async fn preview_resource(&self, id: Uuid) -> Result<ResourceDeletion, CliError> {
        match self {
            Self::Database(services) => {
                Ok(resources::preview_deletion(services, &operator(), id).await?)
            }
            Self::Server(remote) => {
                let path = format!("{}/deletion-preview", Self::resource_path(id));
                remote.get(&path, &[])
            }
        }
    }

    /// Deletes a resource. A server does not compare the preview.
    async fn delete_resource(&self, id: Uuid, preview: ResourceDeletion) -> Result<(), CliError> {
        match self {
            Self::Database(services) => {
                resources::delete(services, &operator(), id, Some(preview)).await?;
                Ok(())
            }
            Self::Server(remote) => remote
                .delete::<Value>(&Self::resource_path(id), &[])
                .map(drop),
        }
    }
}
