//! Limit of the length of a body.

use std::convert::Infallible;

use api::error::ApiError;
use app::api::{
    groups::{features::SaveGroupFeatures, members::AddGroupMembers},
    user_actions::{CreateUser, EditUser},
    virtual_keys::{CreateOwnVirtualKey, CreateVirtualKey, edit::EditVirtualKey},
};
use axum::{
    body::Body,
    extract::{Request, State},
    http::{Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::error::Unauthenticated;
use leptos::server_fn::ServerFn;
use service::{Error, access::Caller};
use tower::{ServiceBuilder, ServiceExt};
use tower_http::{limit::RequestBodyLimitLayer, map_request_body::MapRequestBodyLayer};

use super::guard::to_sign_in;
use crate::route::is_at;

/// Forms with a profile, or with a long list: valid input can be longer than any other body once a browser has encoded it. Each is the
/// path of its page, with names of parameters in braces, and that of its server function.
const LONG_FORMS: &[(&str, &str)] = &[
    ("/account/tokens/new-key", CreateOwnVirtualKey::PATH),
    ("/groups/{group}/add", AddGroupMembers::PATH),
    ("/groups/{group}/features", SaveGroupFeatures::PATH),
    ("/users/new", CreateUser::PATH),
    ("/users/{user}/edit", EditUser::PATH),
    ("/users/{user}/keys/tokens/new", CreateVirtualKey::PATH),
    ("/users/{user}/keys/tokens/{id}/edit", EditVirtualKey::PATH),
];

/// Limits the body of a request. `most` is the number of bytes, which is larger for a long form.
pub(crate) async fn limit(State(most): State<usize>, request: Request, next: Next) -> Response {
    let most = if is_long(&request) {
        most.max(api::LARGE_BODY_MAX)
    } else {
        most
    };
    limit_to(most, request, next).await
}

/// Denies a long form without a signed-in user before more of it is read than of any other form, which has at most `most` bytes.
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
    if request.uri().path().starts_with("/sfn/") {
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

/// Returns whether a request is a long form.
fn is_long(request: &Request) -> bool {
    request.method() == Method::POST && is_of_long_form(request.uri().path())
}

/// Returns whether a path is that of a long form, or of its server function.
fn is_of_long_form(path: &str) -> bool {
    let mut forms = LONG_FORMS.iter();
    forms.any(|(page, function)| path == *function || is_at(path, page))
}

#[cfg(test)]
mod tests {
    use super::{LONG_FORMS, is_of_long_form};
    use crate::forms::routes::form_paths;

    #[test]
    fn only_forms_with_profiles_or_lists_are_long() {
        for (path, expected) in [
            ("/sfn/add-group-members", true),
            ("/groups/1/add", true),
            ("/groups/1/2/add", false),
            ("/groups/1", false),
            ("/sfn/edit-user", true),
            ("/users/ada/edit", true),
            ("/users/ada", false),
            ("/login", false),
            ("/sfn/sign-in", false),
        ] {
            assert_eq!(is_of_long_form(path), expected, "{path}");
        }
    }

    #[test]
    fn long_forms_have_pages() {
        for (page, _) in LONG_FORMS {
            assert!(form_paths().any(|path| path == *page), "{page}");
        }
    }
}
