//! The audit log.

use axum::extract::State;
use domain::{
    audit::{AuditEntryResponse, list::AuditParams},
    list::Limits,
};
use serde::Deserialize;
use service::{Error, Services, access::AuditRead};
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    error::ApiError,
    extract::{Allowed, Params},
    file::{Download, format_of_rows},
    page::PageResponse,
    site::FromThisSite,
    state::ApiState,
};

/// Returns the routes of the audit log.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_audit_events))
        .routes(routes!(export_audit_events))
}

/// Limits of a page, by default with fewer entries than a list with shorter rows has.
const LIMITS: Limits = Limits {
    default: 50,
    ..Limits::API
};

/// Filter and format of an export of the audit log.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct AuditExportParams {
    /// Format of the file: `csv` or `ndjson`.
    #[serde(default)]
    #[param(required = true, pattern = "^(csv|ndjson)$")]
    format: String,
    /// Actor: a username, number or id. Digits alone are a username first; `username:112` and `number:112` are explicit.
    actor: Option<String>,
    /// Target: a user in the same forms, or the name or id of another resource.
    target: Option<String>,
    /// Action, such as `user.created`.
    action: Option<String>,
    /// Source of the change: `ui`, `api`, `cli`, `job` or `self`.
    via: Option<String>,
    /// Start of the period: a year, month or day, or an age such as `7d`.
    from: Option<String>,
    /// End of the period. The whole year, month or day is included.
    to: Option<String>,
    /// Id of a bulk action: returns the entries that belong to it.
    parent: Option<String>,
}

/// List the audit log
///
/// Newest entry first. A bulk action is one entry; the entries that belong to it have its id as `parent`, and are found by
/// `target` and `action`, too.
#[utoipa::path(
    get,
    path = "/api/admin/audit",
    tag = "Audit log",
    params(AuditParams),
    responses((status = OK, body = [AuditEntryResponse])),
    security(("token" = ["audit:read"]))
)]
async fn list_audit_events(
    State(services): State<Services>,
    Allowed(authorized): Allowed<AuditRead>,
    Params(params): Params<AuditParams>,
) -> Result<PageResponse<AuditEntryResponse>, ApiError> {
    let query = params.parse(LIMITS).map_err(Error::from)?;
    let entries = service::audit::list(&services, &authorized, &query).await?;
    let entries = entries.page.map(AuditEntryResponse::from);
    Ok(PageResponse::new(entries, "/api/admin/audit", &params))
}

/// Download the audit log
///
/// All matching entries, oldest first, including those of bulk actions, as CSV or as one JSON object per line.
#[utoipa::path(
    get,
    path = "/api/admin/audit/export",
    tag = "Audit log",
    params(AuditExportParams),
    responses((status = OK, content((String = "text/csv"), (String = "application/x-ndjson")))),
    security(("token" = ["audit:read"]))
)]
async fn export_audit_events(
    State(services): State<Services>,
    Allowed(authorized): Allowed<AuditRead>,
    _: FromThisSite,
    Params(asked): Params<AuditExportParams>,
) -> Result<Download, ApiError> {
    let format = format_of_rows(&asked.format)?;
    let params = AuditParams {
        actor: asked.actor,
        target: asked.target,
        action: asked.action,
        via: asked.via,
        from: asked.from,
        to: asked.to,
        parent: asked.parent,
        ..AuditParams::default()
    };
    let export = service::audit::export(&services, &authorized, &params, format).await?;
    // Named after the last entry that can be in it.
    let name = format!("audit-log-{}", export.up_to);
    Ok(Download::of_rows(export.pieces, export.format, &name))
}
