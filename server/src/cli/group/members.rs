//! `rollcall group members` and `rollcall group managers`.

use std::{
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use domain::{
    groups::{
        GroupMember, MEMBERS_AT_ONCE, MEMBERS_ORDER, MemberSelection, MembersOutcome, parse_pasted,
    },
    list::{Limits, PageParams, UnfilteredParams},
};
use service::{
    Error,
    access::{GroupsRead, GroupsWrite, operator},
    groups::{GroupActor, members},
};
use uuid::Uuid;

use super::{GroupArg, named};
use crate::{
    cli::{
        backend::Backend,
        confirm::counted,
        error::CliError,
        pages::{self, Fetched},
        rows::Rows,
        user::print::{Output, clean, timestamp},
    },
    failure::BoxError,
};

/// Value of `--file` that stands for standard input.
const STANDARD_INPUT: &str = "-";

const HEADINGS: [&str; 5] = ["USERNAME", "NAME", "MANAGER", "ADDED", "ADDED BY"];

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// List, add and remove the members of a group.
    #[command(subcommand)]
    Members(MembersCommand),
    /// Let members manage their group, or no longer.
    #[command(subcommand)]
    Managers(ManagersCommand),
}

#[derive(Debug, clap::Subcommand)]
pub(super) enum MembersCommand {
    List(ListArgs),
    /// Add users to a group.
    Add(ChangeArgs),
    /// Remove members from a group.
    Remove(ChangeArgs),
}

#[derive(Debug, clap::Subcommand)]
pub(super) enum ManagersCommand {
    /// Let members manage their group: they see its members, add and remove them, invite new ones and reset their passwords.
    Add(ChangeArgs),
    /// Stop members from managing their group. They remain members.
    Remove(ChangeArgs),
}

/// List the members of a group, the first added first.
#[derive(Debug, clap::Args)]
pub(super) struct ListArgs {
    #[command(flatten)]
    group_arg: GroupArg,
    /// Maximum number of members.
    #[arg(long, default_value_t = 100)]
    limit: usize,
}

#[derive(Debug, clap::Args)]
pub(super) struct ChangeArgs {
    #[command(flatten)]
    group_arg: GroupArg,
    /// Usernames or email addresses of the users.
    #[arg(required_unless_present = "file")]
    users: Vec<String>,
    /// File with more usernames and email addresses, separated by lines, commas, semicolons or tabs; `-` is standard input.
    #[arg(long, value_name = "PATH")]
    file: Option<PathBuf>,
}

/// Change of members.
#[derive(Debug, Clone, Copy)]
pub(in crate::cli) enum MemberChange {
    Add,
    Remove,
    AddManagers,
    RemoveManagers,
}

impl MemberChange {
    /// Returns the path of the change in the API, below that of the group.
    const fn path(self) -> &'static str {
        match self {
            Self::Add => "members",
            Self::Remove => "members/remove",
            Self::AddManagers => "managers",
            Self::RemoveManagers => "managers/remove",
        }
    }

    /// Returns the words for users who were changed, and for those who were not.
    const fn words(self) -> [&'static str; 2] {
        match self {
            Self::Add => ["added to", "were members already"],
            Self::Remove => ["removed from", "were no members"],
            Self::AddManagers => [
                "added as managers of",
                "managed it already, or are no members",
            ],
            Self::RemoveManagers => ["removed as managers of", "did not manage it"],
        }
    }
}

impl Command {
    pub(super) async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let (arguments, change) = match self {
            Self::Members(MembersCommand::List(arguments)) => {
                return arguments.run(backend, output).await;
            }
            Self::Members(MembersCommand::Add(arguments)) => (arguments, MemberChange::Add),
            Self::Members(MembersCommand::Remove(arguments)) => (arguments, MemberChange::Remove),
            Self::Managers(ManagersCommand::Add(arguments)) => {
                (arguments, MemberChange::AddManagers)
            }
            Self::Managers(ManagersCommand::Remove(arguments)) => {
                (arguments, MemberChange::RemoveManagers)
            }
        };
        arguments.run(backend, output, change).await
    }
}

impl ListArgs {
    async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let id = self.group_arg.find(backend).await?.id;
        let rows = Rows::new(output, HEADINGS, "No members found.");
        let fetch = async |params: &UnfilteredParams| backend.members(id, params).await;
        pages::print(UnfilteredParams::default(), self.limit, rows, fetch, row).await
    }
}

