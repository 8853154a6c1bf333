//! Operations of a path, and the access token that one requires.

use axum::http::Method;
use domain::access_tokens::Scope;
use utoipa::openapi::{PathItem, path::Operation, security::SecurityRequirement};

/// Name of the security scheme with an access token.
pub(crate) const TOKEN: &str = "token";

/// Returns the operations of a path, by method.
pub(crate) fn by_method(item: &mut PathItem) -> impl Iterator<Item = (Method, &mut Operation)> {
    [
        (Method::GET, &mut item.get),
        (Method::POST, &mut item.post),
        (Method::PUT, &mut item.put),
        (Method::PATCH, &mut item.patch),
        (Method::DELETE, &mut item.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

/// Returns the requirement of an access token with this scope.
pub(crate) fn token(scope: Scope) -> SecurityRequirement {
    SecurityRequirement::new(TOKEN, [scope.as_str()])
}
