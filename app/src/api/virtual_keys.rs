//! Virtual keys of users.

#![expect(
    missing_docs,
    clippy::too_many_arguments,
    reason = "the macro turns the arguments, which are fields of a form, into fields of a struct"
)]

pub mod edit;

use domain::{
    access_tokens::{AccessToken, KeyDraft, OwnKeyDraft},
    fields::FieldErrors,
    message::Message,
    messages,
    object::distinct,
};
use leptos::prelude::*;
use serde_json::{Map, Value};
#[cfg(feature = "ssr")]
use service::{
    Error,
    access::{TokensRead, TokensWrite},
    guard::TargetRef,
};
use uuid::Uuid;

#[cfg(feature = "ssr")]
use super::ssr;
use super::{
    error::ApiError,
    form_success::FormSuccess,
    wire::{Get, Post},
};

/// Returns the result that shows a secret once, and redirects to a page of this site.
#[cfg(feature = "ssr")]
fn issued(issued: domain::access_tokens::IssuedKey, page: &str) -> FormSuccess {
    let secret = domain::access_tokens::IssuedToken {
        token: issued.token,
        expires_at: issued.expires_at,
    };
    FormSuccess::to(domain::access::local_path(page)).with_token(&secret)
}

/// Returns a virtual key, or an access token, by its id.
#[server(endpoint = "virtual-key", protocol = Get)]
pub async fn find_virtual_key(id: Uuid) -> Result<AccessToken, ApiError> {
    ssr::call::<TokensRead, _>(async |services, authorized| {
        service::access_tokens::find(&services, &authorized, id).await
    })
    .await
}

/// Creates a virtual key for a user. The form shows the key once.
#[server(endpoint = "create-virtual-key", protocol = Post)]
pub async fn create_virtual_key(
    page: String,
    id: Uuid,
    username: String,
    name: String,
    #[server(default)] group: String,
    #[server(default)] allowed_models: String,
    #[server(default)] days: String,
    #[server(default)] metadata: String,
) -> Result<FormSuccess, ApiError> {
    let target = TargetRef::of_user(id, username.clone());
    let form = CreateVirtualKey {
        page: page.clone(),
        id,
        username,
        name,
        group,
        allowed_models,
        days,
        metadata,
    };
    ssr::call::<TokensWrite, _>(async |services, authorized| {
        let draft = draft(form, services.settings.token_max_days).map_err(Error::Invalid)?;
        let key =
            service::access_tokens::create_key(&services, &authorized, target, &draft).await?;
        Ok(issued(key, &page))
    })
    .await
}

/// Creates a virtual key for the caller. The form shows the key once.
#[server(endpoint = "create-own-virtual-key", protocol = Post)]
pub async fn create_own_virtual_key(
    name: String,
    #[server(default)] allowed_models: String,
    #[server(default)] days: String,
    #[server(default)] current_password: String,
) -> Result<FormSuccess, ApiError> {
    let draft = own_draft(CreateOwnVirtualKey {
        name,
        allowed_models,
        days,
        current_password,
    });
    ssr::call_as_caller(async |services, caller| {
        let key = service::account::create_virtual_key(&services, &caller, &draft).await?;
        Ok(issued(key, super::access_tokens::OWN))
    })
    .await
}

/// Returns the typed models, separated by lines or commas; `None` for all without any.
fn models(typed: &str) -> Option<Vec<String>> {
    let models = typed.split([',', '\n']).map(str::trim);
    let models: Vec<String> = models
        .filter(|model| !model.is_empty())
        .map(str::to_owned)
        .collect();
    (!models.is_empty()).then_some(models)
}

/// Returns the typed number of days; `None` for no expiry without any. A text that is no number becomes 0, which the check of the draft
/// rejects.
fn lifetime(typed: &str) -> Option<u16> {
    let typed = typed.trim();
    (!typed.is_empty()).then(|| typed.parse().unwrap_or_default())
}

/// Returns the typed data of the host application, a JSON object; an empty one without any text.
fn metadata(typed: &str) -> Result<Map<String, Value>, Message> {
    if typed.trim().is_empty() {
        return Ok(Map::new());
    }
    let mut json = serde_json::Deserializer::from_str(typed);
    let object = distinct(&mut json).ok();
    let object = object.filter(|_| json.end().is_ok());
    object.ok_or_else(messages::json_object)
}

