//! `POST /key/update`.

use axum::{Json, extract::State, http::StatusCode};
use domain::{access_tokens::VirtualKeyEdit, limits::LimitSubject};
use serde::Deserialize;
use serde_json::{Map, Value};
use service::{
    Error, Services,
    access::{LimitsRead, LimitsWrite, TokensRead, TokensWrite},
    access_tokens,
};

use super::{UNNAMED, days, find_id, full_row, generate::field_name};
use crate::{
    Authenticated, DialectError, JsonBody,
    litellm::{
        body::{self, Field},
        budgets::{self, Budget, Changes},
        callers::require,
        errors::{custom, renamed},
        users::read_models,
    },
};

const ROUTE: &str = "/key/update";
const NO_SPEND: &str =
    "spend of a key can not be set: it is counted for its user. Use /user/update";

/// Body of the request.
#[derive(Debug, Clone, Deserialize)]
struct KeyUpdate {
    key: String,
    #[serde(default)]
    key_alias: Field<String>,
    /// As in LiteLLM, null leaves the lifetime.
    duration: Option<String>,
    #[serde(default)]
    models: Field<Vec<String>>,
    #[serde(default)]
    metadata: Field<Map<String, Value>>,
    #[serde(default)]
    blocked: Field<bool>,
}

/// Changes a virtual key. What the body leaves out stays, and null clears.
pub(in crate::litellm) async fn update(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    JsonBody(sent): JsonBody<Value>,
) -> Result<Json<Value>, DialectError> {
    let writer = require::<TokensWrite>(&services, &identity, ROUTE).await?;
    let reader = require::<TokensRead>(&services, &identity, ROUTE).await?;
    let fields = body::fields(sent)?;
    if fields.contains_key("spend") {
        return Err(custom(StatusCode::BAD_REQUEST, NO_SPEND));
    }
    let request: KeyUpdate = body::parse(&fields)?;
    let budget: Budget = body::parse(&fields)?;
    let id = find_id(&services, &reader, &request.key).await?;
    let subject = LimitSubject::Token(id);
    let changes = if budget.is_empty() {
        Changes::default()
    } else {
        let limits = require::<LimitsRead>(&services, &identity, ROUTE).await?;
        require::<LimitsWrite>(&services, &identity, ROUTE).await?;
        let present = budgets::of(&services, &limits, subject).await?;
        budget.changes(subject, &present)?
    };
    let lifetime = request.duration.as_deref().map(days).transpose()?;
    let name = request.key_alias.change();
    let models = request.models.change();
    let metadata = request.metadata.change();
    let edit = VirtualKeyEdit {
        name: name.map(|name| name.unwrap_or_else(|| UNNAMED.to_owned())),
        days: lifetime.map(Some),
        allowed_models: models.map(|models| read_models(&models.unwrap_or_default())),
        metadata: metadata.map(Option::unwrap_or_default),
    };
    if edit != VirtualKeyEdit::default() {
        let edited = access_tokens::edit_key(&services, &writer, id, &edit).await;
        edited.map_err(|error| renamed(error, field_name))?;
    }
    if !changes.is_empty() {
        let limits = identity.require::<LimitsWrite>()?;
        changes.apply(&services, &limits).await?;
    }
    let done = match request.blocked {
        Field::Value(true) => access_tokens::block(&services, &writer, id).await,
        Field::Value(false) | Field::Null => access_tokens::unblock(&services, &writer, id).await,
        Field::Absent => Ok(()),
    };
    match done {
        // The key is in this state already.
        Ok(()) | Err(Error::Conflict(_)) => {}
        Err(error) => return Err(error.into()),
    }
    let key = access_tokens::find_key(&services, &reader, id).await?;
    Ok(Json(full_row(&services, &identity, &key).await?))
}
