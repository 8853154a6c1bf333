//! A session as a row.

use domain::sessions::SessionEnd;

/// Why a session has ended, and by whom.
pub(super) fn why(end: SessionEnd, username: &str) -> String {
    let words = end.reason.words();
    match end.by.filter(|by| by != username) {
        Some(by) => format!("{words} by {by}"),
        None => words.to_owned(),
    }
}
