//! What the lists of everything have in common.

use domain::list::Position;
use sqlx::postgres::PgRow;

use crate::Error;

/// What a page shows from its rows, one more of which may have been read to see whether there are more; and whether.
pub(crate) fn page_of<T>(
    rows: &[PgRow],
    limit: u16,
    position: &Position,
    read: fn(&PgRow) -> Result<T, sqlx::Error>,
) -> Result<(Vec<T>, bool), Error> {
    let more = rows.len() > usize::from(limit);
    let shown = rows.iter().take(limit.into()).map(read);
    let mut shown = shown.collect::<Result<Vec<_>, _>>()?;
    if matches!(position, Position::Before(_)) {
        shown.reverse();
    }
    Ok((shown, more))
}
