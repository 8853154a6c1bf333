//! Words for a limit that is reached, and for the time until a use fits again.

use domain::{
    limits::{Amount, LimitStatus, Metric, Period},
    message::Message,
    messages,
};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Returns what a limit permits: amount, model and period.
pub(super) fn permitted(limit: &LimitStatus) -> Message {
    let amount = limit.amount.unwrap_or(Amount::Count(0));
    let quantity = quantity(limit.metric, amount);
    let quantity = match &limit.model {
        Some(model) => messages::limit_of_model(quantity, model.as_str()),
        None => quantity,
    };
    match limit.period {
        None if limit.metric == Metric::Parallel => messages::limit_parallel(quantity),
        None => messages::limit_per_minute(quantity),
        Some(period) => in_period(quantity, period),
    }
}

/// Returns an amount of a metric with its unit.
pub(super) fn quantity(metric: Metric, amount: Amount) -> Message {
    let count = u64::try_from(amount.units()).unwrap_or_default();
    match metric {
        Metric::Requests | Metric::Rpm | Metric::Parallel => {
            messages::limit_of_requests(count, amount)
        }
        Metric::Tokens | Metric::Tpm => messages::limit_of_tokens(count, amount),
        Metric::Cost => messages::limit_of_cost(amount),
    }
}

fn in_period(quantity: Message, period: Period) -> Message {
    match period {
        Period::Seconds(number) => messages::limit_in_seconds(number.into(), quantity),
        Period::Minutes(number) => messages::limit_in_minutes(number.into(), quantity),
        Period::Hours(number) => messages::limit_in_hours(number.into(), quantity),
        Period::Days(number) => messages::limit_in_days(number.into(), quantity),
        Period::Weeks(number) => messages::limit_in_weeks(number.into(), quantity),
        Period::Months(number) => messages::limit_in_months(number.into(), quantity),
        Period::CalendarDay => messages::limit_per_day(quantity),
        Period::CalendarWeek => messages::limit_per_week(quantity),
        Period::CalendarMonth => messages::limit_per_month(quantity),
        Period::Drip(_) => messages::limit_refills(quantity),
        Period::Total => messages::limit_total(quantity),
    }
}

/// Returns a time to wait in the largest unit that it contains twice, rounded up so that it is long enough.
pub(super) fn wait(seconds: u64) -> Message {
    if seconds < 2 * MINUTE {
        messages::wait_seconds(seconds)
    } else if seconds < 2 * HOUR {
        messages::wait_minutes(seconds.div_ceil(MINUTE))
    } else if seconds < 2 * DAY {
        messages::wait_hours(seconds.div_ceil(HOUR))
    } else {
        messages::wait_days(seconds.div_ceil(DAY))
    }
}

#[cfg(test)]
mod tests {
    use domain::limits::LimitSubject;
    use uuid::Uuid;

    use super::*;

    fn limit(metric: Metric, units: i64, period: &str) -> LimitStatus {
        LimitStatus {
            id: Uuid::nil(),
            subject: LimitSubject::Default,
            shared: false,
            metric,
            model: None,
            amount: Some(Amount::of(metric, units)),
            granted: Amount::of(metric, 0),
            used: Amount::of(metric, units),
            reserved: Amount::of(metric, 0),
            left: Some(Amount::of(metric, 0)),
            warning: false,
            period: period.parse().ok(),
            resets_at: None,
        }
    }

    #[test]
    fn limit_is_named_by_what_it_permits() {
        for (metric, units, period, expected) in [
            (
                Metric::Cost,
                1_000_000_000,
                "calendar:month",
                "$1.00 per calendar month",
            ),
            (
                Metric::Requests,
                20,
                "calendar:day",
                "20 requests per calendar day",
            ),
            (Metric::Requests, 1, "30m", "1 request in 30 minutes"),
            (Metric::Tokens, 5_000, "1w", "5,000 tokens in 1 week"),
            (
                Metric::Requests,
                5,
                "drip:180",
                "5 requests, added one by one",
            ),
            (Metric::Tokens, 5, "total", "5 tokens in total"),
            (Metric::Tpm, 5, "", "5 tokens per minute"),
            (Metric::Parallel, 3, "", "3 requests at the same time"),
        ] {
            assert_eq!(permitted(&limit(metric, units, period)), expected);
        }
        let of_model = LimitStatus {
            model: Some("gpt".to_owned()),
            ..limit(Metric::Requests, 5, "12h")
        };
        assert_eq!(permitted(&of_model), "5 requests with gpt in 12 hours");
    }

    #[test]
    fn wait_is_rounded_up() {
        for (seconds, expected) in [
            (1, "1 second"),
            (119, "119 seconds"),
            (121, "3 minutes"),
            (77_167, "22 hours"),
            (2_669_188, "31 days"),
        ] {
            assert_eq!(wait(seconds), expected);
        }
    }
}
