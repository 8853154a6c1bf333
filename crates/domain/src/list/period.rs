//! Range of times between the parameters `from` and `to`.

use super::{ListError, given, shorten};
use crate::filter::When;

/// Parses the range; `None` if both parameters are absent.
///
/// # Errors
/// The first parameter that cannot be parsed, or a range that ends before it begins.
pub(crate) fn period(
    from: &Option<String>,
    to: &Option<String>,
) -> Result<Option<When>, ListError> {
    let (from, to) = (given(from), given(to));
    if from.is_none() && to.is_none() {
        return Ok(None);
    }
    // Each end must be a single date or age: a value that is a range or open by itself is rejected.
    for (parameter, end) in [("from", from), ("to", to)] {
        let Some(end) = end else { continue };
        if When::read(&format!("{}..*", end.trim())).is_err() {
            let typed = shorten(end);
            return Err(ListError::Time { parameter, typed });
        }
    }
    let [from, to] = [from, to].map(|end| end.map_or("*", str::trim));
    let range = When::read(&format!("{from}..{to}"));
    range.map(Some).map_err(|_| ListError::Backward)
}
