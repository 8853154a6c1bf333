//! Changes of users by administrators.

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{delete, post},
};
use domain::users::{
    Status, UserSummary, deletion::Deletion, edit::UserEdit, suspension::SuspensionDraft,
};
use serde_json::{Map, Value, json};
use service::{
    Error, Services,
    access::{Identity, RegistrationsWrite, UsersWrite},
    registrations, users,
};

use super::{
    Reply, errors, form,
    listing::{Reader, user_id},
    profile::{self, Profile},
    respond,
    roles::Role,
    types,
};
use crate::{Authenticated, DialectError, JsonBody};

/// Reason of the suspension of a user who becomes pending.
const SUSPENDED: &str = "Role set to pending in Open WebUI.";

/// Returns the routes.
pub(super) fn routes() -> Router<Services> {
    Router::new()
        .route("/api/v1/users/{id}", delete(remove))
        .route("/api/v1/users/{id}/sessions/revoke", post(revoke))
        .route("/api/v1/users/{id}/update", post(update))
}

async fn revoke(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    Path(id): Path<String>,
) -> Reply {
    let authorized = identity.require::<UsersWrite>()?;
    let unknown = || errors::custom(StatusCode::NOT_FOUND, "User not found.");
    let id = user_id(&id).map_err(|_| unknown())?;
    match users::revoke_sessions(&services, &authorized, id).await {
        Err(Error::NotFound(_)) => Err(unknown()),
        revoked => {
            revoked?;
            Ok(Json(json!(true)))
        }
    }
}

async fn remove(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    Path(id): Path<String>,
) -> Reply {
    let authorized = identity.require::<UsersWrite>()?;
    let id = user_id(&id)?;
    users::delete(&services, &authorized, id, &Deletion::default()).await?;
    Ok(Json(json!(true)))
}

/// Changes a user: first the account, then whether it can be used, then the image. Each has its own entry in the audit log.
async fn update(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    Path(id): Path<String>,
    JsonBody(body): JsonBody<Map<String, Value>>,
) -> Reply {
    let authorized = identity.require::<UsersWrite>()?;
    let reader = Reader::of(&identity)?;
    let id = user_id(&id)?;
    let role = form::text(&body, "role")?;
    let role = role.as_deref().map(Role::parse).transpose()?;
    let image = form::text(&body, profile::IMAGE)?;
    profile::check_image(image.as_deref().unwrap_or_default())?;
    let (before, linked) = reader.find(&services, id).await?;
    if is_approval(&before.summary, role) {
        // Before the first change, so that none is made without the permission for the last one.
        identity.require::<RegistrationsWrite>()?;
    }
    let edit = edit(&before.summary, &body, role)?;
    if edit != UserEdit::default() {
        users::edit(&services, &authorized, id, edit).await?;
    }
    set_usable(&services, &identity, &before.summary, role).await?;
    if let Some(image) = image.filter(|image| *image != Profile(Some(&linked.data)).image()) {
        profile::set_image(&services, authorized, id, image).await?;
    }
    let (after, linked) = reader.find(&services, id).await?;
    let now = types::now(&services);
    let members = types::whole(&after.summary, Some(&linked.data), None, now);
    respond(members)
}

/// Returns the change of an account, without what stays. A new password ends all sessions.
fn edit(
    before: &UserSummary,
    body: &Map<String, Value>,
    role: Option<Role>,
) -> Result<UserEdit, DialectError> {
    let name = form::text(body, "name")?;
    let email = form::text(body, "email")?;
    let password = form::text(body, "password")?.filter(|password| !password.is_empty());
    let is_admin = match role {
        Some(Role::Admin) => Some(true),
        Some(Role::User) => Some(false),
        Some(Role::Pending) | None => None,
    };
    Ok(UserEdit {
        display_name: name.filter(|name| *name != before.display_name),
        email: email
            .filter(|email| email != types::email(before))
            .map(Some),
        is_admin: is_admin.filter(|is_admin| *is_admin != before.is_admin),
        revoke_sessions: password.is_some(),
        password,
        ..UserEdit::default()
    })
}

/// Returns whether a change approves a pending registration.
fn is_approval(before: &UserSummary, role: Option<Role>) -> bool {
    before.status == Status::Pending && matches!(role, Some(Role::User | Role::Admin))
}

/// Suspends a user who becomes pending, and ends the suspension or approves the registration of one who gets another role.
async fn set_usable(
    services: &Services,
    identity: &Identity,
    before: &UserSummary,
    role: Option<Role>,
) -> Result<(), DialectError> {
    let id = before.id.0;
    match (role, before.status) {
        (Some(Role::Pending), Status::Active) => {
            let authorized = identity.require::<UsersWrite>()?;
            let draft = SuspensionDraft {
                reason: SUSPENDED.to_owned(),
                ..SuspensionDraft::default()
            };
            users::suspend(services, &authorized, id, draft).await?;
        }
        (Some(Role::User | Role::Admin), Status::Suspended) => {
            let authorized = identity.require::<UsersWrite>()?;
            users::unsuspend(services, &authorized, id).await?;
        }
        (Some(Role::User | Role::Admin), Status::Pending) => {
            let authorized = identity.require::<RegistrationsWrite>()?;
            registrations::approve(services, &authorized, id, "").await?;
        }
        _ => {}
    }
    Ok(())
}
