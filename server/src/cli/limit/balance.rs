//! Changes of what a user has used: `rollcall limit top-up`, `adjust` and `reset`.

use domain::limits::{BalanceDraft, Decimal, LimitStatus, Metric, TopUpDraft};

use super::amount;
use crate::{
    cli::{
        backend::Backend,
        user::{
            print::{self, Output},
            user_arg::UserArg,
        },
    },
    failure::BoxError,
};

/// Limit of a user whose balance is changed.
#[derive(Debug, clap::Args)]
struct BalanceArgs {
    #[command(flatten)]
    user_arg: UserArg,
    /// Metric: requests, cost or tokens.
    metric: Metric,
    /// Model; without it, the limit of all models together.
    #[arg(long)]
    model: Option<String>,
    /// Reason, which the user sees.
    #[arg(long)]
    reason: String,
}

/// Let a user use more in this period.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "rollcall limit top-up <ID> <METRIC> <AMOUNT> --reason <REASON> [OPTIONS]"
)]
pub(super) struct TopUpArgs {
    #[command(flatten)]
    balance: BalanceArgs,
    /// Amount, in dollars for cost.
    amount: String,
}

/// Correct what a user has used.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "rollcall limit adjust <ID> <METRIC> <AMOUNT> --reason <REASON> [OPTIONS]"
)]
pub(super) struct AdjustArgs {
    #[command(flatten)]
    balance: BalanceArgs,
    /// Amount that is added to what is used, in dollars for cost; it can be negative.
    #[arg(allow_hyphen_values = true)]
    amount: String,
}

/// Set what a user has used to zero.
#[derive(Debug, clap::Args)]
pub(super) struct ResetArgs {
    #[command(flatten)]
    balance: BalanceArgs,
}

impl BalanceArgs {
    fn with_amount(self, amount: String) -> (UserArg, TopUpDraft) {
        let draft = TopUpDraft {
            metric: self.metric,
            model: self.model,
            amount: Decimal::new(amount),
            reason: self.reason,
        };
        (self.user_arg, draft)
    }
}

/// Formats what is left after a change.
fn text(user: &str, status: &LimitStatus) -> String {
    let metric = status.metric.as_str();
    format!(
        "Left of {metric} for {user}: {} of {}.",
        amount(status.left),
        amount(status.amount)
    )
}

impl TopUpArgs {
    pub(super) async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let (user_arg, draft) = self.balance.with_amount(self.amount);
        let user = user_arg.find(backend).await?.summary;
        let check = TopUpDraft::check_top_up;
        let changed = backend.change_balance(user.id.0, "top-up", draft, check);
        let status = changed.await?;
        output.print(&status, || text(&print::name(&user), &status))
    }
}

impl AdjustArgs {
    pub(super) async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let (user_arg, draft) = self.balance.with_amount(self.amount);
        let user = user_arg.find(backend).await?.summary;
        let check = TopUpDraft::check_adjustment;
        let changed = backend.change_balance(user.id.0, "adjust", draft, check);
        let status = changed.await?;
        output.print(&status, || text(&print::name(&user), &status))
    }
}

impl ResetArgs {
    pub(super) async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let BalanceArgs {
            user_arg,
            metric,
            model,
            reason,
        } = self.balance;
        let user = user_arg.find(backend).await?.summary;
        let draft = BalanceDraft {
            metric,
            model,
            reason,
        };
        let check = BalanceDraft::check_reset;
        let changed = backend.change_balance(user.id.0, "reset", draft, check);
        let status = changed.await?;
        output.print(&status, || text(&print::name(&user), &status))
    }
}
