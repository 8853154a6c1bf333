//! The first screen of the panel: how many people there are, what they have been doing, and what wants attention.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::{audit::AuditEntry, list::Total, users::page::Totals};

/// Days that the charts show, today included.
pub const DAYS: i32 = 30;

/// Everything on the screen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Overview {
    /// How many people there are.
    pub totals: Totals,
    /// How many of them were active on this UTC day.
    pub active_today: Total,
    /// What happened on each of the last [`DAYS`], the earliest first.
    pub days: Vec<Day>,
    /// What somebody should look at, the most urgent first.
    pub attention: Vec<Attention>,
    /// The latest changes. Sign-ins are not among them.
    pub changes: Vec<AuditEntry>,
}

/// A UTC day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Day {
    /// Its beginning.
    #[serde(with = "time::serde::rfc3339")]
    pub day: OffsetDateTime,
    /// How many sessions began.
    pub sign_ins: u64,
    /// How many of the accounts that are not in the bin were made.
    pub created: u64,
}

/// Something that somebody should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Attention {
    /// What it is.
    pub matter: Matter,
    /// How many accounts or access tokens it is about.
    pub count: Total,
    /// The search in the list of people that finds them; none where it is about tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
}

/// Why an account or an access token wants attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Matter {
    /// It waits for approval.
    Waiting,
    /// It is the only one that can administer.
    OnlyAdmin,
    /// It is an access token that works for less than a week.
    ExpiringToken,
    /// It can administer, and nobody has signed in with it for 30 days.
    IdleAdmin,
    /// Nobody has used it for 90 days.
    Dormant,
}

impl Matter {
    /// All of them, the most urgent first.
    pub const ALL: [Self; 5] = [
        Self::Waiting,
        Self::OnlyAdmin,
        Self::ExpiringToken,
        Self::IdleAdmin,
        Self::Dormant,
    ];

    /// The search in the list of people that finds such accounts. An account that is younger than the time is not unused.
    #[must_use]
    pub const fn search(self) -> Option<&'static str> {
        match self {
            Self::Waiting => Some("status:pending"),
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
    fn what_wants_attention_can_be_searched_for() {
        for matter in Matter::ALL {
            let search = matter.search().unwrap_or_default();
            assert!(Filter::parse(search).is_ok(), "{matter:?}");
        }
    }
}
