//! `POST /key/generate`.

use axum::{Json, extract::State, http::StatusCode};
use domain::{access_tokens::KeyDraft, limits::LimitSubject};
use serde::Deserialize;
use serde_json::{Map, Value};
use service::{
    Services,
    access::{GroupsRead, LimitsWrite, TokensRead, TokensWrite, UsersRead},
    access_tokens,
};
use uuid::Uuid;

use super::{draft, full_row};
use crate::{
    Authenticated, DialectError, JsonBody,
    litellm::{
        body,
        budgets::Budget,
        callers::{self, require},
        errors::{custom, renamed},
        teams,
        users::read_models,
    },
};

const ROUTE: &str = "/key/generate";
const NO_USER: &str = "user_id is required: every virtual key belongs to a user";
const OWN_TEXT: &str = "key can not be chosen: the server generates it";

/// Body of the request.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct NewKey {
    key: Option<Value>,
    user_id: Option<String>,
    key_alias: Option<String>,
    duration: Option<String>,
    team_id: Option<String>,
    models: Vec<String>,
    metadata: Map<String, Value>,
}

/// Creates a virtual key of a user.
pub(in crate::litellm) async fn generate(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    JsonBody(sent): JsonBody<Value>,
) -> Result<Json<Value>, DialectError> {
    let writer = require::<TokensWrite>(&services, &identity, ROUTE).await?;
    let reader = require::<TokensRead>(&services, &identity, ROUTE).await?;
    let fields = body::filled(sent)?;
    let request: NewKey = body::parse(&fields)?;
    let budget: Budget = body::parse(&fields)?;
    if request.key.is_some() {
        return Err(custom(StatusCode::BAD_REQUEST, OWN_TEXT));
    }
    let Some(user_id) = &request.user_id else {
        return Err(custom(StatusCode::BAD_REQUEST, NO_USER));
    };
    let users = require::<UsersRead>(&services, &identity, ROUTE).await?;
    let user = callers::find(&services, &users, user_id).await?;
    let group = match &request.team_id {
        Some(team) => {
            let groups = require::<GroupsRead>(&services, &identity, ROUTE).await?;
            Some(teams::find_id(&services, &groups, team).await?)
        }
        None => None,
    };
    let name = request.key_alias.as_deref();
    let draft = KeyDraft {
        group,
        allowed_models: read_models(&request.models),
        metadata: request.metadata,
        ..draft(&services, name, request.duration.as_deref())?
    };
    // Stands for the key, which has no id yet.
    let limits = budget.changes(LimitSubject::Token(Uuid::nil()), &[])?;
    if !limits.is_empty() {
        require::<LimitsWrite>(&services, &identity, ROUTE).await?;
    }
    let issued = access_tokens::create_key(&services, &writer, user.id, &draft).await;
    let issued = issued.map_err(|error| renamed(error, field_name))?;
    if !limits.is_empty() {
        let authorized = identity.require::<LimitsWrite>()?;
        let limits = limits.of_new(LimitSubject::Token(issued.id));
        limits.apply(&services, &authorized).await?;
    }
    let key = access_tokens::find_key(&services, &reader, issued.id).await?;
    let row = full_row(&services, &identity, &key).await?;
    let Value::Object(mut answer) = row else {
        return Err(DialectError::Internal);
    };
    answer.insert("key".to_owned(), issued.token.into());
    Ok(Json(Value::Object(answer)))
}

/// Returns the name of a field of a key in a body.
pub(super) fn field_name(field: &str) -> String {
    let name = match field {
        "name" => "key_alias",
        "days" => "duration",
        "allowed_models" => "models",
        "group" => "team_id",
        other => other,
    };
    name.to_owned()
}
