//! Orders of a directory, and the ones that an index serves.

use super::{IDENTIFIER, KEYS, SPEND};

/// Order of a directory.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DirectoryOrder {
    /// Time of creation.
    #[default]
    Created,
    /// Time of the last change.
    Updated,
    /// Identifier in the other system, or the id.
    Identifier,
    /// Email address. Users without one are the first.
    Email,
    /// Display name.
    Name,
    /// Costs.
    Spend,
    /// Costs in the latest calendar month with costs, as in the list of the panel.
    MonthSpend,
    /// Limit of costs.
    Budget,
    /// Number of virtual keys.
    Keys,
    /// Status of the account.
    Status,
}

/// Limit of costs.
const BUDGET: &str = "(select l.amount from limits l where l.user_id = u.id and l.metric = 'cost' and l.model is null)";
impl DirectoryOrder {
    /// Returns the nearest order that an index serves. The others are computed for each user before the first one is known.
    #[must_use]
    pub const fn indexed(self) -> Self {
        match self {
            Self::Created | Self::Email | Self::Name | Self::MonthSpend | Self::Status => self,
            Self::Spend => Self::MonthSpend,
            Self::Updated | Self::Identifier | Self::Budget | Self::Keys => Self::Created,
        }
    }

    pub(super) const fn sql(self) -> &'static str {
        match self {
            Self::Created => "u.created_at",
            Self::Updated => "u.updated_at",
            Self::Identifier => IDENTIFIER,
            Self::Email => r#"coalesce(u.email, '') collate "und-x-icu""#,
            Self::Name => r#"u.display_name collate "und-x-icu""#,
            Self::Spend => SPEND,
            Self::MonthSpend => "spend_rank(m.month, m.nanos)",
            Self::Budget => BUDGET,
            Self::Keys => KEYS,
            Self::Status => "u.status",
        }
    }

    /// Returns the tables that the order needs.
    pub(super) const fn tables(self) -> &'static str {
        match self {
            Self::MonthSpend => "users u join user_spend m on m.user_id = u.id and not m.deleted",
            Self::Created
            | Self::Updated
            | Self::Identifier
            | Self::Email
            | Self::Name
            | Self::Spend
            | Self::Budget
            | Self::Keys
            | Self::Status => "users u",
        }
    }

    /// Returns the end of the order. No index of a column without nulls serves an order with them at its end.
    pub(super) const fn nulls(self) -> &'static str {
        match self {
            Self::Budget => "nulls last",
            Self::Created
            | Self::Updated
            | Self::Identifier
            | Self::Email
            | Self::Name
            | Self::Spend
            | Self::MonthSpend
            | Self::Keys
            | Self::Status => "",
        }
    }
}
