//! Answers: texts for people, JSON for programs.

use std::io::Write;

use domain::users::{UserSummary, detail::UserDetail, names::is_deceptive};
use serde::Serialize;
use time::{OffsetDateTime, UtcOffset};

use crate::{
    cli::{Failure, say},
    rest::users::shown::Shown,
};

/// In which form to answer.
#[derive(Debug, Clone, Copy)]
pub(in crate::cli) struct Output {
    /// As JSON.
    pub(in crate::cli) json: bool,
}

impl Output {
    /// Answers with a value, or with a text that says the same.
    pub(in crate::cli) fn give(
        self,
        value: &impl Serialize,
        text: impl FnOnce() -> String,
    ) -> Result<(), Failure> {
        if self.json {
            say(&escape(&serde_json::to_string(value)?))
        } else {
            say(&text())
        }
    }

    /// Answers with an account in the API's shape, or with a text about it.
    pub(super) fn give_user(
        self,
        user: UserDetail,
        text: impl FnOnce(&UserDetail) -> String,
    ) -> Result<(), Failure> {
        if self.json {
            self.give(&Shown::new(user, None), String::new)
        } else {
            say(&text(&user))
        }
    }
}

/// Tells something beside the answer, which is kept for programs to take.
pub(in crate::cli) fn note(line: &str) {
    // Nothing is left to tell a failure to write to the terminal to.
    drop(writeln!(std::io::stderr(), "rollcall: {line}"));
}

/// A person in a sentence: `user 1, ada`.
pub(super) fn name(user: &UserSummary) -> String {
    format!("user {}, {}", user.number, clean(&user.username))
}

/// Roles in a sentence.
pub(super) fn roles(user: &UserSummary) -> String {
    let plural = if user.roles.len() == 1 { "" } else { "s" };
    format!("the role{plural} {}", clean(&user.roles.join(", ")))
}

/// A moment to the minute.
pub(in crate::cli) fn moment(at: OffsetDateTime) -> String {
    let at = at.to_offset(UtcOffset::UTC);
    format!("{} {:02}:{:02} UTC", at.date(), at.hour(), at.minute())
}

/// Returns JSON, in one line, that does nothing to a terminal and stands for the same value: the marks that JSON allows in texts
/// as they are, controls beyond ASCII and those that reorder a text, are written by their numbers.
pub(in crate::cli) fn escape(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for character in json.chars() {
        if is_deceptive(character) {
            // None of them is beyond U+FFFF, where it would take two.
            escaped.push_str(&format!("\\u{:04x}", u32::from(character)));
        } else {
            escaped.push(character);
        }
    }
    escaped
}

/// A text that does nothing to a terminal: other programs may have stored what Rollcall refuses.
pub(in crate::cli) fn clean(text: &str) -> String {
    let shown = |c| if is_deceptive(c) { '\u{FFFD}' } else { c };
    text.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_holds_no_mark_that_a_terminal_obeys_and_means_the_same() {
        let text = "a\u{1b}[2J \u{7f} \u{9b}31m \u{202e}cba\u{feff} é 𝄞 \"\\";
        let value = serde_json::json!({ text: [text, "\u{2028}", 1] });
        let json = escape(&value.to_string());
        assert!(!json.chars().any(is_deceptive), "{json}");
        assert!(json.contains("\\u009b31m \\u202ecba"), "{json}");
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(read, value);
    }
}
