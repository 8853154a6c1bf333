//! Content of the confirmation dialogs: the target, facts about it, and the reason if the action is denied.

use domain::{
    access::Permission,
    access_tokens::AccessToken,
    keys::ApiKey,
    users::{
        UserSummary,
        detail::{Refusals, UserRef, UserSession},
    },
};
use service::{
    Error, Services,
    access::{Actor, ReadUsers, Right, WriteApiKeys, WriteSessions, WriteTokens, WriteUsers},
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Confirmation, ConfirmationFact, target::Target};
use crate::format::{count, grouped};

mod links_and_jobs;

const KEY_GONE: Error = Error::NotFound("API key not found");
const TOKEN_GONE: Error = Error::NotFound("Access token not found");
const SESSION_GONE: Error = Error::NotFound("Session not found");

/// Loads the content of a dialog.
pub(super) async fn confirmation(
    services: &Services,
    actor: &Actor,
    target: &Target,
) -> Result<Confirmation, Error> {
    let asked = match target {
        Target::UserKey(user, id) => user_key(services, actor, user, *id).await?,
        Target::SystemKey(id) => {
            let keys = service::keys::list_system(services, &actor.require()?)
                .await?
                .keys;
            let text = "Users without their own key can no longer use it. This can't be undone.";
            key(
                found(keys, |key| key.id == *id, KEY_GONE)?,
                text,
                refusal::<WriteApiKeys>(actor),
            )
        }
        Target::OwnKey(id) => {
            let keys = service::account::keys(services, actor).await?.keys;
            let text = "Apps can no longer use it on your behalf. This can't be undone.";
            key(found(keys, |key| key.id == *id, KEY_GONE)?, text, None)
        }
        Target::Token(id) => {
            let found = service::access_tokens::find(services, &actor.require()?, *id).await?;
            let name = found.user.username.clone();
            let asked = token(found, refusal::<WriteTokens>(actor));
            Confirmation {
                title: format!("{} of {name}", asked.title),
                username: name,
                ..asked
            }
        }
        Target::OwnToken(id) => {
            let tokens = service::account::tokens(services, actor).await?;
            token(found(tokens, |token| token.id == *id, TOKEN_GONE)?, None)
        }
        Target::Session(id) => user_session(services, actor, *id).await?,
        Target::OwnSession(id) => {
            let own = service::account::sessions(services, actor).await?;
            let own = found(own, |own| own.session.id == *id, SESSION_GONE)?;
            session(own.session, "You are signed out on that device.", None)
        }
        Target::OwnOthers => own_others(services, actor).await?,
        Target::Sessions(user) => sessions(services, actor, user).await?,
        Target::ResetLinks(user) => links_and_jobs::reset_links(services, actor, user).await?,
        Target::Invitation(id) => links_and_jobs::invitation(services, actor, *id).await?,
        Target::Job(id) => links_and_jobs::job(services, actor, *id).await?,
    };
    Ok(Confirmation {
        now: (services.clock)(),
        ..asked
    })
}

/// Returns the reason for denial if the actor lacks the permission.
fn refusal<R: Right>(actor: &Actor) -> Option<String> {
    let thing = match R::PERMISSION {
        Permission::ApiKeysWrite => "API keys",
        Permission::SessionsWrite => "sessions",
        Permission::TokensWrite => "access tokens",
        Permission::RegistrationsWrite => "registrations",
        _ => "users",
    };
    let denied = actor.require::<R>().is_err();
    denied.then(|| format!("You have read-only access to {thing}."))
}

/// Returns a user, and the actions on this user that the actor is denied.
async fn user_of(
    services: &Services,
    actor: &Actor,
    user: &UserRef,
) -> Result<(UserSummary, Refusals), Error> {
    let granted = actor.require::<ReadUsers>()?;
    let user = service::users::get(services, &granted, user).await?;
    let refusals = service::users::refusals(services, &granted, user.summary.id.0).await?;
    Ok((user.summary, refusals))
}

async fn user_key(
    services: &Services,
    actor: &Actor,
    user: &UserRef,
    id: Uuid,
) -> Result<Confirmation, Error> {
    let (user, refusals) = user_of(services, actor, user).await?;
    let keys = service::keys::list_of(services, &actor.require()?, user.id.0).await?;
    let text = "Apps can no longer use it on the user's behalf. The user can add another one. This can't be undone.";
    let refusal = refusal::<WriteApiKeys>(actor).or(refusals.edit);
    let asked = key(found(keys, |key| key.id == id, KEY_GONE)?, text, refusal);
    Ok(Confirmation {
        title: format!("Revoke API key {} of {}", asked.shown, user.username),
        username: user.username,
        ..asked
    })
}

