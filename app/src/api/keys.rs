//! Provider API keys: of the system, and of the signed-in user.

#![expect(
    missing_docs,
    reason = "the macro turns the arguments, which are fields of a form, into fields of a struct"
)]

#[cfg(feature = "ssr")]
use domain::flash::{Flash, FlashEvent, Undo};
use domain::keys::KeyList;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
use service::guard::TargetRef;
use time::OffsetDateTime;
use uuid::Uuid;

#[cfg(feature = "ssr")]
use super::ssr;
use super::{
    error::ApiError,
    form_success::FormSuccess,
    wire::{Get, Post},
};

/// Owner of the keys on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Owner {
    /// The system: the keys serve users without a key of their own.
    System,
    /// The signed-in user.
    Own,
}

impl Owner {
    /// Name of the owner in form fields.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Own => "own",
        }
    }

    /// Path of the page with the keys.
    #[must_use]
    pub const fn page(self) -> &'static str {
        match self {
            Self::System => "/keys",
            Self::Own => "/account/keys",
        }
    }
}

/// Provider API keys, with the time that relative times are computed from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyListing {
    /// The keys, and the providers that keys can be added for.
    pub list: KeyList,
    /// Server time, from which the page computes "2 hours ago".
    #[serde(with = "time::serde::rfc3339")]
    pub now: OffsetDateTime,
}

/// Lists the API keys of the system or of the caller.
#[server(endpoint = "keys", protocol = Get)]
pub async fn list_keys(owner: Owner) -> Result<KeyListing, ApiError> {
    ssr::call_as_caller(async |services, caller| {
        let list = match owner {
            Owner::System => service::keys::list_system(&services, &caller.require()?).await?,
            Owner::Own => service::account::keys(&services, &caller).await?,
        };
        Ok(KeyListing {
            list,
            now: (services.clock)(),
        })
    })
    .await
}

/// Adds an API key.
#[server(endpoint = "add-key", protocol = Post)]
pub async fn add_key(
    owner: Owner,
    #[server(default)] provider: String,
    #[server(default)] key_name: String,
    #[server(default)] api_key: String,
) -> Result<FormSuccess, ApiError> {
    let draft = domain::keys::KeyDraft {
        provider,
        key_name,
        api_key,
    };
    ssr::call_as_caller(async |services, caller| {
        let created = match owner {
            Owner::System => {
                service::keys::create_system(&services, &caller.require()?, draft).await?
            }
            Owner::Own => service::account::create_key(&services, &caller, draft).await?,
        };
        Ok(flash(owner, FlashEvent::KeyAdded, created.key_name, None).await)
    })
    .await
}

/// Changes an API key. `shown` is the name that the page showed; an empty `api_key` leaves the stored secret unchanged.
#[server(endpoint = "edit-key", protocol = Post)]
pub async fn edit_key(
    owner: Owner,
    id: Uuid,
    shown: String,
    #[server(default)] key_name: String,
    #[server(default)] api_key: String,
) -> Result<FormSuccess, ApiError> {
    let edit = domain::keys::KeyEdit {
        key_name: Some(key_name),
        api_key: Some(api_key).filter(|typed| !typed.is_empty()),
        is_active: None,
    };
    let edited = edit_one(owner, TargetRef::named(id, shown), edit).await?;
    Ok(flash(owner, FlashEvent::KeySaved, edited.key.key_name, None).await)
}

/// Action on an API key that needs only a button.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyOperation {
    /// Enables the key.
    Enable,
    /// Disables the key.
    Disable,
}

impl KeyOperation {
    /// Name of the action in form fields.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enable => "enable",
            Self::Disable => "disable",
        }
    }
}

/// Enables or disables an API key. `shown` is the name that the page showed.
#[server(endpoint = "set-key-active", protocol = Post)]
pub async fn set_key_active(
    owner: Owner,
    id: Uuid,
    shown: String,
    operation: KeyOperation,
) -> Result<FormSuccess, ApiError> {
    let target = TargetRef::named(id, shown);
    let set_active = |on| domain::keys::KeyEdit {
        is_active: Some(on),
        ..Default::default()
    };
    let (event, reverse) = match operation {
        KeyOperation::Enable => (FlashEvent::KeyEnabled, KeyOperation::Disable),
        KeyOperation::Disable => (FlashEvent::KeyDisabled, KeyOperation::Enable),
    };
    let edited = edit_one(owner, target, set_active(operation == KeyOperation::Enable)).await?;
    if !edited.is_changed {
        return Ok(FormSuccess::to(owner.page()));
    }
    let key = edited.key;
    let id = id.to_string();
    let undo = [
        ("owner", owner.as_str()),
        ("id", &id),
        ("shown", &key.key_name),
        ("operation", reverse.as_str()),
    ];
    let undo = Undo {
        path: owner.page().to_owned(),
        form: form_urlencoded::Serializer::new(String::new())
            .extend_pairs(undo)
            .finish(),
    };
    Ok(flash(owner, event, key.key_name, Some(undo)).await)
}

/// Redirects to the page of the keys with a message about one of them.
#[cfg(feature = "ssr")]
async fn flash(owner: Owner, event: FlashEvent, name: String, undo: Option<Undo>) -> FormSuccess {
    FormSuccess::flash(owner.page(), Flash::of(event, [name]), undo).await
}

#[cfg(feature = "ssr")]
async fn edit_one(
    owner: Owner,
    key: TargetRef,
    edit: domain::keys::KeyEdit,
) -> Result<service::keys::EditedKey, ApiError> {
    ssr::call_as_caller(async |services, caller| match owner {
        Owner::System => service::keys::edit_system(&services, &caller.require()?, key, edit).await,
        Owner::Own => service::account::edit_key(&services, &caller, key, edit).await,
    })
    .await
}
