//! `rollcall usage`: the usage of the host application without the panel.

use std::process::ExitCode;

use domain::{
    usage::{UsageOverview, UsageParams, UsageSum},
    users::detail::UserRef,
};

use super::{
    backend::BackendArgs,
    user::{
        print::{Output, clean},
        table::Table,
        user_arg::reference,
    },
};
use crate::failure::BoxError;

const HEADINGS: [&str; 5] = ["", "REQUESTS", "TOKENS IN", "TOKENS OUT", "COST"];

/// Show the usage of the host application: sums by day, and the users, models and groups with the highest cost.
#[derive(Debug, clap::Args)]
pub(super) struct UsageArgs {
    #[command(flatten)]
    output: Output,
    /// First day in UTC, such as 2026-11-01; without it, 30 days are shown.
    #[arg(long)]
    from: Option<String>,
    /// Last day in UTC; today if it is left out.
    #[arg(long)]
    to: Option<String>,
    /// Number, id or username of a user.
    #[arg(long, value_parser = reference)]
    user: Option<UserRef>,
    /// Name or id of a group, whose present members are meant.
    #[arg(long)]
    group: Option<String>,
    /// Name of a model.
    #[arg(long)]
    model: Option<String>,
}

/// Runs the command.
pub(super) async fn run(backend: BackendArgs, arguments: UsageArgs) -> Result<ExitCode, BoxError> {
    let backend = backend.open().await?;
    let output = arguments.output;
    let user = match &arguments.user {
        Some(user) => Some(backend.find(user).await?.summary.id.0.to_string()),
        None => None,
    };
    let group = match &arguments.group {
        Some(name) => Some(backend.find_group(name).await?.id.to_string()),
        None => None,
    };
    let params = UsageParams {
        from: arguments.from,
        to: arguments.to,
        user,
        group,
        model: arguments.model,
    };
    let usage = backend.usage(&params).await?;
    output.print(&usage, || text(&usage))?;
    Ok(ExitCode::SUCCESS)
}

fn text(usage: &UsageOverview) -> String {
    let mut rows = vec![HEADINGS.map(str::to_owned)];
    rows.extend(usage.days.iter().map(|day| row(&day.day, day.usage)));
    rows.push(row("total", usage.total));
    let users = usage.users.iter().map(|user| {
        let name = user
            .username
            .as_deref()
            .map_or_else(|| "unknown".to_owned(), clean);
        row(&format!("user {name}"), user.usage)
    });
    rows.extend(users);
    let models = usage.models.iter().map(|model| {
        let name = model
            .model
            .as_deref()
            .map_or_else(|| "none".to_owned(), clean);
        row(&format!("model {name}"), model.usage)
    });
    rows.extend(models);
    let groups = usage.groups.iter();
    rows.extend(groups.map(|group| row(&format!("group {}", clean(&group.name)), group.usage)));
    Table::default().lay_out(&rows)
}

fn row(name: &str, sum: UsageSum) -> [String; 5] {
    [
        name.to_owned(),
        sum.requests.to_string(),
        sum.tokens_in.to_string(),
        sum.tokens_out.to_string(),
        sum.cost.to_string(),
    ]
}
