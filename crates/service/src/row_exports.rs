//! Exports of lists as files in rows: their entry in the audit log, and the forms of values.

use domain::action::Action;
use serde::Serialize;
use serde_json::Value;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{
    Error, Services,
    access::Actor,
    audit::{self, Changes, Format, csv::line},
    exports::Slot,
};

/// Number of rows that one query reads.
pub(crate) const PIECE: u16 = 1_000;

/// Reserves an export, and audits it before its first byte. `filter` is the filter of the list in the form of a URL query.
///
/// # Errors
/// [`Error::TooManyAtOnce`] when too many exports are running.
pub(crate) async fn start(
    services: &Services,
    actor: &Actor,
    (action, subject): (Action, &str),
    filter: String,
    format: Format,
) -> Result<Slot, Error> {
    let slot = services.exports.reserve(actor)?;
    let changes = Changes::default().with("filter", Value::Null, filter).with(
        "format",
        Value::Null,
        format.as_str(),
    );
    let mut transaction = db::begin(&services.pool).await?;
    let audited =
        audit::write_about(&mut transaction, actor, (action, None, subject), changes).await?;
    db::commit(transaction, audited).await?;
    Ok(slot)
}

/// Returns the beginning of a file: the names of the columns, if the format has them.
pub(crate) fn head<const N: usize>(format: Format, columns: [&str; N]) -> String {
    match format {
        Format::Csv => line(columns.map(str::to_owned)),
        Format::Ndjson => String::new(),
    }
}

/// Returns the lines of objects. `row` is the line of one in a CSV file.
pub(crate) fn lines<T: Serialize>(
    format: Format,
    objects: &[T],
    row: impl Fn(&T) -> Result<String, Error>,
) -> Result<String, Error> {
    let lines = objects.iter().map(|each| match format {
        Format::Csv => row(each),
        Format::Ndjson => object(each),
    });
    lines.collect()
}

/// Returns the line of an object in the schema of the API.
pub(crate) fn object(row: &impl Serialize) -> Result<String, Error> {
    let line = serde_json::to_string(row);
    Ok(line.map_err(|error| Error::Internal(error.into()))? + "\n")
}

/// Returns the text of a value, which is empty without one.
pub(crate) fn text(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// Returns the text of a time.
pub(crate) fn timestamp(at: OffsetDateTime) -> Result<String, Error> {
    let at = at.format(&Rfc3339);
    at.map_err(|error| Error::Internal(error.into()))
}
