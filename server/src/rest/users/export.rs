//! All that a person owns, as a file.

use axum::{extract::State, response::Response};
use service::{Services, access::ReadUsers, users::Export};

use crate::rest::{Allowed, Failure, FromThisSite, UserPath, file::send};

/// Download all that a user owns
///
/// `sessions`, `apiKeys` and `tokens` are in it for callers with `sessions:read`, `api-keys:read` and `tokens:read`.
#[utoipa::path(
    get,
    path = "/api/admin/users/{id}/export",
    tag = "Users",
    responses((status = OK, body = Object)),
    security(("token" = ["users:read"]))
)]
pub(crate) async fn export(
    State(services): State<Services>,
    Allowed(granted): Allowed<ReadUsers>,
    _: FromThisSite,
    UserPath(id): UserPath,
) -> Result<Response, Failure> {
    let export = service::users::export(&services, &granted, id).await?;
    Ok(file(export))
}

/// An export as a file to keep, named for whose it is.
pub(crate) fn file(export: Export) -> Response {
    let name = format!("{}.json", export.username);
    send(export.pieces, "application/json", &name)
}
