//! What is on record.

use axum::{extract::State, response::Response};
use domain::{
    audit::{ShownEntry, list::AuditParams},
    list::Limits,
};
use serde::Deserialize;
use service::{
    Error, Services,
    access::ReadAudit,
    audit::{AuditExport, Format},
};
use utoipa::IntoParams;

use super::{Allowed, Failure, FromThisSite, Params, file::send, page::respond};

/// A page has fewer entries than one of a list whose rows are short.
const LIMITS: Limits = Limits {
    default: 50,
    ..Limits::API
};

/// Which entries a file has, and its form.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExportParams {
    /// `csv` or `ndjson`.
    #[serde(default)]
    #[param(required = true, pattern = "^(csv|ndjson)$")]
    format: String,
    /// Who did it: a username, a number or an id. Digits alone are a username first; `username:112` and `number:112` say which.
    actor: Option<String>,
    /// To what.
    target: Option<String>,
    /// What was done, such as `user.created`.
    action: Option<String>,
    /// By which door, such as `cli`.
    via: Option<String>,
    /// From when on: a year, a month or a day, or how long ago, such as `7d`.
    from: Option<String>,
    /// Until when, its year, month or day included.
    to: Option<String>,
    /// The id of an action on many: the entries beneath it.
    parent: Option<String>,
}

/// List the audit log
///
/// The latest entry first. An action on many is one entry; the entries beneath it are those with its id as `parent`, and are
/// found by `target` and `action` too.
#[utoipa::path(
    get,
    path = "/api/admin/audit",
    tag = "Audit log",
    params(AuditParams),
    responses((status = OK, body = [ShownEntry])),
    security(("token" = ["audit:read"]))
)]
pub(crate) async fn list(
    State(services): State<Services>,
    Allowed(granted): Allowed<ReadAudit>,
    Params(params): Params<AuditParams>,
) -> Result<Response, Failure> {
    let query = params.parse(LIMITS).map_err(Error::from)?;
    let page = service::audit::list(&services, &granted, &query).await?;
    let rows: Vec<ShownEntry> = page.entries.into_iter().map(Into::into).collect();
    Ok(respond(rows, &page.place, "/api/admin/audit", &params))
}

/// Download the audit log
///
/// All entries that match, the earliest first, those beneath an action on many too, as CSV or as one JSON object a line.
#[utoipa::path(
    get,
    path = "/api/admin/audit/export",
    tag = "Audit log",
    params(ExportParams),
    responses((status = OK, content((String = "text/csv"), (String = "application/x-ndjson")))),
    security(("token" = ["audit:read"]))
)]
pub(crate) async fn export(
    State(services): State<Services>,
    Allowed(granted): Allowed<ReadAudit>,
    _: FromThisSite,
    Params(asked): Params<ExportParams>,
) -> Result<Response, Failure> {
    let known = Format::ALL
        .into_iter()
        .find(|known| known.as_str() == asked.format);
    let format = known.ok_or_else(|| Failure::invalid("`format` must be csv or ndjson."))?;
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
    let export = service::audit::export(&services, &granted, &params, format).await?;
    Ok(file(export))
}

/// An export as a file to keep, named for the last entry that can be in it.
fn file(export: AuditExport) -> Response {
    let (word, kind) = match export.format {
        Format::Csv => ("csv", "text/csv; charset=utf-8"),
        Format::Ndjson => ("ndjson", "application/x-ndjson"),
    };
    let name = format!("audit-log-{}.{word}", export.up_to);
    send(export.pieces, kind, &name)
}
