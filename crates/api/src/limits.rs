//! Limits: the list, single limits and their changes, and what is left of them. Those of several users are in [`bulk`], uses
//! in [`metering`], allowed models in [`models`].

mod bulk;
mod bulk_reset;
mod metering;
mod models;

use axum::{Json, extract::State};
use domain::{
    fields::FieldErrors,
    limits::{
        BalanceDraft, Limit, LimitDraft, LimitListParams, LimitStatus, NewLimitChange, TopUpDraft,
    },
    list::Limits,
};
use service::{
    Error, Services,
    access::{Authorized, LimitsRead, LimitsWrite, UsageWrite},
    limits::LimitFilter,
};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    body::Body,
    error::ApiError,
    extract::{Allowed, IdPath, Params, SignedIn, UserPath, id_param},
    if_match::IfMatch,
    page::PageResponse,
    response::{Stored, SuccessResponse, VersionResponse, Versioned, Written, success, written},
    state::ApiState,
};

/// Path of the list.
const PATH: &str = "/api/admin/limits";

/// Returns the routes of limits.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_limits, put_limit))
        .routes(routes!(get_limit, delete_limit))
        .routes(routes!(list_own_limits))
        .routes(routes!(list_user_limits))
        .routes(routes!(top_up_limit))
        .routes(routes!(adjust_limit))
        .routes(routes!(reset_limit))
        .merge(bulk::routes())
        .merge(bulk_reset::routes())
        .merge(metering::routes())
        .merge(models::routes())
}

impl Stored for Limit {
    type Written = VersionResponse<Uuid>;

    fn written(self) -> VersionResponse<Uuid> {
        VersionResponse::new(self.id, self.version)
    }
}

/// What is left after a change: without `limits:read` only the limit.
impl Stored for LimitStatus {
    type Written = crate::response::IdResponse;

    fn written(self) -> Self::Written {
        crate::response::IdResponse::new(self.id)
    }
}

/// List limits
///
/// First created first.
#[utoipa::path(
    get,
    path = "/api/admin/limits",
    tag = "Limits",
    params(LimitListParams),
    responses((status = OK, body = [Limit])),
    security(("token" = ["limits:read"]))
)]
async fn list_limits(
    State(services): State<Services>,
    Allowed(authorized): Allowed<LimitsRead>,
    Params(params): Params<LimitListParams>,
) -> Result<PageResponse<Limit>, ApiError> {
    let unknown = |name: &'static str| {
        move |unknown: domain::users::Unknown| {
            ApiError::of_parameter(name, unknown.message().to_string())
        }
    };
    let filter = LimitFilter {
        kind: params.subject().map_err(unknown("subject"))?,
        subject: id_param("id", params.id())?,
        metric: params.metric().map_err(unknown("metric"))?,
    };
    let query = params.page(Limits::API).map_err(Error::from)?;
    let limits = service::limits::list(&services, &authorized, &query, filter).await?;
    Ok(PageResponse::new(limits.page, PATH, &params))
}

/// Set a limit
///
/// Creates the limit of a subject, a metric and a model, or replaces it. What is used stays. `amount` must be there: a number, which can
/// be 0, or `null` for unlimited. Without a limit the next one in the order of precedence decides. With `version` the limit must have that
/// version, with 0 it must not exist. Without `limits:read` the response has only the id and the version.
#[utoipa::path(
    put,
    path = "/api/admin/limits",
    tag = "Limits",
    request_body = LimitDraft,
    responses((status = OK, body = Limit)),
    security(("token" = ["limits:write"]))
)]
async fn put_limit(
    State(services): State<Services>,
    Allowed(authorized): Allowed<LimitsWrite>,
    Body(draft): Body<LimitDraft>,
) -> Result<Versioned<Written<Limit>>, ApiError> {
    let limit = service::limits::put(&services, &authorized, draft).await?;
    Ok(written(&authorized, limit.version, limit))
}

/// Get a limit
#[utoipa::path(
    get,
    path = "/api/admin/limits/{id}",
    tag = "Limits",
    responses((status = OK, body = Limit)),
    security(("token" = ["limits:read"]))
)]
async fn get_limit(
    State(services): State<Services>,
    Allowed(authorized): Allowed<LimitsRead>,
    IdPath(id): IdPath,
) -> Result<Versioned<Json<Limit>>, ApiError> {
    let limit = service::limits::find(&services, &authorized, id).await?;
    Ok(Versioned {
        version: limit.version,
        body: Json(limit),
    })
}

