//! The audit log.

#![expect(
    missing_docs,
    reason = "the macro turns the arguments into fields of a struct"
)]

use domain::{
    audit::{AuditEntry, list::AuditParams},
    list::Listed,
};
use leptos::prelude::*;

use super::{error::ApiError, listed::ListResult, wire::Get};

/// Lists one page of the audit log.
#[server(endpoint = "audit", protocol = Get)]
pub async fn list_audit(
    #[server(default)] params: AuditParams,
) -> Result<ListResult<Listed<AuditEntry>>, ApiError> {
    use super::ssr;
    let services = ssr::services()?;
    let authorized = ssr::caller()?.require().map_err(ssr::fail)?;
    ssr::listed(&params, AuditParams::parse, async |query| {
        service::audit::list(&services, &authorized, &query).await
    })
    .await
}
