//! Export of resources as a file.

use axum::extract::State;
use domain::resources::ResourceListParams;
use serde::Deserialize;
use service::{Services, access::ResourcesRead};
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    error::ApiError,
    extract::{Allowed, Params},
    file::{Download, format_of_rows},
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
    let format = format_of_rows(&asked.format)?;
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
    Ok(Download::of_rows(pieces, format, "resources"))
}
