//! The audit log, on either backend.

use std::io::{Read as _, Write};

use domain::{
    audit::{AuditEntryResponse, list::AuditParams},
    list::{Limits, PageParams},
};
use service::{
    Error,
    access::operator,
    audit::{self, Format},
};

use super::Backend;
use crate::{cli::error::CliError, failure::BoxError};

/// Path of the audit log in the API.
const AUDIT: &str = "/api/admin/audit";
/// Bytes of an export that are in memory at once.
const PIECE: usize = 64 * 1024;

impl Backend {
    /// Returns a page of the audit log, newest entry first, and the cursor of the next page.
    pub(in crate::cli) async fn entries(
        &self,
        params: &AuditParams,
    ) -> Result<(Vec<AuditEntryResponse>, Option<String>), CliError> {
        match self {
            Self::Database(services) => {
                let query = params.parse(Limits::API).map_err(Error::from)?;
                let entries = audit::list(services, &operator(), &query).await?;
                let page = entries.page.map(AuditEntryResponse::from);
                Ok((page.rows, page.page_info.after))
            }
            Self::Server(remote) => remote.page(AUDIT, &params.pairs()),
        }
    }

    /// Writes matching entries as a file, chunk by chunk.
    pub(in crate::cli) async fn export(
        &self,
        params: &AuditParams,
        format: Format,
        mut out: impl Write,
    ) -> Result<(), BoxError> {
        match self {
            Self::Database(services) => {
                let mut export = audit::export(services, &operator(), params, format)
                    .await
                    .map_err(CliError::from)?;
                while let Some(piece) = export.pieces.recv().await {
                    out.write_all(piece.map_err(CliError::from)?.as_bytes())?;
                }
            }
            Self::Server(remote) => {
                let mut query = params.pairs();
                query.push(("format", format.as_str()));
                let mut file = remote.file(&format!("{AUDIT}/export"), &query)?;
                let mut piece = vec![0; PIECE];
                loop {
                    let read = file
                        .read(&mut piece)
                        .map_err(|error| remote.broken(&error))?;
                    let Some(read) = piece.get(..read).filter(|read| !read.is_empty()) else {
                        break;
                    };
                    out.write_all(read)?;
                }
            }
        }
        Ok(out.flush()?)
    }
}
