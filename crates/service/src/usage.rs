//! Usage of the host application: events that programs report, reports for users and administrators, and the export.

mod csv;
mod export;
mod filter;
mod rankings;
mod reported;

pub use db::usage::UsageFilter;
use db::usage::{event_ids, reports};
use domain::{
    money::Money,
    usage::{
        DayUsage, EVENT_DAYS, ModelUsage, StoredEvent, UsageOverview, UsageRange, UsageReport,
        UsageScreenParams, UsageSum,
    },
    users::detail::UserRef,
};
use time::{Date, UtcOffset};
use uuid::Uuid;

use crate::{
    Error, Services,
    access::{Authorized, Caller, UsageRead},
    guard,
};

pub use export::{UsageExport, export};
pub use rankings::Rankings;
pub use reported::store;

/// Number of users, models and groups in an overview.
const TOP: u16 = 20;
/// Number of changes of balances in a report.
const CHANGES: i64 = 100;
/// Number of the newest uses on the page of a user.
const NEWEST: u16 = 20;

/// Usage of a user in some days, for the user's page.
#[derive(Debug)]
pub struct UserUsageDetail {
    /// Sums of all days.
    pub total: UsageSum,
    /// Sums of each day with uses, the first day first.
    pub days: Vec<DayUsage>,
    /// Models with the highest cost, then the most tokens and requests.
    pub models: Vec<ModelUsage>,
    /// Newest uses, also of earlier days, the latest first.
    pub events: Vec<StoredEvent>,
}

/// Returns the present day in UTC, of this server.
#[must_use]
pub fn today(services: &Services) -> Date {
    (services.clock)().to_offset(UtcOffset::UTC).date()
}

/// Returns the usage of all users in some days: sums by day, and the users, models and groups with the highest cost. Users and groups
/// that take long to compute can be some minutes old.
///
/// # Errors
/// [`Error::List`] for a filter about what the actor cannot read.
pub async fn overview(
    services: &Services,
    authorized: &Authorized<UsageRead>,
    filter: &UsageFilter,
) -> Result<UsageOverview, Error> {
    filter::check_readable(authorized, filter)?;
    let mut connection = db::acquire(&services.pool).await?;
    let days = reports::list_days(&mut *connection, filter).await?;
    let ranking = services.rankings.get(&mut connection, filter).await?;
    Ok(UsageOverview {
        from: filter.days.from.to_string(),
        to: filter.days.to.to_string(),
        total: total(&days),
        users: ranking.users,
        models: reports::list_models(&mut *connection, filter, TOP).await?,
        groups: ranking.groups,
        days,
    })
}

fn total(days: &[DayUsage]) -> UsageSum {
    let mut total = UsageSum::default();
    for day in days {
        total.requests = total.requests.saturating_add(day.usage.requests);
        total.tokens_in = total.tokens_in.saturating_add(day.usage.tokens_in);
        total.tokens_out = total.tokens_out.saturating_add(day.usage.tokens_out);
        let cost = total.cost.nanos().saturating_add(day.usage.cost.nanos());
        total.cost = Money::from_nanos(cost);
    }
    total
}

/// Returns the usage of a user in some days.
///
/// # Errors
/// [`Error::NotFound`] when there is no such user.
pub async fn of_user(
    services: &Services,
    _: &Authorized<UsageRead>,
    user: Uuid,
    days: UsageRange,
) -> Result<UsageReport, Error> {
    report(services, user, days).await
}

/// Returns the caller's own usage in some days, without the names of administrators.
///
/// # Errors
/// [`Error::OutOfScope`] for an access token without the scope.
pub async fn of_caller(
    services: &Services,
    caller: &Caller,
    days: UsageRange,
) -> Result<UsageReport, Error> {
    caller.require_account()?;
    let mut report = report(services, caller.principal.id.0, days).await?;
    for change in &mut report.changes {
        change.actor = None;
    }
    Ok(report)
}

