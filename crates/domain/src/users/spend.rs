//! Costs of a user in a calendar month.

use time::{OffsetDateTime, UtcOffset};

use crate::money::Money;

/// First year of the numbers of months.
const FIRST_YEAR: i32 = 2000;

/// Number of a calendar month in UTC: January 2000 has 0.
#[must_use]
pub fn month_number(at: OffsetDateTime) -> i32 {
    let day = at.to_offset(UtcOffset::UTC).date();
    (day.year() - FIRST_YEAR) * 12 + i32::from(u8::from(day.month())) - 1
}

/// Costs of a user in the latest month with costs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MonthSpend {
    /// Number of the month, as [`month_number`] returns it.
    pub month: i32,
    /// Sum of the costs in the month.
    pub cost: Money,
    /// Position in the order of the list, which the database computes.
    pub rank: i64,
}

impl MonthSpend {
    /// Returns the costs in the month that a time is in.
    #[must_use]
    pub fn in_month_of(self, at: OffsetDateTime) -> Money {
        if self.month == month_number(at) {
            self.cost
        } else {
            Money::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn costs_of_another_month_do_not_count() {
        let spend = MonthSpend {
            month: month_number(datetime!(2026-11-30 23:59 UTC)),
            cost: Money::from_nanos(7),
            rank: 0,
        };
        for (at, nanos) in [
            (datetime!(2026-11-01 0:00 UTC), 7),
            (datetime!(2026-12-01 0:30 +1), 7),
            (datetime!(2026-12-01 0:00 UTC), 0),
            (datetime!(2025-11-30 0:00 UTC), 0),
        ] {
            assert_eq!(spend.in_month_of(at), Money::from_nanos(nanos), "{at}");
        }
        assert_eq!(month_number(datetime!(2000-01-01 0:00 UTC)), 0);
        assert_eq!(month_number(datetime!(2026-11-30 0:00 UTC)), 322);
    }
}
