//! Execution of the actions that a dialog has confirmed.

use domain::flash::{Flash, FlashEvent};
use service::{
    Error, Services,
    access::{Actor, WriteApiKeys, WriteRegistrations, WriteSessions, WriteTokens, WriteUsers},
    target::TargetRef,
};
use uuid::Uuid;

use super::{Confirmation, target::Target};

/// Names that the dialog showed.
pub(super) struct Shown {
    /// Username of the owner; empty where the target has none.
    pub(super) username: String,
    /// Name of the target.
    pub(super) shown: String,
}

impl Shown {
    /// Returns a reference to a target that has a name of its own.
    fn thing(&self, id: Uuid) -> TargetRef {
        TargetRef::named(id, &self.shown)
    }

    /// Returns a reference to a named target that belongs to a user.
    fn of_user(&self, id: Uuid) -> TargetRef {
        TargetRef::of_user(id, &self.username).with_name(&self.shown)
    }
}

/// Checks that the actor has the permission for this kind of target.
pub(super) fn require(actor: &Actor, target: &Target) -> Result<(), Error> {
    match target {
        Target::UserKey(..) | Target::SystemKey(_) => actor.require::<WriteApiKeys>().map(drop),
        Target::Token(_) => actor.require::<WriteTokens>().map(drop),
        Target::Session(_) => actor.require::<WriteSessions>().map(drop),
        Target::Sessions(_) | Target::ResetLinks(_) | Target::Job(_) => {
            actor.require::<WriteUsers>().map(drop)
        }
        Target::Invitation(_) => actor.require::<WriteRegistrations>().map(drop),
        Target::OwnKey(_) | Target::OwnToken(_) | Target::OwnSession(_) | Target::OwnOthers => {
            actor.session().map(drop)
        }
    }
}

/// Executes the action and returns the flash message.
pub(super) async fn apply(
    services: &Services,
    actor: &Actor,
    target: &Target,
    asked: Confirmation,
    names: &Shown,
) -> Result<Flash, Error> {
    let user_of = async |user| {
        let user = service::users::get(services, &actor.require()?, user).await?;
        Ok::<_, Error>(TargetRef::of_user(user.summary.id.0, &names.username))
    };
    let (event, count) = match target {
        Target::UserKey(user, id) => {
            let user = user_of(user).await?;
            service::keys::revoke_key(services, &actor.require()?, user, names.thing(*id)).await?;
            (FlashEvent::KeyDeleted, 1)
        }
        Target::SystemKey(id) => {
            service::keys::delete_system(services, &actor.require()?, names.thing(*id)).await?;
            (FlashEvent::KeyDeleted, 1)
        }
        Target::OwnKey(id) => {
            service::account::delete_key(services, actor, names.thing(*id)).await?;
            (FlashEvent::KeyDeleted, 1)
        }
        Target::Token(id) => {
            service::access_tokens::revoke(services, &actor.require()?, names.of_user(*id)).await?;
            (FlashEvent::TokenRevoked, 1)
        }
        Target::OwnToken(id) => {
            service::account::revoke_token(services, actor, names.thing(*id)).await?;
            (FlashEvent::TokenRevoked, 1)
        }
        Target::Session(id) => {
            service::sessions::revoke_one(services, &actor.require()?, names.of_user(*id)).await?;
            (FlashEvent::SessionRevoked, 1)
        }
        Target::OwnSession(id) => {
            service::account::end_session(services, actor, names.thing(*id)).await?;
            (FlashEvent::SessionRevoked, 1)
        }
        Target::OwnOthers => {
            let ended = service::account::end_others(services, actor).await?;
            (FlashEvent::OthersRevoked, ended)
        }
        Target::Sessions(_) => {
            let id = asked.id.ok_or(Error::NotFound("User not found"))?;
            let user = TargetRef::of_user(id, &names.username);
            let ended = service::users::end_sessions(services, &actor.require()?, user).await?;
            (FlashEvent::SessionsRevoked, ended)
        }
        Target::ResetLinks(user) => {
            let user = user_of(user).await?;
            service::reset::revoke_links(services, &actor.require()?, user, asked.id).await?;
            (FlashEvent::ResetLinksRevoked, 1)
        }
        Target::Invitation(id) => {
            service::invitations::revoke(services, &actor.require()?, names.thing(*id)).await?;
            (FlashEvent::InvitationRevoked, 1)
        }
        Target::Job(id) => {
            let job = TargetRef::of_user(*id, &names.username);
            service::jobs::retry(services, &actor.require()?, job).await?;
            (FlashEvent::JobRetried, 1)
        }
    };
    // The message names the user of a session first, as in "the session of ada on Firefox".
    let names = match target {
        Target::Session(_) => vec![asked.username, asked.shown],
        Target::Sessions(_) | Target::ResetLinks(_) | Target::Job(_) => vec![asked.username],
        Target::Invitation(_) if asked.shown.is_empty() => vec!["anyone".to_owned()],
        _ => vec![asked.shown, asked.username],
    };
    let names = names.into_iter().filter(|name| !name.is_empty());
    Ok(Flash::of(event, names).counting(count))
}
