//! A user as the API shows it, with the version for conditional changes.

use axum::{
    http::{HeaderValue, header},
    response::Response,
};
use domain::users::detail::{IssuedLink, UserDetail};
use service::access::{Authorized, UsersRead};

use super::dto::UserResponse;
use crate::response::{shown_once, written};

/// Returns a user as JSON, with the `ETag` for conditional changes, to a caller who has the permission to read the user.
pub(crate) fn show(user: UserDetail) -> Response {
    respond(true, user, None)
}

/// Returns the response to a change: the user, or only the id and the version for an actor without `users:read`. A link in it
/// is not shown again.
pub(crate) fn show_to<R>(
    actor: &Authorized<R>,
    user: UserDetail,
    link: Option<IssuedLink>,
) -> Response {
    respond(actor.includes::<UsersRead>(), user, link)
}

fn respond(can_read: bool, user: UserDetail, link: Option<IssuedLink>) -> Response {
    let version = user.summary.version;
    let has_secret = link.is_some();
    let response = written(can_read, UserResponse::new(user, link));
    let response = if has_secret {
        shown_once(response)
    } else {
        response
    };
    tagged(response, version)
}

/// Adds the `ETag` for conditional changes.
fn tagged(mut response: Response, version: i32) -> Response {
    if let Ok(tag) = HeaderValue::try_from(format!("\"{version}\"")) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}
