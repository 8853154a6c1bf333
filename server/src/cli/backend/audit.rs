//! The audit log, on either backend.

use std::io::Write;

use domain::{
    audit::{AuditEntryResponse, list::AuditParams},
    list::{Limits, PageParams},
};
use service::{
    Error,
    access::operator,
    audit::{self, Format},
};

use super::{Backend, files};
use crate::{cli::error::CliError, failure::BoxError};

/// Path of the audit log in the API.
const AUDIT: &str = "/api/admin/audit";

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
                files::write_pieces(&mut export.pieces, &mut out).await?;
            }
            Self::Server(remote) => {
                let mut query = params.pairs();
                query.push(("format", format.as_str()));
                files::download(remote, &format!("{AUDIT}/export"), &query, &mut out)?;
            }
        }
        Ok(out.flush()?)
    }
}
