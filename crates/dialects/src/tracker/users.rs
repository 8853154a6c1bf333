//! Users, for administrators, and the own account.

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::header::SET_COOKIE,
    response::{IntoResponse, Response},
    routing::get,
};
use domain::{
    error::Entity,
    object::Object,
    users::{
        Status,
        deletion::Deletion,
        detail::{UserDetail, UserRef},
    },
};
use service::{Error, Services, access::Identity, account, numbered, users};

use super::{
    auth::refresh_cookie,
    parameters::{self, SliceParams},
    types::{OwnUpdate, TrackerUser, UserCreate, UserUpdate},
};
use crate::{Authenticated, DialectError, JsonBody, Mount};

/// Returns the routes of users.
pub(super) fn routes() -> Router<Services> {
    let all = get(list).post(create);
    Router::new()
        .route("/api/v1/users", all.clone())
        .route("/api/v1/users/", all)
        .route(
            "/api/v1/users/me",
            get(get_own).put(update_own).patch(update_own),
        )
        .route(
            "/api/v1/users/{id}",
            get(get_user).put(update).patch(update).delete(delete),
        )
}

async fn list(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    Query(params): Query<SliceParams>,
) -> Result<Json<Vec<TrackerUser>>, DialectError> {
    let authorized = identity.require()?;
    let users = numbered::users(&services, &authorized, params.parse()?).await?;
    Ok(Json(users.into_iter().map(TrackerUser::from).collect()))
}

async fn create(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    JsonBody(Object(body)): JsonBody<Object<UserCreate>>,
) -> Result<Json<TrackerUser>, DialectError> {
    let authorized = identity.require()?;
    let draft = body.try_into()?;
    let created =
        users::create_unnamed(&services, &authorized, draft, Status::Active, None).await?;
    Ok(Json(created.user.into()))
}

async fn get_user(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    Path(id): Path<String>,
) -> Result<Json<TrackerUser>, DialectError> {
    let user = find(&services, &identity, &id).await?;
    Ok(Json(user.into()))
}

async fn update(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    Path(id): Path<String>,
    JsonBody(Object(body)): JsonBody<Object<UserUpdate>>,
) -> Result<Json<TrackerUser>, DialectError> {
    let authorized = identity.require()?;
    let user = find(&services, &identity, &id).await?.summary.id;
    let edited = users::edit(&services, &authorized, user.0, body.try_into()?).await?;
    Ok(Json(edited.into()))
}

/// Deletes a user, and returns the user as before.
async fn delete(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    Path(id): Path<String>,
) -> Result<Json<TrackerUser>, DialectError> {
    let authorized = identity.require()?;
    let user = find(&services, &identity, &id).await?;
    let deletion = Deletion::default();
    users::delete(&services, &authorized, user.summary.id.0, &deletion).await?;
    Ok(Json(user.into()))
}

/// Returns the user with a number. A deleted one is not found.
async fn find(services: &Services, identity: &Identity, id: &str) -> Result<UserDetail, Error> {
    let authorized = identity.require()?;
    let number = parameters::id(id, "user_id", Entity::User)?;
    let user = users::get(services, &authorized, &UserRef::Number(number)).await?;
    if user.deleted_at.is_some() {
        return Err(Error::NotFound(Entity::User));
    }
    Ok(user)
}

async fn get_own(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
) -> Result<Json<TrackerUser>, DialectError> {
    let user = account::get(&services, identity.user()?).await?;
    Ok(Json(user.into()))
}

/// Changes the own account. A new password replaces the session, so that the refresh token changes and the access token ends.
async fn update_own(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    mount: Mount,
    JsonBody(Object(body)): JsonBody<Object<OwnUpdate>>,
) -> Result<Response, DialectError> {
    let caller = identity.user()?;
    let (user, renewed) = account::edit_renewing(&services, caller, body.try_into()?).await?;
    let user = Json(TrackerUser::from(user));
    Ok(match renewed {
        Some(token) => {
            let cookie = refresh_cookie(&services, &token, &mount)?;
            ([(SET_COOKIE, cookie)], user).into_response()
        }
        None => user.into_response(),
    })
}
