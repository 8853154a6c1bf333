//! Filter arguments of the audit log.

use domain::audit::list::AuditParams;

use crate::cli::filter_value::filled;

/// Filter of audit entries, with the same values as in the panel and the API.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Filter {
    /// Actor: username, number or id, or a username that no longer exists.
    #[arg(long, value_parser = filled)]
    actor: Option<String>,
    /// Target: a user in the same forms, or the name or id of another resource.
    #[arg(long, value_parser = filled)]
    target: Option<String>,
    /// Action, such as user.created.
    #[arg(long, value_parser = filled)]
    action: Option<String>,
    /// Source of the change: ui, api, cli, job or self.
    #[arg(long, value_parser = filled)]
    via: Option<String>,
    /// Start of the period: 2026-11-21, 2026-11, or 7d for seven days ago.
    #[arg(long, value_parser = filled)]
    from: Option<String>,
    /// End of the period. The whole day or month is included.
    #[arg(long, value_parser = filled)]
    to: Option<String>,
    /// Id of a bulk action, such as a bulk suspension: lists the entries that belong to it.
    #[arg(long, value_parser = filled)]
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
