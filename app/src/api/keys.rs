//! Keys of providers: the system's, and one's own.

#![expect(
    missing_docs,
    reason = "the macro makes the arguments, which are the fields of a form, fields of a struct"
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

/// Whose keys a page is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Owner {
    /// The system's.
    System,
    /// Those of whoever looks at it.
    Own,
}

impl Owner {
    /// Its word in a form.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Own => "own",
        }
    }

    /// The page of the keys.
    #[must_use]
    pub const fn page(self) -> &'static str {
        match self {
            Self::System => "/keys",
            Self::Own => "/account/keys",
        }
    }
}

/// Keys as a page shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// The keys, and the providers for which there can be some.
    pub list: KeyList,
    /// The server's time.
    #[serde(with = "time::serde::rfc3339")]
    pub now: OffsetDateTime,
}

/// The system's keys, or those of whoever asks.
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

/// Keeps a key.
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

/// Changes a key that was shown under a name. An empty one keeps what it is.
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

/// What needs nothing but a button.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyDeed {
    /// Use it again.
    On,
    /// Use it no more.
    Off,
}

impl KeyDeed {
    /// Its word in a form.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Off => "off",
        }
    }
}

/// Does to a key that was shown under a name what needs nothing but a button.
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

/// Goes on to the page of the keys with a message about one.
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
