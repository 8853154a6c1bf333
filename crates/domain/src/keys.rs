//! Provider API keys, with which a host application calls a provider's service: one user's own, or the system's for all users.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    fields::FieldErrors,
    list::Total,
    message::{Message, message_error},
    messages,
    object::present,
    users::names::{DisplayName, is_deceptive},
};

/// Providers that are available without configuration (FOVEA).
pub const PROVIDERS: [&str; 3] = ["ANTHROPIC", "OPENAI", "GOOGLE"];
/// Maximum number of characters of a provider's name.
pub const PROVIDER_MAX: usize = 40;
/// Maximum length of a key in bytes. The longest in use have a few hundred.
pub const KEY_MAX_BYTES: usize = 4_096;
/// Maximum number of a key's last characters that are shown.
const SHOWN_MAX: usize = 4;

/// The provider whose service a key opens, in capital letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider(String);

/// Error of a text that is not a valid name of a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownProvider;

impl UnknownProvider {
    /// Returns the message for the user.
    #[must_use]
    pub fn message(&self) -> Message {
        messages::provider_name(PROVIDER_MAX)
    }
}

message_error!(UnknownProvider);

impl FromStr for Provider {
    type Err = UnknownProvider;

    fn from_str(typed: &str) -> Result<Self, UnknownProvider> {
        let name = typed.trim();
        let well = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if name.is_empty() || name.len() > PROVIDER_MAX || !name.chars().all(well) {
            return Err(UnknownProvider);
        }
        Ok(Self(name.to_ascii_uppercase()))
    }
}

impl Provider {
    /// Returns the name in capital letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the providers that are available without configuration.
    #[must_use]
    pub fn builtin() -> Vec<Self> {
        PROVIDERS
            .iter()
            .map(|name| Self((*name).to_owned()))
            .collect()
    }
}

/// Reason for rejecting a key, with a message for the user who typed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyError {
    /// An empty text.
    Empty,
    /// Whitespace or invisible characters, which no key contains.
    Character,
    /// More than [`KEY_MAX_BYTES`] bytes.
    TooLong,
}

impl KeyError {
    /// Returns the message for the user.
    #[must_use]
    pub fn message(self) -> Message {
        match self {
            Self::Empty => messages::enter_api_key(),
            Self::Character => messages::api_key_characters(),
            Self::TooLong => messages::bytes_max(KEY_MAX_BYTES),
        }
    }
}

message_error!(KeyError);

/// The secret text of a key. It is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyText(String);

impl FromStr for KeyText {
    type Err = KeyError;

    fn from_str(typed: &str) -> Result<Self, KeyError> {
        if typed.is_empty() {
            return Err(KeyError::Empty);
        }
        if typed.len() > KEY_MAX_BYTES {
            return Err(KeyError::TooLong);
        }
        if typed.chars().any(|c| c.is_whitespace() || is_deceptive(c)) {
            return Err(KeyError::Character);
        }
        Ok(Self(typed.to_owned()))
    }
}

/// Leaves out the key, which is a secret.
impl fmt::Debug for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyText")
    }
}

impl KeyText {
    /// Returns the key in plain text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns its last characters, which identify it to users: four, but never more than half of it.
    #[must_use]
    pub fn last4(&self) -> String {
        let length = self.0.chars().count();
        let hidden = length - SHOWN_MAX.min(length / 2);
        self.0.chars().skip(hidden).collect()
    }
}

/// A request to store a key, not yet checked: FOVEA's fields.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = ApiKeyCreateRequest)]
pub struct KeyDraft {
    /// Name of the provider.
    #[schema(min_length = 1, max_length = 40)]
    pub provider: String,
    /// Name of the key.
    #[schema(min_length = 1)]
    pub key_name: String,
    /// The key in plain text.
    #[schema(min_length = 1, max_length = 4096)]
    pub api_key: String,
}

/// A checked request to store a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// Provider whose service the key opens.
    pub provider: Provider,
    /// Name of the key.
    pub name: DisplayName,
    /// The key in plain text.
    pub text: KeyText,
}

impl KeyDraft {
    /// Checks every field. `providers` are those that the server knows.
    ///
    /// # Errors
    /// The errors of all fields at once.
    pub fn check(self, providers: &[Provider]) -> Result<NewKey, FieldErrors> {
        let mut errors = FieldErrors::default();
        let provider = self.provider.parse().ok();
        let provider = provider.filter(|provider| providers.contains(provider));
        if provider.is_none() {
            let known: Vec<&str> = providers.iter().map(Provider::as_str).collect();
            errors.add("provider", messages::provider_unknown(known.join(", ")));
        }
        let name = errors.take("key_name", self.key_name.parse());
        let text = errors.take("api_key", self.api_key.parse());
        match (provider, name, text) {
            (Some(provider), Some(name), Some(text)) => Ok(NewKey {
                provider,
                name,
                text,
            }),
            _ => Err(errors),
        }
    }
}

/// A change of a key, not yet checked. Absent fields stay.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = ApiKeyUpdateRequest)]
pub struct KeyEdit {
    /// New name of the key.
    #[serde(deserialize_with = "present")]
    #[schema(min_length = 1, nullable = false)]
    pub key_name: Option<String>,
    /// New key in plain text.
    #[serde(deserialize_with = "present")]
    #[schema(min_length = 1, max_length = 4096, nullable = false)]
    pub api_key: Option<String>,
    /// Whether the key is enabled.
    #[serde(deserialize_with = "present")]
    #[schema(nullable = false)]
    pub is_active: Option<bool>,
}

