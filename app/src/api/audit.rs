//! The record.

#![expect(
    missing_docs,
    reason = "the macro makes the arguments fields of a struct"
)]

use domain::{
    audit::list::{AuditPage, AuditParams},
    problem::Problem,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{error::ApiError, wire::Get};

/// A page of the record as the screen shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditList {
    /// The page.
    pub page: AuditPage,
    /// What could not be understood. The page is then the first one of all entries.
    pub fault: Option<Problem>,
}

/// A page of the record.
#[server(endpoint = "audit", protocol = Get)]
pub async fn list_audit(#[server(default)] params: AuditParams) -> Result<AuditList, ApiError> {
    use super::ssr;
    let services = ssr::services()?;
    let granted = ssr::actor()?.require().map_err(ssr::fail)?;
    let (query, fault) = ssr::understood(&params, AuditParams::parse)?;
    let page = service::audit::list(&services, &granted, &query)
        .await
        .map_err(ssr::fail)?;
    Ok(AuditList { page, fault })
}
