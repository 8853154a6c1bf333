//! Profile of a user as rows of a form, each with a name and a value.

use domain::{message::Message, messages};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A profile field in the form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProfileRow {
    /// Name of the profile field.
    pub name: String,
    /// Value as text, or as JSON if `json` is set.
    pub value: String,
    /// `true` if the value is JSON, as programs write it: a number, a list or a text of several lines.
    pub json: bool,
}

impl ProfileRow {
    /// Returns the row of a profile field.
    #[must_use]
    pub fn of(name: &str, value: &Value) -> Self {
        let (value, json) = match value {
            Value::String(text) if !text.is_empty() && !text.contains(['\n', '\r']) => {
                (text.clone(), false)
            }
            other => (other.to_string(), true),
        };
        Self {
            name: name.to_owned(),
            value,
            json,
        }
    }
}

/// Parses the rows into a profile. Rows without a value are omitted.
///
/// # Errors
/// Returns a message for the user if a value has no name or a name occurs twice.
pub(super) fn read(rows: Vec<ProfileRow>) -> Result<Map<String, Value>, Message> {
    let mut profile = Map::new();
    for ProfileRow { name, value, json } in rows {
        let name = name.trim();
        if value.trim().is_empty() {
            continue;
        }
        if name.is_empty() {
            return Err(messages::profile_field_unnamed(format!("{value:?}")));
        }
        let written = json.then(|| serde_json::from_str(&value).ok()).flatten();
        let value = written.unwrap_or(Value::String(value));
        if profile.insert(name.to_owned(), value).is_some() {
            return Err(messages::profile_field_twice(format!("{name:?}")));
        }
    }
    Ok(profile)
}

/// Returns the text of a profile, to compare it.
#[must_use]
pub fn text(profile: &Map<String, Value>) -> String {
    Value::Object(profile.clone()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, value: &str, json: bool) -> ProfileRow {
        ProfileRow {
            name: name.into(),
            value: value.into(),
            json,
        }
    }

    #[test]
    fn rows_round_trip() {
        let text =
            r#"{"lab":"North","floor":3,"tags":["a","b"],"digits":"42","none":"","lines":"a\nb"}"#;
        let profile: Map<String, Value> = serde_json::from_str(text).unwrap_or_default();
        let rows = profile
            .iter()
            .map(|(name, value)| ProfileRow::of(name, value));
        assert_eq!(read(rows.collect()), Ok(profile));
    }

    #[test]
    fn empty_rows_are_dropped_and_names_required() {
        let rows = vec![row("lab", " ", false), row("", "", false)];
        assert_eq!(read(rows), Ok(Map::new()));
        assert!(read(vec![row(" ", "x", false)]).is_err());
        assert!(read(vec![row("lab", "x", false), row(" lab ", "y", false)]).is_err());
        let broken = read(vec![row("floor", "3rd", true)]).unwrap_or_default();
        assert_eq!(broken.get("floor"), Some(&Value::from("3rd")));
    }
}
