//! Export of the audit events that match a filter, as a file that is streamed.

use std::{mem::take, time::Duration};

use db::audit::{AuditQueryFilter, horizon, list_up_to};
use domain::{
    action::Action,
    audit::{AuditEntryResponse, list::AuditParams},
    filter::Dated,
    list::PageParams,
};
use serde_json::Value;
use tokio::sync::mpsc::Sender;

use super::{ask, csv, seal::is_done};
use crate::{
    Error, Services,
    access::{AuditRead, Authorized},
    audit::{self, Changes},
    days,
    exports::{self, Pieces},
};

/// Number of entries that one query reads.
const PIECE: i64 = 1_000;
/// Number of pauses for which the export waits for writing transactions. One that takes longer excludes the entries after
/// it from the file.
const PATIENCE: u32 = 50;
const PAUSE: Duration = Duration::from_millis(20);

/// File format of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// CSV with a header row.
    Csv,
    /// A JSON object in each line, in the schema of the API.
    Ndjson,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 2] = [Self::Csv, Self::Ndjson];

    /// Returns the value in URLs, which is the file extension too.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
        }
    }

    fn line(self, entry: &AuditEntryResponse) -> Result<String, Error> {
        match self {
            Self::Csv => csv::row(entry),
            Self::Ndjson => {
                let line = serde_json::to_string(entry);
                Ok(line.map_err(|error| Error::Internal(error.into()))? + "\n")
            }
        }
    }
}

/// Running export. An error as the last piece means that the file is incomplete.
#[derive(Debug)]
pub struct AuditExport {
    /// Format of the file.
    pub format: Format,
    /// Id of the last entry that can be in the file.
    pub up_to: i64,
    /// Pieces of the file, in order.
    pub pieces: Pieces,
}

/// Starts an export of the matching entries, earliest first. The content is fixed at the start: it ends with the last entry
/// before which no transaction was unfinished. The export is audited, and its own audit event is not in the file.
///
/// # Errors
/// [`Error::List`] when the filter is not valid, [`Error::TooManyAtOnce`] when too many exports are running.
pub async fn export(
    services: &Services,
    authorized: &Authorized<AuditRead>,
    params: &AuditParams,
    format: Format,
) -> Result<AuditExport, Error> {
    let filter = params.filter()?;
    let days = days::find(services, authorized.actor(), &filter).await?;
    let filter = filter.in_days(&days);
    let slot = services.exports.reserve(authorized.actor())?;
    let mut connection = db::acquire(&services.pool).await?;
    let up_to = find_finished(&mut connection).await?;
    let now = (services.clock)();
    let AuditQueryFilter { actor, target, .. } = ask(&mut connection, &filter, now).await?;
    drop(connection);
    let changes = Changes::default()
        .with(
            "filter",
            Value::Null,
            exports::written(params.only_filter().pairs()),
        )
        .with("format", Value::Null, format.as_str())
        .with("upTo", Value::Null, up_to);
    let mut transaction = db::begin(&services.pool).await?;
    let exported = (Action::AuditExported, None, "audit log");
    let audited =
        audit::write_about(&mut transaction, authorized.actor(), exported, changes).await?;
    db::commit(transaction, audited).await?;
    let pool = services.pool.clone();
    let pieces = exports::spawn(slot, |sender| async move {
        let asked = AuditQueryFilter {
            filter: &filter,
            actor,
            target,
            // A file lists the parts of bulk actions too.
            folded: false,
            now,
        };
        send(&pool, &asked, up_to, format, &sender).await
    });
    Ok(AuditExport {
        format,
        up_to,
        pieces,
    })
}

/// Returns the last id up to which no entry can still appear.
async fn find_finished(connection: &mut db::PgConnection) -> Result<i64, Error> {
    // The id is read before the writers: a transaction with a smaller id is among them.
    let last = horizon::find_last_id(&mut *connection).await?;
    let waited_for = horizon::list_writers(&mut *connection).await?;
    let mut writers = waited_for.clone();
    for _ in 0..PATIENCE {
        if is_done(&waited_for, &writers) {
            return Ok(last);
        }
        tokio::time::sleep(PAUSE).await;
        writers = horizon::list_writers(&mut *connection).await?;
    }
    Ok(horizon::find(connection).await?.finished)
}

async fn send(
    pool: &db::PgPool,
    asked: &AuditQueryFilter<'_>,
    up_to: i64,
    format: Format,
    sender: &Sender<Result<String, Error>>,
) -> Result<(), Error> {
    let mut piece = match format {
        Format::Csv => csv::head(),
        Format::Ndjson => String::new(),
    };
    let mut after = None;
    loop {
        let before = after;
        for entry in list_up_to(pool, asked, up_to, after, PIECE).await? {
            let entry = entry?;
            after = Some((entry.at, entry.id));
            piece.push_str(&format.line(&entry.into())?);
        }
        if after == before {
            break;
        }
        if sender.send(Ok(take(&mut piece))).await.is_err() {
            return Ok(());
        }
    }
    drop(sender.send(Ok(piece)).await);
    Ok(())
}
