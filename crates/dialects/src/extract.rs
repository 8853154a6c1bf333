//! Parts of a request that handlers take.

use std::convert::Infallible;

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, OriginalUri, Request},
    http::{Extensions, StatusCode, Uri, request::Parts},
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

/// Path of a dialect at its address, with which its redirects begin: `/compat/<name>`, or nothing at an address of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount(pub String);

impl Mount {
    /// Returns the part of the path of a request that is not the dialect's.
    pub(crate) fn of(extensions: &Extensions, below: &Uri) -> Self {
        let whole = extensions.get::<OriginalUri>();
        let whole = whole.map_or(below.path(), |OriginalUri(whole)| whole.path());
        let mount = whole.strip_suffix(below.path());
        // The root of the dialect has the path `/`, also where the request has none after the mount.
        Self(mount.unwrap_or(whole).to_owned())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Mount {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.extensions, &parts.uri))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mount_is_what_stands_before_the_path() {
        for (whole, below, mount) in [
            ("/compat/x/users", "/users", "/compat/x"),
            ("/compat/x/", "/", "/compat/x"),
            ("/compat/x", "/", "/compat/x"),
            ("/users?a=/users", "/users?a=/users", ""),
            ("/", "/", ""),
        ] {
            let mut extensions = Extensions::new();
            extensions.insert(OriginalUri(whole.parse().unwrap()));
            let found = Mount::of(&extensions, &below.parse().unwrap());
            assert_eq!(found, Mount(mount.to_owned()), "{whole}");
        }
    }
}
