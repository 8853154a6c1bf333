//! Making, changing, suspending, deleting and restoring accounts.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    access::{ADMIN_ROLE, USER_ROLE},
    users::{
        bulk::BulkRequest,
        create::UserDraft,
        deletion::Deletion,
        detail::{CreatedUser, UserRef},
        edit::UserEdit,
        suspension::SuspensionDraft,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use service::{
    Error, Services,
    access::{ReadUsers, WriteUsers},
};
use uuid::Uuid;

use super::shown::{Wanted, show, success};
use crate::rest::{Allowed, Failure, Params, UserPath, body::Body};

/// The body that makes an account: FOVEA's fields, and what Rollcall knows beside.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Create {
    username: String,
    display_name: String,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    password: Option<String>,
    #[serde(default)]
    is_admin: Option<bool>,
    #[serde(default)]
    roles: Vec<String>,
    #[serde(default)]
    notification_preferences: Map<String, Value>,
    #[serde(default)]
    client_list: Vec<i32>,
}

/// The same on its way to a server.
impl From<UserDraft> for Create {
    fn from(draft: UserDraft) -> Self {
        Self {
            username: draft.username,
            display_name: draft.display_name,
            email: Some(draft.email),
            password: draft.password,
            is_admin: None,
            roles: draft.roles,
            notification_preferences: draft.notification_preferences,
            client_list: draft.client_list,
        }
    }
}

