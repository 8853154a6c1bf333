//! The commands of user management, `POST /users/api`.

use axum::{
    Json,
    body::Bytes,
    extract::{State, rejection::BytesRejection},
    http::{HeaderMap, StatusCode, header},
};
use serde_json::{Map, Value, json};
use service::{
    Services,
    access::{Authorized, Identity, UsersRead},
};

use super::{
    changes,
    errors::bad_request,
    identity::{self, Ident},
    list::{self, ALL, Filters},
};
use crate::{Authenticated, DialectError};

/// Fields of a command.
struct Command(Map<String, Value>);

impl Command {
    /// Parses a body. Its content type must be JSON, as in Maeser.
    fn parse(headers: &HeaderMap, body: &[u8]) -> Result<Self, DialectError> {
        let fields = is_json(headers).then(|| serde_json::from_slice(body).ok());
        match fields.flatten() {
            Some(Value::Object(fields)) => Ok(Self(fields)),
            // Other values have no fields, and therefore no type.
            Some(other) if !other.is_null() => Ok(Self(Map::new())),
            Some(_) | None => Err(bad_request("Request must be JSON")),
        }
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// Returns a text that is required.
    fn required(&self, name: &str) -> Result<&str, DialectError> {
        self.text(name)
            .ok_or_else(|| bad_request(format!("Missing {name}")))
    }

    /// Returns a part of an identity that is required. An empty one is missing.
    fn required_part(&self, name: &str) -> Result<String, DialectError> {
        let text = self.text(name).filter(|text| !text.is_empty());
        text.map(str::to_owned)
            .ok_or_else(|| bad_request(format!("Missing {name}")))
    }

    /// Returns a value that is a text or left out.
    fn filter(&self, name: &str) -> Result<&str, DialectError> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(ALL),
            Some(Value::String(text)) => Ok(text),
            Some(other) => Err(bad_request(format!(
                "Invalid {} value: {other}",
                name.replace('-', "_")
            ))),
        }
    }

    /// Returns the new status.
    fn status(&self) -> Result<bool, DialectError> {
        match self.0.get("new_status") {
            Some(Value::Bool(status)) => Ok(*status),
            Some(Value::Null) | None => Err(bad_request("Missing new_status")),
            Some(_) => Err(bad_request("new_status must be true or false")),
        }
    }

    /// Returns the identity that the command is about. What is missing is empty, as in Maeser.
    fn ident(&self) -> Ident {
        let text = |name| self.text(name).unwrap_or_default().to_owned();
        Ident {
            auth: text("user_auth"),
            id: text("user_id"),
        }
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default();
    let kind = kind.trim().to_ascii_lowercase();
    kind == "application/json" || kind.starts_with("application/") && kind.ends_with("+json")
}

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
        _ => bad_request("Request must be JSON"),
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
            let units = match command.required("action")? {
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
            let forced = command.0.get("force_remove") == Some(&Value::Bool(true));
            if forced {
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
        other => {
            let other = other.unwrap_or("None");
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

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(kind: &str, body: &str) -> Result<Command, String> {
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, kind.parse().unwrap())]);
        let parsed = Command::parse(&headers, body.as_bytes());
        parsed.map_err(|error| error.message().to_string())
    }

    #[test]
    fn body_must_be_json() {
        for kind in [
            "application/json",
            "application/json; charset=utf-8",
            "Application/LD+JSON",
        ] {
            let command = parse(kind, r#"{"type":"list-users"}"#).unwrap();
            assert_eq!(command.text("type"), Some("list-users"));
        }
        for (kind, body) in [
            ("text/plain", "{}"),
            ("application/x-www-form-urlencoded", "{}"),
            ("application/json", ""),
            ("application/json", "{"),
            ("application/json", "null"),
        ] {
            let error = parse(kind, body).err();
            assert_eq!(
                error.as_deref(),
                Some("Request must be JSON"),
                "{kind} {body}"
            );
        }
        assert!(parse("application/json", "[1]").unwrap().0.is_empty());
    }

    #[test]
    fn fields_of_other_types_are_rejected_or_missing() {
        let command = r#"{"user_auth":1,"new_status":"yes","admin-filter":1,"banned-filter":null,"user_id":"","action":[]}"#;
        let command = parse("application/json", command).unwrap();
        assert_eq!(command.ident().auth, "");
        let text = |error: DialectError| error.message().to_string();
        for (error, says) in [
            (
                command.status().map_err(text).err(),
                "new_status must be true or false",
            ),
            (
                command.required("action").map_err(text).err(),
                "Missing action",
            ),
            (
                command.filter("admin-filter").map_err(text).err(),
                "Invalid admin_filter value: 1",
            ),
        ] {
            assert_eq!(error.as_deref(), Some(says));
        }
        for filter in ["auth-filter", "banned-filter"] {
            assert_eq!(command.filter(filter).ok(), Some(ALL));
        }
        let missing = command.required_part("user_id").map_err(text).err();
        assert_eq!(missing.as_deref(), Some("Missing user_id"));
    }
}
