//! Filters of usage.

use serde::{Deserialize, Serialize};
use time::{Date, Duration, format_description::BorrowedFormatItem, macros::format_description};
use utoipa::IntoParams;

use crate::{
    list::{given, searched},
    message::Message,
    messages,
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

impl UsageParams {
    /// Returns the days; without any the last 30 until `today`.
    ///
    /// # Errors
    /// The name of the parameter that is no day, or before the other one, or too far from it, with a message.
    pub fn days(&self, today: Date) -> Result<UsageRange, (&'static str, Message)> {
        let to = parse("to", given(&self.to))?.unwrap_or(today);
        let default = to.checked_sub(Duration::days(USAGE_DAYS - 1)).unwrap_or(to);
        let from = parse("from", given(&self.from))?.unwrap_or(default);
        if from > to || to - from >= Duration::days(USAGE_DAYS_MAX) {
            return Err(("from", messages::usage_days(USAGE_DAYS_MAX)));
        }
        Ok(UsageRange { from, to })
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

fn parse(name: &'static str, day: Option<&str>) -> Result<Option<Date>, (&'static str, Message)> {
    let parsed = day.map(|day| Date::parse(day.trim(), DAY)).transpose();
    parsed.map_err(|_| (name, messages::usage_day()))
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
}
