//! Where a page lies among the others, and of how many rows it is a part.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Cursor, Position};

/// Up to here a filtered total is exact.
pub const EXACT_TOTAL_MAX: u64 = 10_000;

/// How many match.
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

/// Where a page lies among all rows, and where its neighbours begin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// How many rows there are on all pages.
    pub total: Total,
    /// Number of the first row among all, from 1. Rows that come or go in front of the page do not move it.
    pub first: u64,
    /// Cursor of the page before, if there is one.
    pub before: Option<String>,
    /// Cursor of the page after, if there is one.
    pub after: Option<String>,
}

impl Place {
    /// The place of a page by its rows, by whether there are more in the direction of reading, by where it was read from,
    /// and by how many there are in all.
    pub fn of<T>(
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
            Position::Before(_) if !more => (1, false, true),
            Position::Before(cursor) => (cursor.number.saturating_sub(shown).max(1), more, true),
        };
        let last = first.saturating_add(shown).saturating_sub(1);
        let place = |row: Option<&T>, number| row.map(|row| cursor(row, number).encode());
        Self {
            total,
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