/// Converts the form to a draft. `longest` is the maximum lifetime in days, 0 for none.
///
/// # Errors
/// Returns the errors of all fields.
pub fn draft(form: CreateVirtualKey, longest: u16) -> Result<KeyDraft, FieldErrors> {
    let (metadata, unreadable) = match metadata(&form.metadata) {
        Ok(metadata) => (metadata, None),
        Err(error) => (Map::new(), Some(error)),
    };
    let group = Some(form.group.trim()).filter(|group| !group.is_empty());
    let group = group.map(str::parse::<Uuid>).transpose();
    let is_unknown = group.is_err();
    let draft = KeyDraft {
        name: form.name,
        group: group.unwrap_or_default(),
        days: lifetime(&form.days),
        allowed_models: models(&form.allowed_models),
        metadata,
    };
    let mut errors = draft.check(longest).err().unwrap_or_default();
    if is_unknown {
        errors.add("group", messages::key_group());
    }
    if let Some(error) = unreadable {
        errors.add("metadata", error);
    }
    if errors.is_empty() {
        Ok(draft)
    } else {
        Err(errors)
    }
}

/// Converts the form to a draft.
#[must_use]
pub fn own_draft(form: CreateOwnVirtualKey) -> OwnKeyDraft {
    OwnKeyDraft {
        name: form.name,
        group: None,
        days: lifetime(&form.days),
        allowed_models: models(&form.allowed_models),
        metadata: Map::new(),
        current_password: form.current_password,
    }
}

/// Replaces the secret of a virtual key. The form shows the new one once. `shown` is the name that the page showed.
#[server(endpoint = "rotate-virtual-key", protocol = Post)]
pub async fn rotate_virtual_key(
    page: String,
    id: Uuid,
    username: String,
    shown: String,
    #[server(default)] overlap_hours: String,
) -> Result<FormSuccess, ApiError> {
    let target = TargetRef::of_user(id, username).with_name(shown);
    let draft = domain::access_tokens::RotationDraft {
        overlap_hours: overlap_hours.trim().parse().unwrap_or(u16::MAX),
    };
    // The dialog shows the expiry, which is stored data.
    ssr::call_with_read::<TokensWrite, _>(async |services, authorized| {
        let key = service::access_tokens::rotate(&services, &authorized, target, &draft).await?;
        Ok(issued(key, &page))
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_are_listed_by_lines_and_commas() {
        assert_eq!(models(" \n,"), None);
        let two = vec!["gpt 5".to_owned(), "llama".to_owned()];
        assert_eq!(models(" gpt 5 ,\r\nllama\r\n"), Some(two));
    }

    #[test]
    fn metadata_is_an_object() {
        assert_eq!(metadata(" \n"), Ok(Map::new()));
        let team = metadata(r#" {"team":"a"} "#).unwrap();
        assert_eq!(Value::Object(team).to_string(), r#"{"team":"a"}"#);
        for wrong in ["[]", "x", "{} {}", r#"{"a":1,"a":2}"#, "null"] {
            assert!(metadata(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn group_is_one_of_the_offered() {
        let group = |typed: &str| {
            let form = CreateVirtualKey {
                page: String::new(),
                id: Uuid::nil(),
                username: "ada".to_owned(),
                name: "lab".to_owned(),
                group: typed.to_owned(),
                allowed_models: String::new(),
                days: "30".to_owned(),
                metadata: String::new(),
            };
            draft(form, 365).map(|draft| draft.group)
        };
        assert_eq!(group("").ok(), Some(None));
        let id = Uuid::from_u128(1);
        assert_eq!(group(&id.to_string()).ok(), Some(Some(id)));
        assert!(group("Editors").is_err());
    }

    #[test]
    fn blank_lifetime_is_none() {
        for (typed, days) in [
            (" ", None),
            (" 30 ", Some(30)),
            ("x", Some(0)),
            ("-1", Some(0)),
        ] {
            assert_eq!(lifetime(typed), days, "{typed:?}");
        }
    }
}
