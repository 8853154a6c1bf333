//! Execution of the actions that a dialog has confirmed.

use domain::{
    access_tokens::TokenKind,
    error::Entity,
    flash::{Flash, FlashEvent},
};
use service::{
    Error, Services,
    access::{ApiKeysWrite, Caller, RegistrationsWrite, SessionsWrite, TokensWrite, UsersWrite},
    guard::TargetRef,
};
use uuid::Uuid;

use super::{Confirmation, target::Target, user_actions};

/// Names that the dialog showed.
pub(super) struct SeenTarget {
    /// Username of the owner; empty where the target has none.
    pub(super) username: String,
    /// Name of the target.
    pub(super) shown: String,
}

impl SeenTarget {
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
pub(super) fn require(caller: &Caller, target: &Target) -> Result<(), Error> {
    match target {
        Target::UserKey(..) | Target::SystemKey(_) => caller.require::<ApiKeysWrite>().map(drop),
        Target::Token(_) | Target::BlockKey(_) | Target::UnblockKey(_) | Target::EndPrevious(_) => {
            caller.require::<TokensWrite>().map(drop)
        }
        Target::Session(_) => caller.require::<SessionsWrite>().map(drop),
        Target::User(..) | Target::ResetLinks(_) | Target::Job(_) => {
            caller.require::<UsersWrite>().map(drop)
        }
        Target::Invitation(_) => caller.require::<RegistrationsWrite>().map(drop),
        Target::OwnKey(_) | Target::OwnToken(_) | Target::OwnSession(_) | Target::OwnOthers => {
            caller.session().map(drop)
        }
    }
}

/// Returns the event of a revoked token.
const fn revoked(kind: TokenKind) -> FlashEvent {
    match kind {
        TokenKind::Token => FlashEvent::TokenRevoked,
        TokenKind::Key => FlashEvent::VirtualKeyRevoked,
    }
}

/// Executes the action and returns the flash message.
pub(super) async fn apply(
    services: &Services,
    caller: &Caller,
    target: &Target,
    asked: Confirmation,
    names: &SeenTarget,
) -> Result<Flash, Error> {
    let user_of = async |user| {
        let user = service::users::get(services, &caller.require()?, user).await?;
        Ok::<_, Error>(TargetRef::of_user(user.summary.id.0, &names.username))
    };
    let (event, count) = match target {
        Target::UserKey(user, id) => {
            let user = user_of(user).await?;
            service::keys::revoke_key(services, &caller.require()?, user, names.thing(*id)).await?;
            (FlashEvent::KeyDeleted, 1)
        }
        Target::SystemKey(id) => {
            service::keys::delete_system(services, &caller.require()?, names.thing(*id)).await?;
            (FlashEvent::KeyDeleted, 1)
        }
        Target::OwnKey(id) => {
            service::account::delete_key(services, caller, names.thing(*id)).await?;
            (FlashEvent::KeyDeleted, 1)
        }
        Target::Token(id) => {
            let token = names.of_user(*id);
            let kind = service::access_tokens::revoke(services, &caller.require()?, token).await?;
            (revoked(kind), 1)
        }
        Target::BlockKey(id) => {
            let key = names.of_user(*id);
            service::access_tokens::block(services, &caller.require()?, key).await?;
            (FlashEvent::VirtualKeyBlocked, 1)
        }
        Target::UnblockKey(id) => {
            let key = names.of_user(*id);
            service::access_tokens::unblock(services, &caller.require()?, key).await?;
            (FlashEvent::VirtualKeyUnblocked, 1)
        }
        Target::EndPrevious(id) => {
            let key = names.of_user(*id);
            service::access_tokens::end_previous(services, &caller.require()?, key).await?;
            (FlashEvent::VirtualKeyPreviousEnded, 1)
        }
        Target::OwnToken(id) => {
            let token = names.thing(*id);
            let kind = service::account::revoke_token(services, caller, token).await?;
            (revoked(kind), 1)
        }
        Target::Session(id) => {
            service::sessions::revoke_one(services, &caller.require()?, names.of_user(*id)).await?;
            (FlashEvent::SessionRevoked, 1)
        }
        Target::OwnSession(id) => {
            service::account::revoke_session(services, caller, names.thing(*id)).await?;
            (FlashEvent::SessionRevoked, 1)
        }
        Target::OwnOthers => {
            let ended = service::account::revoke_other_sessions(services, caller).await?;
            (FlashEvent::OthersRevoked, ended)
        }
        Target::User(_, action) => {
            let id = asked.id.ok_or(Error::NotFound(Entity::User))?;
            let user = TargetRef::of_user(id, &names.username);
            user_actions::apply(services, caller, *action, user).await?
        }
        Target::ResetLinks(user) => {
            let user = user_of(user).await?;
            service::reset::revoke_links(services, &caller.require()?, user, asked.id).await?;
            (FlashEvent::ResetLinksRevoked, 1)
        }
        Target::Invitation(id) => {
            service::invitations::revoke(services, &caller.require()?, names.thing(*id)).await?;
            (FlashEvent::InvitationRevoked, 1)
        }
        Target::Job(id) => {
            let job = TargetRef::of_user(*id, &names.username);
            service::jobs::retry(services, &caller.require()?, job).await?;
            (FlashEvent::JobRetried, 1)
        }
    };
    let names = named(target, asked).into_iter();
    let names = names.filter(|name| !name.is_empty());
    Ok(Flash::of(event, names).counting(count))
}

/// Returns the names in the message, that of the user of a session first, as in "the session of ada on Firefox".
fn named(target: &Target, asked: Confirmation) -> Vec<String> {
    match target {
        Target::Session(_) => vec![asked.username, asked.shown],
        Target::User(..) | Target::ResetLinks(_) | Target::Job(_) => vec![asked.username],
        _ => vec![asked.shown, asked.username],
    }
}
