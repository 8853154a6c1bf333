//! Access of users to features and resources: questions with reasons, and lists.

use axum::{Json, extract::State};
use domain::{
    access_check::{AccessAnswer, AccessQuestion, KindTotal},
    features::EffectiveFeature,
    list::Limits,
    object::objects,
    resources::{ReachableParams, Resource},
};
use serde::{Deserialize, Serialize};
use service::{Error, Services, access::AccessRead, access_check, features};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body::Body,
    error::ApiError,
    extract::{Allowed, Params, SignedIn, UserPath},
    page::PageResponse,
    state::ApiState,
};

/// Returns the routes of access.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(check_access))
        .routes(routes!(list_own_features))
        .routes(routes!(list_own_resources))
        .routes(routes!(get_user_access))
        .routes(routes!(list_user_resources))
}

/// Body with questions.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AccessCheckRequest {
    /// Questions, 100 at most.
    #[serde(deserialize_with = "objects")]
    questions: Vec<AccessQuestion>,
}

/// Check the access of users
///
/// Answers in the order of the questions, each with all reasons for it and against it. The access of a user or to an object that does
/// not exist is denied without reasons, and so is that to a resource of a client that you do not see.
#[utoipa::path(
    post,
    path = "/api/access/check",
    tag = "Access",
    request_body = AccessCheckRequest,
    responses((status = OK, body = [AccessAnswer])),
    security(("token" = ["access:read"]))
)]
async fn check_access(
    State(services): State<Services>,
    Allowed(authorized): Allowed<AccessRead>,
    Body(AccessCheckRequest { questions }): Body<AccessCheckRequest>,
) -> Result<Json<Vec<AccessAnswer>>, ApiError> {
    let answers = access_check::check(&services, &authorized, &questions).await?;
    Ok(Json(answers))
}

/// List your features
///
/// All features, each with the reasons if the caller has it.
#[utoipa::path(
    get,
    path = "/api/access/features",
    tag = "Access",
    responses((status = OK, body = [EffectiveFeature])),
    security(("token" = ["account"]))
)]
async fn list_own_features(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
) -> Result<Json<Vec<EffectiveFeature>>, ApiError> {
    Ok(Json(features::list_own(&services, &caller).await?))
}

/// List the resources that you can reach
///
/// First created first.
#[utoipa::path(
    get,
    path = "/api/access/resources",
    tag = "Access",
    params(ReachableParams),
    responses((status = OK, body = [Resource])),
    security(("token" = ["data:read"]))
)]
async fn list_own_resources(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
    Params(params): Params<ReachableParams>,
) -> Result<PageResponse<Resource>, ApiError> {
    let query = params.page(Limits::API).map_err(Error::from)?;
    let listed = access_check::list_own(&services, &caller, params.kind(), &query).await?;
    Ok(PageResponse::new(
        listed.page,
        "/api/access/resources",
        &params,
    ))
}

/// Features and resources that a user can reach.
#[derive(Serialize, ToSchema)]
struct UserAccessResponse {
    /// All features, each with the reasons if the user has it.
    features: Vec<EffectiveFeature>,
    /// Number of resources of each kind that the user can reach.
    resources: Vec<KindTotal>,
}

/// Get the access of a user
///
/// Features with their reasons, and numbers of resources by kind.
#[utoipa::path(
    get,
    path = "/api/admin/users/{id}/access",
    tag = "Access",
    responses((status = OK, body = UserAccessResponse)),
    security(("token" = ["access:read"]))
)]
async fn get_user_access(
    State(services): State<Services>,
    Allowed(authorized): Allowed<AccessRead>,
    UserPath(id): UserPath,
) -> Result<Json<UserAccessResponse>, ApiError> {
    Ok(Json(UserAccessResponse {
        features: features::list_effective(&services, &authorized, id).await?,
        resources: access_check::count_by_kind(&services, &authorized, id).await?,
    }))
}

/// List the resources that a user can reach
///
/// First created first.
#[utoipa::path(
    get,
    path = "/api/admin/users/{id}/access/resources",
    tag = "Access",
    params(ReachableParams),
    responses((status = OK, body = [Resource])),
    security(("token" = ["access:read"]))
)]
async fn list_user_resources(
    State(services): State<Services>,
    Allowed(authorized): Allowed<AccessRead>,
    UserPath(id): UserPath,
    Params(params): Params<ReachableParams>,
) -> Result<PageResponse<Resource>, ApiError> {
    let query = params.page(Limits::API).map_err(Error::from)?;
    let listed =
        access_check::list_reachable(&services, &authorized, id, params.kind(), &query).await?;
    let path = format!("/api/admin/users/{id}/access/resources");
    Ok(PageResponse::new(listed.page, &path, &params))
}
