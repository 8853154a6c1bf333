//! Export of resources as a file.

use axum::extract::State;
use domain::resources::ResourceListParams;
use serde::Deserialize;
use service::{Services, access::ResourcesRead, audit::Format};
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    error::ApiError,
    extract::{Allowed, Params},
    file::Download,
    site::FromThisSite,
    state::ApiState,
};

/// Returns the route of the export.
pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(export_resources))
}

/// Filter and format of an export of resources.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ResourceExportParams {
    /// Format of the file: `csv` or `ndjson`.
    #[serde(default)]
    #[param(required = true, pattern = "^(csv|ndjson)$")]
    format: String,
    /// Kind of the resources, such as `models`.
    kind: Option<String>,
    /// The id in the host application.
    external_id: Option<String>,
    /// Part of the name, without regard to case and accents.
    q: Option<String>,
    /// Owner: a username, number or id. Digits alone are a username first; `username:112` and `number:112` are explicit.
    owner: Option<String>,
    /// Number or name of the client.
    client: Option<String>,
    /// Id of a group with a grant.
    #[param(value_type = Option<uuid::Uuid>)]
    group: Option<String>,
    /// User who can reach the resources, in the forms of the owner. Needs `access:read`.
    reached_by: Option<String>,
}

/// Download resources
///
/// All matching resources, first created first: as CSV with the names of owners and clients and the numbers of grants, or as one
/// JSON object per line.
#[utoipa::path(
    get,
    path = "/api/admin/resources/export",
    tag = "Resources",
    params(ResourceExportParams),
    responses((status = OK, content((String = "text/csv"), (String = "application/x-ndjson")))),
    security(("token" = ["resources:read"]))
)]
async fn export_resources(
    State(services): State<Services>,
    Allowed(authorized): Allowed<ResourcesRead>,
    _: FromThisSite,
    Params(asked): Params<ResourceExportParams>,
) -> Result<Download, ApiError> {
    let known = Format::ALL
        .into_iter()
        .find(|known| known.as_str() == asked.format);
    let format =
        known.ok_or_else(|| ApiError::of_parameter("format", "`format` must be csv or ndjson."))?;
    let params = ResourceListParams {
        kind: asked.kind,
        external_id: asked.external_id,
        q: asked.q,
        owner: asked.owner,
        client: asked.client,
        group: asked.group,
        reached_by: asked.reached_by,
        ..ResourceListParams::default()
    };
    let pieces = service::resources::export(&services, &authorized, &params, format).await?;
    let (word, kind) = match format {
        Format::Csv => ("csv", "text/csv; charset=utf-8"),
        Format::Ndjson => ("ndjson", "application/x-ndjson"),
    };
    Ok(Download {
        pieces,
        kind,
        name: format!("resources.{word}"),
    })
}