/// A checked change of a key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyPatch {
    /// New name of the key.
    pub name: Option<DisplayName>,
    /// New key in plain text.
    pub text: Option<KeyText>,
    /// Whether the key is enabled.
    pub is_active: Option<bool>,
}

impl KeyEdit {
    /// Checks every field.
    ///
    /// # Errors
    /// The errors of all fields at once.
    pub fn check(self) -> Result<KeyPatch, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = self
            .key_name
            .and_then(|typed| errors.take("key_name", typed.parse()));
        let text = self
            .api_key
            .and_then(|typed| errors.take("api_key", typed.parse()));
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(KeyPatch {
            name,
            text,
            is_active: self.is_active,
        })
    }
}

/// A key as lists show it: FOVEA's fields. They do not contain the key itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiKey {
    /// The id of the key.
    pub id: Uuid,
    /// Owner of the key; `None` for the system's, which serves users without one of their own.
    pub user_id: Option<Uuid>,
    /// Name of the provider.
    pub provider: String,
    /// Name of the key.
    pub key_name: String,
    /// Dots followed by its last characters.
    pub key_mask: String,
    /// Whether the key is enabled.
    pub is_active: bool,
    /// Number of times the key was used.
    pub usage_count: i64,
    /// Time of the last use.
    #[serde(with = "time::serde::rfc3339::option")]
    pub last_used_at: Option<OffsetDateTime>,
    /// Time of creation.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// Time of the last change.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
}

/// Keys of a user or of the system, and the providers that keys can be stored for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyList {
    /// The keys, sorted by provider, the newest first.
    pub keys: Vec<ApiKey>,
    /// Providers that the server knows.
    pub providers: Vec<ProviderUse>,
}

/// A provider and the number of users who do not need the system's key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderUse {
    /// Name of the provider.
    pub provider: String,
    /// Number of users with an enabled key of their own; `None` where it is not requested.
    pub users: Option<Total>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(provider: &str, name: &str, key: &str) -> Result<NewKey, String> {
        let draft = KeyDraft {
            provider: provider.into(),
            key_name: name.into(),
            api_key: key.into(),
        };
        draft.check(&Provider::builtin()).map_err(|errors| {
            let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
            fields.join(",")
        })
    }

    #[test]
    fn provider_is_parsed_in_any_case() {
        for typed in ["OPENAI", "openai", " OpenAI "] {
            let created = draft(typed, "Work", "sk-12345678").unwrap();
            assert_eq!(created.provider.as_str(), "OPENAI");
        }
        for typed in ["", "OPEN AI", "OTHER", "ÖPENAI", "OPENAI\0"] {
            assert_eq!(
                draft(typed, "Work", "k").unwrap_err(),
                "provider",
                "{typed:?}"
            );
        }
        assert!("a".repeat(41).parse::<Provider>().is_err());
    }

    #[test]
    fn every_error_is_reported_at_once() {
        assert_eq!(
            draft("x", " ", "").unwrap_err(),
            "provider,key_name,api_key"
        );
        let edit = KeyEdit {
            key_name: Some("a\u{202E}b".into()),
            api_key: Some("a b".into()),
            is_active: None,
        };
        assert_eq!(edit.check().unwrap_err().iter().count(), 2);
        assert_eq!(KeyEdit::default().check(), Ok(KeyPatch::default()));
    }

    #[test]
    fn invalid_keys_are_rejected() {
        for (typed, expected) in [
            ("", KeyError::Empty),
            ("sk-1\n", KeyError::Character),
            ("sk-1\r\nX-Header: 1", KeyError::Character),
            (" sk-1", KeyError::Character),
            ("sk\t1", KeyError::Character),
            ("sk\u{0}1", KeyError::Character),
            ("sk\u{200B}1", KeyError::Character),
            (&"k".repeat(KEY_MAX_BYTES + 1), KeyError::TooLong),
        ] {
            assert_eq!(typed.parse::<KeyText>(), Err(expected), "{typed:?}");
        }
        assert!("k".repeat(KEY_MAX_BYTES).parse::<KeyText>().is_ok());
    }

    #[test]
    fn at_most_half_of_a_key_is_shown() {
        for (key, shown) in [
            ("sk-ant-abcdefgh", "efgh"),
            ("12345678", "5678"),
            ("1234567", "567"),
            ("12", "2"),
            ("1", ""),
            ("ключ-ключ", "ключ"),
        ] {
            assert_eq!(key.parse::<KeyText>().unwrap().last4(), shown, "{key}");
        }
    }

    #[test]
    fn debug_output_hides_keys() {
        let created = draft("OPENAI", "Work", "sk-secret-key").unwrap();
        assert!(!format!("{created:?}").contains("sk-"));
    }

    #[test]
    fn unknown_fields_are_rejected() {
        for json in [
            r#"{"provider":"OPENAI","keyName":"n","apiKey":"k","userId":"x"}"#,
            r#"{"provider":"OPENAI","keyName":"n"}"#,
            r#"{"provider":"OPENAI","keyName":"n","apiKey":7}"#,
        ] {
            assert!(serde_json::from_str::<KeyDraft>(json).is_err(), "{json}");
        }
        for json in [
            r#"{"provider":"OPENAI"}"#,
            r#"{"isActive":"yes"}"#,
            r#"{"usageCount":0}"#,
        ] {
            assert!(serde_json::from_str::<KeyEdit>(json).is_err(), "{json}");
        }
    }
}
