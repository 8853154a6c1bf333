//! JSON bodies.

use std::{error::Error as _, iter::successors};

use axum::{
    Json,
    body::Bytes,
    extract::{
        FromRequest, Request,
        rejection::{JsonDataError, JsonRejection},
    },
    http::StatusCode,
};
use domain::object::Object;
use serde::de::DeserializeOwned;
use serde_path_to_error::Error as PathError;

use crate::response::Failure;

/// Extractor of a JSON body. One in another format is rejected with a sentence that names the place.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let read = Json::from_request(request, state).await;
        let Json(Object(body)) = read.map_err(|rejection| refuse(&rejection))?;
        Ok(Self(body))
    }
}

/// Extractor of a JSON body that may be absent.
pub(crate) struct OptionalBody<T>(pub(crate) Option<T>);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for OptionalBody<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let (head, body) = request.into_parts();
        let whole = Request::from_parts(head.clone(), body);
        let bytes = Bytes::from_request(whole, state).await;
        let bytes = bytes.map_err(|rejection| refuse(&rejection.into()))?;
        if bytes.is_empty() {
            return Ok(Self(None));
        }
        let read = Json::from_request(Request::from_parts(head, bytes.into()), state).await;
        let Json(Object(body)) = read.map_err(|rejection| refuse(&rejection))?;
        Ok(Self(Some(body)))
    }
}

fn refuse(rejection: &JsonRejection) -> Failure {
    match rejection {
        _ if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => Failure::too_large(),
        JsonRejection::JsonDataError(error) => fault(error),
        _ => Failure::invalid(sentence(rejection)),
    }
}

/// Returns the error of a value in the body, with the path of its field. The position in the text is left out, because it means
/// nothing to a reader.
fn fault(error: &JsonDataError) -> Failure {
    let mut causes = successors(error.source(), |&cause| cause.source());
    let fault = causes.find_map(|cause| cause.downcast_ref::<PathError<serde_json::Error>>());
    let Some(fault) = fault else {
        return Failure::invalid("The request body has the wrong format.");
    };
    let (path, inner) = (fault.path().to_string(), fault.inner());
    let place = format!(" at line {} column {}", inner.line(), inner.column());
    let told = inner.to_string();
    let told = told.strip_suffix(&place).unwrap_or(&told);
    let missing = told.strip_prefix("missing field `");
    match missing.and_then(|rest| rest.strip_suffix('`')) {
        Some(name) if path == "." => Failure::of_field(name, format!("{name} is missing.")),
        Some(name) => Failure::of_field(&path, format!("{path}: {name} is missing.")),
        None if path == "." => Failure::invalid(format!("Invalid request body: {told}.")),
        None => Failure::of_field(&path, format!("{path}: {told}.")),
    }
}

fn sentence(rejection: &JsonRejection) -> String {
    match rejection {
        JsonRejection::JsonSyntaxError(_) => "The request body is not valid JSON.".to_owned(),
        JsonRejection::MissingJsonContentType(_) => {
            "Send the body with Content-Type: application/json.".to_owned()
        }
        _ => "Could not read the request body. Try again.".to_owned(),
    }
}
