//! The body of a command, a JSON object.

use axum::http::{HeaderMap, header};
use serde_json::{Map, Value};

use super::{errors::bad_request, identity::Ident, list::ALL};
use crate::DialectError;

/// Text for a body of another content type, and for null.
pub(super) const NO_JSON: &str = "Request must be JSON";
/// Text for a body that cannot be parsed.
const NOT_UNDERSTOOD: &str =
    "The browser (or proxy) sent a request that this server could not understand.";

/// Fields of a command.
pub(super) struct Command(Map<String, Value>);

impl Command {
    /// Parses a body. Its content type must be JSON, as in Maeser.
    pub(super) fn parse(headers: &HeaderMap, body: &[u8]) -> Result<Self, DialectError> {
        if !is_json(headers) {
            return Err(bad_request(NO_JSON));
        }
        match serde_json::from_slice(body) {
            Ok(Value::Object(fields)) => Ok(Self(fields)),
            Ok(Value::Null) => Err(bad_request(NO_JSON)),
            // Other values have no fields, and therefore no type.
            Ok(_) => Ok(Self(Map::new())),
            Err(_) => Err(bad_request(NOT_UNDERSTOOD)),
        }
    }

    /// Returns a text, if the value is one.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// Returns a value as an error names it: a text, or another value as JSON.
    pub(super) fn named(&self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }

    /// Returns a part of an identity that is required. An empty one is missing.
    pub(super) fn required_part(&self, name: &str) -> Result<String, DialectError> {
        let text = self.text(name).filter(|text| !text.is_empty());
        text.map(str::to_owned)
            .ok_or_else(|| bad_request(format!("Missing {name}")))
    }

    /// Returns a value that is a text or left out.
    pub(super) fn filter(&self, name: &str) -> Result<&str, DialectError> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(ALL),
            Some(Value::String(text)) => Ok(text),
            Some(other) => Err(bad_request(format!(
                "Invalid {} value: {other}",
                name.replace('-', "_")
            ))),
        }
    }

    /// Returns the new status.
    pub(super) fn status(&self) -> Result<bool, DialectError> {
        match self.0.get("new_status") {
            Some(Value::Bool(status)) => Ok(*status),
            Some(Value::Null) | None => Err(bad_request("Missing new_status")),
            Some(_) => Err(bad_request("new_status must be true or false")),
        }
    }

    /// Returns whether a user is removed whose authenticator is not registered.
    pub(super) fn is_forced(&self) -> bool {
        self.0.get("force_remove") == Some(&Value::Bool(true))
    }

    /// Returns the identity that the command is about. What is missing is empty, as in Maeser.
    pub(super) fn ident(&self) -> Ident {
        let text = |name| self.text(name).unwrap_or_default().to_owned();
        Ident {
            auth: text("user_auth"),
            id: text("user_id"),
        }
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default();
    let kind = kind.trim().to_ascii_lowercase();
    kind == "application/json" || kind.starts_with("application/") && kind.ends_with("+json")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(kind: &str, body: &str) -> Result<Command, String> {
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, kind.parse().unwrap())]);
        let parsed = Command::parse(&headers, body.as_bytes());
        parsed.map_err(|error| error.message().to_string())
    }

    #[test]
    fn body_must_be_json() {
        for kind in [
            "application/json",
            "application/json; charset=utf-8",
            "Application/LD+JSON",
        ] {
            let command = parse(kind, r#"{"type":"list-users"}"#).unwrap();
            assert_eq!(command.text("type"), Some("list-users"));
        }
        for (kind, body, says) in [
            ("text/plain", "{}", NO_JSON),
            ("application/x-www-form-urlencoded", "{}", NO_JSON),
            ("application/json", "null", NO_JSON),
            ("application/json", "", NOT_UNDERSTOOD),
            ("application/json", "{", NOT_UNDERSTOOD),
        ] {
            let error = parse(kind, body).err();
            assert_eq!(error.as_deref(), Some(says), "{kind} {body}");
        }
        assert!(parse("application/json", "[1]").unwrap().0.is_empty());
    }

    #[test]
    fn fields_of_other_types_are_rejected_or_missing() {
        let command = r#"{"user_auth":1,"new_status":"yes","admin-filter":1,"banned-filter":null,"user_id":"","action":[]}"#;
        let command = parse("application/json", command).unwrap();
        assert_eq!(command.ident().auth, "");
        let text = |error: DialectError| error.message().to_string();
        for (error, says) in [
            (
                command.status().map_err(text).err(),
                "new_status must be true or false",
            ),
            (
                command.filter("admin-filter").map_err(text).err(),
                "Invalid admin_filter value: 1",
            ),
        ] {
            assert_eq!(error.as_deref(), Some(says));
        }
        for filter in ["auth-filter", "banned-filter"] {
            assert_eq!(command.filter(filter).ok(), Some(ALL));
        }
        assert_eq!(command.named("action").as_deref(), Some("[]"));
        assert_eq!(command.named("banned-filter"), None);
        let missing = command.required_part("user_id").map_err(text).err();
        assert_eq!(missing.as_deref(), Some("Missing user_id"));
    }
}
