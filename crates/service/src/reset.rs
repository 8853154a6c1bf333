//! Password resets by one-time link. An administrator creates the link, and only the user learns the new password.

mod follow;
mod invite;

use std::time::Duration;

use db::{
    links::{self, Kind, NewLink},
    users::{Credentials, account},
};
use domain::{
    action::Action,
    error::{Conflict, Forbidden, Unauthenticated},
    users::{UserId, action::UserAction, detail::IssuedLink},
};
use secrecy::ExposeSecret;
use serde_json::Value;
use uuid::Uuid;

use crate::{
    Error, Services,
    access::{Actor, Authorized, Origin, UsersWrite},
    audit::{self, Audited, Change, Changes},
    backing,
    guard::{self, TargetRef},
    tokens,
};

pub use db::links::StoredLink;
pub use follow::{Choice, OpenLink, choose_password, open_link};
pub use invite::{LinkState, create_invitation, find_state};

/// Validity of a reset link: one hour.
pub const LINK_LIFETIME: Duration = Duration::from_secs(60 * 60);

/// Denial of a temporary password whose creator no longer has the permission. Shown only after the password was correct.
const UNBACKED: Error = Error::Forbidden(Forbidden::TemporaryPasswordInvalid);

/// Creates a link with which a user chooses a new password. Unused earlier links are revoked.
///
/// # Errors
/// [`Error::Stale`] when the account was shown at another version, [`Error::Denied`] when the policy denies it,
/// [`Error::NotFound`] when there is no such account.
pub async fn create_link(
    services: &Services,
    authorized: &Authorized<UsersWrite>,
    target: impl Into<TargetRef>,
) -> Result<IssuedLink, Error> {
    let actor = authorized.actor();
    let mut transaction = db::begin(&services.pool).await?;
    let account = guard::open(&mut transaction, actor, UserAction::Reset, target).await?;
    let user = (account.id, account.username.as_str());
    let (link, audited) = replace(services, &mut transaction, actor, user).await?;
    db::commit(transaction, audited).await?;
    Ok(link)
}

/// Creates a link for a locked account. Unused earlier links are revoked.
pub(crate) async fn replace(
    services: &Services,
    transaction: &mut db::Transaction,
    actor: &Actor,
    (id, username): (Uuid, &str),
) -> Result<(IssuedLink, Audited), Error> {
    links::revoke_unused_of(transaction, Kind::PasswordReset, id).await?;
    let link = issue(services, transaction, actor, id, LINK_LIFETIME).await?;
    let audited = write_link_created(transaction, actor, (id, username), &link).await?;
    Ok((link, audited))
}

/// Creates a link for a user who has just signed in with a temporary password. Unused earlier links are revoked.
///
/// # Errors
/// [`Error::Unauthenticated`] when the account was changed since it was read, [`Error::Forbidden`] when the temporary
/// password is no longer valid.
pub(crate) async fn create_own_link(
    services: &Services,
    known: &Credentials,
    origin: Origin,
) -> Result<IssuedLink, Error> {
    const OVERTAKEN: Error = Error::Unauthenticated(Unauthenticated::InvalidCredentials);
    let mut transaction = db::begin(&services.pool).await?;
    account::lock(&mut transaction, known.id)
        .await?
        .ok_or(OVERTAKEN)?;
    // The credentials are read again under the lock: the password can have been changed since it was verified.
    let now = db::users::find_credentials(&mut *transaction, &known.username).await?;
    let now = now
        .filter(|now| now.id == known.id && now.password_hash == known.password_hash)
        .ok_or(OVERTAKEN)?;
    if !backing::is_backed(&mut transaction, now.password_set_by, known.id).await? {
        return Err(UNBACKED);
    }
    let actor = Actor::by_link(UserId(known.id), &known.username, origin);
    links::revoke_unused_of(&mut transaction, Kind::PasswordReset, known.id).await?;
    let link = issue(services, &mut transaction, &actor, known.id, LINK_LIFETIME).await?;
    let change = Change {
        action: Action::TemporaryPasswordUsed,
        user: (known.id, known.username.as_str()),
        changes: Changes::default(),
        reason: None,
    };
    let audited = audit::write(&mut transaction, &actor, change).await?;
    db::commit(transaction, audited).await?;
    Ok(link)
}

async fn write_link_created(
    transaction: &mut db::Transaction,
    actor: &Actor,
    user: (Uuid, &str),
    link: &IssuedLink,
) -> Result<Audited, Error> {
    let change = Change {
        action: Action::ResetLinkCreated,
        user,
        changes: Changes::default().with("expires", Value::Null, link.expires_at.to_string()),
        reason: None,
    };
    audit::write(transaction, actor, change).await
}

/// Creates the link itself. The caller audits it.
pub(crate) async fn issue(
    services: &Services,
    transaction: &mut db::Transaction,
    actor: &Actor,
    id: Uuid,
    lifetime: Duration,
) -> Result<IssuedLink, Error> {
    let token = tokens::generate();
    let hash = tokens::hash(token.expose_secret());
    let link = NewLink {
        kind: Kind::PasswordReset,
        token_hash: &hash,
        user_id: Some(id),
        created_by: actor.backer(),
        lifetime,
    };
    let expires_at = links::insert(&mut **transaction, &link).await?;
    let base = services.settings.base_url(&actor.origin);
    Ok(IssuedLink {
        url: format!("{base}/reset/{}", token.expose_secret()),
        expires_at,
    })
}

/// Revokes the unused links of a user. `shown` is the id of the link that the page showed, the newest valid one.
///
/// # Errors
/// [`Error::Conflict`] when there is no valid link or another one than was shown, [`Error::Stale`] when the account was shown
/// at another version, [`Error::Denied`] when the policy denies it.
pub async fn revoke_links(
    services: &Services,
    authorized: &Authorized<UsersWrite>,
    target: impl Into<TargetRef>,
    shown: Option<Uuid>,
) -> Result<(), Error> {
    let target = target.into();
    let id = target.id;
    let actor = authorized.actor();
    let mut transaction = db::begin(&services.pool).await?;
    let account = guard::open(&mut transaction, actor, UserAction::Edit, target).await?;
    if let Some(shown) = shown {
        let links = links::list_resets(&mut *transaction, id, 1).await?;
        if links.first().is_some_and(|(newest, _)| newest.id != shown) {
            return Err(Error::Conflict(Conflict::NewerPasswordLink));
        }
    }
    let revoked = links::revoke_unused_of(&mut transaction, Kind::PasswordReset, id).await?;
    if revoked == 0 {
        return Err(Error::Conflict(Conflict::NoPasswordLinks));
    }
    let change = Change {
        action: Action::ResetLinkRevoked,
        user: (id, &account.username),
        changes: Changes::default().with("links", revoked, 0),
        reason: None,
    };
    let audited = audit::write(&mut transaction, actor, change).await?;
    db::commit(transaction, audited).await?;
    Ok(())
}
