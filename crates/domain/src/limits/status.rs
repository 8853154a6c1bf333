//! What is left of limits.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Amount, LimitSubject, Metric, Period, SubjectKind};

/// A limit in force for a user, with what is left of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LimitStatusResponse)]
pub struct LimitStatus {
    /// The id of the limit that decides.
    pub id: Uuid,
    /// Subject of the limit that decides.
    pub subject: LimitSubject,
    /// Whether all members of the group have one balance together.
    pub shared: bool,
    /// Quantity that it is about.
    pub metric: Metric,
    /// Model that it is about; `None` for all models together.
    pub model: Option<String>,
    /// Amount with top-ups; `None` if it is unlimited.
    pub amount: Option<Amount>,
    /// Top-ups of this period, which the amount includes.
    pub granted: Amount,
    /// Used amount in this period, without what is reserved; 0 if it is unlimited, because that is not counted.
    pub used: Amount,
    /// Reserved amount.
    pub reserved: Amount,
    /// Amount that is left; `None` if it is unlimited.
    pub left: Option<Amount>,
    /// Whether the soft amount or the percentage for a warning is reached.
    pub warning: bool,
    /// Period; `None` for rates and leases.
    #[schema(value_type = Option<String>)]
    pub period: Option<Period>,
    /// Time at which more can be used; `None` if it does not reset, or nothing is used.
    #[serde(with = "time::serde::rfc3339::option")]
    pub resets_at: Option<OffsetDateTime>,
}

/// The limit that denies a use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitReached {
    /// The limit, and what is left of it.
    pub limit: LimitStatus,
    /// Amount that was asked for; the least one for a use without an amount.
    pub asked: Amount,
    /// Number of seconds after which the use can be permitted; `None` if it cannot.
    pub retry_after: Option<u64>,
}

/// Answer to a use, a question or a reservation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LimitsResponse)]
pub struct LimitsAnswer {
    /// Whether the use is permitted.
    pub allowed: bool,
    /// Whether it was counted now: false for a question, and for an event that was counted before.
    pub counted: bool,
    /// Number of seconds after which the use can be permitted, if it is denied.
    pub retry_after: Option<u64>,
    /// The limit that denies the use.
    pub denied_by: Option<LimitStatus>,
    /// `user` or `token` if the use is denied because that cannot use the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_denied_by: Option<SubjectKind>,
    /// The limits in force, and what is left of each.
    pub limits: Vec<LimitStatus>,
    /// The id of the lease of a reservation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease: Option<Uuid>,
    /// Time at which the lease ends.
    #[serde(
        default,
        with = "time::serde::rfc3339::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub expires_at: Option<OffsetDateTime>,
}
