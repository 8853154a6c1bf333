//! Limit of the length of a body.

use std::convert::Infallible;

use api::error::ApiError;
use axum::{
    body::Body,
    extract::{Request, State},
    http::{Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::error::Unauthenticated;
use service::{Error, access::Caller};
use tower::{ServiceBuilder, ServiceExt};
use tower_http::{limit::RequestBodyLimitLayer, map_request_body::MapRequestBodyLayer};

use super::guard::to_sign_in;

/// Server function of the form with a list of names, which is longer than other forms.
const ADD_MEMBERS: &str = "/sfn/add-group-members";

/// Limits the body of a request. `most` is the number of bytes, which is larger for a form with a list of names.
pub(crate) async fn limit(State(most): State<usize>, request: Request, next: Next) -> Response {
    let most = if is_long(&request) {
        most.max(api::LARGE_BODY_MAX)
    } else {
        most
    };
    limit_to(most, request, next).await
}

/// Denies a form with a list of names without a signed-in user before more of it is read than of any other form, which has at most `most`
/// bytes.
pub(crate) async fn limit_anonymous(
    State(most): State<usize>,
    request: Request,
    next: Next,
) -> Response {
    let caller = request.extensions().get::<Option<Caller>>();
    if caller.is_some_and(Option::is_some) || !is_long(&request) {
        return next.run(request).await;
    }
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if length.is_none_or(|length| length <= most) {
        return limit_to(most, request, next).await;
    }
    if request.uri().path() == ADD_MEMBERS {
        let error = Error::Unauthenticated(Unauthenticated::SignInRequired);
        return ApiError::from(error).into_response();
    }
    to_sign_in(&request)
}

/// Limits the body of a request to a number of bytes.
async fn limit_to(most: usize, request: Request, next: Next) -> Response {
    let limited = ServiceBuilder::new()
        .layer(RequestBodyLimitLayer::new(most))
        .layer(MapRequestBodyLayer::new(Body::new))
        .service(next);
    let answer: Result<_, Infallible> = limited.oneshot(request).await;
    match answer {
        Ok(response) => response.map(Body::new),
        Err(never) => match never {},
    }
}

/// Returns whether a request is the form with a list of names.
fn is_long(request: &Request) -> bool {
    request.method() == Method::POST && has_names(request.uri().path())
}

/// Returns whether a path is that of the form with a list of names, or of its server function.
fn has_names(path: &str) -> bool {
    let of_page = || {
        let group = path.strip_prefix("/groups/")?.strip_suffix("/add")?;
        (!group.contains('/')).then_some(())
    };
    path == ADD_MEMBERS || of_page().is_some()
}

#[cfg(test)]
mod tests {
    use super::has_names;

    #[test]
    fn only_the_form_with_names_is_long() {
        for (path, expected) in [
            ("/sfn/add-group-members", true),
            ("/groups/1/add", true),
            ("/groups/1/2/add", false),
            ("/groups/1", false),
            ("/users/new", false),
        ] {
            assert_eq!(has_names(path), expected, "{path}");
        }
    }
}
