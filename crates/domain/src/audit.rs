//! Audit log entries and their texts.

pub mod list;
mod response;

use std::{collections::BTreeMap, net::IpAddr, str::FromStr};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::{OffsetDateTime, format_description::well_known::Rfc3339, macros::format_description};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    action::TargetKind,
    json::{is_readable, unreadable},
    users::{Unknown, string_enum},
};

pub use response::{AuditActor, AuditEntryResponse, AuditTarget};

string_enum! {
    /// Source of a change.
    Via {
        /// The admin panel.
        Ui = "ui",
        /// The API.
        Api = "api",
        /// The command line.
        Cli = "cli",
        /// A background job.
        Job = "job",
        /// The user themselves: signing in, following a link.
        Personal = "self",
    }
}

impl Via {
    /// Returns the label on a screen.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Ui => "Panel",
            Self::Api => "API",
            Self::Cli => "CLI",
            Self::Job => "System",
            Self::Personal => "Self-service",
        }
    }
}

/// Changed fields, each with its value before and after. Secrets are left out: an entry only says that there is a new one.
pub type Changes = BTreeMap<String, (Value, Value)>;

/// Parses the stored changes. If the text is unreadable, one line says so, and the entry is still shown. A number stands for a text of that
/// many bytes that was too long to fetch.
#[must_use]
pub fn read_changes(text: &str) -> Changes {
    let read = is_readable(text).then(|| serde_json::from_str(text).ok());
    read.flatten().unwrap_or_else(|| {
        let bytes = text.parse().unwrap_or(text.len());
        let line = (Value::Null, Value::from(unreadable(bytes)));
        Changes::from([("unreadable".to_owned(), line)])
    })
}

/// Formats a value for display.
#[must_use]
pub fn value_label(value: &Value) -> String {
    let list = |items: Vec<String>| match items.as_slice() {
        [] => "nothing".to_owned(),
        items => items.join(", "),
    };
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) if text.is_empty() => "nothing".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) => list(items.iter().map(value_label).collect()),
        Value::Object(fields) => {
            let field = |(name, value): (&String, &Value)| {
                format!("{}: {}", spaced(name), value_label(value))
            };
            list(fields.iter().map(field).collect())
        }
    }
}

/// Fields of audit changes that hold a timestamp.
const TIMESTAMPS: [&str; 4] = ["expires", "link", "purgeAfter", "until"];
/// Word before the timestamp until which a link is valid.
const UNTIL: &str = "until ";

/// Returns the timestamp in a field of a change, and the word before it. `None` for any other value.
#[must_use]
pub fn timestamp_of(field: &str, value: &Value) -> Option<(Option<&'static str>, OffsetDateTime)> {
    let text = value.as_str().filter(|_| TIMESTAMPS.contains(&field))?;
    let (word, text) = match text.strip_prefix(UNTIL) {
        Some(text) => (Some(UNTIL), text),
        None => (None, text),
    };
    // The `Display` format of `OffsetDateTime`, in which most entries are stored.
    let displayed = format_description!(
        version = 2,
        "[year]-[month]-[day] [hour padding:none]:[minute]:[second].[subsecond] [offset_hour sign:mandatory]:[offset_minute]:[offset_second]"
    );
    let at = OffsetDateTime::parse(text, &Rfc3339);
    let at = at.or_else(|_| OffsetDateTime::parse(text, displayed));
    Some((word, at.ok()?))
}

/// Returns the name of a field or an action as separate words: `displayName` and `display_name` become `display name`.
#[must_use]
pub fn spaced(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        match c {
            '_' => words.push(' '),
            c if c.is_uppercase() => {
                words.push(' ');
                words.extend(c.to_lowercase());
            }
            c => words.push(c),
        }
    }
    words
}

/// An entry of the audit log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// The id of the entry, ascending with time.
    pub id: i64,
    /// Time of the change.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// The id of the acting user; `None` for the system or the operator.
    pub actor_id: Option<Uuid>,
    /// Name of the actor at the time.
    pub actor: String,
    /// Source of the change, one of [`Via`].
    pub via: String,
    /// Name of the access token, if the change was made with one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// Action, such as `user.created`.
    pub action: String,
    /// Kind of the target, such as `user`.
    pub target_kind: String,
    /// The id of the target, if it has one.
    pub target_id: Option<Uuid>,
    /// Name of the target at the time.
    pub target: String,
    /// Changed fields.
    #[schema(value_type = BTreeMap<String, Vec<Value>>)]
    pub changes: Changes,
    /// Reason, if one was given.
    pub reason: Option<String>,
    /// IP address of the client.
    #[schema(value_type = Option<String>)]
    pub ip: Option<IpAddr>,
    /// The id of the request, which its log lines carry.
    pub request_id: Option<Uuid>,
    /// The id of the bulk action's entry that this one is part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<i64>,
}

impl AuditEntry {
    /// Returns whether the entry is a bulk action, which has others beneath it.
    #[must_use]
    pub fn is_batch(&self) -> bool {
        self.target_kind == TargetKind::Users.as_str()
    }

