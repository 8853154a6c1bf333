//! Invitations, which are links to choose a password. The id of an invitation is the token of its link: it is shown when it is created.

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use service::{
    Error, Services,
    access::{UsersRead, UsersWrite},
    reset::{self, LinkState},
};

use super::{
    callers::{self, require},
    errors::custom,
    namespace,
    query::Query,
    users::timestamp,
};
use crate::{Authenticated, DialectError, JsonBody};

/// Body with a user.
#[derive(Debug, Deserialize)]
pub(super) struct Invited {
    user_id: String,
}

/// Body with an invitation.
#[derive(Debug, Deserialize)]
pub(super) struct Named {
    invitation_id: String,
}

/// `POST /invitation/new`.
pub(super) async fn create(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    JsonBody(Invited { user_id }): JsonBody<Invited>,
) -> Result<Json<Value>, DialectError> {
    let writer = require::<UsersWrite>(&services, &identity, "/invitation/new").await?;
    let reader = require::<UsersRead>(&services, &identity, "/invitation/new").await?;
    let user = callers::find(&services, &reader, &user_id).await?;
    let link = reset::create_invitation(&services, &writer, user.id).await?;
    let token = link.url.rsplit('/').next().unwrap_or_default();
    let state = find(&services, token).await?;
    let mut row = row(&state, token);
    if let Some(members) = row.as_object_mut() {
        members.insert("url".to_owned(), link.url.as_str().into());
    }
    Ok(Json(row))
}

/// `GET /invitation/info`.
pub(super) async fn info(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    query: Query,
) -> Result<Json<Value>, DialectError> {
    require::<UsersRead>(&services, &identity, "/invitation/info").await?;
    let token = query.text("invitation_id").unwrap_or_default();
    Ok(Json(row(&find(&services, token).await?, token)))
}

/// `POST /invitation/update`: only a chosen password accepts an invitation, so it stays as it is.
pub(super) async fn update(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    JsonBody(Named { invitation_id }): JsonBody<Named>,
) -> Result<Json<Value>, DialectError> {
    require::<UsersWrite>(&services, &identity, "/invitation/update").await?;
    let state = find(&services, &invitation_id).await?;
    Ok(Json(row(&state, &invitation_id)))
}

/// `POST /invitation/delete`: revokes the unused links of the user.
pub(super) async fn delete(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    JsonBody(Named { invitation_id }): JsonBody<Named>,
) -> Result<Json<Value>, DialectError> {
    let writer = require::<UsersWrite>(&services, &identity, "/invitation/delete").await?;
    let state = find(&services, &invitation_id).await?;
    match reset::revoke_links(&services, &writer, state.user, None).await {
        // The link is used, revoked or expired already.
        Ok(()) | Err(Error::Conflict(_)) => Ok(Json(row(&state, &invitation_id))),
        Err(error) => Err(error.into()),
    }
}

async fn find(services: &Services, token: &str) -> Result<LinkState, DialectError> {
    let found = reset::find_state(services, token, &namespace()?).await?;
    found.ok_or_else(|| {
        let text = "Invitation id does not exist in the database.";
        custom(StatusCode::BAD_REQUEST, text)
    })
}

/// Returns an invitation as a row of LiteLLM.
fn row(state: &LinkState, token: &str) -> Value {
    let link = &state.link;
    let id = state.user.to_string();
    json!({
        "id": token,
        "user_id": state.identifier.as_ref().unwrap_or(&id),
        "is_accepted": link.used_at.is_some(),
        "accepted_at": timestamp(link.used_at),
        "expires_at": timestamp(Some(link.revoked_at.unwrap_or(link.expires_at))),
        "created_at": timestamp(Some(link.created_at)),
        "created_by": null,
        "updated_at": timestamp(link.used_at.or(link.revoked_at).or(Some(link.created_at))),
        "updated_by": null,
    })
}
