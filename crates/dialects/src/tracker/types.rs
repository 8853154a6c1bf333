//! Bodies of requests and responses.

use domain::{
    account::OwnEdit,
    clients::{Client, ClientDraft, ClientEdit},
    fields::FieldErrors,
    messages,
    object::present,
    users::{create::UserDraft, detail::UserDetail, edit::UserEdit, numbered::NumberedUser},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use service::Error;

/// A user as the clients see one.
#[derive(Debug, Serialize)]
pub(super) struct TrackerUser {
    /// Number of the user.
    id: i64,
    name: String,
    email: Option<String>,
    roles: Vec<String>,
    client_list: Vec<i32>,
    notification_preferences: Map<String, Value>,
}

impl From<NumberedUser> for TrackerUser {
    fn from(user: NumberedUser) -> Self {
        Self {
            id: user.number,
            name: user.display_name,
            email: user.email,
            roles: user.roles,
            client_list: user.client_list,
            notification_preferences: with_defaults(user.notification_preferences),
        }
    }
}

impl From<UserDetail> for TrackerUser {
    fn from(user: UserDetail) -> Self {
        Self {
            id: user.summary.number,
            name: user.summary.display_name,
            email: user.summary.email,
            roles: user.summary.roles,
            client_list: user.client_list,
            notification_preferences: with_defaults(user.notification_preferences),
        }
    }
}

/// Adds the preferences that clients read and that are not set.
fn with_defaults(set: Map<String, Value>) -> Map<String, Value> {
    let defaults = [("email", false), ("ui", true)];
    let defaults = defaults.map(|(name, value)| (name.to_owned(), Value::Bool(value)));
    defaults.into_iter().chain(set).collect()
}

/// Body that creates a user.
#[derive(Deserialize)]
pub(super) struct UserCreate {
    name: String,
    email: String,
    password: String,
    roles: Option<Vec<String>>,
    client_list: Option<Vec<i32>>,
    notification_preferences: Option<Map<String, Value>>,
}

impl TryFrom<UserCreate> for UserDraft {
    type Error = Error;

    fn try_from(body: UserCreate) -> Result<Self, Error> {
        check_email(Some(&body.email))?;
        Ok(Self {
            display_name: body.name,
            email: body.email,
            password: Some(body.password),
            roles: body.roles.unwrap_or_default(),
            client_list: body.client_list.unwrap_or_default(),
            notification_preferences: body.notification_preferences.unwrap_or_default(),
            ..Self::default()
        })
    }
}

/// Body that changes a user. An absent field and `null` stay; so does an empty password, which forms send.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct UserUpdate {
    name: Option<String>,
    email: Option<String>,
    password: Option<String>,
    roles: Option<Vec<String>>,
    client_list: Option<Vec<i32>>,
    notification_preferences: Option<Map<String, Value>>,
}

impl TryFrom<UserUpdate> for UserEdit {
    type Error = Error;

    fn try_from(body: UserUpdate) -> Result<Self, Error> {
        check_email(body.email.as_deref())?;
        Ok(Self {
            display_name: body.name,
            email: body.email.map(Some),
            password: body.password.filter(|password| !password.is_empty()),
            roles: body.roles,
            client_list: body.client_list,
            notification_preferences: body.notification_preferences.map(Some),
            ..Self::default()
        })
    }
}

/// Body that changes the own account. Roles and clients are those of an administrator to change, and not read.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct OwnUpdate {
    name: Option<String>,
    email: Option<String>,
    password: Option<String>,
    /// Required to change the email address or the password.
    current_password: Option<String>,
    notification_preferences: Option<Map<String, Value>>,
}

impl TryFrom<OwnUpdate> for OwnEdit {
    type Error = Error;

    fn try_from(body: OwnUpdate) -> Result<Self, Error> {
        check_email(body.email.as_deref())?;
        Ok(Self {
            display_name: body.name,
            email: body.email.map(Some),
            password: body.password.filter(|password| !password.is_empty()),
            current_password: body.current_password,
            notification_preferences: body.notification_preferences.map(Some),
            ..Self::default()
        })
    }
}

/// Checks that an address that is sent is not blank: every user of the Tracker System has one.
fn check_email(email: Option<&str>) -> Result<(), Error> {
    if email.is_none_or(|email| !email.trim().is_empty()) {
        return Ok(());
    }
    let mut errors = FieldErrors::default();
    errors.add("email", messages::enter_email());
    Err(Error::Invalid(errors))
}

/// A client as the clients of the API see one.
#[derive(Debug, Serialize)]
pub(super) struct TrackerClient {
    id: i32,
    name: String,
    /// URL of the logo.
    logo: Option<String>,
}

impl From<Client> for TrackerClient {
    fn from(client: Client) -> Self {
        Self {
            id: client.id,
            name: client.name,
            logo: client.logo_url,
        }
    }
}

/// Body that creates a client.
#[derive(Deserialize)]
pub(super) struct ClientCreate {
    name: String,
    logo: Option<String>,
}

impl From<ClientCreate> for ClientDraft {
    fn from(body: ClientCreate) -> Self {
        Self {
            name: body.name,
            logo_url: body.logo,
        }
    }
}

/// Body that changes a client. Absent fields stay; `null` removes the logo.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ClientUpdate {
    name: Option<String>,
    #[serde(deserialize_with = "present")]
    logo: Option<Option<String>>,
}

impl From<ClientUpdate> for ClientEdit {
    fn from(body: ClientUpdate) -> Self {
        Self {
            name: body.name,
            logo_url: body.logo,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn preferences_that_are_not_set_have_defaults() {
        for (set, shown) in [
            (json!({}), json!({ "email": false, "ui": true })),
            (
                json!({ "ui": false }),
                json!({ "email": false, "ui": false }),
            ),
            (
                json!({ "email": true, "sms": 1 }),
                json!({ "email": true, "ui": true, "sms": 1 }),
            ),
        ] {
            assert_eq!(with_defaults(object(set)), object(shown));
        }
    }

    #[test]
    fn only_fields_that_are_sent_change() {
        let edit = |json: Value| {
            let update: UserUpdate = serde_json::from_value(json).unwrap();
            UserEdit::try_from(update)
        };
        assert_eq!(edit(json!({})).unwrap(), UserEdit::default());
        let nulls = json!({ "name": null, "email": null, "roles": null, "client_list": null, "password": "" });
        assert_eq!(edit(nulls).unwrap(), UserEdit::default());
        let named = edit(json!({ "name": "Ada", "is_admin": true })).unwrap();
        assert_eq!(named.display_name.as_deref(), Some("Ada"));
        assert_eq!(named.is_admin, None);
        assert!(edit(json!({ "email": " " })).is_err());
    }
}