/// `POST /api/admin/users`: without a password the answer has a `link` with which the person chooses one.
pub(crate) async fn create(
    State(services): State<Services>,
    Allowed(granted): Allowed<WriteUsers>,
    Body(body): Body<Create>,
) -> Result<Response, Failure> {
    let mut roles = body.roles;
    let names_admin = roles.iter().any(|role| role.trim() == ADMIN_ROLE);
    match body.is_admin {
        Some(true) if roles.is_empty() => {
            roles.extend([ADMIN_ROLE.to_owned(), USER_ROLE.to_owned()]);
        }
        Some(admin) if admin != names_admin && !roles.is_empty() => {
            return Err(Failure::invalid(
                "The roles and isAdmin contradict each other.",
            ));
        }
        Some(_) | None => {}
    }
    let draft = UserDraft {
        username: body.username,
        display_name: body.display_name,
        email: body.email.unwrap_or_default(),
        roles,
        password: body.password,
        notification_preferences: body.notification_preferences,
        client_list: body.client_list,
    };
    let CreatedUser { user, link } = service::users::create(&services, &granted, draft).await?;
    let place = HeaderValue::try_from(format!("/api/admin/users/{}", user.summary.id));
    let mut response = (StatusCode::CREATED, show(user, link)).into_response();
    if let Ok(place) = place {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}

/// `GET /api/admin/users/:id`
pub(crate) async fn get(
    State(services): State<Services>,
    Allowed(granted): Allowed<ReadUsers>,
    UserPath(id): UserPath,
) -> Result<Response, Failure> {
    let user = service::users::get(&services, &granted, &UserRef::Id(id)).await?;
    // Whoever is in the bin is gone for FOVEA's clients.
    if user.deleted_at.is_some() {
        return Err(Error::NotFound("User not found").into());
    }
    Ok(show(user, None))
}

/// Who is looked for.
#[derive(Deserialize)]
pub(crate) struct Find {
    person: String,
}

/// `GET /api/admin/users/find`: the account of a number, an id or a username, also one in the bin.
pub(crate) async fn find(
    State(services): State<Services>,
    Allowed(granted): Allowed<ReadUsers>,
    Params(Find { person }): Params<Find>,
) -> Result<Response, Failure> {
    let person = UserRef::parse(&person);
    let user = service::users::get(&services, &granted, &person).await?;
    Ok(show(user, None))
}

/// `PUT` and `PATCH /api/admin/users/:id`: what is absent stays, `null` removes. With `If-Match` a change on top of
/// somebody else's is refused with 412, with `version` in the body with 409.
pub(crate) async fn edit(
    State(services): State<Services>,
    Allowed(granted): Allowed<WriteUsers>,
    UserPath(id): UserPath,
    headers: HeaderMap,
    Body(mut edit): Body<UserEdit>,
) -> Result<Response, Failure> {
    let wanted = Wanted::of(&headers)?;
    edit.version = wanted.version().or(edit.version);
    let edited = service::users::edit(&services, &granted, id, edit).await;
    wanted.answer(edited)
}

/// The query of a deletion.
#[derive(Deserialize)]
pub(crate) struct DeleteParams {
    #[serde(default)]
    permanent: bool,
}

/// `DELETE /api/admin/users/:id`: into the bin, or with `?permanent=true` for good.
pub(crate) async fn delete(
    State(services): State<Services>,
    Allowed(granted): Allowed<WriteUsers>,
    UserPath(id): UserPath,
    Params(params): Params<DeleteParams>,
) -> Result<Response, Failure> {
    let deletion = Deletion {
        permanent: params.permanent,
        ..Deletion::default()
    };
    service::users::delete(&services, &granted, id, &deletion).await?;
    Ok(success())
}

/// `GET /api/admin/users/:id/deletion-preview`
pub(crate) async fn deletion_preview(
    State(services): State<Services>,
    Allowed(granted): Allowed<ReadUsers>,
    UserPath(id): UserPath,
) -> Result<Response, Failure> {
    let preview = service::users::preview(&services, &granted, id).await?;
    Ok(Json(preview).into_response())
}

/// `POST /api/admin/users/:id/suspend`
pub(crate) async fn suspend(
    State(services): State<Services>,
    Allowed(granted): Allowed<WriteUsers>,
    UserPath(id): UserPath,
    Body(draft): Body<SuspensionDraft>,
) -> Result<Response, Failure> {
    let user = service::users::suspend(&services, &granted, id, draft).await;
    Ok(show(user?, None))
}

/// `POST /api/admin/users/:id/unsuspend`
pub(crate) async fn unsuspend(
    State(services): State<Services>,
    Allowed(granted): Allowed<WriteUsers>,
    UserPath(id): UserPath,
) -> Result<Response, Failure> {
    let user = service::users::unsuspend(&services, &granted, id).await;
    Ok(show(user?, None))
}

/// `POST /api/admin/users/:id/restore`
pub(crate) async fn restore(
    State(services): State<Services>,
    Allowed(granted): Allowed<WriteUsers>,
    UserPath(id): UserPath,
) -> Result<Response, Failure> {
    let user = service::users::restore(&services, &granted, id).await;
    Ok(show(user?, None))
}

/// `POST /api/admin/users/:id/reset-link`: the link is in this answer and nowhere else.
pub(crate) async fn create_reset_link(
    State(services): State<Services>,
    Allowed(granted): Allowed<WriteUsers>,
    UserPath(id): UserPath,
) -> Result<Response, Failure> {
    let link = service::reset::create_link(&services, &granted, id).await?;
    Ok((StatusCode::CREATED, Json(link)).into_response())
}

/// `DELETE /api/admin/users/:id/reset-link`
pub(crate) async fn revoke_reset_link(
    State(services): State<Services>,
    Allowed(granted): Allowed<WriteUsers>,
    UserPath(id): UserPath,
) -> Result<Response, Failure> {
    service::reset::revoke_links(&services, &granted, id).await?;
    Ok(success())
}

/// `DELETE /api/admin/users/:id/sessions`
pub(crate) async fn end_sessions(
    State(services): State<Services>,
    Allowed(granted): Allowed<WriteUsers>,
    UserPath(id): UserPath,
) -> Result<Response, Failure> {
    let ended = service::users::end_sessions(&services, &granted, id).await?;
    Ok(Json(json!({ "success": true, "ended": ended })).into_response())
}

/// The body that gives what one person owns to another.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reassign {
    to: Uuid,
}

/// `POST /api/admin/users/:id/reassign`
pub(crate) async fn reassign(
    State(services): State<Services>,
    Allowed(granted): Allowed<WriteUsers>,
    UserPath(id): UserPath,
    Body(body): Body<Reassign>,
) -> Result<Response, Failure> {
    let personas = service::users::reassign(&services, &granted, id, body.to).await?;
    Ok(Json(json!({ "success": true, "personas": personas })).into_response())
}

/// `POST /api/admin/users/bulk`
pub(crate) async fn bulk(
    State(services): State<Services>,
    Allowed(granted): Allowed<WriteUsers>,
    Body(request): Body<BulkRequest>,
) -> Result<Response, Failure> {
    let outcome = service::users::bulk(&services, &granted, request).await?;
    Ok(Json(outcome).into_response())
}
