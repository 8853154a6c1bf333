//! JSON bodies.

use axum::{
    Json,
    body::Bytes,
    extract::{FromRequest, Request, rejection::JsonRejection},
    http::StatusCode,
};
use domain::object::Object;
use serde::de::DeserializeOwned;

use super::Failure;

/// A JSON body. One of another form is refused with a sentence that says where.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let read = Json::from_request(request, state).await;
        let Json(Object(body)) = read.map_err(|rejection| refuse(&rejection))?;
        Ok(Self(body))
    }
}

/// A JSON body that may be left out.
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
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Failure::too_large()
    } else {
        Failure::invalid(sentence(rejection))
    }
}

fn sentence(rejection: &JsonRejection) -> String {
    match rejection {
        JsonRejection::JsonDataError(error) => error.body_text(),
        JsonRejection::JsonSyntaxError(_) => "The body is not JSON.".to_owned(),
        JsonRejection::MissingJsonContentType(_) => {
            "Send the body with Content-Type: application/json.".to_owned()
        }
        _ => "The body could not be read.".to_owned(),
    }
}
