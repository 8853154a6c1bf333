//! All that a person owns, as a file.

use std::error::Error as _;

use axum::{
    body::Body,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt as _, stream};
use service::{Services, access::ReadUsers, users::Export};

use crate::rest::{Allowed, Failure, UserPath};

/// `GET /api/admin/users/:id/export`: made while it is sent. If it breaks off, so does the transfer, and the file is not
/// taken for whole.
pub(crate) async fn export(
    State(services): State<Services>,
    Allowed(granted): Allowed<ReadUsers>,
    UserPath(id): UserPath,
) -> Result<Response, Failure> {
    let export = service::users::export(&services, &granted, id).await?;
    Ok(file(export))
}

/// An export as a file to keep, named for whose it is.
pub(crate) fn file(export: Export) -> Response {
    let pieces = stream::unfold(export.pieces, async |mut pieces| {
        let piece = pieces.recv().await?;
        if let Err(error) = &piece {
            tracing::error!(%error, cause = ?error.source(), "an export broke off");
        }
        Some((piece, pieces))
    });
    // Compression asks once more after the end.
    let pieces = pieces.fuse();
    let mut response = Body::from_stream(pieces).into_response();
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static("application/json");
    headers.insert(header::CONTENT_TYPE, kind);
    let name: String = export
        .username
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || "._-".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect();
    if let Ok(place) = HeaderValue::try_from(format!("attachment; filename=\"{name}.json\"")) {
        headers.insert(header::CONTENT_DISPOSITION, place);
    }
    response
}