    /// Returns the id of the target if it is a user.
    #[must_use]
    pub fn target_user(&self) -> Option<Uuid> {
        self.target_id
            .filter(|_| self.target_kind == TargetKind::User.as_str())
    }

    /// Formats the actor, the source and the token of the change: `ada, via panel`.
    #[must_use]
    pub fn actor_and_source(&self) -> String {
        format!("{}{}", self.actor_label(), self.source())
    }

    /// Returns the name of the actor. The operator and the system have none: the label of the source stands for it.
    #[must_use]
    pub fn actor_label(&self) -> &str {
        match self.nameless() {
            Some(via) => via.label(),
            None => &self.actor,
        }
    }

    /// Formats the source and the token of the change as the text after the actor: `, via panel`. Empty if the label of the source stands
    /// for the actor.
    #[must_use]
    pub fn source(&self) -> String {
        let via = match self.via.parse::<Via>() {
            _ if self.nameless().is_some() => String::new(),
            Ok(Via::Ui) => ", via panel".to_owned(),
            Ok(Via::Personal) => ", self-service".to_owned(),
            Ok(via @ (Via::Api | Via::Cli)) => format!(", via {}", via.label()),
            Ok(Via::Job) => ", via a job".to_owned(),
            Err(_) => format!(", via {}", self.via),
        };
        let token = self.token.as_ref();
        let token = token.map(|token| format!(" with token {token}"));
        via + &token.unwrap_or_default()
    }

    /// Returns the source of a change that no user has made: on the command line, or by a job.
    fn nameless(&self) -> Option<Via> {
        let via = self
            .via
            .parse::<Via>()
            .ok()
            .filter(|_| self.actor_id.is_none());
        via.filter(|via| matches!(via, Via::Cli | Via::Job))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::macros::datetime;

    use super::*;

    #[test]
    fn unreadable_changes_are_one_line() {
        let nested = |depth: usize| {
            let (open, close) = ("[".repeat(depth), "]".repeat(depth));
            format!("{{\"profile\":[null,{open}{close}]}}")
        };
        for (text, said) in [
            ("{}".to_owned(), None),
            (nested(32), None),
            (nested(120), Some(unreadable(nested(120).len()))),
            (nested(9_000), Some(unreadable(nested(9_000).len()))),
            ("[1]".to_owned(), Some(unreadable(3))),
            ("70000".to_owned(), Some(unreadable(70_000))),
        ] {
            let changes = read_changes(&text);
            let line = changes.get("unreadable").map(|(_, said)| value_label(said));
            assert_eq!(line, said, "{text:.40}");
        }
    }

    #[test]
    fn timestamps_are_read_as_they_are_written() {
        for at in [
            datetime!(2026-12-29 9:05:00 UTC),
            datetime!(2026-12-29 23:05:09.123456 UTC),
        ] {
            let written = [at.to_string(), at.format(&Rfc3339).unwrap()];
            for text in written {
                let read = timestamp_of("expires", &json!(text));
                assert_eq!(read, Some((None, at)), "{text}");
                let link = timestamp_of("link", &json!(format!("until {text}")));
                assert_eq!(link, Some((Some("until "), at)), "{text}");
                assert_eq!(timestamp_of("displayName", &json!(text)), None);
            }
        }
        for other in [json!(null), json!("never"), json!(""), json!(1_798_534_800)] {
            assert_eq!(timestamp_of("expires", &other), None, "{other}");
        }
    }

    #[test]
    fn actor_and_source_are_in_words() {
        let entry = |id: Option<Uuid>, via: &str, token: Option<&str>| AuditEntry {
            id: 1,
            at: OffsetDateTime::UNIX_EPOCH,
            actor_id: id,
            actor: "ada".to_owned(),
            via: via.to_owned(),
            token: token.map(str::to_owned),
            action: "user.created".to_owned(),
            target_kind: "user".to_owned(),
            target_id: None,
            target: "bob".to_owned(),
            changes: Changes::new(),
            reason: None,
            ip: None,
            request_id: None,
            parent_id: None,
        };
        let user = Some(Uuid::nil());
        for (id, via, token, words) in [
            (user, "ui", None, "ada, via panel"),
            (user, "api", None, "ada, via API"),
            (
                user,
                "api",
                Some("backup (rc_1…)"),
                "ada, via API with token backup (rc_1…)",
            ),
            (user, "cli", None, "ada, via CLI"),
            (user, "self", None, "ada, self-service"),
            (user, "job", None, "ada, via a job"),
            (user, "fax", None, "ada, via fax"),
            (None, "ui", None, "ada, via panel"),
            (None, "cli", None, "CLI"),
            (None, "job", None, "System"),
        ] {
            assert_eq!(entry(id, via, token).actor_and_source(), words, "{via}");
        }
    }

    #[test]
    fn values_are_labelled() {
        for (value, words) in [
            (json!(null), "nothing"),
            (json!(""), "nothing"),
            (json!([]), "nothing"),
            (json!(true), "yes"),
            (json!(["admin", "user"]), "admin, user"),
            (
                json!({ "apiKeys": 2, "tokens": 0 }),
                "api keys: 2, tokens: 0",
            ),
        ] {
            assert_eq!(value_label(&value), words);
        }
    }
}
