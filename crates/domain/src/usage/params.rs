//! Filters of usage.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::{Date, Duration, format_description::BorrowedFormatItem, macros::format_description};
use utoipa::IntoParams;

use crate::{
    list::{ListError, given, searched, shorten},
    message::Message,
    messages,
    users::{Unknown, string_enum},
};

/// Number of days that are shown unless the filter has others.
const USAGE_DAYS: i64 = 30;
/// Maximum number of days.
const USAGE_DAYS_MAX: i64 = 366;

const DAY: &[BorrowedFormatItem<'static>] = format_description!("[year]-[month]-[day]");

/// Filter as it stands in a URL. An empty text counts as absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub struct UsageParams {
    /// First day in UTC, such as 2026-11-01.
    pub from: Option<String>,
    /// Last day in UTC; today if it is left out.
    pub to: Option<String>,
    /// Id of the user.
    #[param(value_type = Option<uuid::Uuid>)]
    pub user: Option<String>,
    /// Id of a group, whose present members are meant.
    #[param(value_type = Option<uuid::Uuid>)]
    pub group: Option<String>,
    /// Name of the model.
    pub model: Option<String>,
}

/// Days from the first to the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsageRange {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
}

impl UsageRange {
    /// Returns a number of days that end with `to`.
    #[must_use]
    pub fn until(to: Date, days: i64) -> Self {
        let from = to.checked_sub(Duration::days(days - 1)).unwrap_or(to);
        Self { from, to }
    }

    /// Returns the days that charts show: the last 30 until `today`.
    #[must_use]
    pub fn recent(today: Date) -> Self {
        Self::until(today, USAGE_DAYS)
    }

    /// Returns the days of a month up to `today`.
    #[must_use]
    pub fn month(today: Date) -> Self {
        Self::until(today, i64::from(today.day()))
    }
}

string_enum! {
    /// Range of days that ends today.
    UsageSpan {
        /// The last 7 days.
        Week = "7d",
        /// The last 30 days, the default.
        ThirtyDays = "30d",
        /// The last 90 days.
        NinetyDays = "90d",
        /// The present month.
        Month = "month",
    }
}

impl UsageSpan {
    /// Returns the days of the range.
    #[must_use]
    pub fn days(self, today: Date) -> UsageRange {
        match self {
            Self::Week => UsageRange::until(today, 7),
            Self::ThirtyDays => UsageRange::recent(today),
            Self::NinetyDays => UsageRange::until(today, 90),
            Self::Month => UsageRange::month(today),
        }
    }
}

/// State of the screen of usage as it stands in its URL. An empty text counts as absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UsageScreenParams {
    /// Range of days that ends today: `7d`, `30d`, `90d` or `month`. The days in `from` and `to` take its place.
    pub range: Option<String>,
    /// First day in UTC, such as 2026-11-01.
    pub from: Option<String>,
    /// Last day in UTC; today if only the first one is set.
    pub to: Option<String>,
    /// Username, number or id of a user.
    pub user: Option<String>,
    /// Name or id of a group, whose present members are meant.
    pub group: Option<String>,
    /// Name of the model.
    pub model: Option<String>,
}

