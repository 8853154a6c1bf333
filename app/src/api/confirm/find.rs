//! Content of the confirmation dialogs: the target, details about it, and the reason if the action is denied.

use domain::{
    access_tokens::AccessToken,
    error::Entity,
    keys::ApiKey,
    users::{
        UserSummary,
        action::UserAction,
        detail::{DeniedActions, UserRef, UserSession},
    },
};
use service::{
    Error, Services,
    access::{
        ApiKeysWrite, Caller, RequiredPermission, SessionsWrite, TokensWrite, UsersRead, UsersWrite,
    },
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    Confirmation,
    details::{detail, when},
    target::Target,
    user_actions,
};
use crate::{
    format::{count, grouped},
    labels::security,
    text,
};

mod links_and_jobs;
mod virtual_keys;

const KEY_NOT_FOUND: Error = Error::NotFound(Entity::ApiKey);
const TOKEN_NOT_FOUND: Error = Error::NotFound(Entity::AccessToken);
const SESSION_NOT_FOUND: Error = Error::NotFound(Entity::Session);

/// Loads the content of a dialog.
pub(super) async fn confirmation(
    services: &Services,
    caller: &Caller,
    target: &Target,
) -> Result<Confirmation, Error> {
    let asked = match target {
        Target::UserKey(user, id) => user_key(services, caller, user, *id).await?,
        Target::SystemKey(id) => {
            let keys = service::keys::list_system(services, &caller.require()?)
                .await?
                .keys;
            let text = text::confirm::system_key_effect();
            key(
                found(keys, |key| key.id == *id, KEY_NOT_FOUND)?,
                text,
                denied::<ApiKeysWrite>(caller),
            )
        }
        Target::OwnKey(id) => {
            let keys = service::account::keys(services, caller).await?.keys;
            let text = text::confirm::own_key_effect();
            key(found(keys, |key| key.id == *id, KEY_NOT_FOUND)?, text, None)
        }
        Target::Token(id) => {
            let found = service::access_tokens::find(services, &caller.require()?, *id).await?;
            token_of_user(found, denied::<TokensWrite>(caller))
        }
        Target::BlockKey(id) => virtual_keys::block(services, caller, *id).await?,
        Target::UnblockKey(id) => virtual_keys::unblock(services, caller, *id).await?,
        Target::EndPrevious(id) => virtual_keys::end_previous(services, caller, *id).await?,
        Target::OwnToken(id) => {
            let tokens = service::account::tokens(services, caller).await?;
            own_token(found(tokens, |token| token.id == *id, TOKEN_NOT_FOUND)?)
        }
        Target::Session(id) => user_session(services, caller, *id).await?,
        Target::OwnSession(id) => {
            let own = service::account::sessions(services, caller).await?;
            let own = found(own, |own| own.session.id == *id, SESSION_NOT_FOUND)?;
            session(own.session, text::confirm::own_session_effect(), None)
        }
        Target::OwnOthers => own_others(services, caller).await?,
        Target::User(user, action) => user_action(services, caller, user, *action).await?,
        Target::ResetLinks(user) => links_and_jobs::reset_links(services, caller, user).await?,
        Target::Invitation(id) => links_and_jobs::invitation(services, caller, *id).await?,
        Target::Job(id) => links_and_jobs::job(services, caller, *id).await?,
    };
    Ok(Confirmation {
        now: (services.clock)(),
        ..asked
    })
}

/// Returns the reason for denial if the actor lacks the permission.
fn denied<R: RequiredPermission>(caller: &Caller) -> Option<String> {
    let denied = caller.require::<R>().is_err();
    denied.then(|| text::message::of(&R::PERMISSION.read_only_message()))
}

/// Returns a user, and the actions on this user that the actor is denied.
async fn user_of(
    services: &Services,
    caller: &Caller,
    user: &UserRef,
) -> Result<(UserSummary, DeniedActions), Error> {
    let authorized = caller.require::<UsersRead>()?;
    let user = service::users::get(services, &authorized, user).await?;
    let mut denied_actions =
        service::users::denied_actions(services, &authorized, user.summary.id.0).await?;
    denied_actions.translate(text::message::translated);
    Ok((user.summary, denied_actions))
}

async fn user_key(
    services: &Services,
    caller: &Caller,
    user: &UserRef,
    id: Uuid,
) -> Result<Confirmation, Error> {
    let (user, denied_actions) = user_of(services, caller, user).await?;
    let keys = service::keys::list_of(services, &caller.require()?, user.id.0).await?;
    let text = text::confirm::user_key_effect();
    let denied = denied::<ApiKeysWrite>(caller).or(denied_actions.reason(UserAction::Edit));
    let asked = key(
        found(keys, |key| key.id == id, KEY_NOT_FOUND)?,
        text,
        denied,
    );
    Ok(Confirmation {
        title: text::confirm::revoke_key_of(&asked.shown, &user.username),
        username: user.username,
        ..asked
    })
}

