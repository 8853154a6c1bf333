//! Provider keys: with them a host application calls the services of a provider, in the name of a person or of all.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    fields::FieldErrors,
    list::Total,
    object::present,
    users::names::{DisplayName, is_deceptive},
};

/// The providers that there are without a setting (FOVEA).
pub const PROVIDERS: [&str; 3] = ["ANTHROPIC", "OPENAI", "GOOGLE"];
/// Most characters of a provider.
pub const PROVIDER_MAX: usize = 40;
/// Most bytes of a key. The longest in use have some hundred.
pub const KEY_MAX_BYTES: usize = 4_096;
/// What is said where the server has no encryption key.
pub const SWITCHED_OFF: &str = "API keys are switched off: this server has no encryption key for them. Its operator sets API_KEY_ENCRYPTION_KEY.";
/// Most of its last characters that are shown.
const SHOWN_MAX: usize = 4;

/// Whose services a key opens, in capital letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider(String);

/// This is not how a provider is called.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("Use 1 to {PROVIDER_MAX} letters, digits, - and _ for the name of a provider.")]
pub struct UnknownProvider;

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
    /// The name itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The providers that there are without a setting.
    #[must_use]
    pub fn builtin() -> Vec<Self> {
        PROVIDERS
            .iter()
            .map(|name| Self((*name).to_owned()))
            .collect()
    }
}

/// Why a key is refused, as a sentence for the person who typed it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeyError {
    /// Nothing.
    #[error("Enter the key.")]
    Empty,
    /// Characters that no key has.
    #[error("Remove spaces, line breaks and invisible characters: a key has none.")]
    Character,
    /// Too long.
    #[error("A key has at most {KEY_MAX_BYTES} bytes.")]
    TooLong,
}

/// What a key is. It is never shown.
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

/// Without the key, which is a secret.
impl fmt::Debug for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyText")
    }
}

impl KeyText {
    /// The key itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its last characters, by which it is told from others: four, but never more than half of it.
    #[must_use]
    pub fn last4(&self) -> String {
        let length = self.0.chars().count();
        let hidden = length - SHOWN_MAX.min(length / 2);
        self.0.chars().skip(hidden).collect()
    }
}

/// A key as it is asked for: FOVEA's fields.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KeyDraft {
    /// For whose service.
    #[schema(min_length = 1, max_length = 40)]
    pub provider: String,
    /// What it is to be called.
    #[schema(min_length = 1)]
    pub key_name: String,
    /// What it is.
    #[schema(min_length = 1, max_length = 4096)]
    pub api_key: String,
}

/// A key that can be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// For whose service.
    pub provider: Provider,
    /// What it is called.
    pub name: DisplayName,
    /// What it is.
    pub text: KeyText,
}

impl KeyDraft {
    /// Checks every field. `providers` are those that the server knows.
    ///
    /// # Errors
    /// Every fault at once.
    pub fn check(self, providers: &[Provider]) -> Result<NewKey, FieldErrors> {
        let mut faults = FieldErrors::default();
        let provider = self.provider.parse().ok();
        let provider = provider.filter(|provider| providers.contains(provider));
        if provider.is_none() {
            let known: Vec<&str> = providers.iter().map(Provider::as_str).collect();
            faults.add("provider", format!("Choose one of {}.", known.join(", ")));
        }
        let name = faults.take("key_name", self.key_name.parse());
        let text = faults.take("api_key", self.api_key.parse());
        match (provider, name, text) {
            (Some(provider), Some(name), Some(text)) => Ok(NewKey {
                provider,
                name,
                text,
            }),
            _ => Err(faults),
        }
    }
}

/// A change of a key as it is asked for. What is absent stays.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct KeyEdit {
    /// What it is to be called.
    #[serde(deserialize_with = "present")]
    #[schema(min_length = 1, nullable = false)]
    pub key_name: Option<String>,
    /// What it is to be.
    #[serde(deserialize_with = "present")]
    #[schema(min_length = 1, max_length = 4096, nullable = false)]
    pub api_key: Option<String>,
    /// Whether it is used.
    #[serde(deserialize_with = "present")]
    #[schema(nullable = false)]
    pub is_active: Option<bool>,
}

/// A change of a key that can be made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyPatch {
    /// What it is called.
    pub name: Option<DisplayName>,
    /// What it is.
    pub text: Option<KeyText>,
    /// Whether it is used.
    pub is_active: Option<bool>,
}

impl KeyEdit {
    /// Checks every field.
    ///
    /// # Errors
    /// Every fault at once.
    pub fn check(self) -> Result<KeyPatch, FieldErrors> {
        let mut faults = FieldErrors::default();
        let name = self
            .key_name
            .and_then(|typed| faults.take("key_name", typed.parse()));
        let text = self
            .api_key
            .and_then(|typed| faults.take("api_key", typed.parse()));
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(KeyPatch {
            name,
            text,
            is_active: self.is_active,
        })
    }
}

/// A key as it is shown: FOVEA's fields. What it is cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiKey {
    /// Id.
    pub id: Uuid,
    /// Whose it is; none: the system's, which serves whoever has none of their own.
    pub user_id: Option<Uuid>,
    /// For whose service.
    pub provider: String,
    /// What it is called.
    pub key_name: String,
    /// Dots, and its last characters.
    pub key_mask: String,
    /// Whether it is used.
    pub is_active: bool,
    /// How often it was used.
    pub usage_count: i64,
    /// When it was last used.
    #[serde(with = "time::serde::rfc3339::option")]
    pub last_used_at: Option<OffsetDateTime>,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it was last changed.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
}

/// Keys of somebody or of the system, and the providers for which there can be some.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyList {
    /// The keys, by provider, the newest first.
    pub keys: Vec<ApiKey>,
    /// The providers.
    pub providers: Vec<ProviderUse>,
}

/// A provider, and who does without the system's key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderUse {
    /// Its name.
    pub provider: String,
    /// How many people have a key of their own that is on, where that is asked for.
    pub people: Option<Total>,
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
        draft.check(&Provider::builtin()).map_err(|faults| {
            let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
            fields.join(",")
        })
    }

    #[test]
    fn a_provider_is_known_in_either_case() {
        for typed in ["OPENAI", "openai", " OpenAI "] {
            let made = draft(typed, "Work", "sk-12345678").unwrap();
            assert_eq!(made.provider.as_str(), "OPENAI");
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
    fn every_fault_is_told_at_once() {
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
    fn what_no_key_has() {
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
    fn no_more_than_half_of_a_key_is_shown() {
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
    fn nothing_prints_a_key() {
        let made = draft("OPENAI", "Work", "sk-secret-key").unwrap();
        assert!(!format!("{made:?}").contains("sk-"));
    }

    #[test]
    fn other_fields_are_refused() {
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
