//! Usage of the host application: events that programs report, reports, and the export.

use axum::{Json, extract::State};
use domain::{
    object::objects,
    problem::Code,
    usage::{
        EVENTS_AT_ONCE, UsageEventDraft, UsageOutcome, UsageOverview, UsageParams, UsageRange,
        UsageReport,
    },
};
use serde::Deserialize;
use service::{
    Services,
    access::{LimitsConsume, UsageRead},
    usage::{self, UsageFilter},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body::Body,
    error::ApiError,
    extract::{Allowed, Params, SignedIn, UserPath, id_param},
    file::{Download, format_of_rows},
    site::FromThisSite,
    state::ApiState,
};

/// Returns the routes of usage.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(get_usage))
        .routes(routes!(get_user_usage))
        .routes(routes!(export_usage))
}

/// Returns the routes of usage with long bodies.
pub(crate) fn large_routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(get_own_usage, store_usage))
}

/// Body that reports uses.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UsageStoreRequest {
    /// Uses, 1,000 at most. Each has an `eventId`.
    #[serde(deserialize_with = "objects")]
    events: Vec<UsageEventDraft>,
}

/// Report uses
///
/// Counts up to 1,000 uses that have happened, whatever the limits say. An event that is sent twice counts once, so the request can be
/// sent again after an error. Events of users who do not exist any more count in the sums only. An event with the token of another user is
/// in `rejected`, and the others are counted.
#[utoipa::path(
    post,
    path = "/api/usage",
    tag = "Usage",
    request_body = UsageStoreRequest,
    responses((status = OK, body = UsageOutcome)),
    security(("token" = ["limits:consume"]))
)]
async fn store_usage(
    State(services): State<Services>,
    Allowed(authorized): Allowed<LimitsConsume>,
    Body(UsageStoreRequest { events }): Body<UsageStoreRequest>,
) -> Result<Json<UsageOutcome>, ApiError> {
    if events.len() > EVENTS_AT_ONCE {
        let message = format!("events: send at most {EVENTS_AT_ONCE} events at once.");
        let error = ApiError::of_field("events", "too_many", message);
        return Err(error.with_code(Code::PayloadTooLarge));
    }
    let stored = usage::store(&services, &authorized, &events).await;
    Ok(Json(stored?))
}

/// Days of a report.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct UsageDaysParams {
    /// First day in UTC, such as 2026-11-01; without it the report has 30 days.
    from: Option<String>,
    /// Last day in UTC; today if it is left out.
    to: Option<String>,
}

/// Parses the days of a filter.
fn days(services: &Services, params: &UsageParams) -> Result<UsageRange, ApiError> {
    let days = params.days(usage::today(services));
    days.map_err(|(name, message)| ApiError::of_parameter(name, message.to_string()))
}

impl UsageDaysParams {
    fn days(self, services: &Services) -> Result<UsageRange, ApiError> {
        let params = UsageParams {
            from: self.from,
            to: self.to,
            ..UsageParams::default()
        };
        days(services, &params)
    }
}

/// Get your usage
///
/// Sums by day, and the changes of your limits.
#[utoipa::path(
    get,
    path = "/api/usage",
    tag = "Usage",
    params(UsageDaysParams),
    responses((status = OK, body = UsageReport)),
    security(("token" = ["account"]))
)]
async fn get_own_usage(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
    Params(params): Params<UsageDaysParams>,
) -> Result<Json<UsageReport>, ApiError> {
    let days = params.days(&services)?;
    Ok(Json(usage::of_caller(&services, &caller, days).await?))
}

/// Get the usage of a user
///
/// Sums by day, and the changes of the user's limits.
#[utoipa::path(
    get,
    path = "/api/admin/users/{id}/usage",
    tag = "Usage",
    params(UsageDaysParams),
    responses((status = OK, body = UsageReport)),
    security(("token" = ["usage:read"]))
)]
async fn get_user_usage(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsageRead>,
    UserPath(id): UserPath,
    Params(params): Params<UsageDaysParams>,
) -> Result<Json<UsageReport>, ApiError> {
    let days = params.days(&services)?;
    Ok(Json(
        usage::of_user(&services, &authorized, id, days).await?,
    ))
}

/// Parses a filter.
fn filter(services: &Services, params: &UsageParams) -> Result<UsageFilter, ApiError> {
    Ok(UsageFilter {
        days: days(services, params)?,
        user: id_param("user", params.user())?,
        group: id_param("group", params.group())?,
        model: params.model(),
    })
}

/// Get the usage of all users
///
/// Sums by day, and the 20 users, models and groups with the highest cost. With millions of sums, users and groups can be up to ten
/// minutes old.
#[utoipa::path(
    get,
    path = "/api/admin/usage",
    tag = "Usage",
    params(UsageParams),
    responses((status = OK, body = UsageOverview)),
    security(("token" = ["usage:read"]))
)]
async fn get_usage(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsageRead>,
    Params(params): Params<UsageParams>,
) -> Result<Json<UsageOverview>, ApiError> {
    let filter = filter(&services, &params)?;
    Ok(Json(
        usage::overview(&services, &authorized, &filter).await?,
    ))
}

/// Filter and format of an export of usage.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct UsageExportParams {
    /// Format of the file: `csv` or `ndjson`.
    #[serde(default)]
    #[param(required = true, pattern = "^(csv|ndjson)$")]
    format: String,
    /// First day in UTC, such as 2026-11-01; without it the file has 30 days.
    from: Option<String>,
    /// Last day in UTC; today if it is left out.
    to: Option<String>,
    /// Id of the user.
    #[param(value_type = Option<uuid::Uuid>)]
    user: Option<String>,
    /// Id of a group, whose present members are meant.
    #[param(value_type = Option<uuid::Uuid>)]
    group: Option<String>,
    /// Name of the model.
    model: Option<String>,
}

/// Download usage
///
/// All matching events, oldest first, including top-ups, adjustments and resets, as CSV or as one JSON object per line.
#[utoipa::path(
    get,
    path = "/api/admin/usage/export",
    tag = "Usage",
    params(UsageExportParams),
    responses((status = OK, content((String = "text/csv"), (String = "application/x-ndjson")))),
    security(("token" = ["usage:read"]))
)]
async fn export_usage(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsageRead>,
    _: FromThisSite,
    Params(asked): Params<UsageExportParams>,
) -> Result<Download, ApiError> {
    let format = format_of_rows(&asked.format)?;
    let params = UsageParams {
        from: asked.from,
        to: asked.to,
        user: asked.user,
        group: asked.group,
        model: asked.model,
    };
    let filter = filter(&services, &params)?;
    let export = usage::export(&services, &authorized, (filter, &params), format).await?;
    Ok(Download::of_rows(
        export.pieces,
        export.format,
        &export.name,
    ))
}
