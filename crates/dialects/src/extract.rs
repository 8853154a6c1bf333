//! Parts of a request that handlers take.

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
    http::{StatusCode, request::Parts},
};
use domain::error::Unauthenticated;
use serde::de::DeserializeOwned;
use service::{Error, access::Identity};

use crate::DialectError;

/// Identity of a request. Requests without one are denied.
#[derive(Debug, Clone)]
pub struct Authenticated(pub Identity);

impl<S: Send + Sync> FromRequestParts<S> for Authenticated {
    type Rejection = DialectError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, DialectError> {
        let identity = parts.extensions.get::<Option<Identity>>();
        let identity = identity.cloned().flatten();
        identity
            .map(Self)
            .ok_or(DialectError::Service(Error::Unauthenticated(
                Unauthenticated::CredentialsRequired,
            )))
    }
}

/// JSON body, whatever its content type: the clients of some systems do not set it.
#[derive(Debug, Clone)]
pub struct JsonBody<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = DialectError;

    async fn from_request(request: Request, state: &S) -> Result<Self, DialectError> {
        let body = Bytes::from_request(request, state).await;
        let body = body.map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => DialectError::TooLarge,
            _ => DialectError::Malformed("the body could not be read".to_owned()),
        })?;
        let parsed = serde_json::from_slice(&body);
        parsed
            .map(Self)
            .map_err(|error| DialectError::Malformed(error.to_string()))
    }
}
