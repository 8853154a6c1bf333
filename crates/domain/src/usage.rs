//! Usage of the host application: what programs report, and its sums.

mod amounts;
mod forms;
mod params;
mod settle;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    fields::FieldErrors,
    limits::{Amount, Metric},
    money::Money,
};

pub use forms::{
    EVENT_DAYS, EVENTS_AT_ONCE, ReserveDraft, UsageEvent, UsageEventDraft, Use, UseDraft,
};
pub use params::{UsageParams, UsageRange, UsageScreenParams, UsageSpan};
pub use settle::{ReleaseDraft, SettleDraft};

/// Amounts of one use, in the units of the metrics.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UsageAmounts {
    /// Number of requests.
    pub requests: i64,
    /// Number of tokens sent to a model.
    pub tokens_in: i64,
    /// Number of tokens received from a model.
    pub tokens_out: i64,
    /// Cost in units of 1e-9 dollars.
    pub cost: i64,
}

impl UsageAmounts {
    /// Returns the amount that a limit of a metric counts. A lease counts once.
    #[must_use]
    pub const fn of(self, metric: Metric) -> i64 {
        match metric {
            Metric::Requests | Metric::Rpm => self.requests,
            Metric::Tokens | Metric::Tpm => self.tokens_in.saturating_add(self.tokens_out),
            Metric::Cost => self.cost,
            Metric::Parallel => 1,
        }
    }
}

/// Sums of uses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UsageSumResponse)]
pub struct UsageSum {
    /// Number of requests.
    pub requests: i64,
    /// Number of tokens sent to models.
    pub tokens_in: i64,
    /// Number of tokens received from models.
    pub tokens_out: i64,
    /// Cost in dollars, as a decimal text.
    pub cost: Money,
}

/// Sums of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = DayUsageResponse)]
pub struct DayUsage {
    /// Day in UTC, such as 2026-11-21.
    pub day: String,
    /// Sums of the day.
    pub usage: UsageSum,
}

/// Sums of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = UserUsageResponse)]
pub struct UserUsage {
    /// The id of the user; `None` for users who did not exist any more.
    pub id: Option<Uuid>,
    /// Name to sign in with.
    pub username: Option<String>,
    /// Sums of the user.
    pub usage: UsageSum,
}

/// Sums of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ModelUsageResponse)]
pub struct ModelUsage {
    /// Name of the model; `None` for uses without one.
    pub model: Option<String>,
    /// Sums of the model.
    pub usage: UsageSum,
}

/// Sums of the present members of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = GroupUsageResponse)]
pub struct GroupUsage {
    /// The id of the group.
    pub id: Uuid,
    /// Name of the group.
    pub name: String,
    /// Sums of the members.
    pub usage: UsageSum,
}

/// Usage of the host application in some days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = UsageOverviewResponse)]
pub struct UsageOverview {
    /// First day, in UTC.
    pub from: String,
    /// Last day, in UTC.
    pub to: String,
    /// Sums of all days.
    pub total: UsageSum,
    /// Sums of each day with uses, the first day first.
    pub days: Vec<DayUsage>,
    /// Users with the highest cost, then the most tokens and requests.
    pub users: Vec<UserUsage>,
    /// Models in the same order.
    pub models: Vec<ModelUsage>,
    /// Groups in the same order. A user of two groups counts in both.
    pub groups: Vec<GroupUsage>,
}

/// A change of a balance by an administrator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BalanceEntryResponse)]
pub struct BalanceEntry {
    /// Time of the change.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Kind of the change: `top_up`, `adjust` or `reset`.
    pub kind: String,
    /// Quantity of the limit.
    pub metric: Metric,
    /// Model of the limit.
    pub model: Option<String>,
    /// Amount: of a top-up what can be used in addition, otherwise what was added to the used amount.
    pub amount: Amount,
    /// Reason.
    pub reason: String,
    /// Name to sign in with of the administrator; `None` for the command line, for users who do not exist any more, and in the report of
    /// one's own usage.
    #[serde(default)]
    pub actor: Option<String>,
}

/// Usage of one user in some days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = UsageReportResponse)]
pub struct UsageReport {
    /// First day, in UTC.
    pub from: String,
    /// Last day, in UTC.
    pub to: String,
    /// Sums of all days.
    pub total: UsageSum,
    /// Sums of each day with uses, the first day first.
    pub days: Vec<DayUsage>,
    /// Top-ups, adjustments and resets of these days, the latest first; 100 at most.
    pub changes: Vec<BalanceEntry>,
}

/// Result of storing reported events.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UsageStoreResponse)]
pub struct UsageOutcome {
    /// Number of events that were counted.
    pub counted: u64,
    /// Number of events that were counted before.
    pub repeated: u64,
    /// Number of the counted events whose user does not exist any more.
    pub unknown_users: u64,
    /// Errors of the events that were not counted, such as `events.3.token` for a token of another user.
    pub rejected: FieldErrors,
}

/// A stored event, as exports have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredEvent {
    /// The id of the event.
    pub id: Uuid,
    /// Time of the use.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Kind: `use`, `top_up`, `adjust` or `reset`.
    pub kind: String,
    /// The id of the user.
    pub user_id: Option<Uuid>,
    /// Name to sign in with.
    pub username: Option<String>,
    /// The id of the access token.
    pub token_id: Option<Uuid>,
    /// Name of the model.
    pub model: Option<String>,
    /// Number of requests.
    pub requests: i64,
    /// Number of tokens sent to the model.
    pub tokens_in: i64,
    /// Number of tokens received from the model.
    pub tokens_out: i64,
    /// Cost in dollars.
    pub cost: Money,
    /// The id of the event in the host application.
    pub event_id: Option<String>,
    /// The id of the conversation in the host application.
    pub conversation_id: Option<String>,
    /// Reason of a change by an administrator.
    pub note: Option<String>,
}
