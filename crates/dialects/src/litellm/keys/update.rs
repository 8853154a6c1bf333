//! `POST /key/update`.

use axum::{Json, extract::State};
use domain::{access_tokens::VirtualKeyEdit, limits::LimitSubject};
use serde::Deserialize;
use serde_json::{Map, Value};
use service::{
    Error, Services,
    access::{LimitsRead, LimitsWrite, TokensRead, TokensWrite},
    access_tokens,
};

use super::{Owners, days, find_id, full_row, generate::field_name};
use crate::{
    Authenticated, DialectError, JsonBody,
    litellm::{
        body::{self, Blank},
        budgets::{self, Budget},
        callers::require,
        errors::renamed,
        users::read_models,
    },
};

const ROUTE: &str = "/key/update";

/// Body of the request.
#[derive(Debug, Clone, Deserialize)]
struct KeyUpdate {
    key: String,
    key_alias: Option<String>,
    duration: Option<String>,
    models: Option<Vec<String>>,
    metadata: Option<Map<String, Value>>,
    blocked: Option<bool>,
}

/// Changes a virtual key. Blank values are left out.
pub(in crate::litellm) async fn update(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    JsonBody(sent): JsonBody<Value>,
) -> Result<Json<Value>, DialectError> {
    let writer = require::<TokensWrite>(&identity, ROUTE)?;
    let reader = require::<TokensRead>(&identity, ROUTE)?;
    let fields = body::fields(sent, Blank::EmptyOrZero)?;
    let request: KeyUpdate = body::parse(&fields)?;
    let budget: Budget = body::parse(&fields)?;
    let id = find_id(&services, &reader, &request.key).await?;
    let subject = LimitSubject::Token(id);
    let drafts = if budget.is_empty() {
        Vec::new()
    } else {
        let limits = require::<LimitsRead>(&identity, ROUTE)?;
        require::<LimitsWrite>(&identity, ROUTE)?;
        let present = budgets::of(&services, &limits, subject).await?;
        budget.drafts(subject, &present)?
    };
    let lifetime = request.duration.as_deref().map(days).transpose()?;
    let edit = VirtualKeyEdit {
        name: request.key_alias,
        days: lifetime.map(Some),
        allowed_models: request.models.as_deref().map(read_models),
        metadata: request.metadata,
    };
    if edit != VirtualKeyEdit::default() {
        let edited = access_tokens::edit_key(&services, &writer, id, &edit).await;
        edited.map_err(|error| renamed(error, field_name))?;
    }
    if !drafts.is_empty() {
        let limits = identity.require::<LimitsWrite>()?;
        budgets::put(&services, &limits, drafts).await?;
    }
    let done = match request.blocked {
        Some(true) => access_tokens::block(&services, &writer, id).await,
        Some(false) => access_tokens::unblock(&services, &writer, id).await,
        None => Ok(()),
    };
    match done {
        // The key is in this state already.
        Ok(()) | Err(Error::Conflict(_)) => {}
        Err(error) => return Err(error.into()),
    }
    let key = access_tokens::find_key(&services, &reader, id).await?;
    let mut owners = Owners::default();
    let owner = owners.find(&services, &identity, key.user.id.0).await?;
    let row = full_row(&services, &identity, &key, &owner).await?;
    Ok(Json(row))
}
