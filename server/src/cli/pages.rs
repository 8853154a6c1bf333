//! Lists that are read page by page, on either backend.

use domain::list::PageParams;
use serde::Serialize;

use super::{error::CliError, rows::Rows};
use crate::failure::BoxError;

/// Maximum number of rows of a page.
const PAGE: u16 = 1_000;

/// A page of a list, and the cursor of the next page.
pub(super) type Fetched<T> = Result<(Vec<T>, Option<String>), CliError>;

/// Prints at most `limit` rows. Only one page is in memory, however long the list is.
pub(super) async fn print<P: PageParams, T: Serialize, const N: usize>(
    params: P,
    limit: usize,
    mut rows: Rows<N>,
    fetch: impl AsyncFn(&P) -> Fetched<T>,
    row: impl Fn(&T) -> [String; N],
) -> Result<(), BoxError> {
    let mut left = limit;
    let mut params = params.sized(u16::try_from(left).map_or(PAGE, |left| left.clamp(1, PAGE)));
    loop {
        let (mut found, after) = fetch(&params).await?;
        found.truncate(left);
        left = left.saturating_sub(found.len());
        rows.print(found, |item| serde_json::to_string(&item), &row)?;
        match after.filter(|_| left > 0) {
            Some(after) => params = params.at(Some(after), None),
            None => return rows.finish(),
        }
    }
}

/// Returns the first row that is wanted.
pub(super) async fn find<P: PageParams, T>(
    params: P,
    fetch: impl AsyncFn(&P) -> Fetched<T>,
    is_wanted: impl Fn(&T) -> bool,
) -> Result<Option<T>, CliError> {
    let mut params = params.sized(PAGE);
    loop {
        let (found, after) = fetch(&params).await?;
        let wanted = found.into_iter().find(|row| is_wanted(row));
        match (wanted, after) {
            (None, Some(after)) => params = params.at(Some(after), None),
            (wanted, _) => return Ok(wanted),
        }
    }
}

/// Returns all rows.
pub(super) async fn all<P: PageParams, T>(
    params: P,
    fetch: impl AsyncFn(&P) -> Fetched<T>,
) -> Result<Vec<T>, CliError> {
    let mut params = params.sized(PAGE);
    let mut rows = Vec::new();
    loop {
        let (found, after) = fetch(&params).await?;
        rows.extend(found);
        match after {
            Some(after) => params = params.at(Some(after), None),
            None => return Ok(rows),
        }
    }
}

/// Returns whether two names are the same without regard to case, as names of groups, roles and clients are.
pub(super) fn is_same(name: &str, other: &str) -> bool {
    name.trim().to_lowercase() == other.trim().to_lowercase()
}
