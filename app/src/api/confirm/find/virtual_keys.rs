//! Content of the confirmation dialogs of virtual keys.

use domain::{access_tokens::AccessToken, error::Entity};
use service::{
    Error, Services,
    access::{Caller, TokensWrite},
};
use uuid::Uuid;

use super::{Confirmation, asking, denied, detail, when};
use crate::text;

/// Returns the content of the dialog that blocks a key.
pub(super) async fn block(
    services: &Services,
    caller: &Caller,
    id: Uuid,
) -> Result<Confirmation, Error> {
    let key = find(services, caller, id).await?;
    let reason = is_blocked(&key).then(|| text::virtual_keys::is_blocked().to_owned());
    let title = text::virtual_keys::block_title(&key.name, &key.user.username);
    let effect = text::virtual_keys::block_effect();
    Ok(of_user(caller, key, (title, effect), reason))
}

/// Returns the content of the dialog that unblocks a key.
pub(super) async fn unblock(
    services: &Services,
    caller: &Caller,
    id: Uuid,
) -> Result<Confirmation, Error> {
    let key = find(services, caller, id).await?;
    let reason = (!is_blocked(&key)).then(|| text::virtual_keys::not_blocked().to_owned());
    let title = text::virtual_keys::unblock_title(&key.name, &key.user.username);
    let effect = text::virtual_keys::unblock_effect();
    Ok(of_user(caller, key, (title, effect), reason))
}

/// Returns the content of the dialog that ends the previous secret of a key.
pub(super) async fn end_previous(
    services: &Services,
    caller: &Caller,
    id: Uuid,
) -> Result<Confirmation, Error> {
    let key = find(services, caller, id).await?;
    let until = key.key.as_ref().and_then(|key| key.previous_until);
    let reason = until
        .is_none()
        .then(|| text::virtual_keys::no_previous().to_owned());
    let title = text::virtual_keys::end_previous_title(&key.name, &key.user.username);
    let effect = text::virtual_keys::end_previous_effect();
    let mut asked = of_user(caller, key, (title, effect), reason);
    let until = until.map(|until| when(text::virtual_keys::previous_works(), Some(until)));
    asked.details.extend(until);
    Ok(asked)
}

/// Returns the content of the dialog that revokes a key.
pub(super) fn revoke(key: AccessToken, title: String, denied: Option<String>) -> Confirmation {
    content(key, (title, text::virtual_keys::revoke_effect()), denied)
}

/// Returns a key. An access token is none.
async fn find(services: &Services, caller: &Caller, id: Uuid) -> Result<AccessToken, Error> {
    let found = service::access_tokens::find(services, &caller.require()?, id).await?;
    if found.key.is_some() {
        Ok(found)
    } else {
        Err(Error::NotFound(Entity::VirtualKey))
    }
}

fn is_blocked(key: &AccessToken) -> bool {
    let details = key.key.as_ref();
    details.is_some_and(|details| details.blocked_at.is_some())
}

/// Returns the content of a dialog about a key of a user.
fn of_user(
    caller: &Caller,
    key: AccessToken,
    words: (String, &str),
    reason: Option<String>,
) -> Confirmation {
    let username = key.user.username.clone();
    Confirmation {
        username,
        ..content(key, words, denied::<TokensWrite>(caller).or(reason))
    }
}

fn content(
    key: AccessToken,
    (title, effect): (String, &str),
    denied: Option<String>,
) -> Confirmation {
    Confirmation {
        title,
        details: vec![
            detail(text::virtual_keys::key(), format!("{}…", key.prefix)),
            when(text::confirm::created(), Some(key.created_at)),
            when(text::confirm::last_used(), key.last_used_at),
        ],
        ..asking(key.name, effect, denied)
    }
}
