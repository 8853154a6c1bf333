//! Export of the events that match a filter, as a file that is streamed.

use std::mem::take;

use db::usage::{UsageFilter, reports::list_events};
use domain::{
    action::Action,
    usage::{UsageParams, UsageRange},
};
use time::OffsetDateTime;
use tokio::sync::mpsc::Sender;

use super::{csv, filter::check_readable};
use crate::{
    Error, Services,
    access::{Authorized, UsageRead},
    audit::Format,
    exports::{self, Pieces},
    row_exports::{self, PIECE},
};

/// Running export. An error as the last piece means that the file is incomplete.
#[derive(Debug)]
pub struct UsageExport {
    /// Format of the file.
    pub format: Format,
    /// Name of the file, without its ending.
    pub name: String,
    /// Pieces of the file, in order.
    pub pieces: Pieces,
}

/// Starts an export of the matching events, earliest first, without those that are stored later. `params`
/// are those of the filter, for the audit log.
///
/// # Errors
/// [`Error::List`] for a filter about what the actor cannot read, [`Error::TooManyAtOnce`] when too many exports are running.
pub async fn export(
    services: &Services,
    authorized: &Authorized<UsageRead>,
    (filter, params): (UsageFilter, &UsageParams),
    format: Format,
) -> Result<UsageExport, Error> {
    check_readable(authorized, &filter)?;
    let now = db::usage::find_time(&services.pool).await?;
    let about = (Action::UsageExported, "usage");
    let written = exports::written(params.pairs());
    let slot = row_exports::start(services, authorized.actor(), about, written, format).await?;
    let name = format!("usage-{}-{}", filter.days.from, filter.days.to);
    let pool = services.pool.clone();
    let pieces = exports::spawn(slot, |sender| async move {
        send(&pool, &filter, now, format, &sender).await
    });
    Ok(UsageExport {
        format,
        name,
        pieces,
    })
}

/// Sends the file. Each statement reads one day: if few of millions of events match, a page of all days would take too long for the database
/// and for the reader.
async fn send(
    pool: &db::PgPool,
    filter: &UsageFilter,
    stored_before: OffsetDateTime,
    format: Format,
    sender: &Sender<Result<String, Error>>,
) -> Result<(), Error> {
    let mut piece = row_exports::head(format, csv::COLUMNS);
    let (mut day, mut after) = (filter.days.from, None);
    loop {
        let of_day = UsageFilter {
            days: UsageRange { from: day, to: day },
            ..filter.clone()
        };
        let events = list_events(pool, &of_day, (stored_before, after), PIECE).await?;
        piece.push_str(&row_exports::lines(format, &events, csv::row)?);
        // A day without events is an empty piece, so that the reader does not wait in vain.
        if sender.send(Ok(take(&mut piece))).await.is_err() {
            return Ok(());
        }
        after = events.last().map(|last| (last.at, last.id));
        if after.is_none() {
            match day.next_day().filter(|next| *next <= filter.days.to) {
                Some(next) => day = next,
                None => return Ok(()),
            }
        }
    }
}
