//! `POST /user/bulk_update`.

use axum::{Json, extract::State, http::StatusCode};
use serde_json::{Map, Value, json};
use service::{
    Services,
    access::{Authorized, Identity, UsersRead, UsersWrite},
    directory::{self, DirectoryQuery},
};

use super::{row, update::change};
use crate::{
    Authenticated, DialectError, JsonBody,
    litellm::{NAME, body, callers::require, errors::custom},
};

const ROUTE: &str = "/user/bulk_update";
/// Maximum number of users of a request.
const USERS_MAX: usize = 500;

/// Changes several users, each in a transaction of its own.
pub(in crate::litellm) async fn update(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    JsonBody(sent): JsonBody<Value>,
) -> Result<Json<Value>, DialectError> {
    require::<UsersWrite>(&services, &identity, ROUTE).await?;
    let reader = require::<UsersRead>(&services, &identity, ROUTE).await?;
    let updates = read(&services, &reader, sent).await?;
    let total = updates.len();
    let mut results = Vec::with_capacity(total);
    let mut successful = 0;
    for fields in updates {
        let result = one(&services, &identity, fields).await;
        successful += usize::from(result.get("success") == Some(&Value::Bool(true)));
        results.push(result);
    }
    Ok(Json(json!({
        "results": results,
        "total_requested": total,
        "successful_updates": successful,
        "failed_updates": total - successful,
    })))
}

/// Fields of each user to change.
type Updates = Vec<Map<String, Value>>;

/// Returns the changes: those of the body, or the same ones for all users.
async fn read(
    services: &Services,
    reader: &Authorized<UsersRead>,
    sent: Value,
) -> Result<Updates, DialectError> {
    let mut fields = body::filled(sent)?;
    if fields.get("all_users") == Some(&Value::Bool(true)) {
        let Some(Value::Object(same)) = fields.remove("user_updates") else {
            let text = "user_updates must be provided when all_users is true";
            return Err(custom(StatusCode::BAD_REQUEST, text));
        };
        return for_all(services, reader, &same).await;
    }
    let Some(Value::Array(users)) = fields.remove("users") else {
        let text = "Must specify either 'users' for individual updates or 'all_users=True' with 'user_updates' for bulk updates";
        return Err(custom(StatusCode::BAD_REQUEST, text));
    };
    check_number(users.len())?;
    let users = users.into_iter();
    users.map(body::fields).collect()
}

/// Returns the same fields for every user.
async fn for_all(
    services: &Services,
    reader: &Authorized<UsersRead>,
    same: &Map<String, Value>,
) -> Result<Updates, DialectError> {
    let query = DirectoryQuery {
        namespace: NAME.to_owned(),
        limit: i64::try_from(USERS_MAX).unwrap_or(i64::MAX),
        ..DirectoryQuery::default()
    };
    let (users, total) = directory::list(services, reader, &query).await?;
    check_number(usize::try_from(total).unwrap_or(usize::MAX))?;
    let updates = users.into_iter().map(|user| {
        let mut fields = same.clone();
        fields.remove("user_email");
        fields.insert("user_id".to_owned(), user.identifier.into());
        fields
    });
    Ok(updates.collect())
}

fn check_number(users: usize) -> Result<(), DialectError> {
    if users <= USERS_MAX {
        return Ok(());
    }
    let text = format!("Maximum {USERS_MAX} users can be updated at once. Found {users} users");
    Err(custom(StatusCode::BAD_REQUEST, text))
}

/// Changes a user. An error is part of the result.
async fn one(services: &Services, identity: &Identity, fields: Map<String, Value>) -> Value {
    let named = |name: &str| fields.get(name).cloned().unwrap_or_default();
    let (id, email) = (named("user_id"), named("user_email"));
    match change(services, identity, &fields).await {
        Ok(user) => json!({
            "user_id": user.identifier,
            "user_email": user.email,
            "success": true,
            "error": null,
            "updated_user": row(&user),
        }),
        Err(error) => {
            error.log();
            json!({
                "user_id": id,
                "user_email": email,
                "success": false,
                "error": error.message().to_string(),
                "updated_user": null,
            })
        }
    }
}
