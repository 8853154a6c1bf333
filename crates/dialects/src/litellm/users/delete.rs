//! `POST /user/delete`.

use axum::{Json, extract::State, http::StatusCode};
use domain::users::{
    action::BulkAction,
    bulk::{BULK_MAX, BulkRequest, Selected},
    detail::UserRef,
};
use serde::Deserialize;
use serde_json::Value;
use service::{
    Error, Services,
    access::{Authorized, UsersRead, UsersWrite},
    users,
};

use crate::{
    Authenticated, DialectError, JsonBody,
    litellm::{
        body,
        callers::{self, require_or},
        errors::custom,
    },
};

const DENIED: &str = "Only PROXY_ADMIN or ORG_ADMIN users may delete users.";

/// Body of the request.
#[derive(Debug, Clone, Deserialize)]
struct Deletion {
    user_ids: Vec<String>,
}

/// Deletes all named users or none. Returns their number.
pub(in crate::litellm) async fn delete(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    JsonBody(sent): JsonBody<Value>,
) -> Result<Json<usize>, DialectError> {
    let writer: Authorized<UsersWrite> = require_or(&identity, DENIED)?;
    let reader: Authorized<UsersRead> = require_or(&identity, DENIED)?;
    let request: Deletion = body::parse(&body::filled(sent)?)?;
    if request.user_ids.len() > BULK_MAX {
        let text = format!("At most {BULK_MAX} users can be deleted at once");
        return Err(custom(StatusCode::BAD_REQUEST, text));
    }
    let mut selected: Vec<Selected> = Vec::with_capacity(request.user_ids.len());
    for identifier in &request.user_ids {
        let found = callers::find(&services, &reader, identifier).await;
        let user = found.map_err(|error| unknown(error, identifier))?;
        let detail = users::get(&services, &reader, &UserRef::Id(user.id)).await?;
        if !selected.iter().any(|other| other.id == user.id) {
            selected.push(Selected::from(&detail.summary));
        }
    }
    let number = selected.len();
    let request = BulkRequest {
        action: BulkAction::Delete {},
        users: selected,
        expected: Some(number),
    };
    match users::bulk(&services, &writer, request).await {
        Ok(outcome) => Ok(Json(outcome.changed)),
        Err(Error::SelectionChanged(outcome)) => {
            let mut items = outcome.items.into_iter();
            let skipped = items.find_map(|item| Some((item.username, item.skipped?)));
            let text = skipped.map(|(username, reason)| format!("{username}: {reason}"));
            Err(custom(StatusCode::FORBIDDEN, text.unwrap_or_default()))
        }
        Err(error) => Err(error.into()),
    }
}

fn unknown(error: DialectError, identifier: &str) -> DialectError {
    match error {
        DialectError::Custom(StatusCode::NOT_FOUND, _) => custom(
            StatusCode::NOT_FOUND,
            format!("User not found, passed user_id={identifier}"),
        ),
        other => other,
    }
}
