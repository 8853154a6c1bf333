//! Virtual keys: access tokens for the use of models. A key belongs to a user, and opens only what it needs for that: the limits, the
//! usage and the access of its owner.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{DAYS_DEFAULT, check_days};
use crate::{
    fields::FieldErrors,
    json::{JsonLimits, check_object},
    limits::check_models,
    messages,
    object::{distinct, present},
    users::{Unknown, names::DisplayName, string_enum},
};

/// Number of hours for which the previous secret of a rotated key works by default.
pub const OVERLAP_HOURS: u16 = 24;
/// Maximum number of these hours: a week.
pub const OVERLAP_HOURS_MAX: u16 = 7 * 24;
/// Beginnings of the paths of the API that a key opens.
const PATHS: [&str; 3] = ["/api/limits", "/api/usage", "/api/access"];

string_enum! {
    /// Kind of a token.
    TokenKind {
        /// An access token: acts for its owner within its scopes.
        Token = "token",
        /// A virtual key: opens the limits, the usage and the access of its owner.
        Key = "key",
    }
}

impl TokenKind {
    /// Returns the kind of a token, by its text or the beginning of it.
    #[must_use]
    pub fn of(text: &str) -> Self {
        if text.starts_with(Self::Key.mark()) {
            Self::Key
        } else {
            Self::Token
        }
    }

    /// Returns the prefix of every token of this kind. That of a key is the one that clients of language models expect.
    #[must_use]
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Token => "rc_",
            Self::Key => "sk-",
        }
    }

    /// Returns whether a token of this kind can open a path of the API at all.
    #[must_use]
    pub fn opens(self, path: &str) -> bool {
        let is_below = |start: &str| {
            path.strip_prefix(start)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self == Self::Token || PATHS.into_iter().any(is_below)
    }
}

/// Declares a key to create with further fields. They can be secrets, so it is not printed.
macro_rules! key_drafts {
    ($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $kind:ty,)* }) => {
        #[derive(Clone, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        $(#[$meta])*
        pub struct $name {
            /// Purpose of the key.
            #[schema(min_length = 1)]
            pub name: String,
            /// The id of a group of the owner that the key is for.
            #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
            #[schema(nullable = false)]
            pub group: Option<Uuid>,
            /// Lifetime in days; `null` for no expiry.
            #[serde(default = "days_default")]
            #[schema(minimum = 1)]
            pub days: Option<u16>,
            /// Names of the models that it can use; `null` for all, an empty list for none.
            #[serde(default)]
            pub allowed_models: Option<Vec<String>>,
            /// Data of the host application.
            #[serde(default, deserialize_with = "distinct")]
            pub metadata: Map<String, Value>,
            $($(#[$field_meta])* pub $field: $kind,)*
        }

        impl $name {
            /// Checks every field. `longest` is the maximum lifetime in days, 0 for none.
            ///
            /// # Errors
            /// The errors of all fields at once.
            pub fn check(&self, longest: u16) -> Result<NewKey, FieldErrors> {
                let mut errors = FieldErrors::default();
                let name = errors.take("name", self.name.parse());
                check_days(self.days, longest, &mut errors);
                let allowed_models = check_models(self.allowed_models.as_deref(), &mut errors);
                errors.take("metadata", check_object(&self.metadata, JsonLimits::METADATA));
                match name {
                    Some(name) if errors.is_empty() => Ok(NewKey {
                        name,
                        group: self.group,
                        days: self.days,
                        allowed_models,
                        metadata: self.metadata.clone(),
                    }),
                    _ => Err(errors),
                }
            }
        }
    };
}

key_drafts! {
    /// A virtual key to create for a user, not yet checked.
    #[schema(as = VirtualKeyCreateRequest)]
    KeyDraft {}
}

key_drafts! {
    /// A virtual key to create for oneself, not yet checked.
    #[schema(as = OwnVirtualKeyCreateRequest)]
    OwnKeyDraft {
        /// The current password of the owner: required because a key outlives the session that creates it.
        #[serde(default)]
        current_password: String,
    }
}

/// Default for an absent `days`; `null` is a value and means no expiry.
const fn days_default() -> Option<u16> {
    Some(DAYS_DEFAULT)
}

/// A checked virtual key to create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// Purpose of the key.
    pub name: DisplayName,
    /// The id of the group that it is for.
    pub group: Option<Uuid>,
    /// Lifetime in days; `None` for no expiry.
    pub days: Option<u16>,
    /// Models that it can use; `None` for all.
    pub allowed_models: Option<Vec<String>>,
    /// Data of the host application.
    pub metadata: Map<String, Value>,
}

/// A request for another secret of a key, not yet checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = VirtualKeyRotateRequest)]
pub struct RotationDraft {
    /// Number of hours for which the present secret still works; 24 if it is left out, 0 for none.
    #[serde(default = "overlap_default")]
    #[schema(maximum = 168)]
    pub overlap_hours: u16,
}

const fn overlap_default() -> u16 {
    OVERLAP_HOURS
}

