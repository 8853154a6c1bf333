//! The record.

#![expect(
    missing_docs,
    reason = "the macro makes the arguments fields of a struct"
)]

use domain::audit::list::{AuditPage, AuditParams};
use leptos::prelude::*;

use super::{error::ApiError, listed::Listed, wire::Get};

/// A page of the record.
#[server(endpoint = "audit", protocol = Get)]
pub async fn list_audit(
    #[server(default)] params: AuditParams,
) -> Result<Listed<AuditPage>, ApiError> {
    use super::ssr;
    let services = ssr::services()?;
    let granted = ssr::actor()?.require().map_err(ssr::fail)?;
    ssr::listed(&params, AuditParams::parse, async |query| {
        service::audit::list(&services, &granted, &query).await
    })
    .await
}
