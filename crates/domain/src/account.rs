//! One's own account: the profile, password and sessions that users see and change themselves.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{
    credentials::{PASSWORD_MAX_BYTES, PasswordError, Strength, check_new_password},
    fields::FieldErrors,
    message::{Message, message_error},
    messages,
    object::{present, present_distinct},
    sessions::masked,
    users::{
        create::optional_email,
        detail::UserSession,
        edit::object,
        names::{DisplayName, Email},
    },
    version::optional_version,
};

/// Key of the time zone in the settings of an account.
pub const TIME_ZONE: &str = "timeZone";
/// Maximum number of characters of the name of a time zone. The longest in the IANA database has 32.
const TIME_ZONE_MAX: usize = 64;

/// A change of one's own account, not yet checked. Absent fields stay; fields that are `null` are removed.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = AccountUpdateRequest)]
pub struct OwnEdit {
    /// Full name of the user, for display.
    #[serde(deserialize_with = "present")]
    #[schema(nullable = false)]
    pub display_name: Option<String>,
    /// Email address; `null` or blank removes it.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub email: Option<Option<String>>,
    /// Time zone in which times are shown; `null` or blank for that of the device.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub time_zone: Option<Option<String>>,
    /// Notification preferences, a JSON object.
    #[serde(deserialize_with = "present_distinct")]
    #[schema(value_type = Option<Map<String, Value>>)]
    pub notification_preferences: Option<Option<Map<String, Value>>>,
    /// The new password, in plain text.
    #[serde(deserialize_with = "present")]
    #[schema(nullable = false)]
    pub password: Option<String>,
    /// The new password repeated, where a form asks for it.
    #[serde(skip)]
    pub password_again: Option<String>,
    /// The current password: required to change the email address or the password.
    #[serde(deserialize_with = "present")]
    #[schema(nullable = false)]
    pub current_password: Option<String>,
    /// The version that the change is based on. If another change came in between, this one is denied.
    #[serde(deserialize_with = "optional_version")]
    #[schema(minimum = 1, nullable = false)]
    pub version: Option<i32>,
}

/// A checked change of one's own account.
#[derive(Clone, Default)]
pub struct OwnPatch {
    /// Full name of the user, for display.
    pub display_name: Option<DisplayName>,
    /// Email address; `Some(None)` removes it.
    pub email: Option<Option<Email>>,
    /// Time zone in which times are shown; `Some(None)` removes it.
    pub time_zone: Option<Option<TimeZone>>,
    /// Notification preferences.
    pub notification_preferences: Option<Map<String, Value>>,
    /// The new password, in plain text.
    pub password: Option<String>,
    /// The current password.
    pub current_password: Option<String>,
    /// The version that the change is based on.
    pub version: Option<i32>,
}

impl OwnEdit {
    /// Returns what an attacker would try first as the new password: the current names and address of the user, which are `known`, and
    /// those that the edit sets.
    #[must_use]
    pub fn names<'a>(&'a self, known: &[&'a str]) -> Vec<&'a str> {
        let email = self.email.as_ref().and_then(Option::as_deref);
        let typed = self.display_name.as_deref().into_iter().chain(email);
        known.iter().copied().chain(typed).collect()
    }

    /// Checks every field. `min` is the configured minimum length of a password in characters, `known` the current names and address of the
    /// user, `strength` what the server has found of the new password.
    ///
    /// # Errors
    /// The errors of all fields at once.
    pub fn check(
        self,
        min: usize,
        known: &[&str],
        strength: Strength,
    ) -> Result<OwnPatch, FieldErrors> {
        let mut errors = FieldErrors::default();
        self.check_passwords(min, known, strength, &mut errors);
        let display_name = self
            .display_name
            .and_then(|typed| errors.take("display_name", typed.parse()));
        let email = self
            .email
            .and_then(|typed| optional_email(typed.as_deref().unwrap_or_default(), &mut errors));
        let time_zone =
            self.time_zone
                .and_then(|typed| match typed.as_deref().map_or("", str::trim) {
                    "" => Some(None),
                    typed => errors.take("time_zone", typed.parse().map(Some)),
                });
        let notification_preferences = object(
            "notification_preferences",
            self.notification_preferences,
            &mut errors,
        );
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(OwnPatch {
            display_name,
            email,
            time_zone,
            notification_preferences,
            password: self.password,
            current_password: self.current_password,
            version: self.version,
        })
    }

    fn check_passwords(
        &self,
        min: usize,
        known: &[&str],
        strength: Strength,
        errors: &mut FieldErrors,
    ) {
        let current = self.current_password.as_deref();
        if current.is_some_and(|current| current.len() > PASSWORD_MAX_BYTES) {
            errors.add("current_password", PasswordError::TooLong);
        }
        let Some(password) = &self.password else {
            return;
        };
        let known = self.names(known);
        errors.take(
            "password",
            check_new_password(password, min, &known, strength),
        );
        if current == Some(password) {
            errors.add("password", messages::password_same());
        }
        if self
            .password_again
            .as_ref()
            .is_some_and(|again| again != password)
        {
            errors.add("password_again", messages::passwords_differ());
        }
    }
}

/// The name of a time zone, such as `Europe/Berlin`. Only its characters are checked here; the database knows which zones exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeZone(String);

/// Error of a text that is not the name of a time zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownTimeZone;

impl UnknownTimeZone {
    /// Returns the message for the user.
    #[must_use]
    pub fn message(&self) -> Message {
        messages::time_zone_unknown()
    }
}

message_error!(UnknownTimeZone);

impl FromStr for TimeZone {
    type Err = UnknownTimeZone;