fn key(key: ApiKey, text: &str, denied: Option<String>) -> Confirmation {
    let uses = count(key.usage_count);
    Confirmation {
        title: text::confirm::delete_key(&key.key_name),
        details: vec![
            detail(text::confirm::provider(), key.provider),
            detail(text::confirm::key(), key.key_mask),
            detail(text::confirm::uses(), uses),
            when(text::confirm::last_used(), key.last_used_at),
        ],
        ..asking(key.key_name, text, denied)
    }
}

/// Returns the content of the dialog that revokes a token or a virtual key of a user.
fn token_of_user(of_user: AccessToken, denied: Option<String>) -> Confirmation {
    let username = of_user.user.username.clone();
    let asked = if of_user.key.is_some() {
        let title = text::virtual_keys::revoke_title(&of_user.name, &username);
        virtual_keys::revoke(of_user, title, denied)
    } else {
        let title = text::confirm::revoke_token_of(&of_user.name, &username);
        token(of_user, title, denied)
    };
    Confirmation { username, ..asked }
}

/// Returns the content of the dialog that revokes a token or a virtual key of one's own.
fn own_token(own: AccessToken) -> Confirmation {
    if own.key.is_some() {
        let title = text::virtual_keys::revoke_own(&own.name);
        virtual_keys::revoke(own, title, None)
    } else {
        let title = text::confirm::revoke_token(&own.name);
        token(own, title, None)
    }
}

fn token(token: AccessToken, title: String, denied: Option<String>) -> Confirmation {
    let text = text::confirm::token_effect();
    Confirmation {
        title,
        details: vec![
            detail(text::confirm::token(), format!("{}…", token.prefix)),
            detail(text::confirm::scopes(), token.scopes.join(", ")),
            when(text::confirm::created(), Some(token.created_at)),
            when(text::confirm::last_used(), token.last_used_at),
        ],
        ..asking(token.name, text, denied)
    }
}

fn session(session: UserSession, text: &str, denied: Option<String>) -> Confirmation {
    let address = session.ip_address.map(|ip| ip.to_string());
    Confirmation {
        title: text::confirm::revoke_session().to_owned(),
        details: vec![
            detail(text::confirm::device(), security::device(&session.device)),
            detail(
                text::confirm::ip_address(),
                address.unwrap_or_else(|| "—".to_owned()),
            ),
            when(text::confirm::signed_in(), Some(session.created_at)),
            when(text::confirm::last_seen(), Some(session.last_seen_at)),
        ],
        ..asking(session.device, text, denied)
    }
}

async fn user_session(
    services: &Services,
    caller: &Caller,
    id: Uuid,
) -> Result<Confirmation, Error> {
    let read = caller.require()?;
    let (username, found) = service::sessions::find(services, &read, id).await?;
    let text = text::confirm::session_effect();
    let asked = session(found, text, denied::<SessionsWrite>(caller));
    Ok(Confirmation {
        title: text::confirm::revoke_session_of(&username),
        username,
        ..asked
    })
}

async fn own_others(services: &Services, caller: &Caller) -> Result<Confirmation, Error> {
    let own = service::account::sessions(services, caller).await?;
    let others = own.iter().filter(|own| !own.is_current);
    let seen = others.clone().map(|own| own.session.last_seen_at).max();
    let count = u64::try_from(others.count()).unwrap_or_default();
    let text = text::confirm::others_effect();
    let denied = (count == 0).then(|| text::confirm::no_others().to_owned());
    Ok(Confirmation {
        title: text::confirm::sign_out_others().to_owned(),
        details: vec![
            detail(text::confirm::other_sessions(), grouped(count)),
            when(text::confirm::last_seen(), seen),
        ],
        ..asking(String::new(), text, denied)
    })
}

async fn user_action(
    services: &Services,
    caller: &Caller,
    user: &UserRef,
    action: UserAction,
) -> Result<Confirmation, Error> {
    let (user, denied_actions) = user_of(services, caller, user).await?;
    let (title, text, details) = user_actions::content(action, &user)?;
    let denied = denied::<UsersWrite>(caller).or(denied_actions.reason(action));
    Ok(Confirmation {
        title,
        details,
        id: Some(user.id.0),
        username: user.username.clone(),
        ..asking(user.username, text, denied)
    })
}

/// Returns a confirmation without title, details and owner, which the caller fills in.
fn asking(shown: String, text: &str, denied: Option<String>) -> Confirmation {
    Confirmation {
        title: String::new(),
        text: text.to_owned(),
        details: Vec::new(),
        denied,
        shown,
        username: String::new(),
        id: None,
        now: OffsetDateTime::UNIX_EPOCH,
    }
}

fn found<T>(list: Vec<T>, is_it: impl Fn(&T) -> bool, gone: Error) -> Result<T, Error> {
    list.into_iter().find(|one| is_it(one)).ok_or(gone)
}
