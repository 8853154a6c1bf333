//! The end of a suspension, as an operator types it.

use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

const MINUTE: u32 = 60;
const HOUR: u32 = 60 * MINUTE;
const DAY: u32 = 24 * HOUR;

/// A timestamp, or a duration from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    At(OffsetDateTime),
    In(Duration),
}

impl Until {
    /// Returns the timestamp; None if it is too far in the future to be represented.
    pub(super) fn from(self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        match self {
            Self::At(timestamp) => Some(timestamp),
            Self::In(time) => now.checked_add(time),
        }
    }
}

/// Parses `3d`, `2026-12-24` or `2026-12-24T18:00:00+01:00`.
pub(super) fn parse(text: &str) -> Result<Until, &'static str> {
    period(text)
        .or_else(|| date(text))
        .or_else(|| OffsetDateTime::parse(text, &Rfc3339).ok().map(Until::At))
        .ok_or("use 3d, 12h, a date such as 2026-12-24, or 2026-12-24T18:00:00+01:00")
}

fn period(text: &str) -> Option<Until> {
    let (amount, seconds) = [('w', 7 * DAY), ('d', DAY), ('h', HOUR), ('m', MINUTE)]
        .into_iter()
        .find_map(|(unit, seconds)| Some((text.strip_suffix(unit)?, seconds)))?;
    let digits = amount.bytes().all(|byte| byte.is_ascii_digit());
    let amount: u32 = amount.parse().ok().filter(|_| digits)?;
    let seconds = i64::from(amount) * i64::from(seconds);
    Some(Until::In(Duration::seconds(seconds)))
}

/// Parses a date, which stands for its beginning in UTC.
fn date(text: &str) -> Option<Until> {
    let timestamp = format!("{text}T00:00:00Z");
    OffsetDateTime::parse(&timestamp, &Rfc3339)
        .ok()
        .map(Until::At)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_parsed() {
        let at = |text| OffsetDateTime::parse(text, &Rfc3339).ok().map(Until::At);
        for (text, expected) in [
            ("3d", Some(Until::In(Duration::days(3)))),
            ("12h", Some(Until::In(Duration::hours(12)))),
            ("30m", Some(Until::In(Duration::minutes(30)))),
            ("2w", Some(Until::In(Duration::weeks(2)))),
            ("2026-12-24", at("2026-12-24T00:00:00Z")),
            ("2026-12-24T18:00:00+01:00", at("2026-12-24T17:00:00Z")),
            ("", None),
            ("d", None),
            ("-3d", None),
            ("+3d", None),
            ("3", None),
            ("3 d", None),
            ("2026-02-30", None),
            ("2026-12-24 18:00", None),
            ("99999999999d", None),
            ("Friday", None),
        ] {
            assert_eq!(parse(text).ok(), expected, "{text:?}");
        }
    }

    #[test]
    fn far_future_is_rejected() {
        let now = OffsetDateTime::UNIX_EPOCH;
        let far = Until::In(Duration::seconds(i64::from(u32::MAX) * i64::from(7 * DAY)));
        assert_eq!(far.from(now), None);
        assert_eq!(
            Until::In(Duration::HOUR).from(now),
            Some(now + Duration::HOUR)
        );
    }
}