/// Returns the usage of a user in some days with the models, and the newest uses.
///
/// # Errors
/// [`Error::NotFound`] when there is no such user.
pub async fn detail_of_user(
    services: &Services,
    _: &Authorized<UsageRead>,
    user: Uuid,
    days: UsageRange,
) -> Result<UserUsageDetail, Error> {
    let mut connection = db::acquire(&services.pool).await?;
    let found = db::limits::find_user(&mut *connection, user, None).await?;
    found.status.ok_or(guard::NOT_FOUND)?;
    let filter = of_one(user, days);
    let sums = reports::list_days(&mut *connection, &filter).await?;
    Ok(UserUsageDetail {
        total: total(&sums),
        days: sums,
        models: reports::list_models(&mut *connection, &filter, TOP).await?,
        events: reports::list_newest(&mut *connection, user, NEWEST).await?,
    })
}

/// Returns the filter of the screen of usage, with the ids of the user and the group that it names. Nothing matches an unknown one.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn find_filter(
    services: &Services,
    _: &Authorized<UsageRead>,
    params: &UsageScreenParams,
    days: UsageRange,
) -> Result<UsageFilter, Error> {
    let user = match params.user() {
        Some(user) => {
            let id = db::users::find_id(&services.pool, &UserRef::parse(user)).await?;
            Some(id.unwrap_or_default())
        }
        None => None,
    };
    let group = match params.group() {
        Some(group) => Some(find_group(services, group).await?),
        None => None,
    };
    Ok(UsageFilter {
        days,
        user,
        group,
        model: params.model(),
    })
}

/// Returns the id of the group with a name or an id; the nil id, which no group has, for an unknown one.
async fn find_group(services: &Services, group: String) -> Result<Uuid, Error> {
    if let Ok(id) = Uuid::try_parse(&group) {
        return Ok(id);
    }
    let found = db::groups::named::find_ids(&services.pool, &[group]).await?;
    Ok(found.into_iter().flatten().next().unwrap_or_default())
}

/// Returns the filter of one user.
const fn of_one(user: Uuid, days: UsageRange) -> UsageFilter {
    UsageFilter {
        days,
        user: Some(user),
        group: None,
        model: None,
    }
}

async fn report(services: &Services, user: Uuid, days: UsageRange) -> Result<UsageReport, Error> {
    let mut connection = db::acquire(&services.pool).await?;
    let found = db::limits::find_user(&mut *connection, user, None).await?;
    found.status.ok_or(guard::NOT_FOUND)?;
    let filter = of_one(user, days);
    let sums = reports::list_days(&mut *connection, &filter).await?;
    Ok(UsageReport {
        from: days.from.to_string(),
        to: days.to.to_string(),
        total: total(&sums),
        changes: reports::list_entries(&mut *connection, user, days, CHANGES).await?,
        days: sums,
    })
}

/// Drops events whose retention is over. The sums by day stay.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub(crate) async fn forget(services: &Services, batch: i64) -> Result<(), Error> {
    let days = i32::from(services.settings.usage_retention_days);
    if days == 0 {
        return Ok(());
    }
    let pool = &services.pool;
    db::usage::drop_partitions(pool, days).await?;
    while db::usage::delete_unpartitioned(pool, days, batch).await? == batch.unsigned_abs() {}
    // An event can be sent again until its time, which can be an hour ahead of the first sending, is not accepted any more.
    let days = days.max(EVENT_DAYS + 1);
    while event_ids::delete(pool, days, batch).await? == batch.unsigned_abs() {}
    while event_ids::delete_of_keys(pool, days, batch).await? == batch.unsigned_abs() {}
    Ok(())
}

/// Merges the shards of the totals of days that are over, so that an overview reads one row for a day and a model.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub(crate) async fn merge_totals(services: &Services, batch: i64) -> Result<(), Error> {
    while db::usage::merge_shards(&services.pool, batch).await? == batch.unsigned_abs() {}
    Ok(())
}
