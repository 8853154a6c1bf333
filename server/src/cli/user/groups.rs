//! `rollcall user set-groups`.

use domain::groups::MemberSelection;
use service::{
    access::operator,
    groups::{self, GroupsChange},
};
use uuid::Uuid;

use super::{
    print::{self, Output, clean},
    user_arg::UserArg,
};
use crate::{
    cli::{
        backend::Backend,
        error::CliError,
        group::members::MemberChange,
        names::{Names, names},
    },
    failure::BoxError,
};

/// Add a user to these groups, and remove the user from all others.
#[derive(Debug, clap::Args)]
pub(super) struct SetGroupsArgs {
    #[command(flatten)]
    user_arg: UserArg,
    /// Names or ids of the groups, separated by commas; '' for none.
    #[arg(value_parser = names)]
    groups: Names,
}

impl SetGroupsArgs {
    pub(super) async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let user = self.user_arg.find(backend).await?.summary;
        let id = user.id.0;
        // All groups are found before the first change.
        let mut wanted = Vec::new();
        for name in &self.groups.0 {
            wanted.push(backend.find_group(name).await?.id);
        }
        let current = backend.groups_of(id).await?;
        let current = current.into_iter().map(|group| group.id).collect();
        backend.set_groups(id, current, wanted).await?;
        let groups = backend.groups_of(id).await?;
        output.print(&groups, || {
            let names: Vec<&str> = groups.iter().map(|group| group.name.as_str()).collect();
            let names = match names.as_slice() {
                [] => "none".to_owned(),
                names => clean(&names.join(", ")),
            };
            format!("Groups of {}: {names}.", print::name(&user))
        })
    }
}

impl Backend {
    /// Adds a user to the wanted groups, and removes the user from the others. A server changes one group after the other.
    async fn set_groups(
        &self,
        user: Uuid,
        current: Vec<Uuid>,
        wanted: Vec<Uuid>,
    ) -> Result<(), BoxError> {
        if let Self::Database(services) = self {
            let change = GroupsChange {
                shown: current,
                chosen: wanted,
                named: Vec::new(),
            };
            groups::set_of_user(services, &operator(), user, change)
                .await
                .map_err(CliError::from)?;
            return Ok(());
        }
        let added = wanted.iter().filter(|group| !current.contains(group));
        let removed = current.iter().filter(|group| !wanted.contains(group));
        let added = added.map(|group| (group, MemberChange::Add));
        let removed = removed.map(|group| (group, MemberChange::Remove));
        for (group, change) in added.chain(removed) {
            let selection = MemberSelection::Ids(vec![user]);
            let outcome = self.change_members(*group, change, selection).await?;
            if !outcome.skipped.is_empty() {
                return Err("You can't manage a user with more permissions than you.".into());
            }
        }
        Ok(())
    }
}