impl UsageScreenParams {
    /// Names of the parameters.
    pub const NAMES: &'static [&'static str] = &["range", "from", "to", "user", "group", "model"];

    /// Creates the parameters from values by name.
    #[must_use]
    pub fn from_pairs(value: impl Fn(&str) -> Option<String>) -> Self {
        Self {
            range: value("range"),
            from: value("from"),
            to: value("to"),
            user: value("user"),
            group: value("group"),
            model: value("model"),
        }
    }

    /// Lists the parameters that are set, for a URL.
    #[must_use]
    pub fn pairs(&self) -> Vec<(&'static str, &str)> {
        let all = [
            ("range", given(&self.range)),
            ("from", given(&self.from)),
            ("to", given(&self.to)),
            ("user", given(&self.user)),
            ("group", given(&self.group)),
            ("model", given(&self.model)),
        ];
        let set = all.into_iter();
        set.filter_map(|(name, value)| Some((name, value?)))
            .collect()
    }

    /// Returns the range that ends today; `None` for other days, and for an unknown range.
    #[must_use]
    pub fn span(&self) -> Option<UsageSpan> {
        if given(&self.from).or(given(&self.to)).is_some() {
            return None;
        }
        match given(&self.range) {
            Some(range) => range.trim().parse().ok(),
            None => Some(UsageSpan::ThirtyDays),
        }
    }

    /// Returns the days.
    ///
    /// # Errors
    /// The first parameter that cannot be parsed.
    pub fn days(&self, today: Date) -> Result<UsageRange, ListError> {
        if let Some(span) = self.span() {
            return Ok(span.days(today));
        }
        if let Some(range) = given(&self.range)
            && range.trim().parse::<UsageSpan>().is_err()
        {
            return Err(ListError::UsageSpan(shorten(range)));
        }
        let range = between(&self.from, &self.to, today);
        range.map_err(|error| match error {
            RangeError::Day(name) => ListError::UsageDay(name),
            RangeError::Length => ListError::UsageLength(USAGE_DAYS_MAX),
        })
    }

    /// Returns the text that names the user, unless it is empty.
    #[must_use]
    pub fn user(&self) -> Option<&str> {
        given(&self.user).map(str::trim)
    }

    /// Returns the text that names the group, unless it is empty. It has no control characters.
    #[must_use]
    pub fn group(&self) -> Option<String> {
        given(&self.group).map(searched)
    }

    /// Returns the name of the model, unless it is empty. It has no control characters.
    #[must_use]
    pub fn model(&self) -> Option<String> {
        given(&self.model).map(searched)
    }
}

impl UsageParams {
    /// Returns the days; without any the last 30 until `today`.
    ///
    /// # Errors
    /// The name of the parameter that is no day, or before the other one, or too far from it, with a message.
    pub fn days(&self, today: Date) -> Result<UsageRange, (&'static str, Message)> {
        let range = between(&self.from, &self.to, today);
        range.map_err(|error| match error {
            RangeError::Day(name) => (name, messages::usage_day()),
            RangeError::Length => ("from", messages::usage_days(USAGE_DAYS_MAX)),
        })
    }

    /// Returns the id of the user, unless it is empty.
    #[must_use]
    pub fn user(&self) -> Option<&str> {
        given(&self.user)
    }

    /// Returns the id of the group, unless it is empty.
    #[must_use]
    pub fn group(&self) -> Option<&str> {
        given(&self.group)
    }

    /// Returns the name of the model, unless it is empty. It has no control characters.
    #[must_use]
    pub fn model(&self) -> Option<String> {
        given(&self.model).map(searched)
    }

    /// Lists the parameters that are set, for a URL.
    #[must_use]
    pub fn pairs(&self) -> Vec<(&'static str, &str)> {
        let all = [
            ("from", given(&self.from)),
            ("to", given(&self.to)),
            ("user", given(&self.user)),
            ("group", given(&self.group)),
            ("model", given(&self.model)),
        ];
        let set = all.into_iter();
        set.filter_map(|(name, value)| Some((name, value?)))
            .collect()
    }
}

