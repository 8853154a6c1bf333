//! What is on record.

use axum::{extract::State, response::Response};
use domain::{
    audit::{ShownEntry, list::AuditParams},
    users::list::Limits,
};
use serde::Deserialize;
use service::{
    Error, Services,
    access::ReadAudit,
    audit::{AuditExport, Format},
};

use super::{Allowed, Failure, Params, file::send, page::respond};

/// A page has fewer entries than one of a list whose rows are short.
const LIMITS: Limits = Limits {
    default: 50,
    ..Limits::API
};

/// The form of a file, as it is asked for.
#[derive(Deserialize)]
pub(crate) struct FormatParam {
    #[serde(default)]
    format: String,
}

/// `GET /api/admin/audit`: a page of the record, the latest entry first.
pub(crate) async fn list(
    State(services): State<Services>,
    Allowed(granted): Allowed<ReadAudit>,
    Params(params): Params<AuditParams>,
) -> Result<Response, Failure> {
    let query = params.parse(LIMITS).map_err(Error::from)?;
    let page = service::audit::list(&services, &granted, &query).await?;
    let at = |after, before| AuditParams {
        after,
        before,
        ..params.clone()
    };
    let next = page.after.map(|after| at(Some(after), None));
    let prev = page.before.map(|before| at(None, Some(before)));
    let next = next.iter().map(|params| (params.pairs(), "next"));
    let prev = prev.iter().map(|params| (params.pairs(), "prev"));
    let neighbours: Vec<_> = next.chain(prev).collect();
    let rows: Vec<ShownEntry> = page.entries.into_iter().map(Into::into).collect();
    Ok(respond(rows, page.total, "/api/admin/audit", &neighbours))
}

/// `GET /api/admin/audit/export`: all that match, as a file that begins with the earliest.
pub(crate) async fn export(
    State(services): State<Services>,
    Allowed(granted): Allowed<ReadAudit>,
    Params(FormatParam { format }): Params<FormatParam>,
    Params(params): Params<AuditParams>,
) -> Result<Response, Failure> {
    let known = Format::ALL
        .into_iter()
        .find(|known| known.as_str() == format);
    let format = known.ok_or_else(|| Failure::invalid("`format` must be csv or ndjson."))?;
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
