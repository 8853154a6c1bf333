//! What the lists of everything have in common.

use domain::list::Position;
use sqlx::postgres::PgRow;

use crate::Error;

/// Most bytes of what the rows of a page hold beside their fixed parts: a page is bounded by its rows and by these. It has at
/// least one row, however long that is.
pub(crate) const PAGE_BYTES_MAX: i64 = 2 * 1024 * 1024;

/// Rows of a part of a list and whether there are more, where each row says how many were found.
pub(crate) fn part_of<R, T>(rows: Vec<R>, read: impl Fn(R) -> (T, i64)) -> (Vec<T>, bool) {
    let mut found = 0;
    let read = rows.into_iter().map(|row| {
        let (row, all) = read(row);
        found = all;
        row
    });
    let part: Vec<T> = read.collect();
    let more = i64::try_from(part.len()).is_ok_and(|shown| shown < found);
    (part, more)
}

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
