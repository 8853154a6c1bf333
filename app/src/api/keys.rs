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
use service::target::TargetRef;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    done::Done,
    error::ApiError,
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
pub struct Listed {
    /// The keys, and the providers that keys can be added for.
    pub list: KeyList,
    /// Server time, from which the page computes "2 hours ago".
    #[serde(with = "time::serde::rfc3339")]
    pub now: OffsetDateTime,
}

/// Lists the API keys of the system or of the caller.
#[server(endpoint = "keys", protocol = Get)]
pub async fn list_keys(owner: Owner) -> Result<Listed, ApiError> {
    use super::ssr;
    let (services, actor) = (ssr::services()?, ssr::actor()?);
    let list = match owner {
        Owner::System => {
            let granted = actor.require().map_err(ssr::fail)?;
            service::keys::list_system(&services, &granted).await
        }
        Owner::Own => service::account::keys(&services, &actor).await,
    };
    Ok(Listed {
        list: list.map_err(ssr::fail)?,
        now: (services.clock)(),
    })
}

/// Adds an API key.
#[server(endpoint = "add-key", protocol = Post)]
pub async fn add_key(
    owner: Owner,
    #[server(default)] provider: String,
    #[server(default)] key_name: String,
    #[server(default)] api_key: String,
) -> Result<Done, ApiError> {
    use super::ssr;
    let (services, actor) = (ssr::services()?, ssr::actor()?);
    let draft = domain::keys::KeyDraft {
        provider,
        key_name,
        api_key,
    };
    let made = match owner {
        Owner::System => {
            let granted = actor.require().map_err(ssr::fail)?;
            service::keys::create_system(&services, &granted, draft).await
        }
        Owner::Own => service::account::create_key(&services, &actor, draft).await,
    };
    let made = made.map_err(ssr::fail)?;
    Ok(flash(owner, FlashEvent::KeyAdded, made.key_name, None).await)
}

/// Changes an API key. `shown` is the name that the page showed; an empty `api_key` leaves the stored secret unchanged.
#[server(endpoint = "edit-key", protocol = Post)]
pub async fn edit_key(
    owner: Owner,
    id: Uuid,
    shown: String,
    #[server(default)] key_name: String,
    #[server(default)] api_key: String,
) -> Result<Done, ApiError> {
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
pub enum KeyDeed {
    /// Enables the key.
    On,
    /// Disables the key.
    Off,
}

impl KeyDeed {
    /// Name of the action in form fields.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Off => "off",
        }
    }
}

/// Enables or disables an API key. `shown` is the name that the page showed.
#[server(endpoint = "do-to-key", protocol = Post)]
pub async fn do_to_key(
    owner: Owner,
    id: Uuid,
    shown: String,
    deed: KeyDeed,
) -> Result<Done, ApiError> {
    let target = TargetRef::named(id, shown);
    let switch = |on| domain::keys::KeyEdit {
        is_active: Some(on),
        ..Default::default()
    };
    let (event, reverse) = match deed {
        KeyDeed::On => (FlashEvent::KeyEnabled, KeyDeed::Off),
        KeyDeed::Off => (FlashEvent::KeyDisabled, KeyDeed::On),
    };
    let edited = edit_one(owner, target, switch(deed == KeyDeed::On)).await?;
    if !edited.is_changed {
        return Ok(Done::to(owner.page()));
    }
    let key = edited.key;
    let id = id.to_string();
    let undo = [
        ("owner", owner.as_str()),
        ("id", &id),
        ("shown", &key.key_name),
        ("deed", reverse.as_str()),
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
async fn flash(owner: Owner, event: FlashEvent, name: String, undo: Option<Undo>) -> Done {
    Done::flash(owner.page(), Flash::of(event, [name]), undo).await
}

#[cfg(feature = "ssr")]
async fn edit_one(
    owner: Owner,
    key: TargetRef,
    edit: domain::keys::KeyEdit,
) -> Result<service::keys::EditedKey, ApiError> {
    use super::ssr;
    let (services, actor) = (ssr::services()?, ssr::actor()?);
    let edited = match owner {
        Owner::System => {
            let granted = actor.require().map_err(ssr::fail)?;
            service::keys::edit_system(&services, &granted, key, edit).await
        }
        Owner::Own => service::account::edit_key(&services, &actor, key, edit).await,
    };
    edited.map_err(ssr::fail)
}
