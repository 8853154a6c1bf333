//! Virtual keys of users.

#![expect(
    missing_docs,
    reason = "the macro turns the arguments, which are fields of a form, into fields of a struct"
)]

use domain::access_tokens::{AccessToken, KeyDraft, OwnKeyDraft};
use leptos::prelude::*;
use serde_json::Map;
#[cfg(feature = "ssr")]
use service::{
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
    FormSuccess {
        token: Some(domain::access_tokens::IssuedToken {
            token: issued.token,
            expires_at: issued.expires_at,
        }),
        ..FormSuccess::to(domain::access::local_path(page))
    }
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
    #[server(default)] allowed_models: String,
    #[server(default)] days: String,
) -> Result<FormSuccess, ApiError> {
    let target = TargetRef::of_user(id, username.clone());
    let draft = draft(CreateVirtualKey {
        page: page.clone(),
        id,
        username,
        name,
        allowed_models,
        days,
    });
    ssr::call::<TokensWrite, _>(async |services, authorized| {
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

/// Converts the form to a draft.
#[must_use]
pub fn draft(form: CreateVirtualKey) -> KeyDraft {
    KeyDraft {
        name: form.name,
        group: None,
        days: lifetime(&form.days),
        allowed_models: models(&form.allowed_models),
        metadata: Map::new(),
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
