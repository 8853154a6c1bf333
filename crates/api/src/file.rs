//! Files that are generated while they are sent.

use std::error::Error as _;

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt as _, stream};
use service::exports::Pieces;

/// Sends the chunks of a file as a download; unusual characters of its name are replaced. If the export fails, the transfer is
/// aborted, so that the file is not taken for complete.
pub(super) fn send(pieces: Pieces, kind: &'static str, name: &str) -> Response {
    let pieces = stream::unfold(pieces, async |mut pieces| {
        let piece = pieces.recv().await?;
        if let Err(error) = &piece {
            tracing::error!(%error, cause = ?error.source(), "an export failed");
        }
        Some((piece, pieces))
    });
    // Compression polls once more after the end.
    let pieces = pieces.fuse();
    let mut response = Body::from_stream(pieces).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let is_usual = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let name: String = name
        .chars()
        .map(|c| if is_usual(c) { c } else { '_' })
        .collect();
    if let Ok(disposition) = HeaderValue::try_from(format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}
