//! Usage of the host application: of all users by a filter, of one user, and the caller's own.

#![expect(
    missing_docs,
    reason = "the macro turns the arguments into fields of a struct"
)]

#[cfg(feature = "ssr")]
use domain::usage::{DayUsage, StoredEvent, UsageRange};
use domain::usage::{GroupUsage, ModelUsage, UsageParams, UsageScreenParams, UsageSum, UserUsage};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
use service::{
    access::UsageRead,
    usage::{self, UsageFilter},
};
use time::OffsetDateTime;
use uuid::Uuid;

#[cfg(feature = "ssr")]
use super::ssr;
use super::{error::ApiError, listed::ListResult, wire::Get};
#[cfg(feature = "ssr")]
use crate::text::typed;

/// Path of the screen.
pub const USAGE: &str = "/usage";

/// Number of users, models and groups that a screen shows.
#[cfg(feature = "ssr")]
const TOP: usize = 10;

/// Sums of one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageDay {
    /// Start of the day in UTC.
    #[serde(with = "time::serde::rfc3339")]
    pub start: OffsetDateTime,
    /// Sums of the day.
    pub usage: UsageSum,
}

/// Usage that matches a filter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageReport {
    /// Sums of all days.
    pub total: UsageSum,
    /// Every day, the first day first.
    pub days: Vec<UsageDay>,
    /// Users with the highest cost.
    pub users: Vec<UserUsage>,
    /// Models with the highest cost.
    pub models: Vec<ModelUsage>,
    /// Groups whose present members have the highest cost.
    pub groups: Vec<GroupUsage>,
    /// Filter of an export of the same usage.
    pub export: UsageParams,
}

/// A use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedUse {
    /// The id of the event.
    pub id: Uuid,
    /// Time of the use.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Name of the model.
    pub model: Option<String>,
    /// Used amounts.
    pub usage: UsageSum,
}

/// Usage of one user in the last 30 days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserUsageReport {
    /// Sums of all days.
    pub total: UsageSum,
    /// Every day, the first day first.
    pub days: Vec<UsageDay>,
    /// Models with the highest cost.
    pub models: Vec<ModelUsage>,
    /// Newest uses, the latest first.
    pub events: Vec<ListedUse>,
    /// Server time, from which the page computes "2 hours ago".
    #[serde(with = "time::serde::rfc3339")]
    pub now: OffsetDateTime,
}

/// Returns the usage that matches the filter of the screen.
#[server(endpoint = "usage", protocol = Get)]
pub async fn get_usage(
    #[server(default)] params: UsageScreenParams,
) -> Result<ListResult<UsageReport>, ApiError> {
    let params = normalized(params);
    let days = params.days(usage::today(&ssr::services()?));
    ssr::call_list::<UsageRead, _, _>(days, async |services, authorized, days| {
        let filter = usage::find_filter(&services, &authorized, &params, days).await?;
        let mut found = usage::overview(&services, &authorized, &filter).await?;
        found.users.truncate(TOP);
        found.models.truncate(TOP);
        found.groups.truncate(TOP);
        Ok(UsageReport {
            total: found.total,
            days: every_day(days, found.days),
            users: found.users,
            models: found.models,
            groups: found.groups,
            export: export_of(filter),
        })
    })
    .await
}

/// Returns the parameters with days as programs write them.
#[cfg(feature = "ssr")]
fn normalized(params: UsageScreenParams) -> UsageScreenParams {
    let day = |day: Option<String>| day.map(|day| typed::day(&day));
    UsageScreenParams {
        from: day(params.from),
        to: day(params.to),
        ..params
    }
}

/// Returns the usage of a user in the last 30 days.
#[server(endpoint = "user-usage", protocol = Get)]
pub async fn get_user_usage(id: Uuid) -> Result<UserUsageReport, ApiError> {
    ssr::call::<UsageRead, _>(async |services, authorized| {
        let days = UsageRange::recent(usage::today(&services));
        let mut found = usage::detail_of_user(&services, &authorized, id, days).await?;
        found.models.truncate(TOP);
        Ok(UserUsageReport {
            total: found.total,
            days: every_day(days, found.days),
            models: found.models,
            events: found.events.into_iter().map(ListedUse::from).collect(),
            now: (services.clock)(),
        })
    })
    .await
}

/// Returns the caller's own usage in the last 30 days.
#[server(endpoint = "own-usage", protocol = Get)]
pub async fn own_usage() -> Result<Vec<UsageDay>, ApiError> {
    ssr::call_as_caller(async |services, caller| {
        let days = UsageRange::recent(usage::today(&services));
        let found = usage::of_caller(&services, &caller, days).await?;
        Ok(every_day(days, found.days))
    })
    .await
}

#[cfg(feature = "ssr")]
impl From<StoredEvent> for ListedUse {
    fn from(event: StoredEvent) -> Self {
        Self {
            id: event.id,
            at: event.at,
            model: event.model,
            usage: UsageSum {
                requests: event.requests,
                tokens_in: event.tokens_in,
                tokens_out: event.tokens_out,
                cost: event.cost,
            },
        }
    }
}

/// Returns the sums of every day, also of those without uses.
#[cfg(feature = "ssr")]
fn every_day(range: UsageRange, sums: Vec<DayUsage>) -> Vec<UsageDay> {
    let mut sums = sums.into_iter().peekable();
    let mut days = Vec::new();
    let mut next = Some(range.from);
    while let Some(day) = next.filter(|day| *day <= range.to) {
        let name = day.to_string();
        let sum = sums.next_if(|sum| sum.day == name);
        days.push(UsageDay {
            start: day.midnight().assume_utc(),
            usage: sum.map(|sum| sum.usage).unwrap_or_default(),
        });
        next = day.next_day();
    }
    days
}

/// Returns a filter in the form of the API, with ids instead of names.
#[cfg(feature = "ssr")]
fn export_of(filter: UsageFilter) -> UsageParams {
    UsageParams {
        from: Some(filter.days.from.to_string()),
        to: Some(filter.days.to.to_string()),
        user: filter.user.map(|id| id.to_string()),
        group: filter.group.map(|id| id.to_string()),
        model: filter.model,
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use time::macros::{date, datetime};

    use super::*;

    #[test]
    fn days_without_uses_are_between_those_with_uses() {
        let range = UsageRange {
            from: date!(2026 - 10 - 31),
            to: date!(2026 - 11 - 02),
        };
        let usage = UsageSum {
            requests: 7,
            ..UsageSum::default()
        };
        let day = "2026-11-01".to_owned();
        let days = every_day(range, vec![DayUsage { day, usage }]);
        let found: Vec<_> = days
            .into_iter()
            .map(|day| (day.start, day.usage.requests))
            .collect();
        assert_eq!(
            found,
            [
                (datetime!(2026-10-31 0:00 UTC), 0),
                (datetime!(2026-11-01 0:00 UTC), 7),
                (datetime!(2026-11-02 0:00 UTC), 0),
            ]
        );
    }
}
