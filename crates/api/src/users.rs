//! Users: the list, single users and their creation and change.

mod actions;
mod bulk;
mod details;
pub mod dto;
mod links;

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use domain::{
    error::Entity,
    list::Limits,
    problem::Problem,
    users::{
        UserSummary,
        create::UserDraft,
        deleted::{DeletedUser, ListRequest},
        detail::{CreatedUser, UserRef},
        edit::UserEdit,
        list::ListParams,
    },
};
use serde::Deserialize;
use service::{
    Error, Services,
    access::{UsageRead, UsersRead, UsersWrite},
};
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body::Body,
    error::ApiError,
    extract::{Allowed, Params, UserPath},
    file::Download,
    if_match::IfMatch,
    page::{PageResponse, whole},
    response::{Created, Versioned, Written},
    site::FromThisSite,
    state::ApiState,
};
use dto::{UserCreateRequest, UserListResponse, UserResponse, show, show_to};

/// Path of the list.
const PATH: &str = "/api/admin/users";

/// Returns the routes of users.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_users, create_user))
        .routes(routes!(find_user))
        .routes(routes!(get_user, update_user))
        .routes(routes!(export_user))
        .merge(actions::routes())
        .merge(bulk::routes())
        .merge(details::routes())
        .merge(links::routes())
}

/// List users
///
/// A page of users; with `deleted=true` of deleted users. Each has `spend`, the costs of this month, for callers with `usage:read`.
/// Without `limit` and cursor it has up to 1,000 users.
#[utoipa::path(
    get,
    path = "/api/admin/users",
    tag = "Users",
    params(ListParams),
    responses((status = OK, body = [UserListResponse])),
    security(("token" = ["users:read"]))
)]
async fn list_users(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsersRead>,
    Params(params): Params<ListParams>,
) -> Result<Response, ApiError> {
    let params = whole(params);
    match params.ask(Limits::API).map_err(Error::from)? {
        ListRequest::List(query) => {
            let page = service::users::list(&services, &authorized, &query).await?;
            let now = (services.clock)();
            let reads_usage = authorized.includes::<UsageRead>();
            let users = page.users.map(|user| {
                let spend = user.spend.in_month_of(now);
                let user = UserListResponse::<UserSummary>::from(user);
                if reads_usage {
                    user.with_spend(spend)
                } else {
                    user
                }
            });
            Ok(PageResponse::new(users, PATH, &params).into_response())
        }
        ListRequest::Deleted(query) => {
            let page = service::users::list_deleted(&services, &authorized, &query).await?;
            let users = page.users.map(UserListResponse::<DeletedUser>::from);
            Ok(PageResponse::new(users, PATH, &params).into_response())
        }
    }
}

/// Query of a lookup.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct UserFindParams {
    /// A username, a number or an id. Digits alone are a username first; `username:112` and `number:112` are explicit.
    #[serde(default)]
    #[param(required = true)]
    user: String,
}

/// Find a user
///
/// By number, id or username, deleted or not.
#[utoipa::path(
    get,
    path = "/api/admin/users/find",
    tag = "Users",
    params(UserFindParams),
    responses(
        (status = OK, body = UserResponse),
        (status = NOT_FOUND, body = Problem)
    ),
    security(("token" = ["users:read"]))
)]
async fn find_user(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsersRead>,
    Params(UserFindParams { user }): Params<UserFindParams>,
) -> Result<Versioned<Json<UserResponse>>, ApiError> {
    if user.trim().is_empty() {
        let message = "`user` must be a username, a number or an ID.";
        return Err(ApiError::of_parameter("user", message));
    }
    let user = UserRef::parse(&user);
    let user = service::users::get(&services, &authorized, &user).await?;
    Ok(show(user))
}

/// Get a user
///
/// A deleted user is not found.
#[utoipa::path(
    get,
    path = "/api/admin/users/{id}",
    tag = "Users",
    responses((status = OK, body = UserResponse)),
    security(("token" = ["users:read"]))
)]
async fn get_user(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsersRead>,
    UserPath(id): UserPath,
) -> Result<Versioned<Json<UserResponse>>, ApiError> {
    let user = service::users::get(&services, &authorized, &UserRef::Id(id)).await?;
    // For FOVEA's clients a deleted user does not exist.
    if user.deleted_at.is_some() {
        return Err(Error::NotFound(Entity::User).into());
    }
    Ok(show(user))
}

/// Create a user
///
/// Without a password the response has a one-time `link` to set one. It is not shown again. Without `users:read` the response
/// has only the id, the version and the link.
#[utoipa::path(
    post,
    path = "/api/admin/users",
    tag = "Users",
    request_body = UserCreateRequest,
    responses((status = CREATED, body = UserResponse, headers(("Location" = String, description = "URL of the user")))),
    security(("token" = ["users:write"]))
)]
async fn create_user(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsersWrite>,
    Body(body): Body<UserCreateRequest>,
) -> Result<Created<Versioned<Written<UserResponse>>>, ApiError> {
    let draft = UserDraft {
        username: body.username,
        display_name: body.display_name,
        email: body.email.unwrap_or_default(),
        roles: body.roles,
        // FOVEA sends this instead of roles.
        is_admin: body.is_admin,
        password: body.password,
        notification_preferences: body.notification_preferences,
        client_list: body.client_list,
        groups: body.groups,
    };
    let CreatedUser { user, link } = service::users::create(&services, &authorized, draft).await?;
    let location = format!("{PATH}/{}", user.summary.id);
    Ok(Created::new(show_to(&authorized, user, link)).at(location))
}

/// Change a user
///
/// Absent fields stay unchanged, `null` removes a value. If the user has changed since, the request fails with 412 if it has
/// `If-Match`, and with 409 if it has `version` in the body. Without `users:read` the response has only the id and the version.
#[utoipa::path(
    method(put, patch),
    path = "/api/admin/users/{id}",
    tag = "Users",
    params(IfMatch),
    request_body = UserEdit,
    responses((status = OK, body = UserResponse)),
    security(("token" = ["users:write"]))
)]
async fn update_user(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsersWrite>,
    UserPath(id): UserPath,
    if_match: IfMatch,
    Body(mut edit): Body<UserEdit>,
) -> Result<Versioned<Written<UserResponse>>, ApiError> {
    edit.version = if_match.version_with(edit.version)?;
    let edited = service::users::edit(&services, &authorized, id, edit).await;
    Ok(show_to(&authorized, if_match.check(edited)?, None))
}

/// Download all data of a user
///
/// It has `sessions`, `apiKeys` and `tokens` for callers with `sessions:read`, `api-keys:read` and `tokens:read`.
#[utoipa::path(
    get,
    path = "/api/admin/users/{id}/export",
    tag = "Users",
    responses((status = OK, body = Object)),
    security(("token" = ["users:read"]))
)]
async fn export_user(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsersRead>,
    _: FromThisSite,
    UserPath(id): UserPath,
) -> Result<Download, ApiError> {
    let export = service::users::export(&services, &authorized, id).await?;
    Ok(export.into())
}
