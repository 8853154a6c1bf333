//! Usage of the host application: events that programs report, reports for users and administrators, and the export.

mod csv;
mod export;

use std::collections::BTreeMap;

use db::usage::reports;
pub use db::usage::reports::UsageFilter;
use domain::{
    fields::FieldErrors,
    messages,
    money::Money,
    usage::{
        DayUsage, UsageEvent, UsageEventDraft, UsageOutcome, UsageOverview, UsageRange,
        UsageReport, UsageSum,
    },
};
use time::{Date, OffsetDateTime, UtcOffset};
use uuid::Uuid;

use crate::{
    Error, Services,
    access::{Authorized, Caller, LimitsConsume, UsageRead},
    guard,
    limits::{bind, record},
};

pub use export::{UsageExport, export};

/// Number of users, models and groups in an overview.
const TOP: u16 = 20;
/// Number of changes of balances in a report.
const CHANGES: i64 = 100;

/// Returns the present day in UTC, of this server.
#[must_use]
pub fn today(services: &Services) -> Date {
    (services.clock)().to_offset(UtcOffset::UTC).date()
}

/// Stores uses that have happened, whatever the limits say. Each user's are stored together or not at all. An event that is sent twice
/// counts once.
///
/// # Errors
/// [`Error::Invalid`] with the errors of all events, named as `events.3.cost`; nothing is stored then. [`Error::Forbidden`] for a virtual
/// key of another user.
pub async fn store(
    services: &Services,
    authorized: &Authorized<LimitsConsume>,
    drafts: &[UsageEventDraft],
) -> Result<UsageOutcome, Error> {
    let mut outcome = UsageOutcome::default();
    let now = db::usage::find_time(&services.pool).await?;
    let mut users = check(drafts, now)?;
    for event in users.values_mut().flatten() {
        bind(authorized.actor(), &mut event.used)?;
    }
    for (user, events) in users {
        let sent = events.len() as u64;
        let (counted, is_known) = record(services, user, events).await?;
        outcome.counted += counted;
        outcome.repeated += sent - counted;
        if !is_known {
            outcome.unknown_users += counted;
        }
    }
    Ok(outcome)
}

/// Checks events, and groups them by their users. Each needs an id, so that a request can be sent again after an error.
fn check(
    drafts: &[UsageEventDraft],
    now: OffsetDateTime,
) -> Result<BTreeMap<Uuid, Vec<UsageEvent>>, Error> {
    let mut errors = FieldErrors::default();
    let mut users: BTreeMap<Uuid, Vec<UsageEvent>> = BTreeMap::new();
    for (index, draft) in drafts.iter().enumerate() {
        let name = |field: &str| format!("events.{index}.{field}");
        if draft.event_id.is_none() {
            errors.add(&name("event_id"), messages::enter_value());
        }
        match draft.check(now) {
            Ok(event) => users.entry(draft.user).or_default().push(event),
            Err(found) => {
                for error in found.renamed(name).iter() {
                    errors.push(error.clone());
                }
            }
        }
    }
    if errors.is_empty() {
        Ok(users)
    } else {
        Err(Error::Invalid(errors))
    }
}

/// Returns the usage of all users in some days: sums by day, and the users, models and groups with the highest cost.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn overview(
    services: &Services,
    _: &Authorized<UsageRead>,
    filter: &UsageFilter,
) -> Result<UsageOverview, Error> {
    let mut connection = db::acquire(&services.pool).await?;
    let days = reports::list_days(&mut *connection, filter).await?;
    Ok(UsageOverview {
        from: filter.days.from.to_string(),
        to: filter.days.to.to_string(),
        total: total(&days),
        users: reports::list_users(&mut *connection, filter, TOP).await?,
        models: reports::list_models(&mut *connection, filter, TOP).await?,
        groups: reports::list_groups(&mut *connection, filter, TOP).await?,
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

/// Returns the caller's own usage in some days.
///
/// # Errors
/// [`Error::OutOfScope`] for an access token without the scope.
pub async fn of_caller(
    services: &Services,
    caller: &Caller,
    days: UsageRange,
) -> Result<UsageReport, Error> {
    caller.require_account()?;
    report(services, caller.principal.id.0, days).await
}

async fn report(services: &Services, user: Uuid, days: UsageRange) -> Result<UsageReport, Error> {
    let mut connection = db::acquire(&services.pool).await?;
    let found = db::limits::find_user(&mut *connection, user, None).await?;
    found.status.ok_or(guard::NOT_FOUND)?;
    let filter = UsageFilter {
        days,
        user: Some(user),
        group: None,
        model: None,
    };
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
    db::usage::drop_partitions(&services.pool, days).await?;
    while db::usage::delete_ids(&services.pool, days, batch).await? == batch.unsigned_abs() {}
    Ok(())
}
