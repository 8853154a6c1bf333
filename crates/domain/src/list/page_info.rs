//! Position of a page in its list, and the total number of rows.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Cursor, Position};

/// Number of rows up to which a filtered total is exact.
pub const EXACT_TOTAL_MAX: u64 = 10_000;

/// Total number of matching rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Total {
    /// Number of rows, or the limit of counting.
    pub count: u64,
    /// Whether there can be more than `count`.
    pub or_more: bool,
}

impl Total {
    /// Creates a total of rows that were all counted.
    #[must_use]
    pub const fn exact(count: u64) -> Self {
        Self {
            count,
            or_more: false,
        }
    }

    /// Creates a total of a count that stops one after [`EXACT_TOTAL_MAX`].
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

/// Position of a page among all rows, and the cursors of its neighbours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageInfo {
    /// Number of rows on all pages.
    pub total: Total,
    /// Number of the first row among all, from 1. Rows inserted or deleted before the page do not change it.
    pub first: u64,
    /// Cursor of the previous page, if there is one.
    pub before: Option<String>,
    /// Cursor of the next page, if there is one.
    pub after: Option<String>,
}

impl PageInfo {
    /// Computes the position of a page. `more` is whether there are further rows in the direction of reading, `position` is where the page
    /// was read from, `total` the number of rows on all pages.
    pub(super) fn of<T>(
        rows: &[T],
        more: bool,
        total: Total,
        position: &Position,
        cursor: impl Fn(&T, u64) -> Cursor,
    ) -> Self {
        let shown = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        let (first, has_before, has_after) = match position {
            Position::First => (1, false, more),
            Position::After(cursor) => (cursor.number.saturating_add(1), true, more),
            // No rows are left before this page: it is the first, regardless of the cursor's number.
            Position::Before(_) if !more => (1, false, true),
            Position::Before(cursor) => (cursor.number.saturating_sub(shown).max(1), more, true),
        };
        let last = first.saturating_add(shown).saturating_sub(1);
        let page_info = |row: Option<&T>, number| row.map(|row| cursor(row, number).encode());
        Self {
            total,
            before: page_info(rows.first(), first).filter(|_| has_before),
            after: page_info(rows.last(), last).filter(|_| has_after),
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
