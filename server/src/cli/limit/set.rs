//! `rollcall limit set`.

use clap::ArgGroup;
use domain::{
    error::Entity,
    limits::{Decimal, LimitDraft, LimitSubject, Metric},
    users::detail::UserRef,
};
use service::Error;
use uuid::Uuid;

use super::{amount, named};
use crate::{
    cli::{
        backend::Backend,
        error::CliError,
        user::{print::Output, user_arg::reference},
    },
    failure::BoxError,
};

/// Amount that is no number.
const UNLIMITED: &str = "unlimited";

/// Set a limit. What is used stays.
#[derive(Debug, clap::Args)]
#[command(override_usage = "rollcall limit set <SUBJECT> <METRIC> <AMOUNT> [OPTIONS]")]
#[command(group(ArgGroup::new("subject").args(["default", "role", "group", "user", "access_token"]).required(true)))]
pub(super) struct SetArgs {
    /// Metric: requests, cost, tokens, rpm, tpm or parallel.
    metric: Metric,
    /// Number, in dollars for cost; 0 for nothing, or unlimited.
    amount: String,
    /// All users without another limit.
    #[arg(long)]
    default: bool,
    /// Name or id of a role.
    #[arg(long)]
    role: Option<String>,
    /// Name or id of a group.
    #[arg(long)]
    group: Option<String>,
    /// Number, id or username of a user.
    #[arg(long, value_parser = reference)]
    user: Option<UserRef>,
    /// Id of an access token.
    #[arg(long)]
    access_token: Option<Uuid>,
    /// Model; without it, all models together.
    #[arg(long)]
    model: Option<String>,
    /// Period of requests, tokens and cost, such as 12h, 1d, 1mo, calendar:month, drip:180 or total.
    #[arg(long)]
    period: Option<String>,
    /// Time zone of periods of days, weeks and months; without it, UTC.
    #[arg(long)]
    time_zone: Option<String>,
    /// Amount from which a use is reported, but not denied.
    #[arg(long)]
    soft: Option<String>,
    /// Percentage of the amount from which a use is reported.
    #[arg(long)]
    warn_at: Option<i16>,
    /// All members of the group have one balance together.
    #[arg(long)]
    shared: bool,
}

impl SetArgs {
    pub(super) async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let subject = self.subject(backend).await?;
        let number = Some(self.amount).filter(|amount| amount != UNLIMITED);
        let draft = LimitDraft {
            subject,
            metric: self.metric,
            model: self.model,
            amount: number.map(Decimal::new),
            soft_amount: self.soft.map(Decimal::new),
            warn_at: self.warn_at,
            period: self.period,
            time_zone: self.time_zone,
            shared: self.shared,
            version: None,
        };
        let limit = backend.put_limit(draft).await?;
        output.print(&limit, || {
            let period = limit.period.map(|period| format!(" / {period}"));
            let amount = amount(limit.amount);
            format!(
                "Set {} to {amount}{}.",
                named(&limit),
                period.unwrap_or_default()
            )
        })
    }

    async fn subject(&self, backend: &Backend) -> Result<LimitSubject, CliError> {
        if let Some(name) = &self.role {
            let roles = backend.list_roles().await?;
            let id = name.parse::<Uuid>().ok();
            let is_meant = |role: &domain::roles::Role| role.name == *name || id == Some(role.id);
            let found = roles.into_iter().find(is_meant);
            return match found {
                Some(role) => Ok(LimitSubject::Role(role.id)),
                None => Err(Error::NotFound(Entity::Role).into()),
            };
        }
        if let Some(name) = &self.group {
            return Ok(LimitSubject::Group(backend.find_group(name).await?.id));
        }
        if let Some(user) = &self.user {
            return Ok(LimitSubject::User(backend.find(user).await?.summary.id.0));
        }
        Ok(self
            .access_token
            .map_or(LimitSubject::Default, LimitSubject::Token))
    }
}
