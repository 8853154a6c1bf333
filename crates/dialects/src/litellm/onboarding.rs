//! The use of an invitation by its user, without another credential.

use axum::{
    Json,
    extract::{FromRequestParts, State},
    http::{StatusCode, request::Parts},
};
use serde::Deserialize;
use serde_json::{Value, json};
use service::{
    Error, Services,
    access::Origin,
    reset::{self, Choice, LinkState},
};

use super::{errors::custom, namespace, origin, query::Query};
use crate::{DialectError, JsonBody};

const UNKNOWN: &str = "Invitation link does not exist in db.";
const USED: &str = "Invitation link has already been used.";
const EXPIRED: &str = "Invitation link has expired.";
const OTHER_USER: &str = "Invalid invitation link. The user id submitted does not match the user id this link is attached to.";

/// Origin of a request without a credential, which acts for no other user: the audit log names its user only.
#[derive(Debug, Clone)]
pub(super) struct Visitor(Origin);

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = DialectError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, DialectError> {
        Ok(Self(Origin {
            changed_by: None,
            ..origin(parts)
        }))
    }
}

/// `GET /onboarding/get_token`.
pub(super) async fn get_token(
    State(services): State<Services>,
    Visitor(origin): Visitor,
    query: Query,
) -> Result<Json<Value>, DialectError> {
    let token = query.text("invite_link").unwrap_or_default();
    let state = follow(&services, token, &origin).await?;
    let base = services.settings.base_url(&origin);
    Ok(Json(json!({
        "login_url": format!("{base}/reset/{token}"),
        "token": token,
        "user_email": state.email,
    })))
}

/// Body of the choice of a password.
#[derive(Debug, Deserialize)]
pub(super) struct Claim {
    invitation_link: String,
    user_id: String,
    password: String,
}

/// `POST /onboarding/claim_token`.
pub(super) async fn claim_token(
    State(services): State<Services>,
    Visitor(origin): Visitor,
    JsonBody(claim): JsonBody<Claim>,
) -> Result<Json<Value>, DialectError> {
    let token = claim.invitation_link.as_str();
    let state = follow(&services, token, &origin).await?;
    let own = state.user.to_string();
    let id = state.identifier.as_ref().unwrap_or(&own);
    if *id != claim.user_id {
        return Err(custom(StatusCode::UNAUTHORIZED, OTHER_USER));
    }
    let choice = Choice {
        password: &claim.password,
        password_again: &claim.password,
        revoke_tokens: false,
    };
    reset::choose_password(&services, token, choice, origin).await?;
    Ok(Json(json!({ "user_id": id, "user_email": state.email })))
}

/// Returns the state of a valid link. An invalid one counts against the address that sent it.
async fn follow(
    services: &Services,
    token: &str,
    origin: &Origin,
) -> Result<LinkState, DialectError> {
    let opened = reset::open_link(services, token, origin).await;
    let state = reset::find_state(services, token, &namespace()?).await?;
    match (opened, state) {
        (Ok(_), Some(state)) => Ok(state),
        (Ok(_) | Err(Error::NotFound(_)), state) => {
            Err(custom(StatusCode::UNAUTHORIZED, reason(state.as_ref())))
        }
        (Err(error), _) => Err(error.into()),
    }
}

/// Returns the reason why a link is not accepted.
fn reason(state: Option<&LinkState>) -> &'static str {
    match state {
        Some(state) if state.link.used_at.is_some() => USED,
        Some(state) if state.has_expired => EXPIRED,
        Some(_) | None => UNKNOWN,
    }
}
