//! Which entries, as arguments.

use domain::audit::list::AuditParams;

/// A filter, in the words of the panel and the API.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Filter {
    /// Who did it: number, id or username, or a name that nobody has any more.
    #[arg(long)]
    actor: Option<String>,
    /// To whom or what it was done.
    #[arg(long)]
    target: Option<String>,
    /// What was done, such as user.created.
    #[arg(long)]
    action: Option<String>,
    /// By which way: ui, api, cli, job or self.
    #[arg(long)]
    via: Option<String>,
    /// From when on: 2026-11-21, 2026-11, or 7d for seven days ago.
    #[arg(long)]
    from: Option<String>,
    /// Until when, the whole of that day or month.
    #[arg(long)]
    to: Option<String>,
    /// The id of an action on many, such as a bulk suspension: the entries beneath it.
    #[arg(long)]
    parent: Option<String>,
}

impl From<Filter> for AuditParams {
    fn from(filter: Filter) -> Self {
        Self {
            actor: filter.actor,
            target: filter.target,
            action: filter.action,
            via: filter.via,
            from: filter.from,
            to: filter.to,
            parent: filter.parent,
            ..Self::default()
        }
    }
}
