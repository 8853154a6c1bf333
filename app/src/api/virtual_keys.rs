//! Virtual keys of users.

#![expect(
    missing_docs,
    reason = "the macro turns the arguments, which are fields of a form, into fields of a struct"
)]

use domain::access_tokens::{AccessToken, KeyDraft};
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

/// Converts the form to a draft. A number of days that cannot be parsed becomes 0, which the check of the draft rejects; none is no
/// expiry. No models are all models.
#[must_use]
pub fn draft(form: CreateVirtualKey) -> KeyDraft {
    let models = form.allowed_models.split([',', '\n']).map(str::trim);
    let models: Vec<String> = models
        .filter(|model| !model.is_empty())
        .map(str::to_owned)
        .collect();
    let days = form.days.trim();
    KeyDraft {
        name: form.name,
        group: None,
        days: (!days.is_empty()).then(|| days.parse().unwrap_or_default()),
        allowed_models: (!models.is_empty()).then_some(models),
        metadata: Map::new(),
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
    ssr::call::<TokensWrite, _>(async |services, authorized| {
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
        let models = |text: &str| {
            let form = CreateVirtualKey {
                page: String::new(),
                id: Uuid::nil(),
                username: String::new(),
                name: "lab".into(),
                allowed_models: text.into(),
                days: "x".into(),
            };
            let draft = draft(form);
            assert_eq!(draft.days, Some(0));
            draft.allowed_models
        };
        assert_eq!(models(" \n,"), None);
        let two = vec!["gpt 5".to_owned(), "llama".to_owned()];
        assert_eq!(models(" gpt 5 ,\r\nllama\r\n"), Some(two));
    }
}
