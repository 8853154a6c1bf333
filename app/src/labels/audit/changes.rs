//! Labels of the changed fields of audit log entries, and their values as texts.

use std::borrow::Cow;

use domain::{audit::spaced, json::unreadable_bytes};
use serde_json::Value;

use crate::text;

/// Returns the name of a field in words. A field that a newer version has written has its own name as separate words.
pub(crate) fn field_label(name: &str) -> Cow<'static, str> {
    text::audit::field_of(name).map_or_else(|| spaced(name).into(), Cow::Borrowed)
}

/// Fields with JSON objects of users.
const OF_USERS: [&str; 3] = ["content", "details", "profile"];

/// Formats the value of a field. Some fields have fixed words as values, such as `temporary` for a password.
pub(crate) fn value_label(field: &str, value: &Value) -> String {
    let word = match (field, value.as_str().unwrap_or_default()) {
        ("password", "temporary") => text::audit::password_temporary(),
        ("password", "permanent, set by an administrator") => text::audit::password_permanent(),
        ("password", "set by the user") => text::audit::password_own(),
        ("password", "set with a link") => text::audit::password_link(),
        ("secret" | "content", "replaced") => text::audit::replaced(),
        ("expires", "never") => text::audit::never(),
        ("removal", "failed") => text::audit::failed(),
        ("removal", "queued") => text::audit::queued(),
        ("status", "pending") => text::audit::status_pending(),
        ("status", "active") => text::audit::status_active(),
        ("status", "suspended") => text::audit::status_suspended(),
        _ if OF_USERS.contains(&field) => return any_value_label(value),
        _ => return label_with(field_label, value),
    };
    word.to_owned()
}

/// Formats a value of a user for display. The names in it are the user's own, so they are not translated.
pub(crate) fn any_value_label(value: &Value) -> String {
    label_with(|name| Cow::Owned(spaced(name)), value)
}

fn label_with(label: fn(&str) -> Cow<'static, str>, value: &Value) -> String {
    let list = |items: Vec<String>| match items.as_slice() {
        [] => text::audit::nothing().to_owned(),
        items => items.join(", "),
    };
    match value {
        Value::Null => list(Vec::new()),
        Value::Bool(true) => text::audit::yes().to_owned(),
        Value::Bool(false) => text::audit::no().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(string) if string.is_empty() => list(Vec::new()),
        Value::String(string) => match unreadable_bytes(string) {
            Some(bytes) => text::audit::unreadable(bytes),
            None => string.clone(),
        },
        Value::Array(items) => list(items.iter().map(|item| label_with(label, item)).collect()),
        Value::Object(fields) => {
            let member = |(name, value): (&String, &Value)| {
                format!("{}: {}", label(name), label_with(label, value))
            };
            list(fields.iter().map(member).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::json::unreadable;
    use serde_json::json;

    use super::*;

    #[test]
    fn english_names_of_fields_are_their_words() {
        for name in [
            "username",
            "displayName",
            "email",
            "claimedEmail",
            "status",
            "role",
            "roles",
            "permissions",
            "password",
            "profile",
            "notificationPreferences",
            "timeZone",
            "clientList",
            "changedBy",
            "reason",
            "tellReason",
            "until",
            "deleted",
            "purgeAfter",
            "removal",
            "removed",
            "owned",
            "owner",
            "link",
            "links",
            "expires",
            "session",
            "sessions",
            "otherSessions",
            "sessions_replaced",
            "token",
            "tokens",
            "scopes",
            "apiKey",
            "apiKeys",
            "keys",
            "keyVersion",
            "secret",
            "provider",
            "last4",
            "active",
            "uses",
            "maxUses",
            "revoked",
            "users",
            "persona",
            "personas",
            "ontology",
            "ontologies",
            "annotation",
            "annotations",
            "conversation",
            "conversations",
            "branch",
            "name",
            "content",
            "details",
            "informationNeed",
            "isSystemGenerated",
            "hidden",
            "videoId",
            "label",
            "filter",
            "format",
            "upTo",
            "start",
            "bytes",
            "sha256",
            "unreadable",
            "planetName",
        ] {
            assert_eq!(field_label(name), spaced(name));
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
            (json!(unreadable(3)), unreadable(3).as_str()),
            (
                json!({ "apiKeys": 2, "tokens": 0 }),
                "api keys: 2, tokens: 0",
            ),
        ] {
            assert_eq!(any_value_label(&value), words);
        }
    }

    #[test]
    fn english_words_are_the_stored_ones() {
        for (field, word) in [
            ("password", "temporary"),
            ("password", "permanent, set by an administrator"),
            ("password", "set by the user"),
            ("password", "set with a link"),
            ("secret", "replaced"),
            ("content", "replaced"),
            ("expires", "never"),
            ("removal", "failed"),
            ("removal", "queued"),
            ("status", "pending"),
            ("status", "active"),
            ("status", "suspended"),
            ("displayName", "never"),
        ] {
            assert_eq!(value_label(field, &json!(word)), word);
        }
    }
}

#[cfg(all(test, feature = "ssr"))]
mod language_tests {
    use leptos::{prelude::provide_context, reactive::owner::Owner};
    use serde_json::json;

    use super::*;
    use crate::text::language::Language;

    #[test]
    fn only_words_of_the_server_are_translated() {
        Owner::new().with(|| {
            provide_context(Language::German);
            assert_eq!(field_label("displayName"), "Anzeigename");
            assert_eq!(field_label("planetName"), "planet name");
            let contact = json!({ "displayName": "Ada" });
            assert_eq!(value_label("profile", &contact), "display name: Ada");
            assert_eq!(value_label("owned", &contact), "Anzeigename: Ada");
            assert_eq!(value_label("status", &json!("suspended")), "gesperrt");
            assert_eq!(value_label("displayName", &json!("suspended")), "suspended");
            assert_eq!(any_value_label(&json!([])), "nichts");
            assert_eq!(
                any_value_label(&json!(domain::json::unreadable(3))),
                "Dieser gespeicherte Wert von 3 Bytes kann nicht angezeigt werden."
            );
        });
    }
}