fn key(key: ApiKey, text: &str, refusal: Option<String>) -> Confirmation {
    let uses = count(key.usage_count);
    Confirmation {
        title: format!("Delete API key {}", key.key_name),
        facts: vec![
            fact("Provider", key.provider),
            fact("Key", key.key_mask),
            fact("Uses", uses),
            when("Last used", key.last_used_at),
        ],
        ..asking(key.key_name, text, refusal)
    }
}

fn token(token: AccessToken, refusal: Option<String>) -> Confirmation {
    let text = "Scripts and apps that use it stop working immediately. This can't be undone.";
    Confirmation {
        title: format!("Revoke access token {}", token.name),
        facts: vec![
            fact("Token", format!("{}…", token.prefix)),
            fact("Scopes", token.scopes.join(", ")),
            when("Created", Some(token.created_at)),
            when("Last used", token.last_used_at),
        ],
        ..asking(token.name, text, refusal)
    }
}

fn session(session: UserSession, text: &str, refusal: Option<String>) -> Confirmation {
    let address = session.ip_address.map(|ip| ip.to_string());
    Confirmation {
        title: "Revoke session".to_owned(),
        facts: vec![
            fact("Device", session.device.clone()),
            fact("IP address", address.unwrap_or_else(|| "—".to_owned())),
            when("Signed in", Some(session.created_at)),
            when("Last seen", Some(session.last_seen_at)),
        ],
        ..asking(session.device, text, refusal)
    }
}

async fn user_session(services: &Services, actor: &Actor, id: Uuid) -> Result<Confirmation, Error> {
    let read = actor.require()?;
    let (username, found) = service::sessions::find(services, &read, id).await?;
    let text = "They are signed out on that device immediately. They can sign in again.";
    let asked = session(found, text, refusal::<WriteSessions>(actor));
    Ok(Confirmation {
        title: format!("Revoke session of {username}"),
        username,
        ..asked
    })
}

async fn own_others(services: &Services, actor: &Actor) -> Result<Confirmation, Error> {
    let own = service::account::sessions(services, actor).await?;
    let others = own.iter().filter(|own| !own.is_current);
    let seen = others.clone().map(|own| own.session.last_seen_at).max();
    let count = u64::try_from(others.count()).unwrap_or_default();
    let text = "You stay signed in on this device and are signed out on all others immediately.";
    let refusal = (count == 0).then(|| "You have no other sessions.".to_owned());
    Ok(Confirmation {
        title: "Sign out everywhere else".to_owned(),
        facts: vec![
            fact("Other sessions", grouped(count)),
            when("Last seen", seen),
        ],
        ..asking(String::new(), text, refusal)
    })
}

async fn sessions(
    services: &Services,
    actor: &Actor,
    user: &UserRef,
) -> Result<Confirmation, Error> {
    let (user, refusals) = user_of(services, actor, user).await?;
    let text = "All their sessions are revoked immediately. They can sign in again.";
    let refusal = refusal::<WriteUsers>(actor).or(refusals.end_sessions);
    Ok(Confirmation {
        title: format!("Sign out {} everywhere", user.username),
        facts: vec![
            fact("User", format!("{} ({})", user.display_name, user.username)),
            fact("Sessions", count(user.session_count.into())),
            when("Last active", user.last_active_at),
        ],
        id: Some(user.id.0),
        username: user.username.clone(),
        ..asking(user.username, text, refusal)
    })
}

/// Returns a confirmation without title, facts and owner, which the caller fills in.
fn asking(shown: String, text: &str, refusal: Option<String>) -> Confirmation {
    Confirmation {
        title: String::new(),
        text: text.to_owned(),
        facts: Vec::new(),
        refusal,
        shown,
        username: String::new(),
        id: None,
        now: OffsetDateTime::UNIX_EPOCH,
    }
}

fn found<T>(list: Vec<T>, is_it: impl Fn(&T) -> bool, gone: Error) -> Result<T, Error> {
    list.into_iter().find(|one| is_it(one)).ok_or(gone)
}

fn fact(label: &str, text: impl Into<String>) -> ConfirmationFact {
    ConfirmationFact {
        label: label.to_owned(),
        text: text.into(),
        at: None,
    }
}

fn when(label: &str, at: Option<OffsetDateTime>) -> ConfirmationFact {
    let text = if at.is_some() { "" } else { "Never" };
    ConfirmationFact {
        at,
        ..fact(label, text)
    }
}