/// Reason why two days are no range.
enum RangeError {
    /// The parameter with this name is no day.
    Day(&'static str),
    /// The first day is after the last one, or too far from it.
    Length,
}

/// Parses the first and the last day; without any the last 30 until `today`.
fn between(
    from: &Option<String>,
    to: &Option<String>,
    today: Date,
) -> Result<UsageRange, RangeError> {
    let parse = |name, day: Option<&str>| {
        let parsed = day.map(|day| Date::parse(day.trim(), DAY)).transpose();
        parsed.map_err(|_| RangeError::Day(name))
    };
    let to = parse("to", given(to))?.unwrap_or(today);
    let default = UsageRange::until(to, USAGE_DAYS);
    let from = parse("from", given(from))?.unwrap_or(default.from);
    if from > to || to - from >= Duration::days(USAGE_DAYS_MAX) {
        return Err(RangeError::Length);
    }
    Ok(UsageRange { from, to })
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn days_are_the_last_thirty_or_those_of_the_filter() {
        let today = date!(2026 - 11 - 30);
        let days = |from: &str, to: &str| {
            let params = UsageParams {
                from: Some(from.to_owned()),
                to: Some(to.to_owned()),
                ..UsageParams::default()
            };
            params
                .days(today)
                .map(|range| (range.from, range.to))
                .map_err(|(name, _)| name)
        };
        for (from, to, expected) in [
            ("", "", Ok((date!(2026 - 11 - 01), today))),
            ("2026-11-30", "", Ok((today, today))),
            (
                "",
                "2026-01-30",
                Ok((date!(2026 - 01 - 01), date!(2026 - 01 - 30))),
            ),
            ("2026-12-01", "", Err("from")),
            ("2024-11-30", "", Err("from")),
            ("2026-02-30", "", Err("from")),
            ("", "today", Err("to")),
        ] {
            assert_eq!(days(from, to), expected, "{from} {to}");
        }
    }
    #[test]
    fn range_of_the_screen_ends_today_unless_days_are_set() {
        let today = date!(2026 - 11 - 30);
        let days = |range: &str, from: &str, to: &str| {
            let params = UsageScreenParams {
                range: Some(range.to_owned()),
                from: Some(from.to_owned()),
                to: Some(to.to_owned()),
                ..UsageScreenParams::default()
            };
            let days = params.days(today).map(|range| (range.from, range.to));
            days.map_err(|error| error.parameter().map(str::to_owned))
        };
        let error = |name: &str| Err(Some(name.to_owned()));
        for (range, from, to, expected) in [
            ("", "", "", Ok((date!(2026 - 11 - 01), today))),
            ("7d", "", "", Ok((date!(2026 - 11 - 24), today))),
            ("30d", "", "", Ok((date!(2026 - 11 - 01), today))),
            ("90d", "", "", Ok((date!(2026 - 09 - 02), today))),
            ("month", "", "", Ok((date!(2026 - 11 - 01), today))),
            ("7d", "2026-11-29", "", Ok((date!(2026 - 11 - 29), today))),
            (
                "",
                "",
                "2026-01-30",
                Ok((date!(2026 - 01 - 01), date!(2026 - 01 - 30))),
            ),
            ("8d", "", "", error("range")),
            ("8d", "2026-11-29", "", error("range")),
            ("", "2026-11-31", "", error("from")),
            ("", "", "tomorrow", error("to")),
            ("", "2026-12-01", "", error("from")),
        ] {
            assert_eq!(days(range, from, to), expected, "{range} {from} {to}");
        }
        let first = date!(2026 - 11 - 01);
        assert_eq!(UsageRange::month(first), UsageRange::until(first, 1));
    }

    #[test]
    fn state_of_the_screen_is_in_its_url() {
        let params = UsageScreenParams {
            range: Some("7d".to_owned()),
            user: Some("ada".to_owned()),
            group: Some(" ".to_owned()),
            ..UsageScreenParams::default()
        };
        assert_eq!(params.pairs(), [("range", "7d"), ("user", "ada")]);
        let pairs = params.pairs();
        let value = |name: &str| {
            let pair = pairs.iter().find(|(known, _)| *known == name);
            pair.map(|(_, value)| (*value).to_owned())
        };
        let again = UsageScreenParams::from_pairs(value);
        assert_eq!(
            (again.span(), again.user()),
            (Some(UsageSpan::Week), Some("ada"))
        );
        assert_eq!(again.group(), None);
        let all = UsageScreenParams::from_pairs(|name| Some(name.to_owned()));
        let names: Vec<_> = all.pairs().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, UsageScreenParams::NAMES);
    }
}
