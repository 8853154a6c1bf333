//! Failed sign-ins: a log line for each, for programs such as fail2ban, and aggregated rows for the panel. The rows are
//! accumulated in memory before they are written: a sign-in waits for no lock, and an attack writes few rows.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use db::{failed_sign_ins::Added, users::Credentials};
use domain::{
    client_address::{ClientAddress, ClientNetwork},
    list::{Listed, Page, Total},
    sessions::failed::{FailedQuery, FailedSignIns, SignInFailure},
};
use time::{OffsetDateTime, UtcOffset};
use uuid::Uuid;

use crate::{
    Error, Services,
    access::{Authorized, Caller, Origin, SessionsRead},
};

/// Interval of the writes to the database.
pub const EVERY: Duration = Duration::from_secs(5);
/// Retention, in days.
pub const DAYS: i32 = 30;
/// Maximum number of rows that one server starts per hour, at 0.2 KB each with their indexes: at most 7 MB a day. Further
/// attempts are counted in one row for each reason.
const ROWS_AN_HOUR: usize = 1_000;
/// Number of rows in one statement: few, so that it holds no lock for long.
const BATCH: usize = 500;
/// Maximum number of characters of a username in the log. No account has a longer one.
const NAME_MAX: usize = 100;

/// Failed sign-ins since the last write to the database.
#[derive(Debug, Clone, Default)]
pub struct Noted(Arc<Mutex<Tallies>>);

#[derive(Debug, Default)]
struct Tallies {
    /// Counts that are not written yet.
    open: HashMap<Key, Tally>,
    /// Rows that were started in the hour of the last attempt, written or not.
    begun: HashSet<Key>,
}

/// Key of an aggregated row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    hour: OffsetDateTime,
    user: Option<Uuid>,
    network: Option<ClientNetwork>,
    reason: SignInFailure,
}

#[derive(Debug, Clone, Copy)]
struct Tally {
    tries: i32,
    last_at: OffsetDateTime,
    address: Option<ClientAddress>,
}

impl Noted {
    fn note(&self, mut key: Key, tally: Tally) {
        let mut tallies = self.lock();
        if tallies.begun.iter().next().map(|begun| begun.hour) != Some(key.hour) {
            tallies.begun.clear();
        }
        if !tallies.begun.contains(&key) {
            if tallies.begun.len() < ROWS_AN_HOUR {
                tallies.begun.insert(key);
            } else {
                // The row without user and network aggregates everything beyond the limit.
                (key.user, key.network) = (None, None);
            }
        }
        tallies.add(key, tally);
    }

    fn lock(&self) -> MutexGuard<'_, Tallies> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tallies {
    fn add(&mut self, key: Key, added: Tally) {
        let tally = self.open.entry(key).or_insert(Tally { tries: 0, ..added });
        tally.tries = tally.tries.saturating_add(added.tries);
        if added.last_at >= tally.last_at {
            (tally.last_at, tally.address) = (added.last_at, added.address);
        }
    }
}

/// Logs a failed sign-in and counts it for the panel. `account` is the one with the username; without an account the
/// username is not logged, because it can be a password that was typed into the wrong field.
pub(crate) fn report(
    services: &Services,
    account: Option<&Credentials>,
    origin: &Origin,
    reason: SignInFailure,
) {
    let username = shortened(account.map_or("", |account| account.username.as_str()));
    let address = address_of(origin);
    // docs/OPERATIONS.md has the filter that reads this line; a text field is quoted and escaped by the logger.
    tracing::warn!(username, %address, reason = %reason.as_str(), "sign-in failed");
    let at = (services.clock)().to_offset(UtcOffset::UTC);
    let key = Key {
        hour: at.replace_time(time::Time::MIDNIGHT) + time::Duration::hours(at.hour().into()),
        user: account.map(|account| account.id),
        network: origin.ip.map(ClientAddress::network),
        reason,
    };
    let tally = Tally {
        tries: 1,
        last_at: at,
        address: origin.ip,
    };
    services.failed_sign_ins.note(key, tally);
}

/// Logs a failed confirmation of the current password within a session. The panel lists failed sign-ins only.
pub(crate) fn report_confirmation(caller: &Caller, reason: SignInFailure) {
    let username = shortened(&caller.principal.username);
    let address = address_of(&caller.origin);
    tracing::warn!(username, %address, reason = %reason.as_str(), "password confirmation failed");
}

fn shortened(username: &str) -> &str {
    let end = username.char_indices().nth(NAME_MAX);
    end.map_or(username, |(end, _)| username.split_at(end).0)
}

fn address_of(origin: &Origin) -> String {
    origin
        .ip
        .map_or_else(|| "unknown".to_owned(), |ip| ip.to_string())
}

/// Writes the counts to the database. Those that cannot be written are retained for the next run.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn write(services: &Services) -> Result<(), Error> {
    let open = std::mem::take(&mut services.failed_sign_ins.lock().open);
    let mut open: Vec<(Key, Tally)> = open.into_iter().collect();
    while !open.is_empty() {
        let rest = open.split_off(open.len().min(BATCH));
        let added: Vec<Added> = open.iter().map(added).collect();
        if let Err(error) = db::failed_sign_ins::add(&services.pool, &added).await {
            let mut tallies = services.failed_sign_ins.lock();
            for (key, tally) in open.into_iter().chain(rest) {
                tallies.add(key, tally);
            }
            return Err(error.into());
        }
        open = rest;
    }
    Ok(())
}

fn added((key, tally): &(Key, Tally)) -> Added {
    Added {
        hour: key.hour,
        user_id: key.user,
        network: key.network,
        reason: key.reason,
        address: tally.address,
        tries: tally.tries,
        last_at: tally.last_at,
    }
}

/// Lists the failed sign-ins of the last [`DAYS`] days, grouped by account or by address.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn list(
    services: &Services,
    _: &Authorized<SessionsRead>,
    query: &FailedQuery,
) -> Result<Listed<FailedSignIns>, Error> {
    let mut connection = db::acquire(&services.pool).await?;
    let (rows, more) = db::failed_sign_ins::list_page(&mut *connection, query).await?;
    let total = db::failed_sign_ins::count(&mut *connection, query.by).await?;
    let cursor = |row: &FailedSignIns, number| query.cursor(row, number);
    let total = Total::up_to_limit(total);
    let page = Page::of(rows, more, total, &query.position, cursor);
    Ok(page.at((services.clock)()))
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn distributed_attack_adds_few_rows_and_loses_no_count() {
        let noted = Noted::default();
        let tally = Tally {
            tries: 1,
            last_at: datetime!(2026-11-21 12:30 UTC),
            address: None,
        };
        let key = |hour, number: u32| Key {
            hour,
            user: Some(Uuid::from_u128(number.into())),
            network: Some(
                ClientAddress::from(std::net::IpAddr::from(number.to_be_bytes())).network(),
            ),
            reason: SignInFailure::WrongPassword,
        };
        let (hour, next) = (
            datetime!(2026-11-21 12:00 UTC),
            datetime!(2026-11-21 13:00 UTC),
        );
        for round in 0..2 {
            for number in 0..50_000 {
                noted.note(key(hour, number), tally);
            }
            // Rows that were written in between still count as started in this hour.
            let written = std::mem::take(&mut noted.lock().open);
            assert_eq!(written.len(), ROWS_AN_HOUR + 1, "{round}");
            let tries: i32 = written.values().map(|tally| tally.tries).sum();
            assert_eq!(tries, 50_000);
        }
        noted.note(key(next, 60_000), tally);
        assert!(noted.lock().open.contains_key(&key(next, 60_000)));
    }
}
