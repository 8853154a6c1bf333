//! Files that are generated while they are sent.

use std::error::Error as _;

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::list::SearchParams;
use futures_util::{StreamExt as _, stream};
use serde::Deserialize;
use service::{audit::Format, exports::Pieces, users::Export};
use utoipa::IntoParams;

use crate::error::ApiError;

/// Format of an export.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExportParams {
    /// Format of the file: `csv` or `ndjson`.
    #[serde(default)]
    #[param(required = true, pattern = "^(csv|ndjson)$")]
    pub(crate) format: String,
}

/// Format of an export of a list by name, and the search of the list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct SearchExportParams {
    /// Format of the file: `csv` or `ndjson`.
    #[serde(default)]
    #[param(required = true, pattern = "^(csv|ndjson)$")]
    pub(crate) format: String,
    /// Part of the name, without regard to case and accents.
    q: Option<String>,
}

impl SearchExportParams {
    /// Returns the search of the list.
    pub(crate) fn search(self) -> SearchParams {
        SearchParams {
            q: self.q,
            ..SearchParams::default()
        }
    }
}

/// Response with a file as a download.
pub(crate) struct Download {
    /// Chunks of the file.
    pub(crate) pieces: Pieces,
    /// Media type of the file.
    pub(crate) kind: &'static str,
    /// Name of the file. Unusual characters in it are replaced.
    pub(crate) name: String,
}

impl Download {
    /// Creates the download of an export in rows. `name` is that of the file without its ending.
    pub(crate) fn of_rows(pieces: Pieces, format: Format, name: &str) -> Self {
        Self {
            pieces,
            kind: match format {
                Format::Csv => "text/csv; charset=utf-8",
                Format::Ndjson => "application/x-ndjson",
            },
            name: format!("{name}.{}", format.as_str()),
        }
    }
}

/// Parses the format of an export in rows.
pub(crate) fn format_of_rows(text: &str) -> Result<Format, ApiError> {
    let mut formats = Format::ALL.into_iter();
    let known = formats.find(|known| known.as_str() == text);
    known.ok_or_else(|| ApiError::of_parameter("format", "`format` must be csv or ndjson."))
}

/// Names the export of all data of a user after the user.
impl From<Export> for Download {
    fn from(export: Export) -> Self {
        Self {
            pieces: export.pieces,
            kind: "application/json",
            name: format!("{}.json", export.username),
        }
    }
}

impl IntoResponse for Download {
    /// Sends the chunks. If the export fails, the transfer is aborted, so that the file is not taken for complete.
    fn into_response(self) -> Response {
        let pieces = stream::unfold(self.pieces, async |mut pieces| {
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
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.kind));
        let is_usual = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        let name: String = self
            .name
            .chars()
            .map(|c| if is_usual(c) { c } else { '_' })
            .collect();
        if let Ok(disposition) = HeaderValue::try_from(format!("attachment; filename=\"{name}\"")) {
            headers.insert(header::CONTENT_DISPOSITION, disposition);
        }
        response
    }
}
