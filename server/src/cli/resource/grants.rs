//! `rollcall resource grants`, `grant` and `revoke`.

use clap::ArgGroup;
use domain::{
    resources::{Grant, GrantDraft, GrantLevel, GrantSubject, GrantTarget},
    users::detail::UserRef,
};
use serde::Deserialize;
use serde_json::json;
use service::{access::operator, resources::grants};
use uuid::Uuid;

use super::{ResourceArg, named};
use crate::{
    cli::{
        backend::Backend,
        error::CliError,
        user::{
            print::{Output, timestamp},
            user_arg::reference,
        },
    },
    failure::BoxError,
};

const HEADINGS: [&str; 4] = ["SUBJECT", "LEVEL", "GRANTED", "GRANTED BY"];

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// List the grants of a resource: to everyone, to groups, to users.
    Grants(ResourceArg),
    Grant(GrantArgs),
    /// Revoke a grant of access to a resource.
    Revoke(SubjectArgs),
}

/// Grant access to a resource, or change the level of a grant.
#[derive(Debug, clap::Args)]
pub(super) struct GrantArgs {
    #[command(flatten)]
    subject: SubjectArgs,
    /// Grant writing, which includes reading.
    #[arg(long)]
    write: bool,
}

#[derive(Debug, clap::Args)]
#[command(group(ArgGroup::new("subject").args(["user", "group", "everyone"]).required(true)))]
pub(super) struct SubjectArgs {
    #[command(flatten)]
    resource_arg: ResourceArg,
    /// Number, id or username of a user.
    #[arg(long, value_parser = reference)]
    user: Option<UserRef>,
    /// Name or id of a group.
    #[arg(long)]
    group: Option<String>,
    /// All users.
    #[arg(long)]
    everyone: bool,
}

/// Number of grants that a server has changed.
#[derive(Deserialize)]
struct ChangeCount {
    changed: u64,
}

impl Command {
    pub(super) async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        match self {
            Self::Grants(argument) => list(&argument, backend, output).await,
            Self::Grant(arguments) => arguments.run(backend, output).await,
            Self::Revoke(arguments) => revoke(&arguments, backend, output).await,
        }
    }
}

async fn list(argument: &ResourceArg, backend: &Backend, output: Output) -> Result<(), BoxError> {
    let id = argument.find(backend).await?.id;
    let grants = backend.list_grants(id).await?;
    output.print_list(&grants, "No grants found.", HEADINGS, row)
}

fn row(grant: &Grant) -> [String; 4] {
    let subject = match &grant.subject {
        GrantSubject::User { username, .. } => format!("user {username}"),
        GrantSubject::Group { name, .. } => format!("group {name}"),
        GrantSubject::Everyone => "everyone".to_owned(),
    };
    [
        subject,
        grant.level.as_str().to_owned(),
        timestamp(grant.granted_at),
        grant.granted_by.clone().unwrap_or_default(),
    ]
}

impl SubjectArgs {
    /// Returns the subject of the grant. The options are exclusive, and one of them is set.
    async fn target(&self, backend: &Backend) -> Result<GrantTarget, CliError> {
        if let Some(user) = &self.user {
            return Ok(GrantTarget::User(backend.find(user).await?.summary.id.0));
        }
        match &self.group {
            Some(name) => Ok(GrantTarget::Group(backend.find_group(name).await?.id)),
            None => Ok(GrantTarget::Everyone),
        }
    }
}

impl GrantArgs {
    async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let resource = self.subject.resource_arg.find(backend).await?;
        let level = if self.write {
            GrantLevel::Write
        } else {
            GrantLevel::Read
        };
        let grant = GrantDraft {
            subject: self.subject.target(backend).await?,
            level,
        };
        let changed = backend.grant(resource.id, grant).await?;
        output.print(&json!({ "changed": changed }), || match changed {
            0 => format!("The grant of {} was there already.", named(&resource)),
            _ => format!(
                "Granted access to {}: {}.",
                named(&resource),
                level.as_str()
            ),
        })
    }
}

async fn revoke(
    arguments: &SubjectArgs,
    backend: &Backend,
    output: Output,
) -> Result<(), BoxError> {
    let resource = arguments.resource_arg.find(backend).await?;
    let target = arguments.target(backend).await?;
    let changed = backend.revoke_grant(resource.id, target).await?;
    output.print(&json!({ "changed": changed }), || match changed {
        0 => format!("{} had no such grant.", named(&resource)),
        _ => format!("Revoked the grant of {}.", named(&resource)),
    })
}

impl Backend {
    /// Returns the grants of a resource.
    async fn list_grants(&self, resource: Uuid) -> Result<Vec<Grant>, CliError> {
        match self {
            Self::Database(services) => Ok(grants::list(services, &operator(), resource).await?),
            Self::Server(remote) => {
                remote.get(&format!("{}/grants", Self::resource_path(resource)), &[])
            }
        }
    }

    /// Grants access to a resource. Returns the number of changed grants.
    async fn grant(&self, resource: Uuid, grant: GrantDraft) -> Result<u64, CliError> {
        match self {
            Self::Database(services) => {
                Ok(grants::add(services, &operator(), resource, vec![grant]).await?)
            }
            Self::Server(remote) => {
                let path = format!("{}/grants", Self::resource_path(resource));
                let count: ChangeCount = remote.post(&path, &json!({ "grants": [grant] }))?;
                Ok(count.changed)
            }
        }
    }

    /// Revokes a grant of a resource. Returns the number of revoked grants.
    async fn revoke_grant(&self, resource: Uuid, subject: GrantTarget) -> Result<u64, CliError> {
        match self {
            Self::Database(services) => {
                Ok(grants::revoke(services, &operator(), resource, vec![subject]).await?)
            }
            Self::Server(remote) => {
                let path = format!("{}/grants/revoke", Self::resource_path(resource));
                let count: ChangeCount = remote.post(&path, &json!({ "subjects": [subject] }))?;
                Ok(count.changed)
            }
        }
    }
}
