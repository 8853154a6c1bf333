//! Parts of lists that are limited in bytes as well.

/// Maximum number of bytes in a page beside the fixed parts of its rows. A page is limited by its number of rows and by this. It has at
/// least one row, of any length.
pub(crate) const PAGE_BYTES_MAX: i64 = 2 * 1024 * 1024;

/// Decodes the rows of a part of a list. Each row contains the number of rows found. The flag is true if there are more.
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
