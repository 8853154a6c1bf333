//! `rollcall limit`: limits without the panel, and what is left of them.

mod balance;
mod models;
mod set;

use std::process::ExitCode;

use clap::Subcommand;
use domain::limits::{
    Amount, Limit, LimitListParams, LimitStatus, LimitSubject, Metric, SubjectKind,
};
use uuid::Uuid;

use super::{
    backend::{Backend, BackendArgs},
    confirm::ConfirmArg,
    pages,
    rows::Rows,
    user::{
        print::{Output, clean, timestamp},
        table::with_headings,
        user_arg::UserArg,
    },
};
use crate::failure::BoxError;

const HEADINGS: [&str; 6] = ["SUBJECT", "METRIC", "MODEL", "AMOUNT", "PERIOD", "ID"];
const LEFT: [&str; 6] = ["METRIC", "MODEL", "LEFT", "AMOUNT", "RESETS", "DECIDED BY"];

/// Manage limits of what users do in the host application.
///
/// For each metric and model one limit decides: that of the user, else the most generous one of the groups, else of the roles, else the
/// default. Commands have all permissions on the database, and those of the access token on a server. All changes are audited.
#[derive(Debug, clap::Args)]
pub(super) struct LimitArgs {
    #[command(flatten)]
    output: Output,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(ListArgs),
    Show(ShowArgs),
    Set(set::SetArgs),
    Delete(DeleteArgs),
    Models(models::ModelsArgs),
    TopUp(balance::TopUpArgs),
    Adjust(balance::AdjustArgs),
    Reset(balance::ResetArgs),
}

/// List limits, the first created first.
#[derive(Debug, clap::Args)]
struct ListArgs {
    /// Kind of the subject: default, role, group, user or token.
    #[arg(long)]
    subject: Option<SubjectKind>,
    /// Metric: requests, cost, tokens, rpm, tpm or parallel.
    #[arg(long)]
    metric: Option<Metric>,
    /// Maximum number of limits.
    #[arg(long, default_value_t = 100)]
    limit: usize,
}

/// Show what is left of each limit of a user, and which limit decides; then those of access tokens and virtual keys.
#[derive(Debug, clap::Args)]
struct ShowArgs {
    #[command(flatten)]
    user_arg: UserArg,
}

/// Delete a limit. The next one in the order of precedence decides then.
#[derive(Debug, clap::Args)]
struct DeleteArgs {
    /// Id of the limit.
    limit: Uuid,
    #[command(flatten)]
    confirm: ConfirmArg,
}

/// Runs the subcommand.
pub(super) async fn run(backend: BackendArgs, arguments: LimitArgs) -> Result<ExitCode, BoxError> {
    let backend = &backend.open().await?;
    let output = arguments.output;
    match arguments.command {
        Command::List(arguments) => arguments.run(backend, output).await?,
        Command::Show(arguments) => arguments.run(backend, output).await?,
        Command::Set(arguments) => arguments.run(backend, output).await?,
        Command::Delete(arguments) => arguments.run(backend, output).await?,
        Command::Models(arguments) => arguments.run(backend, output).await?,
        Command::TopUp(arguments) => arguments.run(backend, output).await?,
        Command::Adjust(arguments) => arguments.run(backend, output).await?,
        Command::Reset(arguments) => arguments.run(backend, output).await?,
    }
    Ok(ExitCode::SUCCESS)
}

impl ListArgs {
    async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let params = LimitListParams {
            subject: self.subject.map(|kind| kind.as_str().to_owned()),
            metric: self.metric.map(|metric| metric.as_str().to_owned()),
            ..LimitListParams::default()
        };
        let rows = Rows::new(output, HEADINGS, "No limits found.");
        let fetch = async |params: &LimitListParams| backend.limits(params).await;
        pages::print(params, self.limit, rows, fetch, row).await
    }
}

impl ShowArgs {
    async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let user = self.user_arg.find(backend).await?.summary;
        let limits = backend.limits_of(user.id.0).await?;
        output.print(&limits, || {
            if limits.is_empty() {
                return "No limits are in force.".to_owned();
            }
            with_headings(LEFT, &limits, left)
        })
    }
}

impl DeleteArgs {
    async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let limit = backend.limit(self.limit).await?;
        self.confirm.check(output, &limit, || {
            format!("Would delete {}.", named(&limit))
        })?;
        backend.delete_limit(limit.id).await?;
        output.done(|| format!("Deleted {}.", named(&limit)))
    }
}

/// Formats an amount, which is a number or unlimited.
fn amount(amount: Option<Amount>) -> String {
    amount.map_or_else(|| "unlimited".to_owned(), |amount| amount.to_string())
}

fn subject(limit: &Limit) -> String {
    let name = limit.subject_name.as_deref().map(clean).unwrap_or_default();
    let shared = if limit.shared { " (shared)" } else { "" };
    match limit.subject {
        LimitSubject::Default => "default".to_owned(),
        other => format!("{} {name}{shared}", other.kind().as_str()),
    }
}

fn row(limit: &Limit) -> [String; 6] {
    [
        subject(limit),
        limit.metric.as_str().to_owned(),
        limit.model.clone().unwrap_or_default(),
        amount(limit.amount),
        limit
            .period
            .map(|period| period.to_string())
            .unwrap_or_default(),
        limit.id.to_string(),
    ]
}

/// Formats what is left of a limit.
fn left(status: &LimitStatus) -> [String; 6] {
    [
        status.metric.as_str().to_owned(),
        status.model.as_deref().map(clean).unwrap_or_default(),
        amount(status.left),
        amount(status.amount),
        status.resets_at.map(timestamp).unwrap_or_default(),
        match status.subject {
            LimitSubject::Token(id) => format!("token {id}"),
            other => other.kind().as_str().to_owned(),
        },
    ]
}

/// Formats a limit for a sentence.
fn named(limit: &Limit) -> String {
    let model = limit
        .model
        .as_deref()
        .map(|model| format!(" of {}", clean(model)));
    let (metric, model) = (limit.metric.as_str(), model.unwrap_or_default());
    format!("the limit of {metric}{model} of {}", subject(limit))
}
