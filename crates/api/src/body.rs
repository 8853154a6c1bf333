//! JSON bodies.

use std::{error::Error, iter::successors};

use axum::{
    Json,
    body::Bytes,
    extract::{FromRequest, Request, rejection::JsonRejection},
    http::StatusCode,
};
use domain::{fields::field_path, object::Object};
use serde::de::DeserializeOwned;
use serde_path_to_error::{Error as PathError, Path, Segment};

use crate::error::ApiError;

/// Extractor of a JSON body. One in another format is rejected with a sentence that names the place.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let read = Json::from_request(request, state).await;
        let Json(Object(body)) = read.map_err(|rejection| into_error(&rejection))?;
        Ok(Self(body))
    }
}

/// Extractor of a JSON body that may be absent.
pub(crate) struct OptionalBody<T>(pub(crate) Option<T>);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for OptionalBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let (head, body) = request.into_parts();
        let whole = Request::from_parts(head.clone(), body);
        let bytes = Bytes::from_request(whole, state).await;
        let bytes = bytes.map_err(|rejection| into_error(&rejection.into()))?;
        if bytes.is_empty() {
            return Ok(Self(None));
        }
        let read = Json::from_request(Request::from_parts(head, bytes.into()), state).await;
        let Json(Object(body)) = read.map_err(|rejection| into_error(&rejection))?;
        Ok(Self(Some(body)))
    }
}

fn into_error(rejection: &JsonRejection) -> ApiError {
    match rejection {
        _ if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => ApiError::too_large(),
        JsonRejection::JsonDataError(error) => data_error(error),
        JsonRejection::JsonSyntaxError(error) => syntax_error(error),
        _ => ApiError::invalid(sentence(rejection)),
    }
}

/// Returns the error of serde below a rejection, with the path of its field.
fn path_error(rejection: &dyn Error) -> Option<&PathError<serde_json::Error>> {
    successors(rejection.source(), |&cause| cause.source())
        .find_map(|cause| cause.downcast_ref::<PathError<serde_json::Error>>())
}

/// Returns the name of the field at a path, as services name the fields of items in lists. It is empty for the whole body.
fn name_of(path: &Path) -> String {
    field_path(path.iter().map(|part| match part {
        Segment::Seq { index } => index.to_string(),
        Segment::Map { .. } | Segment::Enum { .. } | Segment::Unknown => part.to_string(),
    }))
}

/// Returns the message of serde without the position in the text, which means nothing to a reader.
fn without_position(error: &serde_json::Error) -> String {
    let suffix = format!(" at line {} column {}", error.line(), error.column());
    let message = error.to_string();
    message.strip_suffix(&suffix).unwrap_or(&message).to_owned()
}

/// Returns the error of a text that is not JSON, and that of a number that is: serde takes one that no type can hold, such as 1e400,
/// for a mistake in the syntax.
fn syntax_error(error: &dyn Error) -> ApiError {
    match path_error(error) {
        Some(found) if without_position(found.inner()) == OUT_OF_RANGE => {
            let path = name_of(found.path());
            if path.is_empty() {
                ApiError::invalid("Invalid request body: the number is out of range.")
            } else {
                let message = format!("{path}: the number is out of range.");
                ApiError::of_field(&path, "out_of_range", message)
            }
        }
        Some(_) | None => ApiError::invalid("The request body is not valid JSON."),
    }
}

/// Returns the error of a value in the body, with the path of its field.
fn data_error(error: &dyn Error) -> ApiError {
    let Some(found) = path_error(error) else {
        return ApiError::invalid("The request body has the wrong format.");
    };
    let path = name_of(found.path());
    let message = in_own_words(&without_position(found.inner()));
    let missing = message.strip_prefix("missing field `");
    match missing.and_then(|rest| rest.strip_suffix('`')) {
        Some(name) if path.is_empty() => {
            ApiError::of_field(name, MISSING, format!("{name} is missing."))
        }
        Some(name) => ApiError::of_field(&path, MISSING, format!("{path}: {name} is missing.")),
        None if path.is_empty() => ApiError::invalid(format!("Invalid request body: {message}.")),
        None => ApiError::of_field(&path, code(&message), format!("{path}: {message}.")),
    }
}

/// Message of serde about a number that no type can hold.
const OUT_OF_RANGE: &str = "number out of range";

/// Code of the error of an absent field.
const MISSING: &str = "missing";

/// Returns the code of a field error with a message of serde.
fn code(message: &str) -> &'static str {
    if message.starts_with("unknown field") {
        "unknown_field"
    } else {
        "format"
    }
}

/// Beginnings of serde's messages about types and fields.
const OF_SERDE: [&str; 6] = [
    "invalid type",
    "invalid value",
    "invalid length",
    "unknown ",
    "duplicate field",
    "missing field",
];
/// Description of a time.
const A_TIME: &str = "a time such as 2026-11-21T12:00:00Z";
/// Description of an id.
const AN_ID: &str = "an ID such as 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b";

/// Rewrites the message of a parser: without the names of Rust's types, and without the texts of the parsers of times and ids.
fn in_own_words(message: &str) -> String {
    if !OF_SERDE.iter().any(|start| message.starts_with(start)) {
        return if message.contains("UUID") {
            format!("expected {AN_ID}")
        } else if ["component", "literal", "range", "trailing"]
            .iter()
            .any(|part| message.contains(part))
        {
            format!("expected {A_TIME}")
        } else {
            "the format is wrong".to_owned()
        };
    }
    match message.rsplit_once(", expected ") {
        Some((start, kind)) => format!("{start}, expected {}", own_name(kind)),
        None => message.to_owned(),
    }
}

/// Returns the description of a kind of value, in place of a type of Rust.
fn own_name(kind: &str) -> &str {
    match kind {
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65535",
        "u32" => "a whole number from 0 to 4294967295",
        "u64" => "a whole number from 0",
        "i16" | "i32" | "i64" => "a whole number",
        _ if kind.contains("UUID") => AN_ID,
        _ if kind.contains("RFC3339") => A_TIME,
        _ => kind,
    }
}

fn sentence(rejection: &JsonRejection) -> String {
    match rejection {
        JsonRejection::MissingJsonContentType(_) => {
            "Send the body with Content-Type: application/json.".to_owned()
        }
        _ => "Could not read the request body. Try again.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_contain_no_types_of_rust() {
        for (message, own) in [
            (
                "invalid type: string \"abc\", expected u16",
                "invalid type: string \"abc\", expected a whole number from 0 to 65535",
            ),
            (
                "invalid type: integer `7`, expected a string",
                "invalid type: integer `7`, expected a string",
            ),
            (
                "invalid type: integer `7`, expected an RFC3339-formatted `Option<OffsetDateTime>`",
                "invalid type: integer `7`, expected a time such as 2026-11-21T12:00:00Z",
            ),
            (
                "the 'year' component could not be parsed",
                "expected a time such as 2026-11-21T12:00:00Z",
            ),
            (
                "UUID parsing failed: invalid length: expected length 32 for simple format, found 3",
                "expected an ID such as 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
            ),
            (
                "unknown field `x`, expected one of `a`, `b`",
                "unknown field `x`, expected one of `a`, `b`",
            ),
            ("missing field `a`", "missing field `a`"),
            ("data did not match any variant", "the format is wrong"),
        ] {
            assert_eq!(in_own_words(message), own, "{message}");
        }
    }
}
