//! Uses that a host application asks for and counts.

use axum::{Json, extract::State};
use domain::{
    limits::LimitsAnswer,
    usage::{ReleaseDraft, ReserveDraft, SettleDraft, UseDraft},
};
use service::{Services, access::LimitsConsume, limits};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body::Body,
    error::ApiError,
    extract::Allowed,
    response::{SuccessResponse, success},
    state::ApiState,
};

/// Returns the routes of uses.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(consume_limits))
        .routes(routes!(check_limits))
        .routes(routes!(reserve_limits))
        .routes(routes!(settle_limits))
        .routes(routes!(release_limits))
}

/// Count a use
///
/// Counts the use if all limits of the user permit it, and otherwise nothing: 429 with the limit in `details.limit`, and `Retry-After` if
/// it resets. 403 `MODEL_NOT_ALLOWED` if the user or the token cannot use the model, 409 if the token is blocked, expired or revoked. With
/// a virtual key, `user` is its owner and `token` the key. A use without an amount of cost or tokens needs something to be left of them. An event that was counted before is permitted
/// and not counted again; 409 if it has counted something else.
#[utoipa::path(
    post,
    path = "/api/limits/consume",
    tag = "Limits",
    request_body = UseDraft,
    responses((status = OK, body = LimitsAnswer)),
    security(("token" = ["limits:consume"]))
)]
async fn consume_limits(
    State(services): State<Services>,
    Allowed(authorized): Allowed<LimitsConsume>,
    Body(draft): Body<UseDraft>,
) -> Result<Json<LimitsAnswer>, ApiError> {
    Ok(Json(limits::consume(&services, &authorized, &draft).await?))
}

/// Check whether a use is permitted
///
/// Counts nothing. A denial by a limit or by the allowed models is an answer with `allowed` false, not an error.
#[utoipa::path(
    post,
    path = "/api/limits/check",
    tag = "Limits",
    request_body = UseDraft,
    responses((status = OK, body = LimitsAnswer)),
    security(("token" = ["limits:consume"]))
)]
async fn check_limits(
    State(services): State<Services>,
    Allowed(authorized): Allowed<LimitsConsume>,
    Body(draft): Body<UseDraft>,
) -> Result<Json<LimitsAnswer>, ApiError> {
    Ok(Json(limits::check(&services, &authorized, &draft).await?))
}

/// Reserve a use
///
/// For amounts that are known only afterwards: they count against the limits until the lease is settled or released, or its time is over.
/// The limit `parallel` counts leases. Denials are as for counting a use. An event with a lease gets the same lease again; 409 if it reserves
/// something else, if the lease was settled or released or its time is over, or if the event was counted.
#[utoipa::path(
    post,
    path = "/api/limits/reserve",
    tag = "Limits",
    request_body = ReserveDraft,
    responses((status = OK, body = LimitsAnswer)),
    security(("token" = ["limits:consume"]))
)]
async fn reserve_limits(
    State(services): State<Services>,
    Allowed(authorized): Allowed<LimitsConsume>,
    Body(draft): Body<ReserveDraft>,
) -> Result<Json<LimitsAnswer>, ApiError> {
    Ok(Json(limits::reserve(&services, &authorized, &draft).await?))
}

/// Settle a reservation
///
/// Counts what was used, whatever the limits say, and ends the lease. A lease that is settled already is not counted again. One whose time
/// is over can be settled for a day.
#[utoipa::path(
    post,
    path = "/api/limits/settle",
    tag = "Limits",
    request_body = SettleDraft,
    responses((status = OK, body = LimitsAnswer)),
    security(("token" = ["limits:consume"]))
)]
async fn settle_limits(
    State(services): State<Services>,
    Allowed(authorized): Allowed<LimitsConsume>,
    Body(draft): Body<SettleDraft>,
) -> Result<Json<LimitsAnswer>, ApiError> {
    Ok(Json(limits::settle(&services, &authorized, &draft).await?))
}

/// Release a reservation
///
/// Ends the lease, and counts nothing.
#[utoipa::path(
    post,
    path = "/api/limits/release",
    tag = "Limits",
    request_body = ReleaseDraft,
    responses((status = OK, body = SuccessResponse)),
    security(("token" = ["limits:consume"]))
)]
async fn release_limits(
    State(services): State<Services>,
    Allowed(authorized): Allowed<LimitsConsume>,
    Body(draft): Body<ReleaseDraft>,
) -> Result<Json<SuccessResponse>, ApiError> {
    limits::release(&services, &authorized, draft).await?;
    Ok(success())
}
