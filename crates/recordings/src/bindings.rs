//! Values of a server in the place of those of the recorded one.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Debug,
};

use serde_json::{Map, Value};

use crate::{
    Body, Request, Response,
    placeholder::{self, NUMBER, TIME, can_be_time, is_word},
};

/// Maximum number of characters of a value in a message.
const SHOWN: usize = 400;

/// Values of placeholders. A placeholder gets its value where it is first compared, and has it from then on.
#[derive(Debug)]
pub struct Bindings(BTreeMap<String, String>);

impl Bindings {
    /// Creates bindings with the values of placeholders that no response contains first.
    #[must_use]
    pub fn new(named: &[(&str, &str)]) -> Self {
        let named = named.iter();
        Self(
            named
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        )
    }

    /// Returns a request with values for its placeholders. One without a value stays as it is.
    #[must_use]
    pub fn fill(&self, request: &Request) -> Request {
        let mut request = request.clone();
        request.each_text(&mut |text| *text = self.filled(text));
        request
    }

    fn filled(&self, text: &str) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, name, after)) = placeholder::first(rest) {
            filled.push_str(before);
            match self.0.get(name) {
                Some(value) => filled.push_str(value),
                None => filled.push_str(&placeholder::of(name)),
            }
            rest = after;
        }
        filled + rest
    }

    /// Compares a response with the recorded one.
    ///
    /// # Errors
    /// The first difference.
    pub fn compare(&mut self, recorded: &Response, found: &Response) -> Result<(), String> {
        if recorded.status != found.status {
            let (expected, status) = (recorded.status, found.status);
            let body = format!("{:?}", found.body);
            return Err(format!(
                "status {status} instead of {expected}: {body:.SHOWN$}"
            ));
        }
        let names = |headers: &[(String, String)]| -> Vec<String> {
            headers.iter().map(|(name, _)| name.clone()).collect()
        };
        let [expected, actual] = [recorded, found].map(|response| names(&response.headers));
        if expected != actual {
            return Err(format!("headers {actual:?} instead of {expected:?}"));
        }
        for ((name, expected), (_, actual)) in recorded.headers.iter().zip(&found.headers) {
            self.text(name, expected, actual)?;
        }
        match (&recorded.body, &found.body) {
            (Body::Omitted, _) => Ok(()),
            (Body::Json(expected), Body::Json(actual)) => self.json("$", expected, actual),
            (Body::Text(expected), Body::Text(actual)) => self.text("body", expected, actual),
            (expected, actual) if expected == actual => Ok(()),
            (expected, actual) => Err(different("body", expected, actual)),
        }
    }

    fn json(&mut self, place: &str, expected: &Value, found: &Value) -> Result<(), String> {
        match (expected, found) {
            (Value::String(text), _) if text == TIME && can_be_time(found) => Ok(()),
            (Value::String(text), Value::Number(_)) if text == NUMBER => Ok(()),
            (Value::String(text), _) if text == TIME || text == NUMBER => {
                Err(different(place, expected, found))
            }
            (Value::String(expected), Value::String(found)) => self.text(place, expected, found),
            (Value::Array(expected), Value::Array(found)) => {
                if expected.len() != found.len() {
                    let (expected, found) = (expected.len(), found.len());
                    return Err(format!("{place}: {found} items instead of {expected}"));
                }
                let pairs = expected.iter().zip(found).enumerate();
                for (index, (expected, found)) in pairs {
                    self.json(&format!("{place}[{index}]"), expected, found)?;
                }
                Ok(())
            }
            (Value::Object(expected), Value::Object(found)) => self.members(place, expected, found),
            _ if expected == found => Ok(()),
            _ => Err(different(place, expected, found)),
        }
    }

    fn members(
        &mut self,
        place: &str,
        expected: &Map<String, Value>,
        found: &Map<String, Value>,
    ) -> Result<(), String> {
        let names: BTreeSet<&String> = expected.keys().chain(found.keys()).collect();
        for name in names {
            let place = format!("{place}.{name}");
            match (expected.get(name), found.get(name)) {
                (Some(expected), Some(found)) => self.json(&place, expected, found)?,
                (Some(_), None) => return Err(format!("{place}: missing")),
                (None, _) => return Err(format!("{place}: not in the recording")),
            }
        }
        Ok(())
    }

    fn text(&mut self, place: &str, expected: &str, found: &str) -> Result<(), String> {
        if self.matches(expected, found) {
            Ok(())
        } else {
            let expected = self.filled(expected);
            Err(different(place, &expected, &found))
        }
    }

    /// Returns whether a text is a recorded one with values for its placeholders, and learns those of new ones.
    fn matches(&mut self, expected: &str, found: &str) -> bool {
        let (mut expected, mut found) = (expected, found);
        while let Some((before, name, after)) = placeholder::first(expected) {
            let rest = found.strip_prefix(before);
            let Some(rest) = rest.and_then(|rest| self.take(name, rest)) else {
                return false;
            };
            (expected, found) = (after, rest);
        }
        expected == found
    }

    /// Removes the value of a placeholder from the beginning of a text.
    fn take<'t>(&mut self, name: &str, text: &'t str) -> Option<&'t str> {
        if let Some(value) = self.0.get(name) {
            return text.strip_prefix(value.as_str());
        }
        let end = text.find(|c: char| !is_word(c)).unwrap_or(text.len());
        let (value, rest) = text.split_at_checked(end)?;
        if value.is_empty() {
            return None;
        }
        self.0.insert(name.to_owned(), value.to_owned());
        Some(rest)
    }
}

fn different(place: &str, expected: &impl Debug, found: &impl Debug) -> String {
    let [expected, found] = [format!("{expected:?}"), format!("{found:?}")];
    format!("{place}: {found:.SHOWN$} instead of {expected:.SHOWN$}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Compares JSON, and returns the difference.
    fn compared(bindings: &mut Bindings, expected: &Value, found: &Value) -> Result<(), String> {
        let [expected, found] = [expected, found].map(|body| Response {
            status: 200,
            headers: Vec::new(),
            body: Body::Json(body.clone()),
        });
        bindings.compare(&expected, &found)
    }

    #[test]
    fn differences_are_named_by_their_place() {
        let mut bindings = Bindings::new(&[]);
        for (expected, found, difference) in [
            (json!({ "a": [1] }), json!({ "a": [2] }), "$.a[0]: "),
            (
                json!({ "a": [1] }),
                json!({ "a": [] }),
                "$.a: 0 items instead of 1",
            ),
            (json!({ "a": 1 }), json!({}), "$.a: missing"),
            (json!({}), json!({ "a": 1 }), "$.a: not in the recording"),
            (json!(TIME), json!("soon"), "$: "),
            (json!(NUMBER), json!("1"), "$: "),
            (json!("a {{id:1}}"), json!("a "), "$: "),
        ] {
            let reported = compared(&mut bindings, &expected, &found).unwrap_err();
            assert!(reported.starts_with(difference), "{reported}");
        }
        let texts = json!(["{{id:1}}", "{{id:1}}/{{id:2}}", TIME, NUMBER, "{{X}}"]);
        let found = json!(["a-1", "a-1/b", null, 7, "{{X}}"]);
        compared(&mut bindings, &texts, &found).unwrap();
        let found = json!(["a-1", "a-2/b", 1, 7, "{{X}}"]);
        let reported = compared(&mut bindings, &texts, &found).unwrap_err();
        assert!(reported.starts_with("$[1]: "), "{reported}");
    }
}
