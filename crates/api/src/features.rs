//! Features of the host application: the catalogue and its changes.

use axum::{Json, extract::State, http::StatusCode};
use domain::{
    features::{Feature, FeatureDraft, FeatureSet},
    object::variant,
};
use serde::{Deserialize, Serialize};
use service::{
    Services,
    access::{FeaturesRead, FeaturesWrite},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body::Body,
    error::ApiError,
    extract::{Allowed, FeaturePath},
    if_match::IfMatch,
    response::{
        ChangeCountResponse, DeletionResponse, Stored, Versioned, Written, deleted, written,
    },
    state::ApiState,
};

/// Returns the routes of features.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_features, add_feature_set))
        .routes(routes!(get_feature, put_feature, delete_feature))
}

/// Response to a write of a feature for a caller without the permission to read features.
#[derive(Serialize)]
pub(crate) struct FeatureVersionResponse {
    key: String,
    version: i32,
}

impl Stored for Feature {
    type Written = FeatureVersionResponse;

    fn written(self) -> FeatureVersionResponse {
        FeatureVersionResponse {
            key: self.key,
            version: self.version,
        }
    }
}

/// List features
///
/// All features with their defaults, in their order.
#[utoipa::path(
    get,
    path = "/api/admin/features",
    tag = "Features",
    responses((status = OK, body = [Feature])),
    security(("token" = ["features:read"]))
)]
async fn list_features(
    State(services): State<Services>,
    Allowed(authorized): Allowed<FeaturesRead>,
) -> Result<Json<Vec<Feature>>, ApiError> {
    Ok(Json(service::features::list(&services, &authorized).await?))
}

/// Body that names a set of features.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FeatureSetAddRequest {
    #[serde(deserialize_with = "variant")]
    set: FeatureSet,
}

/// Add a set of features
///
/// `open_webui` has the permissions of Open WebUI with its defaults. Features that exist already stay as they are.
#[utoipa::path(
    post,
    path = "/api/admin/features",
    tag = "Features",
    request_body = FeatureSetAddRequest,
    responses((status = OK, body = ChangeCountResponse)),
    security(("token" = ["features:write"]))
)]
async fn add_feature_set(
    State(services): State<Services>,
    Allowed(authorized): Allowed<FeaturesWrite>,
    Body(FeatureSetAddRequest { set }): Body<FeatureSetAddRequest>,
) -> Result<Json<ChangeCountResponse>, ApiError> {
    let added = service::features::add_set(&services, &authorized, set).await?;
    Ok(Json(ChangeCountResponse::new(added as u64)))
}

/// Get a feature
#[utoipa::path(
    get,
    path = "/api/admin/features/{feature}",
    tag = "Features",
    responses((status = OK, body = Feature)),
    security(("token" = ["features:read"]))
)]
async fn get_feature(
    State(services): State<Services>,
    Allowed(authorized): Allowed<FeaturesRead>,
    FeaturePath(key): FeaturePath,
) -> Result<Versioned<Json<Feature>>, ApiError> {
    let feature = service::features::find(&services, &authorized, &key).await?;
    Ok(Versioned {
        version: feature.version,
        body: Json(feature),
    })
}

/// Create or replace a feature
///
/// Absent fields get their defaults. Without `features:read` the response has only the key and the version.
#[utoipa::path(
    put,
    path = "/api/admin/features/{feature}",
    tag = "Features",
    params(IfMatch),
    request_body = FeatureDraft,
    responses((status = OK, body = Feature)),
    security(("token" = ["features:write"]))
)]
async fn put_feature(
    State(services): State<Services>,
    Allowed(authorized): Allowed<FeaturesWrite>,
    FeaturePath(key): FeaturePath,
    if_match: IfMatch,
    Body(draft): Body<FeatureDraft>,
) -> Result<Versioned<Written<Feature>>, ApiError> {
    let put = service::features::put(&services, &authorized, &key, if_match.version(), draft).await;
    let feature = if_match.check(put)?;
    Ok(written(&authorized, feature.version, feature))
}

/// Delete a feature
///
/// It is removed from all groups. A feature that more than 5,000 groups have is deleted by a job: the status is 202.
#[utoipa::path(
    delete,
    path = "/api/admin/features/{feature}",
    tag = "Features",
    params(IfMatch),
    responses((status = OK, body = DeletionResponse), (status = ACCEPTED, body = DeletionResponse)),
    security(("token" = ["features:write"]))
)]
async fn delete_feature(
    State(services): State<Services>,
    Allowed(authorized): Allowed<FeaturesWrite>,
    FeaturePath(key): FeaturePath,
    if_match: IfMatch,
) -> Result<(StatusCode, Json<DeletionResponse>), ApiError> {
    let version = if_match.version();
    let job = service::features::delete(&services, &authorized, &key, version, None).await;
    Ok(deleted(if_match.check(job)?))
}
