//! Text of a session's row.

use domain::sessions::SessionEnd;

use crate::{labels::security, text};

/// Returns the reason why a session has ended, and the actor if it was not its user.
pub(super) fn why(end: SessionEnd, username: &str) -> String {
    let reason = security::end_reason(end.reason);
    match end.by.filter(|by| by != username) {
        Some(by) => text::sessions::ended_by(reason, by),
        None => reason.to_owned(),
    }
}
