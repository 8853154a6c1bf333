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
use crate::text::typed;

/// Returns the parameters with days as programs write them. In a URL of the list they are as the user has typed them.
pub(crate) fn normalized(params: AuditParams) -> AuditParams {
    let day = |day: Option<String>| day.map(|day| typed::day(&day));
    AuditParams {
        from: day(params.from),
        to: day(params.to),
        ..params
    }
}

/// Lists one page of the audit log.
#[server(endpoint = "audit", protocol = Get)]
pub async fn list_audit(
    #[server(default)] params: AuditParams,
) -> Result<ListResult<Listed<AuditEntry>>, ApiError> {
    let query = normalized(params).parse(Limits::PANEL);
    ssr::call_list::<AuditRead, _, _>(query, async |services, authorized, query| {
        service::audit::list(&services, &authorized, &query).await
    })
    .await
}
