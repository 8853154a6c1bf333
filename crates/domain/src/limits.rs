//! Limits of what users do in the host application: requests, tokens and cost in a period, rates, and what runs at the same time.

mod amount;
mod balances;
mod bulk;
mod bulk_reset;
mod forms;
mod left;
mod models;
mod params;
mod period;
mod status;

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    list::Cursor,
    users::{Unknown, string_enum},
};
pub(crate) use amount::DecimalSchema;
pub use amount::{Amount, Decimal};
pub use balances::{BalanceChange, BalanceDraft, NewLimitChange, TopUpDraft};
pub use bulk::{LimitBulkRequest, NewUserLimits, UserLimitDraft};
pub use bulk_reset::LimitBulkResetRequest;
pub(crate) use forms::check_model;
pub use forms::{LimitDraft, NewLimit};
pub use left::Left;
pub(crate) use models::check_models;
pub use models::{AllowedModels, AllowedModelsDraft, ModelDenied, permits};
pub use params::LimitListParams;
pub use period::{Period, PeriodError};
pub use status::{LimitReached, LimitStatus, LimitsAnswer};

/// Maximum number of characters of the name of a model.
pub(crate) const MODEL_MAX: usize = 200;
/// Name of the order of the list, stored in its cursors.
pub(crate) const LIMITS_ORDER: &str = "limits";
/// Largest amount of requests, tokens or leases, and of the cost of a use or a top-up, a million dollars.
pub(crate) const COUNT_MAX: i64 = 1_000_000_000_000_000;

string_enum! {
    /// Quantity that a limit is about.
    Metric {
        /// Requests in a period.
        Requests = "requests",
        /// Dollars in a period.
        Cost = "cost",
        /// Tokens of requests and responses in a period.
        Tokens = "tokens",
        /// Requests per minute.
        Rpm = "rpm",
        /// Tokens per minute.
        Tpm = "tpm",
        /// Leases at the same time.
        Parallel = "parallel",
    }
}

impl Metric {
    /// Returns whether a limit has a period.
    #[must_use]
    pub const fn has_period(self) -> bool {
        matches!(self, Self::Requests | Self::Cost | Self::Tokens)
    }

    /// Returns whether a limit is a rate per minute.
    #[must_use]
    pub const fn is_rate(self) -> bool {
        matches!(self, Self::Rpm | Self::Tpm)
    }

    /// Returns the largest amount.
    #[must_use]
    pub(crate) const fn max(self) -> i64 {
        match self {
            Self::Cost => i64::MAX,
            _ => COUNT_MAX,
        }
    }
}

string_enum! {
    /// Kind of the subject of a limit.
    SubjectKind {
        /// All users without another limit.
        Default = "default",
        /// Users with a role.
        Role = "role",
        /// Members of a group.
        Group = "group",
        /// A user.
        User = "user",
        /// An access token.
        Token = "token",
    }
}

/// Subject of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LimitSubject {
    /// All users without another limit.
    Default,
    /// Users with the role of this id.
    Role(Uuid),
    /// Members of the group with this id.
    Group(Uuid),
    /// The user with this id.
    User(Uuid),
    /// The access token with this id, in addition to the limits of its owner.
    Token(Uuid),
}

impl LimitSubject {
    /// Returns the subject of a kind. `None` if a kind other than the default has no id.
    #[must_use]
    pub fn of(kind: SubjectKind, id: Option<Uuid>) -> Option<Self> {
        match kind {
            SubjectKind::Default => Some(Self::Default),
            SubjectKind::Role => id.map(Self::Role),
            SubjectKind::Group => id.map(Self::Group),
            SubjectKind::User => id.map(Self::User),
            SubjectKind::Token => id.map(Self::Token),
        }
    }

    /// Returns the kind.
    #[must_use]
    pub const fn kind(self) -> SubjectKind {
        match self {
            Self::Default => SubjectKind::Default,
            Self::Role(_) => SubjectKind::Role,
            Self::Group(_) => SubjectKind::Group,
            Self::User(_) => SubjectKind::User,
            Self::Token(_) => SubjectKind::Token,
        }
    }

    /// Returns the id. `None` for the default.
    #[must_use]
    pub const fn id(self) -> Option<Uuid> {
        match self {
            Self::Default => None,
            Self::Role(id) | Self::Group(id) | Self::User(id) | Self::Token(id) => Some(id),
        }
    }
}

/// A limit as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LimitResponse)]
pub struct Limit {
    /// The id of the limit.
    pub id: Uuid,
    /// Subject of the limit.
    pub subject: LimitSubject,
    /// Name of the subject; `None` for the default.
    pub subject_name: Option<String>,
    /// Whether all members of the group have one balance together.
    pub shared: bool,
    /// Quantity that it is about.
    pub metric: Metric,
    /// Model that it is about; `None` for all models together.
    pub model: Option<String>,
    /// Amount; `None` if it is unlimited.
    pub amount: Option<Amount>,
    /// Amount from which a use is reported, but not denied.
    pub soft_amount: Option<Amount>,
    /// Percentage of the amount from which a use is reported.
    pub warn_at: Option<i16>,
    /// Period; `None` for rates and leases.
    #[schema(value_type = Option<String>)]
    pub period: Option<Period>,
    /// Start of the first period of a fixed length.
    #[serde(with = "time::serde::rfc3339")]
    pub anchor: OffsetDateTime,
    /// Time zone of the periods.
    pub time_zone: String,
    /// Version, incremented by each change.
    pub version: i32,
    /// Time of creation.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// Time of the latest change.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
}

impl Limit {
    /// Returns the name of the limit in the audit log and in forms, such as `user ada: requests of gpt`.
    #[must_use]
    pub fn label(&self) -> String {
        let subject = match self.subject {
            LimitSubject::Default => "all users".to_owned(),
            other => {
                let name = self.subject_name.as_deref().unwrap_or_default();
                format!("{} {name}", other.kind().as_str())
            }
        };
        let shared = if self.shared { ", shared" } else { "" };
        let model = self.model.as_deref().map(|model| format!(" of {model}"));
        format!(
            "{subject}{shared}: {}{}",
            self.metric.as_str(),
            model.unwrap_or_default()
        )
    }

    /// Returns the cursor at the limit.
    #[must_use]
    pub fn cursor(&self, number: u64) -> Cursor {
        Cursor::at(LIMITS_ORDER, self.created_at, self.id, number)
    }
}