fn row(member: &GroupMember) -> [String; 5] {
    let manager = if member.is_manager { "yes" } else { "" };
    [
        member.username.clone(),
        member.display_name.clone(),
        manager.to_owned(),
        timestamp(member.added_at),
        member.added_by.clone().unwrap_or_default(),
    ]
}

impl ChangeArgs {
    async fn run(
        self,
        backend: &Backend,
        output: Output,
        change: MemberChange,
    ) -> Result<(), BoxError> {
        let mut text = self.users.join("\n");
        if let Some(path) = &self.file {
            text.push('\n');
            text.push_str(&read(path)?);
        }
        let names = parse_pasted(&text);
        if names.is_empty() {
            return Err("The list has no usernames or email addresses.".into());
        }
        let group = self.group_arg.find(backend).await?;
        let mut outcome = MembersOutcome::default();
        for names in names.chunks(MEMBERS_AT_ONCE) {
            let selection = MemberSelection::Names(names.to_vec());
            let part = backend.change_members(group.id, change, selection).await?;
            outcome.changed += part.changed;
            outcome.unchanged += part.unchanged;
            outcome.unknown.extend(part.unknown);
            outcome.skipped.extend(part.skipped);
        }
        output.print(&outcome, || message(&named(&group), change, &outcome))
    }
}

/// Reads a file with names.
fn read(path: &Path) -> Result<String, BoxError> {
    let text = if path.as_os_str() == STANDARD_INPUT {
        let mut text = String::new();
        io::stdin().lock().read_to_string(&mut text).map(|_| text)
    } else {
        fs::read_to_string(path)
    };
    text.map_err(|error| format!("Cannot read {}: {error}.", path.display()).into())
}

fn message(group: &str, change: MemberChange, outcome: &MembersOutcome) -> String {
    let [changed, unchanged] = change.words();
    let users = counted(outcome.changed, "user");
    let mut lines = vec![format!("{users} {changed} {group}.")];
    if outcome.unchanged > 0 {
        lines.push(format!(
            "{} {unchanged}.",
            counted(outcome.unchanged, "user")
        ));
    }
    if !outcome.unknown.is_empty() {
        lines.push(format!("Unknown: {}.", clean(&outcome.unknown.join(", "))));
    }
    if !outcome.skipped.is_empty() {
        lines.push(format!(
            "Skipped, because they have more permissions: {}.",
            clean(&outcome.skipped.join(", "))
        ));
    }
    lines.join("\n")
}

impl Backend {
    /// Returns a page of the members of a group.
    async fn members(&self, group: Uuid, params: &UnfilteredParams) -> Fetched<GroupMember> {
        match self {
            Self::Database(services) => {
                let query = params
                    .parse(Limits::API, MEMBERS_ORDER)
                    .map_err(Error::from)?;
                let actor = GroupActor::from(&operator::<GroupsRead>());
                let listed = members::list(services, &actor, group, &query).await?;
                Ok((listed.page.rows, listed.page.page_info.after))
            }
            Self::Server(remote) => {
                let path = format!("{}/members", Self::group_path(group));
                remote.page(&path, &params.pairs())
            }
        }
    }

    /// Adds or removes members or managers of a group.
    pub(in crate::cli) async fn change_members(
        &self,
        group: Uuid,
        change: MemberChange,
        selection: MemberSelection,
    ) -> Result<MembersOutcome, CliError> {
        let services = match self {
            Self::Database(services) => services,
            Self::Server(remote) => {
                let path = format!("{}/{}", Self::group_path(group), change.path());
                return remote.post(&path, &selection);
            }
        };
        let actor = GroupActor::from(&operator::<GroupsWrite>());
        let changed = match change {
            MemberChange::Add => members::add(services, &actor, group, selection, false).await,
            MemberChange::Remove => {
                members::remove(services, &actor, group, selection, false).await
            }
            MemberChange::AddManagers => {
                members::set_managers(services, &operator(), group, selection, true).await
            }
            MemberChange::RemoveManagers => {
                members::set_managers(services, &operator(), group, selection, false).await
            }
        };
        Ok(changed?)
    }
}
