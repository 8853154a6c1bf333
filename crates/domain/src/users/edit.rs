//! Partial changes of a user. Absent fields stay; fields that are `null` are removed.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{
    create::{optional_email, roles},
    names::{DisplayName, Email, RoleName},
};
use crate::{
    credentials::{TEMPORARY_PASSWORD_MIN, check_temporary_password},
    fields::FieldErrors,
    json::{JsonLimits, check_object},
    messages,
    object::{present, present_distinct},
    version::optional_version,
};

/// Maximum number of clients of a user.
pub const CLIENTS_MAX: usize = 1_000;

/// A change of a user, not yet checked.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = UserUpdateRequest)]
pub struct UserEdit {
    /// Full name of the user, for display.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub display_name: Option<String>,
    /// Email address; `null` or blank removes it.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub email: Option<Option<String>>,
    /// Whether one of the roles is `admin`.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub is_admin: Option<bool>,
    /// Names of all roles.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub roles: Option<Vec<String>>,
    /// Temporary password, to be changed at the next sign-in.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub password: Option<String>,
    /// With a password: whether to revoke the user's sessions.
    pub revoke_sessions: bool,
    /// Profile fields; `null` removes them all.
    #[serde(
        deserialize_with = "present_distinct",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = Option<Map<String, Value>>)]
    pub profile: Option<Option<Map<String, Value>>>,
    /// Notification preferences; `null` removes them all.
    #[serde(
        deserialize_with = "present_distinct",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = Option<Map<String, Value>>)]
    pub notification_preferences: Option<Option<Map<String, Value>>>,
    /// Numbers of the clients whose data the user can see.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub client_list: Option<Vec<i32>>,
    /// The version that the change is based on. If another change came in between, this one is denied.
    #[serde(
        deserialize_with = "optional_version",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(minimum = 1, nullable = false)]
    pub version: Option<i32>,
}

/// A change of a user's roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoleChange {
    /// Assigns exactly these roles.
    Exactly(Vec<RoleName>),
    /// Assigns or revokes the role of administrators; the other roles stay.
    Admin(bool),
}

/// A checked change of a user.
#[derive(Clone, Default)]
pub struct UserPatch {
    /// Full name of the user, for display.
    pub display_name: Option<DisplayName>,
    /// Email address; `Some(None)` removes it.
    pub email: Option<Option<Email>>,
    /// Change of the roles.
    pub roles: Option<RoleChange>,
    /// Whether the user is an administrator afterwards. The roles must not contradict it.
    pub is_admin: Option<bool>,
    /// Temporary password, to be changed at the next sign-in.
    pub temporary_password: Option<String>,
    /// Whether to revoke the user's sessions.
    pub revoke_sessions: bool,
    /// Profile fields, all of them.
    pub profile: Option<Map<String, Value>>,
    /// Notification preferences, all of them.
    pub notification_preferences: Option<Map<String, Value>>,
    /// Numbers of the clients whose data the user can see.
    pub client_list: Option<Vec<i32>>,
    /// The version that the change is based on.
    pub version: Option<i32>,
}

impl UserEdit {
    /// Checks every field.
    ///
    /// # Errors
    /// The errors of all fields at once.
    pub fn check(self) -> Result<UserPatch, FieldErrors> {
        let mut errors = FieldErrors::default();
        let display_name = self
            .display_name
            .and_then(|typed| errors.take("display_name", typed.parse()));
        let email = self
            .email
            .and_then(|typed| optional_email(typed.as_deref().unwrap_or_default(), &mut errors));
        let roles = match (self.roles, self.is_admin) {
            (Some(names), _) => roles(&names, &mut errors).map(RoleChange::Exactly),
            (None, admin) => admin.map(RoleChange::Admin),
        };
        if let Some(password) = &self.password {
            errors.take(
                "password",
                check_temporary_password(password, TEMPORARY_PASSWORD_MIN),
            );
        }
        let profile = object("profile", self.profile, &mut errors);
        let notification_preferences = object(
            "notification_preferences",
            self.notification_preferences,
            &mut errors,
        );
        check_clients(self.client_list.as_deref().unwrap_or_default(), &mut errors);
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(UserPatch {
            display_name,
            email,
            roles,
            is_admin: self.is_admin,
            temporary_password: self.password,
            revoke_sessions: self.revoke_sessions,
            profile,
            notification_preferences,
            client_list: self.client_list,
            version: self.version,
        })
    }
}

/// Checks an object that `null` removes as a whole.
pub(crate) fn object(
    field: &str,
    given: Option<Option<Map<String, Value>>>,
    errors: &mut FieldErrors,
) -> Option<Map<String, Value>> {
    let object = given?.unwrap_or_default();
    errors.take(field, check_object(&object, JsonLimits::PROFILE));
    Some(object)
}

/// Adds an error if a list of clients is too long.
pub(super) fn check_clients(clients: &[i32], errors: &mut FieldErrors) {
    if clients.len() > CLIENTS_MAX {
        errors.add("client_list", messages::clients_max(CLIENTS_MAX));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(json: &str) -> Result<UserPatch, String> {
        let edit: UserEdit = serde_json::from_str(json).map_err(|error| error.to_string())?;
        edit.check().map_err(|errors| {
            let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
            fields.join(",")
        })
    }

    #[test]
    fn absent_is_unchanged_and_null_removes() {
        assert_eq!(edit("{}").unwrap_or_default().email, None);
        assert_eq!(
            edit(r#"{"email":null}"#).unwrap_or_default().email,
            Some(None)
        );
        assert_eq!(
            edit(r#"{"email":" "}"#).unwrap_or_default().email,
            Some(None)
        );
        let email = edit(r#"{"email":"a@b"}"#).unwrap_or_default().email;
        assert_eq!(email, Some("a@b".parse().ok()));
    }

    #[test]
    fn errors_are_reported_by_field() {
        for (json, expected) in [
            (r#"{"displayName":""}"#, "display_name"),
            (r#"{"password":""}"#, "password"),
            (r#"{"password":"12345"}"#, "password"),
            (r#"{"email":"x"}"#, "email"),
            (r#"{"profile":{"a":"\u0000"}}"#, "profile"),
            (r#"{"displayName":"","email":"x"}"#, "display_name,email"),
        ] {
            assert_eq!(edit(json).err().as_deref(), Some(expected), "{json}");
        }
        assert!(edit(r#"{"username":"other"}"#).is_err());
        assert!(edit(r#"{"displayName":7}"#).is_err());
        let long = format!(
            r#"{{"profile":{{"a":"{}"}}}}"#,
            "x".repeat(JsonLimits::PROFILE.bytes)
        );
        assert_eq!(edit(&long).err().as_deref(), Some("profile"));
    }

    #[test]
    fn form_values_are_parsed() {
        let sent = UserEdit {
            email: Some(None),
            display_name: Some("Ada".into()),
            ..UserEdit::default()
        };
        let text = serde_json::to_string(&sent).unwrap_or_default();
        assert_eq!(serde_json::from_str::<UserEdit>(&text).ok(), Some(sent));
    }
}
