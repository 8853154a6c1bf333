//! Extractors of the handlers: the caller, the parts of a path, and the query.

use axum::{
    extract::{FromRequestParts, Path, Query},
    http::request::Parts,
};
use serde::de::DeserializeOwned;
use service::{
    Error,
    access::{Authorized, Caller, RequiredPermission},
};
use uuid::Uuid;

use domain::error::Unauthenticated;

use crate::error::ApiError;

/// Extractor of a user with a session; 401 without one, 403 for an access token.
pub(crate) struct SessionCaller(pub(crate) Caller);

impl<S: Send + Sync> FromRequestParts<S> for SessionCaller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let SignedIn(caller) = SignedIn::from_request_parts(parts, state).await?;
        caller.session()?;
        Ok(Self(caller))
    }
}

/// Extractor that accepts everything but an access token, with which it is not possible to sign in.
pub(crate) struct NoToken;

impl<S: Send + Sync> FromRequestParts<S> for NoToken {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match SignedIn::from_request_parts(parts, state).await {
            Ok(SignedIn(caller)) => caller.session().map(|_| Self).map_err(ApiError::from),
            Err(_) => Ok(Self),
        }
    }
}

/// Extractor of a user with a session or an access token; 401 without either.
pub(crate) struct SignedIn(pub(crate) Caller);

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let caller = parts.extensions.get::<Option<Caller>>().cloned().flatten();
        let caller = caller.ok_or(Error::Unauthenticated(Unauthenticated::CredentialsRequired))?;
        Ok(Self(caller))
    }
}

/// Extractor of a user with the permission `R`; 401 and 403 otherwise.
pub(crate) struct Allowed<R>(pub(crate) Authorized<R>);

impl<R: RequiredPermission, S: Send + Sync> FromRequestParts<S> for Allowed<R> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let SignedIn(caller) = SignedIn::from_request_parts(parts, state).await?;
        Ok(Self(caller.require()?))
    }
}

/// Declares extractors of ids in paths; 400 if it is not a UUID. Each names the parameter that an error states.
macro_rules! id_paths {
    ($($(#[$description:meta])+ $name:ident = $parameter:literal;)+) => {$(
        $(#[$description])+
        pub(crate) struct $name(pub(crate) Uuid);

        impl<S: Send + Sync> FromRequestParts<S> for $name {
            type Rejection = ApiError;

            async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
                id_in(parts, state, $parameter).await.map(Self)
            }
        }
    )+};
}

id_paths! {
    /// Extractor of the id of a user in a path.
    UserPath = "userId";
    /// Extractor of the id of an object in a path.
    IdPath = "id";
    /// Extractor of the id of a session in a path.
    SessionPath = "sessionId";
    /// Extractor of the id of a key in a path.
    KeyPath = "keyId";
    /// Extractor of the id of an access token in a path.
    TokenPath = "tokenId";
}

/// Extractor of the number of a client in a path; 400 if it is not one.
pub(crate) struct ClientPath(pub(crate) i32);

impl<S: Send + Sync> FromRequestParts<S> for ClientPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let number = Path::<i32>::from_request_parts(parts, state).await;
        number.map(|Path(number)| Self(number)).map_err(|_| {
            ApiError::of_parameter(
                "client",
                "The URL must have the number of a client, such as 7.",
            )
        })
    }
}

/// Extractor of the key of a feature in a path; 400 if it is not a text.
pub(crate) struct FeaturePath(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for FeaturePath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let key = Path::<String>::from_request_parts(parts, state).await;
        key.map(|Path(key)| Self(key)).map_err(|_| {
            ApiError::of_parameter(
                "feature",
                "The URL must have the key of a feature, such as chat.call.",
            )
        })
    }
}

/// Parses the id in a path. `name` is FOVEA's name for it, which an error states.
pub(crate) async fn id_in(
    parts: &mut Parts,
    state: &(impl Send + Sync),
    name: &str,
) -> Result<Uuid, ApiError> {
    let id = Path::<String>::from_request_parts(parts, state).await.ok();
    let id = id.and_then(|Path(id)| Uuid::try_parse(&id).ok());
    id.ok_or_else(|| {
        ApiError::of_parameter(name, format!("params/{name} must match format \"uuid\""))
    })
}

/// Parses the id in a parameter of the query.
pub(crate) fn id_param(name: &str, value: Option<&str>) -> Result<Option<Uuid>, ApiError> {
    let id = |text: &str| {
        Uuid::try_parse(text).map_err(|_| {
            let example = "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b";
            ApiError::of_parameter(name, format!("`{name}` must be an ID such as {example}."))
        })
    };
    value.map(id).transpose()
}

/// Extractor of the query of a URL. The fields of `T` are texts, which handlers parse: the texts of the parser's errors are not for clients.
pub(crate) struct Params<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match Query::from_request_parts(parts, state).await {
            Ok(Query(params)) => Ok(Self(params)),
            Err(_) => Err(ApiError::invalid(
                "The parameters of the URL could not be read. Check their names and values.",
            )),
        }
    }
}
