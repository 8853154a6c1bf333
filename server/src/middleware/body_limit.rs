//! Limit of the length of a body.

use std::convert::Infallible;

use axum::{
    body::Body,
    extract::{Request, State},
    http::Method,
    middleware::Next,
    response::Response,
};
use tower::{ServiceBuilder, ServiceExt};
use tower_http::{limit::RequestBodyLimitLayer, map_request_body::MapRequestBodyLayer};

/// Server function of the form with a list of names, which is longer than other forms.
const ADD_MEMBERS: &str = "/sfn/add-group-members";

/// Limits the body of a request. `most` is the number of bytes, which is larger for a form with a list of names.
pub(crate) async fn limit(State(most): State<usize>, request: Request, next: Next) -> Response {
    let is_long = request.method() == Method::POST && has_names(request.uri().path());
    let most = if is_long {
        most.max(api::LARGE_BODY_MAX)
    } else {
        most
    };
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
