//! Text of a session's row.

use domain::sessions::SessionEnd;

/// Returns the reason why a session has ended, and the actor if it was not its user.
pub(super) fn why(end: SessionEnd, username: &str) -> String {
    let words = end.reason.label();
    match end.by.filter(|by| by != username) {
        Some(by) => format!("{words} by {by}"),
        None => words.to_owned(),
    }
}
