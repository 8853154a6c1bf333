//! Output of commands: text for an operator, JSON for programs.

use std::io::Write;

use api::users::dto::UserResponse;
use domain::users::{UserSummary, detail::UserDetail, names::is_deceptive};
use serde::Serialize;
use serde_json::json;
use time::{OffsetDateTime, UtcOffset};

use super::table::with_headings;
use crate::{failure::BoxError, output::say};

/// Format of the output, an option of every command.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(in crate::cli) struct Output {
    /// Print JSON, in the format of the API.
    #[arg(long, global = true)]
    pub(in crate::cli) json: bool,
}

impl Output {
    /// Prints a value as JSON, or a text with the same content.
    pub(in crate::cli) fn print(
        self,
        value: &impl Serialize,
        text: impl FnOnce() -> String,
    ) -> Result<(), BoxError> {
        if self.json {
            say(&escape(&serde_json::to_string(value)?))
        } else {
            say(&text())
        }
    }

    /// Prints a list as a table with headings, or as JSON. `none` is the note in place of an empty table.
    pub(in crate::cli) fn print_list<T: Serialize, const N: usize>(
        self,
        items: &[T],
        none: &str,
        headings: [&str; N],
        row: fn(&T) -> [String; N],
    ) -> Result<(), BoxError> {
        if items.is_empty() && !self.json {
            note(none);
            return Ok(());
        }
        self.print(&items, || with_headings(headings, items, row))
    }

    /// Prints that a command without a result has succeeded.
    pub(in crate::cli) fn done(self, text: impl FnOnce() -> String) -> Result<(), BoxError> {
        self.print(&json!({ "success": true }), text)
    }

    /// Prints a user in the format of the API, or a text about the user.
    pub(super) fn print_user(
        self,
        user: UserDetail,
        text: impl FnOnce(&UserDetail) -> String,
    ) -> Result<(), BoxError> {
        if self.json {
            self.print(&UserResponse::new(user, None), String::new)
        } else {
            say(&text(&user))
        }
    }
}

/// Writes a note to standard error; standard output is reserved for the result.
pub(in crate::cli) fn note(line: &str) {
    // If standard error cannot be written, there is nowhere left to report that.
    drop(writeln!(std::io::stderr(), "rollcall: {line}"));
}

/// Formats a user for a sentence: `user 1 (ada)`.
pub(in crate::cli) fn name(user: &UserSummary) -> String {
    format!("user {} ({})", user.number, clean(&user.username))
}

/// Formats the roles of a user for a sentence.
pub(super) fn roles(user: &UserSummary) -> String {
    let plural = if user.roles.len() == 1 { "" } else { "s" };
    format!("the role{plural} {}", clean(&user.roles.join(", ")))
}

/// Formats a timestamp to the minute, in UTC.
pub(in crate::cli) fn timestamp(at: OffsetDateTime) -> String {
    let at = at.to_offset(UtcOffset::UTC);
    format!("{} {:02}:{:02} UTC", at.date(), at.hour(), at.minute())
}

/// Escapes JSON, in one line, so that it cannot control a terminal and keeps its value: characters that JSON allows in texts as
/// they are, controls beyond ASCII and those that reorder a text, are written by their numbers.
pub(in crate::cli) fn escape(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for character in json.chars() {
        if is_deceptive(character) {
            // None of these characters is beyond U+FFFF, where it would take two escapes.
            escaped.push_str(&format!("\\u{:04x}", u32::from(character)));
        } else {
            escaped.push(character);
        }
    }
    escaped
}

/// Replaces characters that control a terminal: other programs may have stored texts that Rollcall rejects.
pub(in crate::cli) fn clean(text: &str) -> String {
    let response = |c| if is_deceptive(c) { '\u{FFFD}' } else { c };
    text.chars().map(response).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_escapes_terminal_controls() {
        let text = "a\u{1b}[2J \u{7f} \u{9b}31m \u{202e}cba\u{feff} é 𝄞 \"\\";
        let value = serde_json::json!({ text: [text, "\u{2028}", 1] });
        let json = escape(&value.to_string());
        assert!(!json.chars().any(is_deceptive), "{json}");
        assert!(json.contains("\\u009b31m \\u202ecba"), "{json}");
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(read, value);
    }
}
