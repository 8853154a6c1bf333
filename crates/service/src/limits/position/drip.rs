//! Limits that refill: what has dripped into a balance, and what is left of uses at an earlier time.

use db::limits::balances::Balance;
use time::{Duration, OffsetDateTime};

use super::Position;

impl Position {
    /// Adds what has dripped into a balance since the last time.
    pub(super) fn refill(&self, balance: &mut Balance, seconds: i64, at: OffsetDateTime) {
        let amount = self.limit.amount.unwrap_or_default();
        let (Some(level), Some(level_at)) = (balance.level, balance.level_at) else {
            // The limit had a period before: what was left of it is the level. If it is over, that is all.
            if balance.period_end.is_some_and(|end| end <= at) {
                balance.used = 0;
                balance.granted = 0;
            }
            balance.level = Some(
                amount
                    .saturating_add(balance.granted)
                    .saturating_sub(balance.used),
            );
            balance.level_at = Some(at);
            return;
        };
        let drops = (at - level_at).whole_seconds().max(0) / seconds.max(1);
        if level >= amount {
            // A lowered amount takes the rest away, but not a top-up, which is above any amount.
            balance.level = Some(level.min(amount.saturating_add(balance.granted)));
            balance.level_at = Some(level_at.max(at));
        } else if level.saturating_add(drops) >= amount {
            balance.level = Some(amount);
            balance.level_at = Some(at);
            balance.granted = 0;
        } else {
            balance.level = Some(level.saturating_add(drops));
            balance.level_at = Some(level_at + Duration::seconds(drops.saturating_mul(seconds)));
        }
    }

    /// Returns the part of a use at an earlier time that still counts against a level. What has dripped since can have replaced uses before
    /// it first, but these were at most the amount: as soon as that has dripped, nothing of the use counts. Of a larger use, what has dripped
    /// replaces a part.
    pub(super) fn still_used(
        &self,
        (used_at, units): (OffsetDateTime, i64),
        seconds: u32,
        at: OffsetDateTime,
    ) -> i64 {
        let drops = (at - used_at).whole_seconds().max(0) / i64::from(seconds.max(1));
        let most = self.limit.amount.unwrap_or_default().max(units);
        most.saturating_sub(drops).min(units).max(0)
    }
}

#[cfg(test)]
mod tests {
    use db::limits::{Holder, LimitInForce};
    use domain::limits::{LimitSubject, Metric, Period};
    use time::macros::datetime;
    use uuid::Uuid;

    use super::*;

    const AT: OffsetDateTime = datetime!(2026-11-21 12:00 UTC);

    /// Returns a limit of an amount that refills by one every 180 seconds.
    fn position(amount: i64) -> Position {
        Position::new(LimitInForce {
            id: Uuid::nil(),
            holder: Holder::User(Uuid::nil()),
            subject: LimitSubject::Default,
            metric: Metric::Requests,
            model: None,
            amount: Some(amount),
            soft_amount: None,
            warn_at: None,
            period: Some(Period::Drip(180)),
            anchor: AT,
            time_zone: "UTC".to_owned(),
        })
    }

    #[test]
    fn uses_of_a_period_count_until_it_is_over() {
        for (end, expected) in [
            (Some(AT), (5, 0)),
            (Some(AT + Duration::SECOND), (4, 2)),
            (None, (4, 2)),
        ] {
            let position = position(5);
            let mut balance = Balance {
                period: "1d 0 UTC".to_owned(),
                period_end: end,
                used: 3,
                granted: 2,
                level: None,
                level_at: None,
                ..position.fresh(AT)
            };
            position.advance(&mut balance, AT);
            let (level, granted) = expected;
            assert_eq!(balance.level, Some(level), "{end:?}");
            assert_eq!(balance.granted, granted, "{end:?}");
        }
    }

    #[test]
    fn uses_count_until_the_amount_has_dripped() {
        for (amount, units, ago, expected) in [
            (2, 2, 0, 2),
            (2, 2, 179, 2),
            (2, 2, 180, 1),
            (2, 2, 360, 0),
            // Another use can have been before it.
            (2, 1, 180, 1),
            (2, 1, 360, 0),
            (20, 2, 600, 2),
            // More than the amount, and a clock that is ahead.
            (2, 5, 180, 4),
            (2, 5, 900, 0),
            (2, 1, -60, 1),
            (0, 0, 60, 0),
        ] {
            let used = (AT - Duration::seconds(ago), units);
            let counted = position(amount).still_used(used, 180, AT);
            assert_eq!(counted, expected, "{units} of {amount}, {ago} seconds ago");
        }
    }
}
