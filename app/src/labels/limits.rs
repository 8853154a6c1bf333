//! Limits in words: metrics, subjects and periods, and the sentence that says what a limit permits.

use domain::limits::{
    Amount, Limit, LimitStatus, LimitSubject, Metric, NewLimit, Period, SubjectKind,
};

use super::role;
use crate::{
    format::{self, grouped},
    text,
};

const MINUTE: u32 = 60;
const HOUR: u32 = 60 * MINUTE;
const DAY: u32 = 24 * HOUR;

/// Returns the label of a metric.
pub(crate) fn metric(metric: Metric) -> &'static str {
    match metric {
        Metric::Requests => text::limits::metric_requests(),
        Metric::Cost => text::limits::metric_cost(),
        Metric::Tokens => text::limits::metric_tokens(),
        Metric::Rpm => text::limits::metric_rpm(),
        Metric::Tpm => text::limits::metric_tpm(),
        Metric::Parallel => text::limits::metric_parallel(),
    }
}

/// Returns the label of a metric, with the model if the limit is about one.
pub(crate) fn metric_of(of: Metric, model: Option<&str>) -> String {
    match model {
        Some(model) => text::limits::metric_of_model(metric(of), model),
        None => metric(of).to_owned(),
    }
}

/// Returns the label of a kind of subject.
pub(crate) fn subject_kind(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::Default => text::limits::kind_default(),
        SubjectKind::Role => text::limits::kind_role(),
        SubjectKind::Group => text::limits::kind_group(),
        SubjectKind::User => text::limits::kind_user(),
        SubjectKind::Token => text::limits::kind_token(),
    }
}

/// Returns the name of the subject of a limit.
pub(crate) fn subject_name(limit: &Limit) -> String {
    let name = limit.subject_name.as_deref().unwrap_or_default();
    match limit.subject {
        LimitSubject::Default => text::limits::all_users().to_owned(),
        LimitSubject::Role(_) => role(name),
        LimitSubject::Group(_) | LimitSubject::User(_) | LimitSubject::Token(_) => name.to_owned(),
    }
}

/// Returns the name of a limit: its subject and its metric.
pub(crate) fn name(limit: &Limit) -> String {
    let metric = metric_of(limit.metric, limit.model.as_deref());
    text::limits::name(subject_name(limit), metric)
}

/// Returns an amount: a number, which can be 0, or that it is unlimited.
pub(crate) fn amount(amount: Option<Amount>) -> String {
    amount.map_or_else(|| text::limits::unlimited().to_owned(), format::amount)
}

/// Returns a duration in the largest unit that it is a multiple of.
fn duration(seconds: u32) -> String {
    match seconds {
        _ if seconds.is_multiple_of(DAY) => text::limits::days(u64::from(seconds / DAY)),
        _ if seconds.is_multiple_of(HOUR) => text::limits::hours(u64::from(seconds / HOUR)),
        _ if seconds.is_multiple_of(MINUTE) => text::limits::minutes(u64::from(seconds / MINUTE)),
        _ => text::limits::seconds(u64::from(seconds)),
    }
}

/// Returns a period in words.
pub(crate) fn period(period: Period) -> String {
    match period {
        Period::Seconds(number) => text::limits::seconds(u64::from(number)),
        Period::Minutes(number) => text::limits::minutes(u64::from(number)),
        Period::Hours(number) => text::limits::hours(u64::from(number)),
        Period::Days(number) => text::limits::days(u64::from(number)),
        Period::Weeks(number) => text::limits::weeks(u64::from(number)),
        Period::Months(number) => text::limits::months(u64::from(number)),
        Period::CalendarDay => text::limits::calendar_day().to_owned(),
        Period::CalendarWeek => text::limits::calendar_week().to_owned(),
        Period::CalendarMonth => text::limits::calendar_month().to_owned(),
        Period::Drip(seconds) => text::limits::refill(duration(seconds)),
        Period::Total => text::limits::total().to_owned(),
    }
}

/// Returns whether the ends of a period depend on the time zone.
pub(crate) const fn has_zone(period: Period) -> bool {
    matches!(
        period,
        Period::Days(_)
            | Period::Weeks(_)
            | Period::Months(_)
            | Period::CalendarDay
            | Period::CalendarWeek
            | Period::CalendarMonth
    )
}

