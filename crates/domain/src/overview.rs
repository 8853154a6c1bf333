//! The start page of the panel: number of users, activity, and accounts that need attention.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::{audit::AuditEntry, list::Total, users::page::Totals};

/// Number of days in the charts, today included.
pub const DAYS: i32 = 30;

/// Content of the start page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OverviewResponse)]
pub struct Overview {
    /// Number of users by status.
    pub totals: Totals,
    /// Number of users who were active on this UTC day.
    pub active_today: Total,
    /// Activity on each of the last [`DAYS`] days, the earliest first.
    pub days: Vec<Day>,
    /// Accounts and access tokens that need attention, the most urgent first.
    pub attention: Vec<Attention>,
    /// The latest changes, without sign-ins.
    pub changes: Vec<AuditEntry>,
}

/// Activity on a UTC day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Day {
    /// First instant of the day.
    #[serde(with = "time::serde::rfc3339")]
    pub day: OffsetDateTime,
    /// Number of sessions started.
    pub sign_ins: u64,
    /// Number of accounts created, without deleted ones.
    pub created: u64,
}

/// A reason for attention, with the number of accounts or access tokens that it applies to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Attention {
    /// Reason for the attention.
    pub kind: AttentionKind,
    /// Number of accounts or access tokens.
    pub count: Total,
    /// Search in the user list that finds the accounts; `None` for access tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
}

/// Reason why an account or an access token needs attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AttentionKind {
    /// A registration is pending.
    PendingRegistrations,
    /// There is only one account that can administer.
    OnlyAdmin,
    /// An access token expires in less than a week.
    ExpiringToken,
    /// An account can administer, and had no sign-in for 30 days.
    IdleAdmin,
    /// An account was not used for 90 days.
    Dormant,
}

impl AttentionKind {
    /// All reasons, the most urgent first.
    pub const ALL: [Self; 5] = [
        Self::PendingRegistrations,
        Self::OnlyAdmin,
        Self::ExpiringToken,
        Self::IdleAdmin,
        Self::Dormant,
    ];

    /// Returns the search in the user list that finds these accounts. An account younger than the period does not count as unused.
    #[must_use]
    pub const fn search(self) -> Option<&'static str> {
        match self {
            Self::PendingRegistrations => Some("status:pending"),
            Self::OnlyAdmin => Some("role:admin"),
            Self::ExpiringToken => None,
            Self::IdleAdmin => {
                Some("role:admin status:active last-login:before-30d created:before-30d")
            }
            Self::Dormant => Some("status:active inactive:90d created:before-90d"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::Filter;

    #[test]
    fn every_attention_kind_has_a_valid_search() {
        for kind in AttentionKind::ALL {
            let search = kind.search().unwrap_or_default();
            assert!(Filter::parse(search).is_ok(), "{kind:?}");
        }
    }
}
