//! Settings for internal users: the limits of users without others.

use axum::{Json, extract::State, http::StatusCode};
use domain::limits::LimitSubject;
use serde_json::{Map, Value, json};
use service::{
    Services,
    access::{Authorized, LimitsRead, LimitsWrite},
};

use super::{
    body,
    budgets::{self, Budget},
    callers::require,
    errors::custom,
    roles,
};
use crate::{Authenticated, DialectError, JsonBody};

/// `GET /get/internal_user_settings`.
pub(super) async fn get(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
) -> Result<Json<Value>, DialectError> {
    let reader = require::<LimitsRead>(&services, &identity, "/get/internal_user_settings").await?;
    let values = values(&services, &reader).await?;
    let schema = json!({
        "description": "Default settings of internal users",
        "properties": {
            "user_role": { "type": "string", "description": "Role of new users" },
            "max_budget": { "type": "number", "description": "Budget of users without another one, in dollars" },
            "budget_duration": { "type": "string", "description": "Period of the budget, such as 30d" },
            "tpm_limit": { "type": "integer", "description": "Tokens per minute" },
            "rpm_limit": { "type": "integer", "description": "Requests per minute" },
        },
    });
    Ok(Json(json!({ "values": values, "field_schema": schema })))
}

/// `PATCH /update/internal_user_settings`.
pub(super) async fn update(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    JsonBody(sent): JsonBody<Value>,
) -> Result<Json<Value>, DialectError> {
    let writer =
        require::<LimitsWrite>(&services, &identity, "/update/internal_user_settings").await?;
    let reader =
        require::<LimitsRead>(&services, &identity, "/update/internal_user_settings").await?;
    let fields = body::fields(sent)?;
    for (name, value) in &fields {
        let is_same = name == "user_role" && value == roles::USER;
        if !is_same
            && !body::is_blank(value)
            && matches!(name.as_str(), "user_role" | "models" | "teams")
        {
            let text = format!("{name} of new users can not be changed");
            return Err(custom(StatusCode::BAD_REQUEST, text));
        }
    }
    let budget: Budget = body::parse(&fields)?;
    let present = budgets::of(&services, &reader, LimitSubject::Default).await?;
    let changes = budget.changes(LimitSubject::Default, &present)?;
    changes.apply(&services, &writer).await?;
    let settings = values(&services, &reader).await?;
    Ok(Json(json!({
        "message": "Internal user settings updated successfully",
        "status": "success",
        "settings": settings,
    })))
}

async fn values(
    services: &Services,
    reader: &Authorized<LimitsRead>,
) -> Result<Map<String, Value>, DialectError> {
    let limits = budgets::of(services, reader, LimitSubject::Default).await?;
    let mut values = Map::new();
    values.insert("user_role".to_owned(), roles::USER.into());
    values.insert("models".to_owned(), json!([]));
    values.insert("teams".to_owned(), json!([]));
    budgets::write(&mut values, &limits);
    Ok(values)
}