impl RotationDraft {
    /// Checks the number of hours, and returns it.
    ///
    /// # Errors
    /// The error of the field.
    pub fn check(&self) -> Result<u16, FieldErrors> {
        let mut errors = FieldErrors::default();
        if self.overlap_hours > OVERLAP_HOURS_MAX {
            errors.add(
                "overlap_hours",
                messages::key_overlap_max(OVERLAP_HOURS_MAX),
            );
            return Err(errors);
        }
        Ok(self.overlap_hours)
    }
}

/// What a virtual key has in addition to an access token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = VirtualKeyResponse)]
pub struct KeyDetails {
    /// The id of the group that it is for.
    pub group: Option<Uuid>,
    /// Name of the group.
    pub group_name: Option<String>,
    /// Whether the owner is no member of the group any more, so that the key is rejected.
    pub owner_left_group: bool,
    /// Models that it can use; `None` for all, an empty list for none.
    pub allowed_models: Option<Vec<String>>,
    /// Data of the host application.
    pub metadata: Map<String, Value>,
    /// Time at which it was blocked; `None` if it is not.
    #[serde(with = "time::serde::rfc3339::option")]
    pub blocked_at: Option<OffsetDateTime>,
    /// Time until which the previous secret works after a rotation; `None` if there is none.
    #[serde(with = "time::serde::rfc3339::option")]
    pub previous_until: Option<OffsetDateTime>,
}

/// A secret of a virtual key that was just created or rotated. It is shown once to copy, and not stored.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = VirtualKeySecretResponse)]
pub struct IssuedKey {
    /// Public id of the key.
    pub id: Uuid,
    /// Purpose of the key.
    pub name: String,
    /// First characters of the key, to recognize it by.
    pub prefix: String,
    /// Text of the key, to send as a bearer token.
    pub token: String,
    /// Time of expiry; `None` if it does not expire.
    #[serde(with = "time::serde::rfc3339::option")]
    pub expires_at: Option<OffsetDateTime>,
    /// Time until which the previous secret works; `None` if there is none.
    #[serde(with = "time::serde::rfc3339::option")]
    pub previous_until: Option<OffsetDateTime>,
}

/// Leaves out the text, which is a credential.
impl fmt::Debug for IssuedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuedKey")
            .field("id", &self.id)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn draft(changes: &Value) -> KeyDraft {
        let mut json = json!({ "name": "lab" });
        for (name, value) in changes.as_object().unwrap() {
            json[name] = value.clone();
        }
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn kind_is_known_by_the_beginning() {
        for kind in TokenKind::ALL {
            assert_eq!(TokenKind::of(&format!("{}0aB", kind.mark())), *kind);
        }
    }

    #[test]
    fn key_opens_limits_usage_and_access_only() {
        for (path, opens) in [
            ("/api/limits", true),
            ("/api/limits/consume", true),
            ("/api/usage", true),
            ("/api/access/check", true),
            ("/api/usages", false),
            ("/api/limits-of-all", false),
            ("/api/admin/limits", false),
            ("/api/user", false),
            ("/api/", false),
            ("/", false),
            ("/api//limits", false),
            ("/api/users/../limits", false),
        ] {
            assert_eq!(TokenKind::Key.opens(path), opens, "{path}");
            assert!(TokenKind::Token.opens(path), "{path}");
        }
    }

    #[test]
    fn draft_reports_every_error() {
        let bad = draft(&json!({
            "name": " ", "days": 0, "allowedModels": ["a", "\u{0}"], "metadata": { "a": "\u{0}" },
        }));
        let errors = bad.check(365).unwrap_err();
        let fields: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["name", "days", "allowed_models", "metadata"]);
    }

    #[test]
    fn models_absent_null_and_none_are_distinct() {
        let models = |value: Value| {
            let new = draft(&json!({ "allowedModels": value })).check(365);
            new.unwrap().allowed_models
        };
        assert_eq!(draft(&json!({})).check(365).unwrap().allowed_models, None);
        assert_eq!(models(Value::Null), None);
        assert_eq!(models(json!([])), Some(vec![]));
        let both = Some(vec!["b".to_owned(), "a".to_owned()]);
        assert_eq!(models(json!(["b", "a", "b"])), both);
    }

    #[test]
    fn overlap_is_a_week_at_most() {
        let hours = |json: Value| {
            let draft: RotationDraft = serde_json::from_value(json).unwrap();
            draft.check().ok()
        };
        assert_eq!(hours(json!({})), Some(24));
        assert_eq!(hours(json!({ "overlapHours": 0 })), Some(0));
        assert_eq!(hours(json!({ "overlapHours": 168 })), Some(168));
        assert_eq!(hours(json!({ "overlapHours": 169 })), None);
    }

    #[test]
    fn secret_is_not_printed() {
        let issued = IssuedKey {
            id: Uuid::nil(),
            name: "lab".into(),
            prefix: "sk-".into(),
            token: "sk-secret".into(),
            expires_at: None,
            previous_until: None,
        };
        assert!(!format!("{issued:?}").contains("secret"));
    }
}
