//! The form for creating a user.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    edit::check_clients,
    names::{DisplayName, Email, RoleName, Username},
};
use crate::{
    credentials::{TEMPORARY_PASSWORD_MIN, check_temporary_password},
    fields::FieldErrors,
    json::{JsonLimits, check_object},
    messages,
};

/// Maximum number of roles of a user.
pub const ROLES_MAX: usize = 20;

/// Maximum number of groups that a new user joins.
pub const GROUPS_MAX: usize = 100;

/// The form for creating a user, not yet checked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UserDraft {
    /// Name to sign in with.
    pub username: String,
    /// Full name of the user, for display.
    pub display_name: String,
    /// Email address; empty for none.
    pub email: String,
    /// Names of the roles.
    pub roles: Vec<String>,
    /// Whether the user becomes an administrator. The roles must not contradict it; without any, it selects them.
    pub is_admin: Option<bool>,
    /// Temporary password, to be changed at the first sign-in. `None`: the user receives a link to choose a password.
    pub password: Option<String>,
    /// Notification preferences, a JSON object.
    pub notification_preferences: Map<String, Value>,
    /// Numbers of the clients whose data the user can see.
    pub client_list: Vec<i32>,
    /// Names or ids of the groups that the user joins.
    pub groups: Vec<String>,
}

/// A checked form for creating a user.
#[derive(Clone, PartialEq, Eq)]
pub struct NewUser {
    /// Name to sign in with.
    pub username: Username,
    /// Full name of the user, for display.
    pub display_name: DisplayName,
    /// Email address, if one is known.
    pub email: Option<Email>,
    /// Names of the roles, without repetition.
    pub roles: Vec<RoleName>,
    /// Whether the user becomes an administrator, if that is given apart from the roles.
    pub is_admin: Option<bool>,
    /// Temporary password, to be changed at the first sign-in.
    pub temporary_password: Option<String>,
    /// Notification preferences, a JSON object.
    pub notification_preferences: Map<String, Value>,
    /// Numbers of the clients whose data the user can see.
    pub client_list: Vec<i32>,
    /// Names or ids of the groups that the user joins.
    pub groups: Vec<String>,
}

impl UserDraft {
    /// Checks every field.
    ///
    /// # Errors
    /// The errors of all fields at once.
    pub fn check(self) -> Result<NewUser, FieldErrors> {
        let mut errors = FieldErrors::default();
        let username = errors.take("username", self.username.parse::<Username>());
        let display_name = errors.take("display_name", self.display_name.parse::<DisplayName>());
        let email = optional_email(&self.email, &mut errors);
        let roles = roles(&self.roles, &mut errors);
        if let Some(password) = &self.password {
            errors.take(
                "password",
                check_temporary_password(password, TEMPORARY_PASSWORD_MIN),
            );
        }
        errors.take(
            "notification_preferences",
            check_object(&self.notification_preferences, JsonLimits::PROFILE),
        );
        check_clients(&self.client_list, &mut errors);
        if self.groups.len() > GROUPS_MAX {
            errors.add("groups", messages::groups_max(GROUPS_MAX));
        }
        match (username, display_name, email, roles) {
            (Some(username), Some(display_name), Some(email), Some(roles)) if errors.is_empty() => {
                Ok(NewUser {
                    username,
                    display_name,
                    email,
                    roles,
                    is_admin: self.is_admin,
                    temporary_password: self.password,
                    notification_preferences: self.notification_preferences,
                    client_list: self.client_list,
                    groups: self.groups,
                })
            }
            _ => Err(errors),
        }
    }
}

/// Parses an optional address: `Some(None)` if it is empty, `None` and an error if it is invalid.
pub(crate) fn optional_email(typed: &str, errors: &mut FieldErrors) -> Option<Option<Email>> {
    match typed.trim() {
        "" => Some(None),
        typed => errors.take("email", typed.parse().map(Some)),
    }
}

/// Parses names of roles and removes duplicates; adds an error and returns `None` if one is invalid.
pub(crate) fn roles(typed: &[String], errors: &mut FieldErrors) -> Option<Vec<RoleName>> {
    if typed.len() > ROLES_MAX {
        errors.add("roles", messages::roles_max(ROLES_MAX));
        return None;
    }
    let parsed: Result<Vec<RoleName>, _> = typed.iter().map(|name| name.parse()).collect();
    let mut roles = errors.take("roles", parsed)?;
    roles.sort();
    roles.dedup();
    Some(roles)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(draft: UserDraft) -> Vec<String> {
        let errors = draft.check().err().unwrap_or_default();
        errors.iter().map(|error| error.field.clone()).collect()
    }

    #[test]
    fn every_error_is_reported_at_once() {
        let draft = UserDraft {
            username: "ab".into(),
            display_name: " ".into(),
            email: "invalid".into(),
            roles: vec!["two words".into()],
            is_admin: None,
            password: Some("short".into()),
            notification_preferences: Map::from_iter([("a".to_owned(), "\0".into())]),
            client_list: vec![1; 1_001],
            groups: vec![String::new(); 101],
        };
        assert_eq!(
            errors(draft),
            [
                "username",
                "display_name",
                "email",
                "roles",
                "password",
                "notification_preferences",
                "client_list",
                "groups"
            ]
        );
    }

    #[test]
    fn temporary_password_is_not_trimmed() {
        let draft = UserDraft {
            username: "ada".into(),
            display_name: "Ada".into(),
            roles: vec!["Admin".into(), "user".into(), "admin ".into()],
            password: Some("123456 ".into()),
            ..UserDraft::default()
        };
        let user = draft.check().unwrap_or_else(|errors| panic!("{errors:?}"));
        assert_eq!(user.temporary_password.as_deref(), Some("123456 "));
        let roles: Vec<&str> = user.roles.iter().map(RoleName::as_str).collect();
        assert_eq!(roles, ["admin", "user"]);
    }

    #[test]
    fn limits_are_checked() {
        let ada = UserDraft {
            username: "ada".into(),
            display_name: "Ada".into(),
            ..UserDraft::default()
        };
        for (password, expected) in [
            ("x".repeat(5), 1),
            ("x".repeat(256), 0),
            ("x".repeat(257), 1),
        ] {
            let draft = UserDraft {
                password: Some(password),
                ..ada.clone()
            };
            assert_eq!(errors(draft).len(), expected);
        }
        let draft = UserDraft {
            roles: (0..21).map(|n| format!("r{n}")).collect(),
            ..ada
        };
        assert_eq!(errors(draft), ["roles"]);
    }
}
