//! JSON bodies.

use axum::{
    Json,
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
        match Json::from_request(request, state).await {
            Ok(Json(Object(body))) => Ok(Self(body)),
            Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(Failure::too_large())
            }
            Err(rejection) => Err(Failure::invalid(sentence(&rejection))),
        }
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