/// Returns the sentences that say what a limit permits.
pub(crate) fn sentence(limit: &NewLimit) -> String {
    let quantity = |units: i64| quantity(limit.metric, units);
    let is_number = limit.amount.is_some();
    let soft = limit.soft_amount.filter(|_| is_number).map(quantity);
    let percent = limit.warn_at.filter(|_| is_number);
    [
        Some(permitted(limit)),
        limit
            .shared
            .then(|| text::limits::shared_effect().to_owned()),
        limit.model.as_deref().map(text::limits::model_effect),
        soft.map(text::limits::soft_effect),
        percent.map(text::limits::warn_effect),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<String>>()
    .join(" ")
}

/// Returns the sentence about the amount and the period.
fn permitted(limit: &NewLimit) -> String {
    let Some(units) = limit.amount else {
        return text::limits::unlimited_effect(metric(limit.metric));
    };
    if units == 0 {
        return text::limits::zero_effect(metric(limit.metric));
    }
    let (quantity, zone) = (quantity(limit.metric, units), &limit.time_zone);
    match limit.period {
        None if limit.metric == Metric::Parallel => text::limits::parallel_effect(quantity),
        None => text::limits::rate_effect(quantity),
        Some(Period::CalendarDay) => text::limits::day_effect(quantity, zone),
        Some(Period::CalendarWeek) => text::limits::week_effect(quantity, zone),
        Some(Period::CalendarMonth) => text::limits::month_effect(quantity, zone),
        Some(Period::Drip(seconds)) => {
            let most = grouped(units.unsigned_abs());
            text::limits::refill_effect(quantity, duration(seconds), most)
        }
        Some(Period::Total) => text::limits::total_effect(quantity),
        Some(other @ (Period::Days(_) | Period::Weeks(_) | Period::Months(_))) => {
            text::limits::zone_effect(quantity, period(other), zone)
        }
        Some(other @ (Period::Seconds(_) | Period::Minutes(_) | Period::Hours(_))) => {
            text::limits::period_effect(quantity, period(other))
        }
    }
}

/// Returns a number of units of a metric with its noun.
fn quantity(metric: Metric, units: i64) -> String {
    let count = units.unsigned_abs();
    match metric {
        Metric::Requests | Metric::Rpm | Metric::Parallel => text::limits::requests(count),
        Metric::Tokens | Metric::Tpm => text::limits::tokens(count),
        Metric::Cost => format::amount(Amount::of(metric, units)),
    }
}

/// Returns what decides about the limit of a user: the user's own limit, or the kind of another subject, with its name if that is known.
pub(crate) fn decider(subject: LimitSubject, name: Option<&str>) -> String {
    let kind = subject_kind(subject.kind());
    match (subject, name) {
        (LimitSubject::User(_), _) => text::limits::own().to_owned(),
        (LimitSubject::Role(_), Some(name)) => text::limits::decided_by_named(kind, role(name)),
        (LimitSubject::Group(_) | LimitSubject::Token(_), Some(name)) => {
            text::limits::decided_by_named(kind, name)
        }
        (_, _) => kind.to_owned(),
    }
}

/// Returns what decides about the limit of a user, and whether the amount is shared.
pub(crate) fn decided_by(status: &LimitStatus, name: Option<&str>) -> String {
    let decided = decider(status.subject, name);
    if status.shared {
        return text::limits::shared_by(decided);
    }
    decided
}

/// Returns the amount of a limit in force, with its top-ups apart.
pub(crate) fn amount_in_force(status: &LimitStatus) -> String {
    let units = status.amount.map(Amount::units);
    match (units, status.granted.units()) {
        (Some(units), granted) if granted != 0 => {
            let of_limit = Amount::of(status.metric, units.saturating_sub(granted));
            text::limits::amount_and_top_ups(
                format::amount(of_limit),
                format::amount(status.granted),
            )
        }
        _ => amount(status.amount),
    }
}

/// Returns the label of a kind of change of what a user has used.
pub(crate) fn change_kind(kind: &str) -> &'static str {
    match kind {
        "top_up" => text::limits::change_top_up(),
        "adjust" => text::limits::change_adjust(),
        _ => text::limits::change_reset(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(metric: Metric, amount: Option<i64>, period: &str) -> NewLimit {
        NewLimit {
            subject: LimitSubject::Default,
            metric,
            model: None,
            amount,
            soft_amount: None,
            warn_at: None,
            period: period.parse().ok(),
            time_zone: "Europe/Berlin".to_owned(),
            shared: false,
        }
    }

    #[test]
    fn sentence_says_what_a_limit_permits() {
        use Metric::{Cost, Parallel, Requests, Rpm, Tokens, Tpm};
        for (metric, amount, period, expected) in [
            (
                Requests,
                Some(100),
                "drip:180",
                "100 requests, one more every 3 minutes, at most 100.",
            ),
            (
                Requests,
                Some(1),
                "drip:86400",
                "1 request, one more every 1 day, at most 1.",
            ),
            (
                Cost,
                Some(5_000_000_000),
                "calendar:month",
                "At most $5.00 a month, from the 1st, Europe/Berlin.",
            ),
            (
                Tokens,
                Some(2_000),
                "calendar:week",
                "At most 2,000 tokens a week, from Monday, Europe/Berlin.",
            ),
            (
                Tokens,
                Some(1),
                "calendar:day",
                "At most 1 token a day, from midnight, Europe/Berlin.",
            ),
            (
                Requests,
                Some(5),
                "30s",
                "At most 5 requests in 30 seconds.",
            ),
            (
                Requests,
                Some(5),
                "30m",
                "At most 5 requests in 30 minutes.",
            ),
            (Requests, Some(5), "12h", "At most 5 requests in 12 hours."),
            (
                Requests,
                Some(5),
                "1d",
                "At most 5 requests in 1 day, Europe/Berlin.",
            ),
            (
                Requests,
                Some(5),
                "2w",
                "At most 5 requests in 2 weeks, Europe/Berlin.",
            ),
            (
                Requests,
                Some(5),
                "1mo",
                "At most 5 requests in 1 month, Europe/Berlin.",
            ),
            (
                Requests,
                Some(5),
                "total",
                "At most 5 requests in total. This never resets.",
            ),
            (Rpm, Some(60), "", "At most 60 requests per minute."),
            (Tpm, Some(9_000), "", "At most 9,000 tokens per minute."),
            (
                Parallel,
                Some(3),
                "",
                "At most 3 requests at the same time.",
            ),
            (Requests, None, "1d", "Requests: unlimited."),
            (Cost, Some(0), "1d", "Cost: 0. Every use is denied."),
        ] {
            assert_eq!(sentence(&limit(metric, amount, period)), expected);
        }
    }

    #[test]
    fn sentence_has_every_condition() {
        let all = NewLimit {
            model: Some("gpt".to_owned()),
            soft_amount: Some(80),
            warn_at: Some(90),
            shared: true,
            ..limit(Metric::Requests, Some(100), "1h")
        };
        assert_eq!(
            sentence(&all),
            "At most 100 requests in 1 hour. All members of the group share this amount. Only for the model gpt. \
            A warning from 80 requests on. A warning from 90% on."
        );
        let unlimited = NewLimit {
            amount: None,
            shared: false,
            ..all
        };
        assert_eq!(
            sentence(&unlimited),
            "Requests: unlimited. Only for the model gpt."
        );
    }

    #[test]
    fn zero_is_a_number() {
        assert_eq!(amount(None), "Unlimited");
        assert_eq!(amount(Some(Amount::Count(0))), "0");
        assert_eq!(amount(Some(Amount::of(Metric::Cost, 0))), "$0.00");
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn sentence_is_in_the_language_of_the_page() {
        use crate::text::{language::Language, request::sync_scope};

        sync_scope(Language::German, || {
            let monthly = limit(Metric::Cost, Some(5_000_000_000), "calendar:month");
            assert_eq!(
                sentence(&monthly),
                "Höchstens 5,00 $ pro Monat, ab dem 1., Europe/Berlin."
            );
        });
    }
}
