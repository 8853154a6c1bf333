//! Export of all data of a user as a file.

use axum::{extract::State, response::Response};
use service::{Services, access::UsersRead, users::Export};

use crate::{
    error::ApiError,
    extract::{Allowed, UserPath},
    file::send,
    site::FromThisSite,
};

/// Download all data of a user
///
/// It has `sessions`, `apiKeys` and `tokens` for callers with `sessions:read`, `api-keys:read` and `tokens:read`.
#[utoipa::path(
    get,
    path = "/api/admin/users/{id}/export",
    operation_id = "exportUser",
    tag = "Users",
    responses((status = OK, body = Object)),
    security(("token" = ["users:read"]))
)]
pub(crate) async fn export(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsersRead>,
    _: FromThisSite,
    UserPath(id): UserPath,
) -> Result<Response, ApiError> {
    let export = service::users::export(&services, &authorized, id).await?;
    Ok(file(export))
}

/// Sends an export as a download, named after its user.
pub(crate) fn file(export: Export) -> Response {
    let name = format!("{}.json", export.username);
    send(export.pieces, "application/json", &name)
}
