//! `rollcall user set-groups`.

use domain::groups::MemberSelection;

use super::{
    print::{self, Output, clean},
    user_arg::UserArg,
};
use crate::{
    cli::{
        backend::Backend,
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
        let current: Vec<_> = backend.groups_of(id).await?;
        let current: Vec<_> = current.into_iter().map(|group| group.id).collect();
        let added = wanted.iter().filter(|group| !current.contains(group));
        let removed = current.iter().filter(|group| !wanted.contains(group));
        let added = added.map(|group| (group, MemberChange::Add));
        let removed = removed.map(|group| (group, MemberChange::Remove));
        for (group, change) in added.chain(removed) {
            let selection = MemberSelection::Ids(vec![id]);
            let outcome = backend.change_members(*group, change, selection).await?;
            if !outcome.skipped.is_empty() {
                return Err("You can't manage a user with more permissions than you.".into());
            }
        }
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