/// Delete a limit
///
/// The next one in the order of precedence decides then.
#[utoipa::path(
    delete,
    path = "/api/admin/limits/{id}",
    tag = "Limits",
    params(IfMatch),
    responses((status = OK, body = SuccessResponse)),
    security(("token" = ["limits:write"]))
)]
async fn delete_limit(
    State(services): State<Services>,
    Allowed(authorized): Allowed<LimitsWrite>,
    IdPath(id): IdPath,
    if_match: IfMatch,
) -> Result<Json<SuccessResponse>, ApiError> {
    let target = if_match.target(id);
    let deleted = service::limits::delete(&services, &authorized, target).await;
    if_match.check(deleted)?;
    Ok(success())
}

/// List your limits
///
/// What is left of each, when it resets, and the subject of the limit that decides. With a virtual key its own limits follow.
#[utoipa::path(
    get,
    path = "/api/limits",
    tag = "Limits",
    responses((status = OK, body = [LimitStatus])),
    security(("token" = ["account"]))
)]
async fn list_own_limits(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
) -> Result<Json<Vec<LimitStatus>>, ApiError> {
    Ok(Json(service::limits::list_own(&services, &caller).await?))
}

/// List the limits of a user
///
/// What is left of each, when it resets, and the subject of the limit that decides. The limits of the user's access tokens and virtual keys
/// follow, each with the subject `token`.
#[utoipa::path(
    get,
    path = "/api/admin/users/{id}/limits",
    tag = "Limits",
    responses((status = OK, body = [LimitStatus])),
    security(("token" = ["limits:read"]))
)]
async fn list_user_limits(
    State(services): State<Services>,
    Allowed(authorized): Allowed<LimitsRead>,
    UserPath(id): UserPath,
) -> Result<Json<Vec<LimitStatus>>, ApiError> {
    let limits = service::limits::list_with_tokens(&services, &authorized, id).await?;
    Ok(Json(limits))
}

/// Applies a change of a balance.
async fn change(
    services: &Services,
    authorized: &Authorized<UsageWrite>,
    user: Uuid,
    change: Result<NewLimitChange, FieldErrors>,
) -> Result<Written<LimitStatus>, ApiError> {
    let change = change.map_err(Error::Invalid)?;
    let status = service::limits::change(services, authorized, user, change).await?;
    Ok(Written::new(status, authorized.includes::<LimitsRead>()))
}

/// Top up a limit of a user
///
/// More can be used in this period. The user sees the reason. Without `limits:read` the response has only the id of the limit.
#[utoipa::path(
    post,
    path = "/api/admin/users/{id}/limits/top-up",
    tag = "Limits",
    request_body = TopUpDraft,
    responses((status = OK, body = LimitStatus)),
    security(("token" = ["usage:write"]))
)]
async fn top_up_limit(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsageWrite>,
    UserPath(id): UserPath,
    Body(draft): Body<TopUpDraft>,
) -> Result<Written<LimitStatus>, ApiError> {
    change(&services, &authorized, id, draft.check_top_up()).await
}

/// Adjust the used amount of a limit of a user
///
/// Adds an amount, which can be negative, to what is used. The user sees the reason. Without `limits:read` the response has only the id of
/// the limit.
#[utoipa::path(
    post,
    path = "/api/admin/users/{id}/limits/adjust",
    tag = "Limits",
    request_body = TopUpDraft,
    responses((status = OK, body = LimitStatus)),
    security(("token" = ["usage:write"]))
)]
async fn adjust_limit(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsageWrite>,
    UserPath(id): UserPath,
    Body(draft): Body<TopUpDraft>,
) -> Result<Written<LimitStatus>, ApiError> {
    change(&services, &authorized, id, draft.check_adjustment()).await
}

/// Reset the used amount of a limit of a user
///
/// Nothing is used then; the period stays. The user sees the reason. Without `limits:read` the response has only the id of the limit.
#[utoipa::path(
    post,
    path = "/api/admin/users/{id}/limits/reset",
    tag = "Limits",
    request_body = BalanceDraft,
    responses((status = OK, body = LimitStatus)),
    security(("token" = ["usage:write"]))
)]
async fn reset_limit(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsageWrite>,
    UserPath(id): UserPath,
    Body(draft): Body<BalanceDraft>,
) -> Result<Written<LimitStatus>, ApiError> {
    change(&services, &authorized, id, draft.check_reset()).await
}