    fn from_str(typed: &str) -> Result<Self, UnknownTimeZone> {
        let named = |c: char| c.is_ascii_alphanumeric() || "/_+-".contains(c);
        if typed.is_empty() || typed.len() > TIME_ZONE_MAX || !typed.chars().all(named) {
            return Err(UnknownTimeZone);
        }
        Ok(Self(typed.to_owned()))
    }
}

impl TimeZone {
    /// Returns the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A session of the caller's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OwnSessionResponse)]
pub struct OwnSession {
    /// Fields of any session.
    #[serde(flatten)]
    pub session: UserSession,
    /// Last characters of the public id, as FOVEA shows them. The secret of the session is not stored anywhere.
    pub token: String,
    /// Whether it is the session of this request.
    pub is_current: bool,
}

impl OwnSession {
    /// Creates the view of a session; `is_current` marks that of this request.
    #[must_use]
    pub fn new(session: UserSession, is_current: bool) -> Self {
        Self {
            token: masked(session.id),
            session,
            is_current,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credentials::PASSWORD_MIN;

    const KNOWN: [&str; 3] = ["ada", "Ada Lovelace", "ada@example.org"];

    fn edit(json: &str) -> Result<OwnPatch, String> {
        let edit: OwnEdit = serde_json::from_str(json).map_err(|error| error.to_string())?;
        edit.check(PASSWORD_MIN, &KNOWN, Ok(())).map_err(|errors| {
            let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
            fields.join(",")
        })
    }

    #[test]
    fn absent_is_unchanged_and_null_removes() {
        let nothing = edit("{}").unwrap_or_default();
        assert_eq!((nothing.email, nothing.time_zone), (None, None));
        for json in [
            r#"{"email":null,"timeZone":null}"#,
            r#"{"email":" ","timeZone":" "}"#,
        ] {
            let removed = edit(json).unwrap_or_default();
            assert_eq!((removed.email, removed.time_zone), (Some(None), Some(None)));
        }
        let zone = edit(r#"{"timeZone":"America/Argentina/Buenos_Aires"}"#).unwrap_or_default();
        let zone = zone.time_zone.flatten();
        assert_eq!(
            zone.as_ref().map(TimeZone::as_str),
            Some("America/Argentina/Buenos_Aires")
        );
    }

    #[test]
    fn errors_are_reported_by_field() {
        let endless = format!(r#"{{"currentPassword":"{}"}}"#, "x".repeat(257));
        for (json, expected) in [
            (r#"{"displayName":""}"#, "display_name"),
            (r#"{"email":"x"}"#, "email"),
            (r#"{"timeZone":"Europe/ Berlin"}"#, "time_zone"),
            (r#"{"timeZone":"'; drop table users"}"#, "time_zone"),
            (
                r#"{"notificationPreferences":{"a":"\u0000"}}"#,
                "notification_preferences",
            ),
            (r#"{"password":""}"#, "password"),
            (r#"{"password":"seven77"}"#, "password"),
            (r#"{"password":"Ada Lovelace"}"#, "password"),
            // Names that the same request sets are as easy to guess.
            (
                r#"{"password":"Grace Hopper","displayName":"Grace Hopper"}"#,
                "password",
            ),
            (
                r#"{"password":"copper lantern","currentPassword":"copper lantern"}"#,
                "password",
            ),
            (endless.as_str(), "current_password"),
            (
                r#"{"displayName":"","email":"x","password":"x"}"#,
                "password,display_name,email",
            ),
        ] {
            assert_eq!(edit(json).err().as_deref(), Some(expected), "{json}");
        }
    }

    #[test]
    fn unknown_fields_are_rejected() {
        for json in [
            r#"{"isAdmin":true}"#,
            r#"{"username":"other"}"#,
            r#"{"roles":["admin"]}"#,
            r#"{"status":"active"}"#,
            r#"{"passwordAgain":"x"}"#,
            r#"{"displayName":7}"#,
            r#"{"password":["x"]}"#,
            r#"{"version":"1"}"#,
        ] {
            assert!(edit(json).is_err(), "{json}");
        }
    }

    #[test]
    fn password_is_not_trimmed_and_confirmed() {
        let typed = |again: &str| OwnEdit {
            password: Some("copper lantern ".into()),
            password_again: Some(again.into()),
            ..OwnEdit::default()
        };
        let patch = typed("copper lantern ").check(PASSWORD_MIN, &KNOWN, Ok(()));
        assert_eq!(
            patch.ok().and_then(|patch| patch.password).as_deref(),
            Some("copper lantern ")
        );
        let errors = typed("copper lantern")
            .check(PASSWORD_MIN, &KNOWN, Ok(()))
            .err();
        assert!(errors.is_some_and(|errors| errors.get("password_again").is_some()));
    }
}
