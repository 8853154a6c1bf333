//! The audit log.

#![expect(
    missing_docs,
    reason = "the macro turns the arguments into fields of a struct"
)]

#[cfg(feature = "ssr")]
use domain::list::Limits;
use domain::{
    audit::{AuditEntry, list::AuditParams},
    list::Listed,
};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use service::access::AuditRead;

#[cfg(feature = "ssr")]
use super::ssr;
use super::{error::ApiError, listed::ListResult, wire::Get};

/// Lists one page of the audit log.
#[server(endpoint = "audit", protocol = Get)]
pub async fn list_audit(
    #[server(default)] params: AuditParams,
) -> Result<ListResult<Listed<AuditEntry>>, ApiError> {
    let query = params.parse(Limits::PANEL);
    ssr::call_list::<AuditRead, _, _>(query, async |services, authorized, query| {
        service::audit::list(&services, &authorized, &query).await
    })
    .await
}
