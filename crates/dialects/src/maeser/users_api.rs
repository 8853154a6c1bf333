//! The commands of user management, `POST /users/api`.

use axum::{
    Json,
    body::Bytes,
    extract::{State, rejection::BytesRejection},
    http::{HeaderMap, StatusCode},
};
use serde_json::{Value, json};
use service::{
    Services,
    access::{Authorized, Identity, UsersRead},
};

use super::{
    changes,
    command::{Command, NO_JSON},
    errors::bad_request,
    identity::{self, Ident},
    list::{self, Filters},
};
use crate::{Authenticated, DialectError};

/// `POST /users/api`.
pub(super) async fn run(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Value>, DialectError> {
    // Every command requires it, also one that is not valid.
    let reader: Authorized<UsersRead> = identity.require()?;
    let body = body.map_err(|error| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => DialectError::TooLarge,
        _ => bad_request(NO_JSON),
    })?;
    let command = Command::parse(&headers, &body)?;
    let answer = match command.text("type") {
        Some("list-users") => {
            let filters = Filters {
                auth: command.filter("auth-filter")?,
                admin: command.filter("admin-filter")?,
                banned: command.filter("banned-filter")?,
            };
            Value::Array(list::users(&services, &identity, &filters).await?)
        }
        Some("check-user-auth") => {
            let auth = command.text("user_auth").unwrap_or_default();
            json!({ "is_auth_registered": identity::is_registered(auth) })
        }
        Some("get-user") => get_user(&services, (&identity, &reader), &command).await?,
        Some("list-cleanables") => {
            let found = list::cleanables(&services, &identity, None).await?;
            let names = found.iter().map(|(ident, _)| {
                let Ident { auth, id } = ident;
                Value::String(format!("{auth}:{id}"))
            });
            Value::Array(names.collect())
        }
        Some("clean-cache") => {
            changes::clean(&services, &identity).await?;
            response("Cleaned user cache")
        }
        _ => change(&services, (&identity, &reader), &command).await?,
    };
    Ok(Json(answer))
}

async fn get_user(
    services: &Services,
    (identity, reader): (&Identity, &Authorized<UsersRead>),
    command: &Command,
) -> Result<Value, DialectError> {
    let ident = Ident {
        auth: command.required_part("user_auth")?,
        id: command.required_part("user_id")?,
    };
    let found = identity::find(services, reader, &ident).await?;
    let found = found.map(|user| identity::listed(user.summary));
    let Some(user) = found else {
        let text = format!("No user {}.{}", ident.auth, ident.id);
        return Err(DialectError::Custom(StatusCode::NOT_FOUND, text));
    };
    let users = [user];
    let requests = identity::requests(services, identity, &users).await?;
    let mut shown = users.iter().zip(requests);
    let shown = shown.next();
    Ok(shown.map_or(Value::Null, |(user, requests)| {
        identity::shown(&ident, user, requests)
    }))
}

/// Runs a command that changes one user.
async fn change(
    services: &Services,
    (identity, reader): (&Identity, &Authorized<UsersRead>),
    command: &Command,
) -> Result<Value, DialectError> {
    let ident = command.ident();
    let name = format!("{}.{}", ident.auth, ident.id);
    let find = || identity::find(services, reader, &ident);
    let text = match command.text("type") {
        Some("toggle-admin") => {
            let status = command.status()?;
            identity::require_registered(&ident.auth)?;
            changes::set_admin(services, identity, find().await?, status).await?;
            let becomes = if status {
                "an admin"
            } else {
                "no longer an admin"
            };
            format!("Made {name} {becomes}")
        }
        Some("toggle-ban") => {
            let status = command.status()?;
            identity::require_registered(&ident.auth)?;
            changes::set_banned(services, identity, find().await?, status).await?;
            let becomes = if status { "banned" } else { "no longer banned" };
            format!("Made {name} {becomes}")
        }
        Some("update-requests") => {
            let action = command.named("action");
            let action = action.ok_or_else(|| bad_request("Missing action"))?;
            let units = match action.as_str() {
                "add" => 1,
                "remove" => -1,
                other => {
                    return Err(bad_request(format!(
                        "Invalid action was given: \"{other}\""
                    )));
                }
            };
            identity::require_registered(&ident.auth)?;
            changes::add_requests(services, identity, find().await?, units).await?;
            format!("Updated {name} requests")
        }
        Some("remove-user") => {
            if command.is_forced() {
                identity::require_name(&ident.auth)?;
            } else {
                identity::require_registered(&ident.auth)?;
            }
            changes::remove(services, identity, find().await?).await?;
            format!("Removed {name} from the cache")
        }
        Some("fetch-user") => {
            identity::require_registered(&ident.auth)?;
            changes::fetch(services, (identity, reader), &ident).await?;
            format!("Fetched {name}")
        }
        _ => {
            let other = command.named("type");
            let other = other.as_deref().unwrap_or("None");
            return Err(bad_request(format!(
                "Invalid command type was given: \"{other}\""
            )));
        }
    };
    Ok(response(&text))
}

fn response(text: &str) -> Value {
    json!({ "response": text })
}
