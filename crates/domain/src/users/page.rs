//! A page of the list: its rows, where its neighbours begin, and of how many it is a part.

mod cursor;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::users::{UserSummary, list::Position};
pub use cursor::{Cursor, CursorValue, time_of_micros};

/// Up to here a filtered total is exact.
pub const EXACT_TOTAL_MAX: u64 = 10_000;

/// How many users match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Total {
    /// The number, or the limit of counting.
    pub count: u64,
    /// Whether there may be more than `count`.
    pub or_more: bool,
}

impl Total {
    /// All of them were counted.
    #[must_use]
    pub const fn exact(count: u64) -> Self {
        Self {
            count,
            or_more: false,
        }
    }

    /// From a count that stopped one after [`EXACT_TOTAL_MAX`].
    #[must_use]
    pub const fn up_to_limit(counted: u64) -> Self {
        if counted > EXACT_TOTAL_MAX {
            Self {
                count: EXACT_TOTAL_MAX,
                or_more: true,
            }
        } else {
            Self::exact(counted)
        }
    }
}

/// How many users there are, whatever is searched for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Totals {
    /// All but those in the bin.
    pub users: u64,
    /// Of them, with the role `admin`.
    pub admins: u64,
    /// Of them, suspended.
    pub suspended: u64,
    /// Of them, waiting for approval.
    pub pending: u64,
    /// In the bin.
    pub deleted: u64,
}

/// A page of users.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserPage<T = UserSummary> {
    /// The rows.
    pub users: Vec<T>,
    /// How many match.
    pub total: Total,
    /// How many there are.
    pub totals: Totals,
    /// Number of the first row among all, from 1. Rows that come or go in front of the page do not move it.
    pub first: u64,
    /// Cursor of the page before, if there is one.
    pub before: Option<String>,
    /// Cursor of the page after, if there is one.
    pub after: Option<String>,
}

/// Where a page lies among all rows, and where its neighbours begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Number of the first row among all, from 1.
    pub first: u64,
    /// Cursor of the page before, if there is one.
    pub before: Option<String>,
    /// Cursor of the page after, if there is one.
    pub after: Option<String>,
}

impl Place {
    /// The place of a page by its rows, by whether there are more in the direction of reading, and by where it was read
    /// from.
    pub fn of<T>(
        rows: &[T],
        more: bool,
        position: &Position,
        cursor: impl Fn(&T, u64) -> Cursor,
    ) -> Self {
        let shown = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        let (first, has_before, has_after) = match position {
            Position::First => (1, false, more),
            Position::After(cursor) => (cursor.number.saturating_add(1), true, more),
            Position::Before(_) if !more => (1, false, true),
            Position::Before(cursor) => (cursor.number.saturating_sub(shown).max(1), more, true),
        };
        let last = first.saturating_add(shown).saturating_sub(1);
        let place = |row: Option<&T>, number| row.map(|row| cursor(row, number).encode());
        Self {
            before: place(rows.first(), first).filter(|_| has_before),
            after: place(rows.last(), last).filter(|_| has_after),
            first,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_stop_at_the_limit() {
        assert_eq!(Total::up_to_limit(10_000), Total::exact(10_000));
        assert_eq!(
            Total::up_to_limit(10_001),
            Total {
                count: 10_000,
                or_more: true
            }
        );
    }
}
